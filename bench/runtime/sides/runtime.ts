import { systemClock } from '#base/clock.ts';
import { createCatalog } from '#host/catalog.ts';
import { wire } from '#host/sessions/wire.ts';
import type { Tools } from '#kit/tools.ts';
import type { Connection, Node } from '#model/design.ts';
import type { Network } from '#runtime/network.ts';
import type { Shape, Side } from '../cases.ts';
import { benchComponents } from './components.ts';

const catalog = createCatalog(benchComponents);
const tools: Tools = {
  clock: systemClock,
  random: Math.random,
  http: fetch,
  files: undefined as unknown as Tools['files'],
  secret: async () => undefined,
  log: () => {},
  metrics: { count: () => {}, gauge: () => {} },
  signal: new AbortController().signal,
};

/** `a.out -> b.in`, or `a.out -> b.in[2]`. */
function connection(path: string, capacity: number): Connection {
  const ends = [...path.matchAll(/(\w+)\.(\w+)(?:\[(\d+)\])?/g)];
  const [from, to] = ends.map(([, node = '', port = '', index = '0']) => ({ node, port, index: Number(index) }));
  if (from === undefined || to === undefined) throw new Error(`not a connection: ${path}`);
  return { id: path, capacity, policy: 'block', from, to };
}

type Nodes = Readonly<Record<string, readonly [kind: string, settings?: Readonly<Record<string, unknown>>]>>;

function network(nodes: Nodes, paths: readonly string[], capacity = 0): Network {
  const node = ([id, [kind, settings = {}]]: [string, Nodes[string]]): [string, Node] => [
    id,
    { id, kind: `bench.${kind}`, version: 1, label: '', settings, onFailure: 'stop' },
  ];
  const connections = Object.fromEntries(paths.map((path) => [path, connection(path, capacity)]));
  const design = { nodes: Object.fromEntries(Object.entries(nodes).map(node)), connections };
  return wire({ design, catalog, tools: () => tools, defer: setImmediate });
}

/** How the middle and the end of a pipeline are written. */
interface Written {
  readonly middle: string;
  readonly sink: string;
}

/** source, stages - 2 times the middle, sink. */
function row(stages: number, capacity: number, numbers: { from: number; to: number }, { middle, sink }: Written): Network {
  const nodes: Record<string, Nodes[string]> = { n0: ['source', numbers] };
  const paths: string[] = [];
  for (let i = 1; i < stages; i++) {
    nodes[`n${i}`] = [i < stages - 1 ? middle : sink];
    paths.push(`n${i - 1}.out -> n${i}.in`);
  }
  return network(nodes, paths, capacity);
}

function pingPong(count: number, middle: string): Network {
  return network({ a: ['caller', { count }], b: [middle] }, ['a.out -> b.in', 'b.out -> a.in']);
}

function commstime(count: number, middle: string): Network {
  return network({ prefix: ['prefix'], delta: ['delta'], successor: [middle], taker: ['taker', { count }] }, [
    'prefix.out -> delta.in',
    'delta.out -> successor.in',
    'successor.out -> prefix.in',
    'delta.seen -> taker.in',
  ]);
}

function select(each: number): Network {
  const names = Array.from({ length: 8 }, (_, i) => `n${i}`);
  const nodes = Object.fromEntries(names.map((name) => [name, ['source', { to: each }] as const]));
  return network(
    { ...nodes, select: ['select', { count: 8 * each }] },
    names.map((name, i) => `${name}.out -> select.in[${i}]`),
  );
}

/** A ring, each of which waits for its first message. */
export function idle(count: number): Network {
  const nodes = Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, ['idle'] as const]));
  return network(
    nodes,
    Array.from({ length: count }, (_, i) => `n${i}.out -> n${(i + 1) % count}.in`),
  );
}

function make(shape: Shape, written: Written): Network {
  switch (shape.is) {
    case 'ping-pong':
      return pingPong(shape.rounds, written.middle);
    case 'pipeline':
      return row(shape.stages, shape.capacity, { from: 0, to: shape.count }, written);
    case 'commstime':
      return commstime(shape.rounds, written.middle);
    case 'select':
      return select(shape.each);
    case 'sieve':
      return row(shape.primes + 2, 0, { from: 2, to: shape.below }, { ...written, middle: 'indivisible' });
    case 'idle':
      return idle(shape.count);
  }
}

/** The runtime: a design by the same way as in a session, by `wire` and the kit. */
export function runtimeSide(written: Written): Side {
  return (shape) => {
    const running = make(shape, written);
    running.start();
    return async () => {
      const { state, fault } = await running.outcome;
      if (state !== 'completed') throw new Error(`${state}: ${fault?.message}`);
    };
  };
}

/** Every component as a generator. */
export const side: Side = runtimeSide({ middle: 'forward', sink: 'sink' });

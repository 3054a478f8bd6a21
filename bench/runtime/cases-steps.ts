import { systemClock } from '#base/clock.ts';
import { createCatalog } from '#host/catalog.ts';
import { wire } from '#host/wire.ts';
import type { Tools } from '#kit/tools.ts';
import type { Connection, Node } from '#model/design.ts';
import type { Network } from '#runtime/network.ts';
import { benchComponents } from './components.ts';
import { type Peer, peers } from './peers.ts';

/** The same work by the runtime, by Go (`go/main.go`, under the same name) and by what else can do it. */
export interface Case {
  readonly name: string;
  /** Communications in one round. */
  readonly messages: number;
  /** Builds the network; what it gives runs it to its end, and only that is timed. */
  readonly runtime: () => () => Promise<void>;
  readonly peers: readonly Peer[];
}

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

/** A design by the same way as in a session: `wire` and the kit. */
function network(nodes: Nodes, paths: readonly string[], capacity = 0): Network {
  const node = ([id, [kind, settings = {}]]: [string, Nodes[string]]): [string, Node] => [
    id,
    { id, kind: `bench.${kind}`, version: 1, label: '', settings, onFailure: 'stop' },
  ];
  const connections = Object.fromEntries(paths.map((path) => [path, connection(path, capacity)]));
  const design = { nodes: Object.fromEntries(Object.entries(nodes).map(node)), connections };
  return wire({ design, catalog, tools: () => tools, defer: setImmediate });
}

function started(make: () => Network): () => () => Promise<void> {
  return () => {
    const running = make();
    running.start();
    return async () => {
      const { state, fault } = await running.outcome;
      if (state !== 'completed') throw new Error(`${state}: ${fault?.message}`);
    };
  };
}

function pingPong(rounds: number): Case {
  const make = () => network({ a: ['caller', { count: rounds }], b: ['step-forward'] }, ['a.out -> b.in', 'b.out -> a.in']);
  return { name: 'ping-pong', messages: rounds * 2, runtime: started(make), peers: peers.pingPong(rounds) };
}

/** source, stages - 2 times a forward, sink. */
function row(stages: number, capacity: number, count: number, middle = 'forward', from = 0): Network {
  const nodes: Record<string, Nodes[string]> = { n0: ['source', { from, to: count }] };
  const paths: string[] = [];
  for (let i = 1; i < stages; i++) {
    nodes[`n${i}`] = [i < stages - 1 ? 'step-forward' : 'step-sink'];
    paths.push(`n${i - 1}.out -> n${i}.in`);
  }
  return network(nodes, paths, capacity);
}

/** Every process waits for its first message. */
export function idleRing(count: number): Network {
  const nodes = Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, ['idle'] as const]));
  return network(
    nodes,
    Array.from({ length: count }, (_, i) => `n${i}.out -> n${(i + 1) % count}.in`),
  );
}

function pipeline(name: string, stages: number, capacity: number, count: number): Case {
  return {
    name,
    messages: count * (stages - 1),
    runtime: started(() => row(stages, capacity, count)),
    peers: peers.pipeline(stages, capacity, count),
  };
}

function commstime(rounds: number): Case {
  const make = () =>
    network({ prefix: ['prefix'], delta: ['delta'], successor: ['forward'], taker: ['taker', { count: rounds }] }, [
      'prefix.out -> delta.in',
      'delta.out -> successor.in',
      'successor.out -> prefix.in',
      'delta.seen -> taker.in',
    ]);
  return { name: 'commstime', messages: rounds * 4, runtime: started(make), peers: [] };
}

function fairSelect(each: number): Case {
  const make = () => {
    const names = Array.from({ length: 8 }, (_, i) => `n${i}`);
    const nodes = Object.fromEntries(names.map((name) => [name, ['source', { to: each }] as const]));
    return network(
      { ...nodes, select: ['select', { count: 8 * each }] },
      names.map((name, i) => `${name}.out -> select.in[${i}]`),
    );
  };
  return { name: 'fair select of 8', messages: each * 8, runtime: started(make), peers: [] };
}

/** The numbers 2, 3, … through filters, each of which keeps the first it sees and its multiples to itself. */
function sieve(primes: number, below: number): Case {
  return {
    name: 'sieve of 2,000',
    messages: 2_750_000,
    runtime: started(() => row(primes + 2, 0, below, 'indivisible', 2)),
    peers: [],
  };
}

export const cases: readonly Case[] = [
  pingPong(200_000),
  pipeline('rendezvous', 2, 0, 400_000),
  pipeline('buffer 64', 2, 64, 1_000_000),
  pipeline('buffer 1,024', 2, 1_024, 1_000_000),
  pipeline('pipeline of 4', 4, 0, 200_000),
  commstime(100_000),
  fairSelect(25_000),
  pipeline('chain of 10,000', 10_001, 0, 50),
  pipeline('chain of 100,000', 100_001, 0, 5),
  sieve(2_000, 17_390),
];

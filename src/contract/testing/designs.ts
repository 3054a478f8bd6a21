import { Type } from 'typebox';
import type { Arity, KnownKind, Lookup } from '#contract/wiring.ts';
import type { PortSpec } from '#model/component.ts';
import type { Connection, DesignBody, End, Node } from '#model/design.ts';

/** Designs and kinds for the tests of this floor, written short. */

type ContractOf = (settings: Readonly<Record<string, unknown>>, arity: Arity) => string;

/**
 * A kind. Ports are words: `in:a out:b? out:c*` is an input a, an optional output b and a many output c; `serves:a asks:b` are call ports.
 * Every kind also has the optional output `err`.
 */
export function kind(name: string, ports: string, contract: string | ContractOf): KnownKind {
  const entries = `${ports} out:err?`.trim().split(/\s+/).map(readPort);
  const contractOf: ContractOf = typeof contract === 'string' ? () => contract : contract;
  const spec: KnownKind['spec'] = {
    kind: name,
    version: 1,
    title: name,
    icon: 'box',
    summary: '',
    settings: Type.Object({}),
    ports: Object.fromEntries(entries),
    contract: '',
    examples: [],
  };
  return { spec, contractOf };
}

function readPort(word: string): [string, PortSpec] {
  const [, direction = '', name = '', marks = ''] = /^(in|out|serves|asks):([a-zA-Z0-9]+)([?*]*)$/.exec(word) ?? [];
  const spec: PortSpec = {
    direction: direction === 'in' || direction === 'serves' ? 'in' : 'out',
    protocol: direction === 'in' || direction === 'out' ? 'data' : 'call',
    many: marks.includes('*'),
    optional: marks.includes('?'),
    description: '',
    schema: {},
  };
  return [name, spec];
}

export function lookupOf(...kinds: readonly KnownKind[]): Lookup {
  const byName = new Map(kinds.map((one) => [one.spec.kind, one]));
  return (name) => byName.get(name);
}

/**
 * A design. Nodes by id: their kind, or kind and settings. A connection is `a.out -> b.in[1]`, with ` | 3` for its capacity and then
 * ` drop-oldest` for another policy than block. Connections are called c0, c1, …
 */
export function design(
  nodes: Readonly<Record<string, string | readonly [string, Record<string, unknown>]>>,
  connections: readonly string[],
): DesignBody {
  return {
    name: 'test',
    description: '',
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, what]) => [id, readNode(id, what)])),
    connections: Object.fromEntries(connections.map((text, number) => [`c${number}`, readConnection(`c${number}`, text)])),
    canvas: { positions: {} },
  };
}

function readNode(id: string, what: string | readonly [string, Record<string, unknown>]): Node {
  const [kindName, settings] = typeof what === 'string' ? [what, {}] : what;
  return { id, kind: kindName, version: 1, label: '', settings, onFailure: 'stop' };
}

function readConnection(id: string, text: string): Connection {
  const [ends = '', rest = ''] = text.split(' | ');
  const [from = '', to = ''] = ends.split(' -> ');
  const [capacity = '0', policy = 'block'] = rest.split(' ');
  return { id, from: readEnd(from), to: readEnd(to), capacity: Number(capacity), policy: policy as Connection['policy'] };
}

function readEnd(text: string): End {
  const [, node = '', port = '', index = '0'] = /^([^.]+)\.([^[]+)(?:\[(\d+)\])?$/.exec(text) ?? [];
  return { node, port, index: Number(index) };
}

/** Grants at most `permits` of `users` at a time; every user's messages are take, give, take … */
export function permitsContract(users: number, permits: number): string {
  const equations: string[] = [];
  for (let held = 0; held < 2 ** users; held++) {
    const count = held.toString(2).replaceAll('0', '').length;
    if (count > permits) continue;
    const options = Array.from({ length: users }, (_, user) => {
      const bit = 1 << user;
      if ((held & bit) !== 0) return [`user.${user} -> H${held & ~bit}`];
      return count < permits ? [`user.${user} -> H${held | bit}`] : [];
    });
    equations.push(`H${held} = ${options.flat().join(' [] ')}`);
  }
  return equations.join('\n');
}

/** The kinds of the dining philosophers. */
export const dining = lookupOf(
  kind('dining.philosopher', 'out:seat? out:left out:right', 'PHIL = seat -> left -> right -> left -> right -> seat -> PHIL'),
  kind('dining.permits', 'in:user*', ({ permits }, { user = 1 }) => permitsContract(user, Number(permits ?? 1))),
);

/** Philosophers in a ring, all of whom take left first; with a waiter who seats all but one. */
export function philosophers(count: number, waiter: boolean): DesignBody {
  const nodes: Record<string, string | readonly [string, Record<string, unknown>]> = {};
  const connections: string[] = [];
  for (let i = 0; i < count; i++) {
    nodes[`phil-${i}`] = 'dining.philosopher';
    nodes[`fork-${i}`] = 'dining.permits';
    connections.push(`phil-${i}.left -> fork-${i}.user[0]`, `phil-${i}.right -> fork-${(i + 1) % count}.user[1]`);
    if (waiter) connections.push(`phil-${i}.seat -> waiter.user[${i}]`);
  }
  if (waiter) nodes.waiter = ['dining.permits', { permits: count - 1 }];
  return design(nodes, connections);
}

import type { Waiting } from '#model/checks/finding.ts';

/**
 * K15  The heart of a deadlock. A node that could go on with any of several peers is stuck only if all of them are, so a cycle
 *      is not enough: a knot is a set of nodes each of which waits only for members.
 */
export type Knot = { readonly nodes: readonly string[]; readonly connections: readonly string[] } & (
  | { readonly is: 'ring' | 'tangle' | 'stopped' }
  /** `endless`: the other runs on, and never ends what it sends. */
  | { readonly is: 'ended' | 'endless'; readonly waiter: string; readonly gone: string }
);

/** The smallest knot of a dead state; of two the one that has members waiting for each other. */
export function knotOf(waiting: readonly Waiting[]): Knot {
  const peers = peersOf(waiting);
  const closed = components(peers).filter((nodes) =>
    nodes.every((node) => (peers.get(node) ?? []).every((peer) => nodes.includes(peer))),
  );
  const rank = (nodes: readonly string[]): number => (waits(nodes, peers) ? nodes.length : Number.MAX_SAFE_INTEGER);
  const nodes = closed.reduce((best, next) => (rank(next) < rank(best) ? next : best), closed[0] ?? []);
  const [only = ''] = nodes;
  if (waits(nodes, peers)) {
    const ring = around(nodes, peers);
    return { is: ring === undefined ? 'tangle' : 'ring', nodes: ring ?? nodes, connections: between(nodes, waiting) };
  }
  if (peers.has(only)) return { is: 'stopped', nodes: [only], connections: [] };
  const [waiter = ''] =
    [...peers].find(([, list]) => list.length === 1 && list[0] === only) ??
    [...peers].find(([, list]) => list.includes(only)) ??
    [];
  const never = waiting.find(({ node }) => node === waiter)?.on.some((one) => one.peer === only && one.never);
  const is = never ? 'endless' : 'ended';
  return { is, waiter, gone: only, nodes: [waiter, only], connections: between([waiter, only], waiting) };
}

// Of those that a node waits for, one that has ended is no hope and explains nothing, unless there is no other.
function peersOf(waiting: readonly Waiting[]): Map<string, readonly string[]> {
  const living = new Set(waiting.map(({ node }) => node));
  return new Map(
    waiting.map(({ node, on }) => {
      const all = [...new Set(on.map(({ peer }) => peer))];
      const some = all.filter((peer) => living.has(peer));
      return [node, some.length > 0 ? some : all];
    }),
  );
}

function waits(nodes: readonly string[], peers: ReadonlyMap<string, readonly string[]>): boolean {
  return nodes.some((node) => (peers.get(node)?.length ?? 0) > 0);
}

function between(nodes: readonly string[], waiting: readonly Waiting[]): string[] {
  const inside = waiting
    .filter(({ node }) => nodes.includes(node))
    .flatMap(({ on }) => on.filter(({ peer }) => nodes.includes(peer)));
  return [...new Set(inside.map(({ connection }) => connection))];
}

// The nodes in the order in which they wait, when each waits for one other and the round takes in all.
function around(nodes: readonly string[], peers: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const ring: string[] = [];
  for (let [at] = nodes; at !== undefined && !ring.includes(at); ) {
    ring.push(at);
    const next: readonly string[] = peers.get(at) ?? [];
    at = next.length === 1 ? next[0] : undefined;
    if (at === undefined) return undefined;
  }
  return ring.length === nodes.length ? ring : undefined;
}

// Strongly connected components (Tarjan 1972), with a stack of our own: a ring may be long.
function components(peers: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const found: string[][] = [];
  const enter = (node: string): Frame => {
    order.set(node, order.size);
    low.set(node, order.get(node) ?? 0);
    open.push(node);
    isOpen.add(node);
    return { node, left: [...(peers.get(node) ?? [])] };
  };
  const lower = (node: string, to: number): Map<string, number> => low.set(node, Math.min(low.get(node) ?? 0, to));
  for (const root of peers.keys()) {
    const frames = order.has(root) ? [] : [enter(root)];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const next = frame.left.pop();
      if (next !== undefined) {
        if (!order.has(next)) frames.push(enter(next));
        else if (isOpen.has(next)) lower(frame.node, order.get(next) ?? 0);
        continue;
      }
      frames.pop();
      const parent = frames.at(-1);
      if (parent !== undefined) lower(parent.node, low.get(frame.node) ?? 0);
      if (low.get(frame.node) !== order.get(frame.node)) continue;
      const component = open.splice(open.indexOf(frame.node));
      for (const node of component) isOpen.delete(node);
      found.push(component);
    }
  }
  return found;
}

interface Frame {
  readonly node: string;
  readonly left: string[];
}

/** Nodes that can reach each other: one node, or a loop. */
export interface Knot {
  readonly members: readonly string[];
  /** Every node outside from which one of the members can be reached in one step. */
  readonly before: readonly string[];
  /** True when its members can reach themselves. */
  readonly isLoop: boolean;
}

/**
 * The strongly connected parts of a graph, each after those that lead to it (Tarjan, Depth-first search and linear graph algorithms,
 * SIAM J. Comput. 1, 1972; here with a stack of its own, so that a long chain does not grow the program's).
 */
export function knotsInOrder(nodes: readonly string[], edges: readonly (readonly [from: string, to: string])[]): readonly Knot[] {
  const before = new Map<string, Set<string>>(nodes.map((node) => [node, new Set()]));
  for (const [from, to] of edges) if (before.has(from)) before.get(to)?.add(from);
  return partsOf(nodes, before).map((members) => {
    const outside = new Set(members.flatMap((node) => [...(before.get(node) ?? [])]).filter((node) => !members.includes(node)));
    const isLoop = members.length > 1 || before.get(members[0] ?? '')?.has(members[0] ?? '') === true;
    return { members, before: [...outside], isLoop };
  });
}

interface Visit {
  readonly node: string;
  readonly number: number;
  readonly next: Iterator<string>;
  low: number;
}

/** Along the edges backwards, so that a part is complete after everything that leads to it. */
function partsOf(nodes: readonly string[], before: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const numbers = new Map<string, number>();
  const open = new Set<string>();
  const parts: string[][] = [];
  const visits: Visit[] = [];
  const enter = (node: string): void => {
    const number = numbers.size;
    numbers.set(node, number);
    open.add(node);
    visits.push({ node, number, low: number, next: (before.get(node) ?? new Set<string>()).values() });
  };
  for (const root of nodes) {
    if (!numbers.has(root)) enter(root);
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const { done, value } = visit.next.next();
      if (done !== true) {
        const number = numbers.get(value);
        if (number === undefined) enter(value);
        else if (open.has(value)) visit.low = Math.min(visit.low, number);
        continue;
      }
      visits.pop();
      const parent = visits.at(-1);
      if (parent !== undefined) parent.low = Math.min(parent.low, visit.low);
      if (visit.low === visit.number) parts.push(takeFrom(open, visit.node));
    }
  }
  return parts;
}

/** The node and everything that was opened after it. */
function takeFrom(open: Set<string>, node: string): string[] {
  const order = [...open];
  const part = order.slice(order.indexOf(node));
  for (const each of part) open.delete(each);
  return part;
}

import type { Shape, System } from '#contract/network.ts';

/**
 * V55  The events among the chosen ones that may happen again and again while no other event does, as far as each part by itself can tell: 1 each.
 *      An event is left out when for one of its parts no move by it lies on a cycle of that part's moves by events that are still in; again and
 *      again until nothing changes. None left proves that no cycle of chosen events can be reached; those left prove nothing.
 *
 * @param leftOut is told which events are left out for which part, in this order.
 */
export function recurring(
  system: System,
  isChosen: (event: number) => boolean,
  leftOut: (part: number, events: readonly number[]) => void = () => {},
): Uint8Array {
  const { events, parts } = system;
  const left = Uint8Array.from(events, ({ parts: takers }, event) => (isChosen(event) && !takers.includes(-1) ? 1 : 0));
  const touched = new Set(parts.keys());
  for (const part of touched) {
    // Looked at again as soon as one of its events is left out.
    touched.delete(part);
    const on = onCycles(system, part, left);
    const out = [...new Set(parts[part]?.events)].filter(
      (event) => left[event] === 1 && !on.has(event) && events[event]?.parts.includes(part) === true,
    );
    if (out.length > 0) leftOut(part, out);
    for (const event of out) {
      left[event] = 0;
      for (const taker of events[event]?.parts ?? []) touched.add(taker);
    }
  }
  return left;
}

// The events of a part's moves that lie on a cycle of moves by events that are left.
function onCycles({ parts, shapes }: System, part: number, left: Uint8Array): Set<number> {
  const { shape: number = 0, events } = parts[part] ?? {};
  const shape = shapes[number] as Shape;
  const eventOf = (move: number): number => events?.[shape.labels[move] ?? 0] ?? 0;
  const component = componentsOf(shape.final.length, (state, visit) => {
    for (let move = shape.first[state] ?? 0; move < (shape.first[state + 1] ?? 0); move++)
      if (left[eventOf(move)] === 1) visit(shape.targets[move] ?? 0);
  });
  const on = new Set<number>();
  for (let state = 0; state < shape.final.length; state++)
    for (let move = shape.first[state] ?? 0; move < (shape.first[state + 1] ?? 0); move++)
      if (component[state] === component[shape.targets[move] ?? 0]) on.add(eventOf(move));
  return on;
}

/** The number of the strongly connected component of each state (Tarjan 1972), with a stack of its own. */
export function componentsOf(size: number, successors: (state: number, visit: (to: number) => void) => void): Int32Array {
  const component = new Int32Array(size).fill(-1);
  const [order, low] = [new Int32Array(size).fill(-1), new Int32Array(size)];
  const [open, path, begins, left]: [number[], number[], number[], number[]] = [[], [], [], []];
  let [met, found] = [0, 0];
  const enter = (state: number): void => {
    order[state] = met;
    low[state] = met++;
    open.push(state);
    path.push(state);
    begins.push(left.length);
    successors(state, (to) => left.push(to));
  };
  const leave = (state: number): void => {
    path.pop();
    begins.pop();
    const parent = path.at(-1);
    if (parent !== undefined) low[parent] = Math.min(low[parent] ?? 0, low[state] ?? 0);
    if (low[state] !== order[state]) return;
    for (let member = -1; member !== state; ) {
      member = open.pop() ?? state;
      component[member] = found;
    }
    found++;
  };
  for (let root = 0; root < size; root++) {
    if (order[root] === -1) enter(root);
    for (let state = path.at(-1); state !== undefined; state = path.at(-1)) {
      if (left.length === begins.at(-1)) {
        leave(state);
        continue;
      }
      const to = left.pop() ?? 0;
      if (order[to] === -1) enter(to);
      else if (component[to] === -1) low[state] = Math.min(low[state] ?? 0, order[to] ?? 0);
    }
  }
  return component;
}

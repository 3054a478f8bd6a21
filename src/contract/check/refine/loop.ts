/** A cycle, the numbers of its events, and the way to it from a root. */
export interface Loop {
  readonly root: number;
  readonly way: readonly number[];
  readonly cycle: readonly number[];
}

/** Puts the events of a state's steps and the states they lead to at the ends of the lists. */
type Successors = (state: number, events: number[], targets: number[]) => void;

/**
 * Looks for a cycle, depth first, with a stack of its own. The states are tried as roots in the order of their numbers, so the root found is the first
 * from which a cycle can be reached.
 *
 * @param stopped gives why the search must end, asked now and then.
 */
export function findLoop(
  size: number,
  successors: Successors,
  stopped: (at: number) => string | undefined,
): Loop | string | undefined {
  const [fresh, open, done] = [0, 1, 2];
  const colour = new Uint8Array(size);
  // What is open, by what event it was entered, and where in the lists its successors begin; those left to try are the last ones.
  const path: number[] = [];
  const by: number[] = [];
  const begins: number[] = [];
  const [events, targets]: [number[], number[]] = [[], []];
  const enter = (state: number, event: number): void => {
    colour[state] = open;
    path.push(state);
    by.push(event);
    begins.push(targets.length);
    successors(state, events, targets);
  };
  let entered = 0;
  for (let root = 0; root < size; root++) {
    if (colour[root] !== fresh) continue;
    enter(root, -1);
    while (path.length > 0) {
      if (targets.length === begins.at(-1)) {
        colour[path.pop() ?? 0] = done;
        by.pop();
        begins.pop();
        continue;
      }
      const [event, target] = [events.pop() ?? 0, targets.pop() ?? 0];
      if (colour[target] === open) {
        const from = path.indexOf(target);
        return { root, way: by.slice(1, from + 1), cycle: [...by.slice(from + 1), event] };
      }
      if (colour[target] !== fresh) continue;
      const why = (++entered & 1023) === 0 ? stopped(entered) : undefined;
      if (why !== undefined) return why;
      enter(target, event);
    }
  }
  return undefined;
}

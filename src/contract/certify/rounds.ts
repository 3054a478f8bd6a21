/** The states that one can go round through have the same number (Kosaraju 1978; Sharir 1981): each that is left when all are gone through backwards, the last that was done with first. */
export function roundsOf(size: number, next: (state: number) => readonly number[]): Int32Array {
  const before: number[][] = Array.from({ length: size }, () => []);
  for (let state = 0; state < size; state++) for (const to of next(state)) before[to]?.push(state);
  const done: number[] = [];
  walk(
    size,
    Array(size).keys(),
    next,
    () => {},
    (state) => done.push(state),
  );
  const round = new Int32Array(size);
  let number = -1;
  walk(
    size,
    done.reverse(),
    (state) => before[state] ?? [],
    (state, isFirst) => (round[state] = isFirst ? ++number : number),
    () => {},
  );
  return round;
}

// Depth first from each of the roots that was not met before.
function walk(
  size: number,
  roots: Iterable<number>,
  next: (state: number) => readonly number[],
  meet: (state: number, isRoot: boolean) => void,
  leave: (state: number) => void,
): void {
  const met = new Uint8Array(size);
  for (const root of roots) {
    if (met[root] === 1) continue;
    met[root] = 1;
    meet(root, true);
    const path = [{ state: root, left: next(root).values() }];
    for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
      const { value: to, done } = here.left.next();
      if (done === true) {
        leave(here.state);
        path.pop();
      } else if (met[to] === 0) {
        met[to] = 1;
        meet(to, false);
        path.push({ state: to, left: next(to).values() });
      }
    }
  }
}

import { Fault, type Plain, type Whole } from './plain.ts';

/** V71  All states that a trace may lead to, by their text: in every way in which its events can be made one after the other. Throws a Fault where one cannot. */
export function followed(plain: Plain, trace: readonly number[]): ReadonlyMap<string, Whole> {
  let states: readonly Whole[] = [plain.system.parts.map(() => 0)];
  for (const [number, event] of trace.entries()) {
    states = after(plain, states, event);
    if (states.length === 0) throw new Fault(`step ${number + 1} of the trace is not possible`);
  }
  return new Map(states.map((state) => [state.join(), state]));
}

/** Whether a round can be gone from a state and back to it. */
export function comesBack(plain: Plain, cycle: readonly number[], state: Whole): boolean {
  const ends = cycle.reduce<readonly Whole[]>((states, event) => after(plain, states, event), [state]);
  return ends.some((end) => end.join() === state.join());
}

// Each state once; where there is one way only there is nothing to compare.
function after(plain: Plain, states: readonly Whole[], event: number): readonly Whole[] {
  const next = states.flatMap((state) => plain.ways(state, event).map(({ to }) => to));
  return next.length < 2 ? next : [...new Map(next.map((to) => [to.join(), to])).values()];
}

import { Fault, type Plain, type Whole } from './plain.ts';

/** Of a state that is kept: besides its parts, and for each of them in the list and in the text. */
const [bytesOfState, bytesOfPart] = [100, 12];

/** V71  All states that a trace may lead to, by their text: in every way in which its events can be made one after the other. Throws a Fault where one cannot. */
export function followed(plain: Plain, trace: readonly number[]): ReadonlyMap<string, Whole> {
  let states: readonly Whole[] = [plain.system.parts.map(() => 0)];
  for (const [number, event] of trace.entries()) {
    states = after(plain, states, event);
    if (states.length === 0) throw new Fault(`step ${number + 1} of the trace is not possible`);
  }
  return new Map(states.map((state) => [state.join(), state]));
}

/** The same from given states on; none where it cannot be followed from any of them. */
export function followedFrom(plain: Plain, from: readonly Whole[], trace: readonly number[]): readonly Whole[] {
  const start = [...new Map(from.map((state) => [state.join(), state])).values()];
  return trace.reduce<readonly Whole[]>((states, event) => after(plain, states, event), start);
}

/** Whether a round can be gone from a state and back to it. */
export function comesBack(plain: Plain, cycle: readonly number[], state: Whole): boolean {
  const ends = cycle.reduce<readonly Whole[]>((states, event) => after(plain, states, event), [state]);
  return ends.some((end) => end.join() === state.join());
}

// Each state once; where there is one way only there is nothing to compare.
function after(plain: Plain, states: readonly Whole[], event: number): readonly Whole[] {
  const next = new Map<string, Whole>();
  for (const state of states) {
    const ways = plain.ways(state, event);
    if (states.length === 1 && ways.length < 2) return ways.map(({ to }) => to);
    for (const { to } of ways) next.set(to.join(), to);
    plain.meter.fits(next.size * (bytesOfState + state.length * bytesOfPart));
  }
  return [...next.values()];
}

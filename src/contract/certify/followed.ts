import { Fault, type Plain, type Whole } from './plain.ts';

/** Of a state that is kept: besides its parts, and for each of them in the list and in the text. */
const [bytesOfState, bytesOfPart] = [100, 12];

/** V71  All states that a trace may lead to, by their text: in every way in which its events can be made one after the other. Throws a Fault where one cannot. */
export function followed(plain: Plain, trace: readonly number[]): ReadonlyMap<string, Whole> {
  const start: Whole = plain.system.parts.map(() => 0);
  let states: ReadonlyMap<string, Whole> = new Map([[start.join(), start]]);
  for (const [number, event] of trace.entries()) {
    states = after(plain, states, event);
    if (states.size === 0) throw new Fault(`step ${number + 1} of the trace is not possible`);
  }
  return states;
}

/** The same from given states on; none where it cannot be followed from any of them. */
export function followedFrom(plain: Plain, from: readonly Whole[], trace: readonly number[]): readonly Whole[] {
  const start: ReadonlyMap<string, Whole> = new Map(from.map((state) => [state.join(), state]));
  return [...trace.reduce((states, event) => after(plain, states, event), start).values()];
}

/** Whether a round can be gone from a state and back to it. */
export function comesBack(plain: Plain, cycle: readonly number[], state: Whole): boolean {
  const text = state.join();
  const ends = cycle.reduce(
    (states, event) => after(plain, states, event),
    new Map([[text, state]]) as ReadonlyMap<string, Whole>,
  );
  return ends.has(text);
}

function after(plain: Plain, states: ReadonlyMap<string, Whole>, event: number): ReadonlyMap<string, Whole> {
  const next = new Map<string, Whole>();
  for (const state of states.values()) {
    for (const { to } of plain.ways(state, event)) next.set(to.join(), to);
    plain.meter.fits(next.size * (bytesOfState + state.length * bytesOfPart));
  }
  return next;
}

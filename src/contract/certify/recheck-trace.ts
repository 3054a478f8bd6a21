import type { System } from '#contract/network.ts';
import { Fault, Plain, TooMuch, type Whole } from './plain.ts';
import { fails, holds, open, type Recheck, usualWork } from './verdict.ts';

/**
 * V71  Follows a trace from the start, in every way it can be followed, and looks at its end: `dead` is one of the states it leads to, nothing can happen there,
 *      some process has not ended, and no part says less than the truth.
 */
export function recheckTrace(
  system: System,
  trace: readonly number[],
  dead: readonly number[],
  work: number = usualWork,
): Recheck {
  try {
    const plain = new Plain(system, work);
    const ends = follow(plain, trace);
    if (!ends.has(dead.join())) throw new Fault('the trace does not lead to the state it is said to lead to');
    if (plain.steps(dead).length > 0) throw new Fault('something can still happen after the trace');
    if (plain.hasEnded(dead)) throw new Fault('all processes have ended after the trace');
    if (dead.some((at, part) => plain.isCut(part, at))) throw new Fault('a part says less than the truth after the trace');
    return holds;
  } catch (thrown) {
    if (thrown instanceof Fault) return fails(thrown.message);
    if (thrown instanceof TooMuch) return open(thrown.message);
    throw thrown;
  }
}

// All states that the trace may lead to, by their text.
function follow(plain: Plain, trace: readonly number[]): ReadonlyMap<string, Whole> {
  const start: Whole = plain.system.parts.map(() => 0);
  let states = new Map([[start.join(), start]]);
  for (const [number, event] of trace.entries()) {
    const next = new Map<string, Whole>();
    for (const state of states.values()) for (const { to } of plain.ways(state, event)) next.set(to.join(), to);
    if (next.size === 0) throw new Fault(`step ${number + 1} of the trace is not possible`);
    states = next;
  }
  return states;
}

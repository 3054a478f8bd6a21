import type { System } from '#contract/network.ts';
import { followed } from './followed.ts';
import { Fault, Plain, type Work } from './plain.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/**
 * V71  Follows a trace from the start, in every way it can be followed, and looks at its end: `dead` is one of the states it leads to, nothing can happen there,
 *      some process has not ended, and no part says less than the truth.
 */
export function recheckTrace(system: System, trace: readonly number[], dead: readonly number[], work: Work = usualWork): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    const ends = followed(plain, trace);
    if (!ends.has(dead.join())) throw new Fault('the trace does not lead to the state it is said to lead to');
    if (plain.steps(dead).length > 0) throw new Fault('something can still happen after the trace');
    if (plain.hasEnded(dead)) throw new Fault('all processes have ended after the trace');
    if (dead.some((at, part) => plain.isCut(part, at))) throw new Fault('a part says less than the truth after the trace');
  });
}

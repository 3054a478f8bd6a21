import { Fault, type Plain, type Whole } from './plain.ts';
import { fieldOf, wholeNumber } from './read.ts';

/** V72  Counts all reachable states again: as many as were said, none of them dead, none cut. */
export function recheckExhaustive(plain: Plain, data: unknown): void {
  const start: Whole = plain.system.parts.map(() => 0);
  const seen = new Map([[start.join(), start]]);
  let transitions = 0;
  for (const state of seen.values()) {
    const steps = plain.steps(state);
    transitions += steps.length;
    if (steps.length === 0 && !plain.hasEnded(state)) throw new Fault('there is a state in which nothing can happen');
    if (state.some((at, part) => plain.isCut(part, at))) throw new Fault('a part can say less than the truth');
    for (const { to } of steps) seen.set(to.join(), to);
  }
  if (seen.size !== wholeNumber(fieldOf(data, 'states'))) throw new Fault(`there are ${seen.size} states, not as many as said`);
  if (transitions !== wholeNumber(fieldOf(data, 'transitions'))) throw new Fault(`there are ${transitions} transitions`);
}

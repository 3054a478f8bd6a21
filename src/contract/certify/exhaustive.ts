import { Fault, type Plain } from './plain.ts';
import { wholeGraph } from './reached.ts';
import { fieldOf, sizeOf, wholeNumber } from './read.ts';

/** V72  Counts all reachable states again: as many as were said, none of them dead, none cut. */
export function recheckExhaustive(plain: Plain, data: unknown): void {
  const { reached, first, events } = wholeGraph(plain, sizeOf(data));
  for (let state = 0; state < reached.size; state++)
    if (first[state] === first[state + 1] && !plain.hasEnded(reached.stateOf(state)))
      throw new Fault('there is a state in which nothing can happen');
  if (reached.size !== wholeNumber(fieldOf(data, 'states')))
    throw new Fault(`there are ${reached.size} states, not as many as said`);
  if (events.length !== wholeNumber(fieldOf(data, 'transitions'))) throw new Fault(`there are ${events.length} transitions`);
}

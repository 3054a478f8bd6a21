import type { GivenBack } from '../design/design-state.ts';

type Taker = (given: GivenBack) => boolean;

const takers = new Set<Taker>();

/** Takes back into a field what was typed there and was not taken; true when it did. The answer stops listening. */
export function onGivenBack(taker: Taker): () => void {
  takers.add(taker);
  return () => takers.delete(taker);
}

/** True when it stands again where it was typed: nothing more need be said. */
export const isTakenBack = (given: GivenBack): boolean => [...takers].some((taker) => taker(given));

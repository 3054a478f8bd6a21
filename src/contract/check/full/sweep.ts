import { type Budget, usualBytes } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import { howMany } from '#model/how-many.ts';
import { StateSpace } from './state-space.ts';

/** How far a search came: `why` it ended before it had seen everything; without it all there is was seen, or all that was asked for. */
export interface Swept {
  readonly space: StateSpace;
  readonly why?: string;
}

/**
 * V14  Follows all states, nearest first, within a budget. The clock and `goOn` are asked between calls that follow about a thousand states each.
 *
 * @param stuck is handed the number of each state without a successor, the nearest first; true ends the search there.
 * @param met is handed the number of the first state that was found since it was asked last; true ends the search.
 */
export function sweep(
  system: System,
  budget: Budget,
  stuck: (space: StateSpace, state: number) => boolean,
  met?: (space: StateSpace, from: number) => boolean,
): Swept | { readonly why: string } {
  const { maxStates, maxBytes = usualBytes } = budget;
  const pause = new Pauses(budget);
  const space = StateSpace.of(system, maxBytes);
  if (!(space instanceof StateSpace)) return space;
  let seen = 0;
  for (;;) {
    if (met?.(space, seen)) return { space };
    seen = space.size;
    if (space.size > maxStates) return { space, why: `stopped after ${howMany(maxStates, 'state')}` };
    if (space.followed === space.size) return { space };
    const why = pause.why(space);
    if (why !== undefined) return { space, why };
    const found = space.advance(maxStates);
    if (found === undefined)
      return {
        space,
        why: `stopped after ${howMany(space.size, 'state')}, as memory for more is not given (${count(maxBytes)} bytes)`,
      };
    if (found.some((state) => stuck(space, state))) return { space };
  }
}

const askEveryMs = 200;
const askEveryStates = 16_384;

/** When to look at the clock, and when to ask whether to go on. */
class Pauses {
  readonly #budget: Budget;
  readonly #started: number;
  #askedMs = Number.NEGATIVE_INFINITY;
  #askedStates = Number.NEGATIVE_INFINITY;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.#started = budget.now?.() ?? 0;
  }

  why({ size, followed }: StateSpace): string | undefined {
    const { maxMs, now, goOn } = this.#budget;
    const time = now?.() ?? 0;
    if (time - this.#started > maxMs) return `stopped after ${maxMs} ms and ${howMany(size, 'state')}`;
    const due = now === undefined ? followed - this.#askedStates >= askEveryStates : time - this.#askedMs >= askEveryMs;
    if (!due) return undefined;
    [this.#askedMs, this.#askedStates] = [time, followed];
    return goOn?.(size) === false ? 'cancelled' : undefined;
  }
}

const count = (number: number): string => number.toLocaleString('en');

import { type Budget, usualBytes } from '#contract/check/engine.ts';
import { howMany } from '#model/how-many.ts';

/** A budget as a search looks at it: the clock seldom, as that costs more than a state; memory always, as one state may have a million steps. */
export class Limits {
  readonly maxStates: number;
  readonly #budget: Budget;
  readonly #maxBytes: number;
  readonly #started: number;
  #looks = 0;

  constructor(budget: Budget) {
    this.maxStates = budget.maxStates;
    this.#budget = budget;
    this.#maxBytes = budget.maxBytes ?? usualBytes;
    this.#started = budget.now?.() ?? 0;
  }

  get leftMs(): number {
    return Math.max(0, this.#budget.maxMs - this.#usedMs());
  }

  /** Why the search must stop before it looks at one more state; asked once a state. */
  stop(states: number, bytes: () => number): string | undefined {
    if (states >= this.maxStates) return `stopped after ${howMany(this.maxStates, 'state')}`;
    if (bytes() > this.#maxBytes) return `stopped after ${howMany(states, 'state')}, which take ${count(this.#maxBytes)} bytes`;
    if (this.#looks++ % 256 !== 0) return undefined;
    if (this.#budget.goOn?.(states) === false) return 'cancelled';
    if (this.#budget.now !== undefined && this.#usedMs() > this.#budget.maxMs)
      return `stopped after ${this.#budget.maxMs} ms and ${howMany(states, 'state')}`;
    return undefined;
  }

  #usedMs(): number {
    return (this.#budget.now?.() ?? 0) - this.#started;
  }
}

function count(number: number): string {
  return number.toLocaleString('en');
}

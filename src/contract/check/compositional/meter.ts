import { type Budget, usualBytes } from '#contract/check/engine.ts';
import { howMany } from '#model/how-many.ts';

/** Thrown when a budget is used up; the message says which. */
export class OutOfBudget extends Error {}

/** V48  What has been used of a budget. */
export class Meter {
  states = 0;
  transitions = 0;
  bytes = 0;
  readonly #budget: Budget;
  readonly #started: number;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.#started = budget.now?.() ?? 0;
  }

  /** States not yet spent. */
  get left(): number {
    return Math.max(0, this.#budget.maxStates - this.states);
  }

  /** @throws OutOfBudget */
  spend(states: number): void {
    this.states += states;
    if (this.states > this.#budget.maxStates)
      throw new OutOfBudget(`stopped after ${howMany(this.#budget.maxStates, 'state')} of parts put together`);
    this.look();
  }

  /** @throws OutOfBudget */
  keep(bytes: number): void {
    this.bytes += bytes;
    const most = this.#budget.maxBytes ?? usualBytes;
    if (this.bytes > most) throw new OutOfBudget(`stopped after ${count(most)} bytes of parts put together`);
  }

  /** @throws OutOfBudget when time is up or the check was cancelled. */
  look(): void {
    const { now, maxMs, goOn } = this.#budget;
    if (now !== undefined && now() - this.#started > maxMs) throw new OutOfBudget(`stopped after ${count(maxMs)} ms`);
    if (goOn !== undefined && !goOn(this.states)) throw new OutOfBudget('cancelled');
  }
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en');
}

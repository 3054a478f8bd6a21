import type { Budget } from '#contract/check/engine.ts';
import { OutOfBudget, ScriptFault } from './fault.ts';

/** Steps of working out, about half a second for ten million. */
const greatestWork = 60_000_000;
const lookAtClock = 4_096;

/** V104  What may still be done: every step of reading a script's meaning is paid for here, so that no input keeps the reader busy for ever. */
export class Allowance {
  readonly #budget: Budget;
  #startMs: number;
  #work = 0;
  #next = lookAtClock;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.#startMs = budget.now?.() ?? 0;
  }

  /** Begins anew: each assertion has the budget for itself. */
  restart(): void {
    this.#startMs = this.#budget.now?.() ?? 0;
    this.#work = 0;
    this.#next = lookAtClock;
  }

  spend(steps = 1): void {
    this.#work += steps;
    if (this.#work < this.#next) return;
    this.#next = this.#work + lookAtClock;
    if (this.#work > greatestWork) throw new ScriptFault('it is too much to work out: is a function or a set without bound?');
    if (this.leftMs() <= 0) throw new OutOfBudget('the time was used up before all was worked out');
    if (this.#budget.goOn?.(0) === false) throw new OutOfBudget('cancelled');
  }

  /** Without a clock time says nothing. */
  leftMs(): number {
    return this.#budget.now === undefined ? this.#budget.maxMs || 1 : this.#budget.maxMs - (this.#budget.now() - this.#startMs);
  }

  /** The same budget with the time that is left of it. */
  rest(): Budget {
    return { ...this.#budget, maxMs: Math.max(0, this.leftMs()) };
  }

  get maxStates(): number {
    return this.#budget.maxStates;
  }
}

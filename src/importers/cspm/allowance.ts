import { type Budget, usualBytes } from '#contract/check/engine.ts';
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
  #bytes = 0;

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

  /** V108  Counts what is kept: about as many bytes as it takes. What the engines need comes on top of it and gets the rest. */
  keep(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#mostBytes) throw new OutOfBudget('the memory was used up before all was worked out');
  }

  /** What was kept is no longer needed. */
  forget(): void {
    this.#bytes = 0;
  }

  /** Whether so much is kept that the next assertion had better begin with nothing. */
  get isHalfFull(): boolean {
    return this.#bytes > this.#mostBytes / 2;
  }

  get #mostBytes(): number {
    return this.#budget.maxBytes ?? usualBytes;
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

  /** The same budget with the time and the memory that are left of it. */
  rest(): Budget {
    return { ...this.#budget, maxMs: Math.max(0, this.leftMs()), maxBytes: this.#mostBytes - this.#bytes };
  }

  get maxStates(): number {
    return this.#budget.maxStates;
  }
}

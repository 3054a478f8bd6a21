import type { Alternation, Branch } from './alternation.ts';
import type { Turn, Waiting } from './strand.ts';

/** What an offer needs of the writing end. */
interface OfferingEnd<T> extends Turn {
  readonly accepts: boolean;
  offered: T | undefined;
  put(value: T): boolean;
  enable(alternation: Alternation, index: number): void;
  disable(): void;
  describe(into: Waiting): void;
}

/** An output guard: the writing end together with the message it would send. */
export class Offer<T> implements Branch<{ readonly sent: boolean }> {
  declare readonly guards: { readonly sent: boolean };
  readonly turn: OfferingEnd<T>;
  readonly #value: T;

  constructor(end: OfferingEnd<T>, value: T) {
    this.turn = end;
    this.#value = value;
  }

  ready(): boolean {
    return this.turn.accepts;
  }

  take(): { readonly sent: boolean } {
    return { sent: this.turn.put(this.#value) };
  }

  enable(alternation: Alternation, index: number): void {
    this.turn.enable(alternation, index);
    this.turn.offered = this.#value;
  }

  disable(): void {
    this.turn.disable();
  }

  describe(into: Waiting): void {
    this.turn.describe(into);
  }
}

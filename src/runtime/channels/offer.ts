import type { Alternation, Branch } from '#runtime/alternation.ts';
import type { Turn, Waiting } from '#runtime/processes/strand.ts';

/** What an offer needs of its writing end. */
interface OfferingEnd<T> extends Turn {
  readonly passage: { readonly accepts: boolean; offered: T | undefined; offer(value: T): boolean | undefined };
  enable(alternation: Alternation, index: number): void;
  disable(): void;
  describe(into: Waiting): void;
}

/** An output guard: the writing end together with the message it would send. */
export class Offer<T> implements Branch<{ readonly sent: boolean }> {
  declare readonly guards: { readonly sent: boolean };
  /** The end that it is sent on. */
  readonly turn: OfferingEnd<T>;
  readonly #value: T;

  constructor(end: OfferingEnd<T>, value: T) {
    this.turn = end;
    this.#value = value;
  }

  ready(): boolean {
    return this.turn.passage.accepts;
  }

  take(): { readonly sent: boolean } {
    return { sent: this.turn.passage.offer(this.#value) ?? false };
  }

  enable(alternation: Alternation, index: number): void {
    this.turn.enable(alternation, index);
    this.turn.passage.offered = this.#value;
  }

  disable(): void {
    this.turn.disable();
  }

  describe(into: Waiting): void {
    this.turn.describe(into);
  }
}

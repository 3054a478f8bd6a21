import { defineError } from '#base/errors.ts';
import type { Guard, Sender } from './port.ts';
import { type Strand, type Turn, Wait, type Waiting } from './strand.ts';

export const endBusy = defineError(
  'RUNTIME_END_BUSY',
  'bug',
  'Two operations wait on one end of a channel at once; an end has one holder, and does one thing at a time.',
);

/** What every guard is inside the runtime. */
export interface Branch<G = unknown> extends Guard<G> {
  /** Where a fair alternation remembers it; undefined when the guard is made anew each time. */
  readonly turn: Turn | undefined;
  /** True when `take` would succeed now. */
  ready(): boolean;
  /** Does the communication; only when ready. */
  take(): G;
  /** Tells the other side that `alternation` takes this as soon as it can. */
  enable(alternation: Alternation, index: number): void;
  disable(): void;
  describe(into: Waiting): void;
}

/** A writing end that an alternation can offer on. */
export interface OfferingSender<T> extends Sender<T> {
  offering(value: T): Branch<{ readonly sent: boolean }>;
}

/** A strand parked on several guards. The first partner that comes, or the clock, chooses; the others are withdrawn at once. */
export class Alternation extends Wait {
  readonly suspends = 'alternation';
  readonly strand: Strand;
  /** The guard that was chosen, and what it gave. */
  index = -1;
  given: unknown = undefined;
  readonly #branches: readonly Branch[];
  #enabled = 0;

  constructor(strand: Strand, branches: readonly Branch[]) {
    super();
    this.strand = strand;
    this.#branches = branches;
  }

  /** Registers with every guard; with none of them when one is busy. */
  enable(): void {
    try {
      for (const branch of this.#branches) {
        branch.enable(this, this.#enabled);
        this.#enabled++;
      }
    } catch (thrown) {
      this.cancel();
      throw thrown;
    }
  }

  /** @param inbox says how it was chosen: `ripe` by the clock. */
  choose(index: number, given: unknown, inbox?: unknown): void {
    this.cancel();
    this.index = index;
    this.given = given;
    this.strand.wake(inbox);
  }

  override withdraw(): boolean {
    this.cancel();
    return true;
  }

  cancel(): void {
    for (let i = 0; i < this.#enabled; i++) this.#branches[i]?.disable();
    this.#enabled = 0;
  }

  describe(into: Waiting): void {
    for (const branch of this.#branches) branch.describe(into);
  }
}

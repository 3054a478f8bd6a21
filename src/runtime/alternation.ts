import { defineError } from '#base/errors.ts';
import type { Guard, Received, Sender, Suspension } from './port.ts';
import {
  type About,
  asked,
  breathing,
  cpu,
  type Doing,
  idle,
  parked,
  queued,
  runningStrand,
  type Stage,
  type Strand,
  type Turn,
  Wait,
  type Waiting,
  waiting,
} from './processes/strand.ts';

export const endBusy = defineError(
  'RUNTIME_END_BUSY',
  'bug',
  'Two operations wait on one end of a channel at once; an end has one holder, and does one thing at a time.',
);
const strangeGuard = defineError(
  'RUNTIME_STRANGE_GUARD',
  'bug',
  'An alternation was given something that is not a guard; use a receiving end, after, never, always, when or offering.',
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

// Only the order matters, and only among guards of one process: one counter serves all.
let wins = 0;

/** From now on a choice counts as later than number `least`. */
export function countWinsFrom(least: number): void {
  wins = Math.max(wins, least);
}

/**
 * An alternation, from the call to its answer: the operation itself, and what its strand is parked on meanwhile. The first partner
 * that comes, or the clock, chooses; the other guards are withdrawn at once.
 */
export class Alternation extends Wait implements Doing<unknown>, About {
  readonly suspends = 'alternation';
  readonly #branches: readonly Branch[];
  /** Names of the guards; undefined when they are a list. */
  readonly #tags: readonly string[] | undefined;
  readonly #fair: boolean;
  #strand: Strand | undefined;
  #stage: Stage = asked;
  #index = -1;
  #given: unknown = undefined;
  #enabled = 0;

  constructor(branches: readonly Branch[], tags: readonly string[] | undefined, fair: boolean) {
    super();
    this.#branches = branches;
    this.#tags = tags;
    this.#fair = fair;
  }

  get breathing(): boolean {
    return this.#stage === queued;
  }

  /** Who waits in it. */
  get strand(): Strand {
    return this.#strand as Strand;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Suspension, unknown> {
    if (this.#stage === idle) return { done: true, value: undefined };
    if (this.#stage === asked && --cpu.fuel < 0) {
      this.#stage = queued;
      runningStrand().about = this;
      return breathing;
    }
    if (this.#stage !== waiting) {
      const index = this.#ready();
      if (index < 0) return this.#wait();
      this.#index = index;
      this.#given = this.#branches[index]?.take();
    }
    this.#stage = idle;
    return { done: true, value: this.#answer() };
  }

  return(value: unknown): IteratorResult<Suspension, never> {
    this.#stage = idle;
    return { done: true, value: value as never };
  }

  /** @param inbox says how it was chosen: `ripe` by the clock. */
  choose(index: number, given: unknown, inbox?: unknown): void {
    this.cancel();
    this.#index = index;
    this.#given = given;
    this.strand.wake(inbox);
  }

  override withdraw(): boolean {
    this.cancel();
    this.strand.about = this;
    this.#stage = queued;
    return true;
  }

  throw(thrown: unknown): never {
    this.#stage = idle;
    throw thrown;
  }

  /** One of the channels was given up. */
  fail(reason: Error): void {
    this.cancel();
    this.strand.wakeThrowing(reason);
  }

  cancel(): void {
    for (let i = 0; i < this.#enabled; i++) this.#branches[i]?.disable();
    this.#enabled = 0;
  }

  describe(into: Waiting): void {
    for (const branch of this.#branches) branch.describe(into);
  }

  /** The guard to take now; -1 when none is ready. */
  #ready(): number {
    const branches = this.#branches;
    let best = -1;
    let bestWon = Number.POSITIVE_INFINITY;
    for (let i = 0; i < branches.length; i++) {
      const branch = branches[i] as Branch;
      if (typeof branch?.ready !== 'function') throw strangeGuard();
      if (!branch.ready()) continue;
      if (!this.#fair) return i;
      const { lastWon } = this.#turnOf(i);
      if (lastWon < bestWon) {
        best = i;
        bestWon = lastWon;
      }
    }
    return best;
  }

  #turnOf(index: number): Turn {
    return this.#branches[index]?.turn ?? (this.#strand ?? runningStrand()).turnOf(this.#tags?.[index] ?? String(index));
  }

  /** Registers with every guard; with none of them when one is busy. */
  #wait(): IteratorResult<Suspension, never> {
    const strand = runningStrand();
    this.#strand = strand;
    strand.owner.account.end();
    try {
      for (const branch of this.#branches) {
        branch.enable(this, this.#enabled);
        this.#enabled++;
      }
    } catch (thrown) {
      this.cancel();
      throw thrown;
    }
    strand.wait = this;
    this.#stage = waiting;
    return parked;
  }

  #answer(): unknown {
    const index = this.#index;
    if (this.#fair) this.#turnOf(index).lastWon = ++wins;
    const tag = this.#tags?.[index];
    const given = this.#given as Partial<Received<unknown>>;
    // Written out, because a message is the usual case and copying properties costs as much as all the rest.
    if (given.ended === false)
      return tag === undefined ? { index, ended: false, value: given.value } : { tag, ended: false, value: given.value };
    return tag === undefined ? { index, ...given } : { tag, ...given };
  }
}

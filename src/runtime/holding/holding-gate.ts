import type { Ring } from '#runtime/channels/ring.ts';
import { type Arrivals, again, type Gate, type Ranking, type Runner, type Strand } from '#runtime/processes/strand.ts';
import type { Scheduler } from '#runtime/scheduler.ts';

/**
 * Where the strands of a held process are (S36). It stands in for the scheduler: what becomes able to go on is kept here.
 *
 * Invariant: a strand in here is registered at no channel and no other guard, so nothing passes to or from it. What it awaits from
 * outside may come.
 */
export class HoldingGate implements Runner, Gate {
  readonly #scheduler: Scheduler;
  readonly #taken = new Set<Strand>();
  /** Those that can go on, in the order in which they became able to. */
  readonly #kept: Strand[] = [];

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  take(strand: Strand): void {
    if (strand.done || this.#taken.has(strand)) return;
    this.#taken.add(strand);
    strand.runner = this;
    const { wait } = strand;
    if (wait === undefined) {
      const stopped = this.#scheduler.interrupted.withdraw(strand);
      if (stopped === undefined) strand.queue.remove(strand);
      stopped?.within?.withdraw(this);
      this.#kept.push(strand);
    } else if (wait.withdraw(this)) {
      strand.wait = undefined;
      strand.inbox = again;
      this.#kept.push(strand);
    }
  }

  /** Gives all back. */
  open(): void {
    for (const strand of this.#taken) strand.runner = this.#scheduler;
    for (const strand of this.#kept) this.#scheduler.enqueue(strand);
  }

  enqueue(strand: Strand): void {
    this.#taken.add(strand);
    this.#kept.push(strand);
  }

  queueOf(ranking: Ranking): Ring<Strand> {
    return this.#scheduler.queueOf(ranking);
  }

  fuelOf(ranking: Ranking): number {
    return this.#scheduler.fuelOf(ranking);
  }

  resume(strand: Strand): void {
    this.#scheduler.resume(strand);
  }

  threw(strand: Strand, thrown: unknown): void {
    this.#scheduler.threw(strand, thrown);
  }

  halt(strand: Strand): void {
    this.#scheduler.halt(strand);
  }

  get held(): boolean {
    return this.#scheduler.held;
  }

  get nowMs(): number {
    return this.#scheduler.nowMs;
  }

  get arrivals(): Arrivals | undefined {
    return this.#scheduler.arrivals;
  }

  get outside(): number {
    return this.#scheduler.outside;
  }

  set outside(count: number) {
    this.#scheduler.outside = count;
  }
}

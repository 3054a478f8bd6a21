import type { Clock } from '#base/clock.ts';
import type { Ring } from './channels/ring.ts';
import { resumesASample } from './processes/account.ts';
import { Interrupted } from './processes/interrupted.ts';
import { timed } from './processes/nest.ts';
import { Ready } from './processes/ready.ts';
import {
  type Arrivals,
  breath,
  cpu,
  deepestNest,
  epochMs,
  parked,
  type Ranking,
  type Runner,
  type Strand,
  strangeYield,
  Wait,
} from './processes/strand.ts';
import type { Defer, Steering } from './replay/steering.ts';

/** Communications a strand may do in a row while its partners are ready. */
const fuelOfTurn = 32;
/** S7: after this long the event loop gets its chance. */
const turnMs = 4;
/** The same where time stands still. */
const turnResumes = 10_000;
/** Looks at the clock come this far apart, counted in resumes, once resumes have shown to be quick. */
const longestStride = 32;
/** Times a generator may answer `return` with one more wait before it is abandoned. */
const haltPatience = 100;

// The intrinsic itself: generator objects of different functions differ in shape, so a property look-up would be megamorphic.
const intrinsic = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())) as Generator<unknown, unknown, unknown>;
const next = intrinsic.next;

/**
 * Runs strands in the order in which they became runnable.
 *
 * Invariants: a strand stands in the queue at most once, and then has no `wait`; a partner is woken through the queue and
 * never called, so the stack does not grow with the network; between turns every strand is at a communication.
 */
export class Scheduler implements Runner {
  outside = 0;
  /** Turns so far. */
  turns = 0;
  nowMs: number;
  /** Hears of each strand that had its turn; set while somebody waits for others to rest (S22). */
  onResumed: ((strand: Strand) => void) | undefined = undefined;
  /** Halted strands whose finally blocks await something outside. */
  readonly cleaning = new Set<Strand>();
  readonly #clock: Clock;
  readonly #defer: Defer;
  readonly #rest: () => void;
  readonly arrivals: Arrivals | undefined;
  readonly #fuel: number;
  readonly #ready: Ready;
  #tillSample = resumesASample;
  #onTurn: (() => void) | undefined;
  #closely = false;
  #turning = false;
  #scheduled = false;
  #held = true;
  #kept = 0;
  readonly interrupted = new Interrupted();

  /** @param rest called after each turn that left nothing runnable, or was held. */
  constructor(clock: Clock, defer: Defer, rest: () => void, { queue, fuel, arrivals }: Steering = {}) {
    this.arrivals = arrivals;
    this.#fuel = fuel ?? fuelOfTurn;
    this.#ready = new Ready(queue);
    this.#clock = clock;
    this.#defer = defer;
    this.#rest = rest;
    this.nowMs = clock.now();
  }

  get turning(): boolean {
    return this.#turning;
  }

  get held(): boolean {
    return this.#held;
  }

  queueOf(ranking: Ranking): Ring<Strand> {
    return this.#ready.of(ranking);
  }

  fuelOf({ weight }: Ranking): number {
    return this.#fuel * weight;
  }

  /** True while nothing can go on at once. */
  get quiet(): boolean {
    return !this.#held && this.#ready.size === 0 && this.interrupted.none;
  }

  /** True while nothing can go on and nothing is awaited. */
  get idle(): boolean {
    return this.quiet && this.outside === 0;
  }

  /** Calls `look` after each turn; `closely`, a turn is one communication of one process. Undefined looks no more. Turns begin if they may. */
  watch(look: (() => void) | undefined, closely: boolean): void {
    this.#onTurn = look;
    this.#closely = closely;
    this.#schedule();
  }

  enqueue(strand: Strand): void {
    strand.queue.push(strand);
    if (!this.#turning) this.#schedule();
  }

  /** No strand goes further than its next communication, until released. */
  hold(): void {
    const left = this.#held ? this.#kept : cpu.fuel;
    this.#held = true;
    if (cpu.strand?.runner === this) this.#fill(left);
  }

  release(): void {
    if (this.#held && cpu.strand?.runner === this) cpu.fuel = this.#kept;
    this.#held = false;
    this.#schedule(true);
  }

  /**
   * While held: lets strands go on in their order until something holds again, and holds then. One turn at most; false when nothing
   * could go on any more.
   *
   * @param about is told who goes on, before: it may hold.
   */
  stride(about: (strand: Strand) => void): boolean {
    this.#turning = true;
    this.#held = false;
    cpu.nest = deepestNest;
    const endMs = this.#clock.now() + turnMs;
    let more = true;
    do {
      this.#look(this.#clock.now());
      more = this.#strideOn(about);
    } while (more && !this.#held && this.nowMs < endMs);
    this.#held = true;
    this.#turning = false;
    return more;
  }

  #strideOn(about: (strand: Strand) => void): boolean {
    const goOn = (strand: Strand, fuel?: number): void => {
      about(strand);
      this.resume(strand, fuel);
    };
    if (this.interrupted.first(goOn)) return true;
    const strand = this.#ready.shift();
    if (strand?.done === false && strand.wait === undefined) goOn(strand);
    return strand !== undefined;
  }

  /** Lets a strand go on first when released, as one that the hold stopped. */
  interrupt(strand: Strand): void {
    this.interrupted.push(strand, this.#kept);
  }

  // While held, the tank shows empty, and what was in it is kept: a pause does not change whose turn it is (S4).
  #fill(fuel: number): void {
    this.#kept = fuel;
    cpu.fuel = this.#held ? 0 : fuel;
  }

  #schedule(always = false): void {
    if (this.#held || this.#scheduled || this.#turning) return;
    if (!always && this.#ready.size === 0) return;
    this.#scheduled = true;
    this.#defer(this.#turn);
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    if (this.#held) return;
    this.turns++;
    this.#turning = true;
    if (this.#closely) this.#runOne();
    else this.#runQueue();
    this.#turning = false;
    this.#onTurn?.();
    if (this.#ready.size > 0 && !this.#held) this.#schedule();
    else this.#rest();
  };

  #runOne(): void {
    this.#look(this.#clock.now());
    cpu.nest = 0;
    this.#continueInterrupted();
    while (!this.#held) {
      const strand = this.#ready.shift();
      if (strand === undefined) return;
      if (strand.done || strand.wait !== undefined) continue;
      this.resume(strand, 0);
      return;
    }
  }

  #runQueue(): void {
    const startMs = this.#clock.now();
    let lookMs = startMs;
    let stride = 1;
    let tillLook = stride;
    this.#look(startMs);
    cpu.nest = deepestNest;
    this.#continueInterrupted();
    for (let left = turnResumes; left > 0 && !this.#held; left--) {
      const strand = this.#ready.shift();
      if (strand === undefined) return;
      // A strand that was halted while it stood here: over, or awaiting its clean-up.
      if (strand.done || strand.wait !== undefined) continue;
      // Where resumes are slow all of them are timed, else one of so many.
      if (stride === 1) this.#resumeTimed(strand, 1);
      else if (--this.#tillSample <= 0) this.#resumeTimed(strand, resumesASample);
      else this.#resumeNext(strand);
      if (--tillLook > 0) continue;
      this.#look(this.#clock.now());
      if (this.nowMs - startMs >= turnMs) return;
      // Slow resumes are looked at one by one, so that a turn overruns by one of them and not by thirty.
      stride = this.nowMs > lookMs ? 1 : Math.min(stride * 2, longestStride);
      lookMs = this.nowMs;
      tillLook = stride;
    }
  }

  #resumeTimed(strand: Strand, countsAs: number): void {
    if (countsAs > 1) this.#tillSample = resumesASample;
    cpu.timing = countsAs;
    timed(strand, () => this.#resumeNext(strand));
    cpu.timing = 0;
  }

  #look(ms: number): void {
    this.nowMs = ms;
    // A small whole number, which costs nothing to keep, for the first 24 days.
    const sinceMs = ms - epochMs;
    const small = sinceMs | 0;
    cpu.sinceMs = small === sinceMs ? small : sinceMs;
  }

  // The straight way of `resume`, for the queue: nothing runs before, and nothing is held.
  #resumeNext(strand: Strand): void {
    cpu.strand = strand;
    if (strand.unusual === 0) {
      cpu.fuel = strand.fuel;
      const step = this.#goOn(strand);
      if (step !== parked && step !== undefined) this.#after(strand, step);
    } else {
      cpu.fuel = strand.halting ? 0 : strand.fuel;
      const step = this.#step(strand);
      if (step !== undefined) this.#after(strand, step);
    }
    cpu.strand = undefined;
    if (this.onResumed !== undefined) this.onResumed(strand);
  }

  #goOn(strand: Strand): IteratorResult<unknown, unknown> | undefined {
    const given = strand.inbox;
    if (given !== undefined) strand.inbox = undefined;
    try {
      return strand.stepping !== undefined ? strand.stepping.next(given) : next.call(strand.body as Generator, given);
    } catch (thrown) {
      this.threw(strand, thrown);
      return undefined;
    }
  }

  #continueInterrupted(): void {
    while (!this.#held && this.interrupted.first((strand, fuel) => this.resume(strand, fuel)));
  }

  /** Runs a strand to its next wait. Within a turn only. */
  resume(strand: Strand, fuel = strand.fuel): void {
    const before = cpu.strand;
    const fuelBefore = this.#held ? this.#kept : cpu.fuel;
    cpu.strand = strand;
    this.#fill(strand.halting ? 0 : fuel);
    const step = this.#step(strand);
    if (step !== undefined) this.#after(strand, step);
    cpu.strand = before;
    this.#fill(fuelBefore);
    if (this.onResumed !== undefined) this.onResumed(strand);
  }

  #step(strand: Strand): IteratorResult<unknown, unknown> | undefined {
    if (!strand.throwing) return this.#goOn(strand);
    const thrown = strand.inbox;
    strand.inbox = undefined;
    strand.thrown();
    try {
      return strand.body.throw(thrown);
    } catch (again) {
      this.threw(strand, again);
      return undefined;
    }
  }

  threw(strand: Strand, thrown: unknown): void {
    this.#ended(strand);
    strand.owner.threw(strand, thrown);
  }

  #after(strand: Strand, step: IteratorResult<unknown, unknown>): void {
    if (step.done === true) {
      this.#ended(strand);
      strand.owner.returned(strand, step.value);
    } else if (strand.halting) {
      this.#cleanOrUnwind(strand, step.value);
    } else if (step === parked) {
      // It has set its wait itself.
    } else if (step.value === breath) {
      this.#requeue(strand);
    } else if (step.value instanceof Wait) {
      if (step.value.midway && this.#held) this.interrupted.push(strand, this.#kept, step.value);
      else strand.wait = step.value;
    } else {
      strand.wakeThrowing(strangeYield());
    }
  }

  #requeue(strand: Strand): void {
    const left = this.#held ? this.#kept : 0;
    // The communication at which it was stopped is one that its fuel had to pay for.
    if (left > 0) this.interrupted.push(strand, left - 1);
    else strand.queue.push(strand);
  }

  #ended(strand: Strand): void {
    strand.done = true;
    if (strand.halting) this.cleaning.delete(strand);
  }

  /**
   * Ends a strand from outside: its finally blocks run. In them `until` still works and is waited for (the strand is then
   * in `cleaning`); any other wait is answered by ending there.
   */
  halt(strand: Strand): void {
    if (strand.done || strand.halting) return;
    strand.beginHalt();
    this.#cancel(strand);
    this.#unwind(strand);
  }

  /** Gives up on finally blocks that still await something. */
  abandonCleaning(): void {
    for (const strand of [...this.cleaning]) {
      strand.wait?.cancel();
      this.#ended(strand);
      strand.owner.returned(strand, undefined);
    }
  }

  #cleanOrUnwind(strand: Strand, wait: unknown): void {
    if (wait instanceof Wait && wait.outlastsHalt) {
      strand.wait = wait;
      this.cleaning.add(strand);
    } else {
      if (wait instanceof Wait) wait.cancel();
      this.#cancel(strand);
      this.#unwind(strand);
    }
  }

  #cancel(strand: Strand): void {
    strand.wait?.cancel();
    strand.wait = undefined;
  }

  #unwind(strand: Strand): void {
    const before = cpu.strand;
    const fuelBefore = this.#held ? this.#kept : cpu.fuel;
    cpu.strand = strand;
    this.#fill(0);
    try {
      this.#returnRepeatedly(strand);
    } catch (thrown) {
      this.threw(strand, thrown);
    }
    cpu.strand = before;
    this.#fill(fuelBefore);
  }

  #returnRepeatedly(strand: Strand): void {
    for (let left = haltPatience; left > 0; left--) {
      const { done, value } = strand.body.return(undefined);
      if (done === true) break;
      if (value instanceof Wait && value.outlastsHalt) {
        strand.wait = value;
        this.cleaning.add(strand);
        return;
      }
      if (value instanceof Wait) value.cancel();
      this.#cancel(strand);
    }
    this.#ended(strand);
    strand.owner.returned(strand, undefined);
  }
}

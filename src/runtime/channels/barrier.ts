import { defineError } from '#base/errors.ts';
import type { Operation } from '#runtime/port.ts';
import { again, breath, cpu, runningStrand, type Strand, Wait, type Waiting } from '#runtime/processes/strand.ts';

const notParty = defineError('RUNTIME_BARRIER_NOT_PARTY', 'bug', 'A process arrived at a barrier that it is no party of.');
const arrivedTwice = defineError(
  'RUNTIME_BARRIER_ARRIVED_TWICE',
  'bug',
  'A process arrived at a barrier where it waits already; a party arrives once a phase.',
);

export interface BarrierPlan {
  readonly id: string;
  /** The processes that wait for each other. */
  readonly parties: readonly string[];
}

/** A party that has arrived and waits for the others. */
class Arrival extends Wait {
  readonly suspends = 'barrier';
  readonly strand: Strand;
  readonly #barrier: Barrier;

  constructor(barrier: Barrier, strand: Strand) {
    super();
    this.#barrier = barrier;
    this.strand = strand;
  }

  cancel(): void {
    this.#barrier.takeBack(this);
  }

  override withdraw(): boolean {
    this.cancel();
    return true;
  }

  describe(into: Waiting): void {
    into.ports.push(`barrier ${this.#barrier.plan.id}`);
  }
}

/**
 * A place where processes wait for each other, phase after phase. Rules B1… in `docs/spec/barrier.md`.
 *
 * Invariant: between operations somebody who has not left has not arrived, or nobody has.
 */
export class Barrier {
  readonly plan: BarrierPlan;
  readonly #staying: Set<string>;
  readonly #arrived = new Map<string, Arrival>();
  #phase = 0;

  constructor(plan: BarrierPlan) {
    this.plan = plan;
    this.#staying = new Set(plan.parties);
  }

  /**
   * Waits until every party that has not ended has arrived. Gives the number of the phase that begins, from 1.
   *
   * @throws RUNTIME_BARRIER_NOT_PARTY, RUNTIME_BARRIER_ARRIVED_TWICE.
   */
  *arrive(): Operation<number> {
    if (--cpu.fuel < 0) yield breath;
    const strand = runningStrand();
    const { id } = strand.owner;
    if (!this.#staying.has(id)) throw notParty({ detail: `${id} is no party of the barrier ${this.plan.id}.` });
    if (this.#arrived.has(id)) throw arrivedTwice({ detail: `${id} waits at the barrier ${this.plan.id} already.` });
    for (;;) {
      if (this.#arrived.size + 1 === this.#staying.size) return this.#open();
      const arrival = new Arrival(this, strand);
      this.#arrived.set(id, arrival);
      const told = yield arrival;
      if (told !== again) return told as number;
    }
  }

  /** The process has ended: nobody waits for it any more. */
  leave(process: string): void {
    if (!this.#staying.delete(process)) return;
    this.#arrived.delete(process);
    if (this.#arrived.size > 0 && this.#arrived.size === this.#staying.size) this.#open();
  }

  /** Its process was ended or held, or its operation given up, while it waited. */
  takeBack({ strand }: Arrival): void {
    this.#arrived.delete(strand.owner.id);
  }

  #open(): number {
    this.#phase++;
    const waiting = [...this.#arrived.values()];
    this.#arrived.clear();
    for (const { strand } of waiting) strand.wake(this.#phase);
    return this.#phase;
  }
}

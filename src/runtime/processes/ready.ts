import type { Priority } from '#model/design.ts';
import { Ring } from '#runtime/channels/ring.ts';
import type { Ranking, Strand } from './strand.ts';

/** S60: the highest first. */
const priorities: readonly Priority[] = ['high', 'normal', 'low'];
/** S60: so often one that can go on gives way to those of a higher priority. */
const longestPassedOver = 64;

/** Strands that can go on, by priority. */
export class Ready {
  /** As `priorities`; in a search all are one. */
  readonly #queues: readonly [high: Ring<Strand>, normal: Ring<Strand>, low: Ring<Strand>];
  /** True once a process has another priority than the usual. */
  #ranked = false;
  /** How often one of each level was passed over since one was taken. */
  readonly #passedOver = [0, 0, 0];

  /** @param queue instead of all three. */
  constructor(queue: Ring<Strand> | undefined) {
    this.#queues = queue === undefined ? [new Ring(), new Ring(), new Ring()] : [queue, queue, queue];
  }

  of({ priority }: Ranking): Ring<Strand> {
    if (priority !== 'normal') this.#ranked = true;
    return this.#queues[priorities.indexOf(priority)] as Ring<Strand>;
  }

  get size(): number {
    const [high, normal, low] = this.#queues;
    return high === normal ? normal.size : high.size + normal.size + low.size;
  }

  /** Who is next: of the highest priority, but that nobody is passed over for ever. */
  shift(): Strand | undefined {
    return this.#ranked ? this.#shiftRanked() : this.#queues[1].shift();
  }

  #shiftRanked(): Strand | undefined {
    let chosen = -1;
    for (let level = 0; level < priorities.length; level++) {
      if (this.#queues[level]?.size === 0) continue;
      const passedOver = this.#passedOver[level] as number;
      if (chosen >= 0) this.#passedOver[level] = passedOver + 1;
      if (chosen < 0 || passedOver >= longestPassedOver) chosen = level;
    }
    if (chosen < 0) return undefined;
    this.#passedOver[chosen] = 0;
    return this.#queues[chosen]?.shift();
  }
}

import type { Ring } from '#runtime/channels/ring.ts';
import type { Arrivals, Strand } from '#runtime/processes/strand.ts';

/** Calls `fn` once, later, after timers and I/O had their chance: `setImmediate` on a server. Never within this call. */
export type Defer = (fn: () => void) => void;

/** What a search or a replay decides in place of the scheduler. */
export interface Steering {
  /** Says by its `shift` who is next. */
  readonly queue?: Ring<Strand>;
  /** Communications in a row; 0 brings a strand back to the queue at each. */
  readonly fuel?: number;
  readonly arrivals?: Arrivals;
}

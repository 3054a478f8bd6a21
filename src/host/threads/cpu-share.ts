import type { Cancel, Clock } from '#base/clock.ts';
import type { Defer } from '#host/sessions/turns.ts';
import type { SessionSnapshot } from '#model/sessions/session.ts';

/** What may be used at once, as a time of the share: a tenth of the second over which the share holds. */
const burstMs = 100;

/**
 * Holds the turns of one session to a share of a processor core.
 *
 * H16  Over any second a session uses its share, a tenth of it more, and the rest of the turn that went beyond it. What it used
 *      beyond, it waits for: its next turn is put off. Only what its processes do in their turns counts.
 */
export class CpuShare {
  readonly #share: number;
  readonly #clock: Clock;
  readonly #cpuMs: () => number;
  readonly #next: Defer;
  readonly #deferred = new Map<() => void, Cancel>();
  #usedMs = 0;
  #deferredMs = 0;
  #leftMs: number;
  #lookedMs: number;
  #free = false;

  /**
   * @param cpuMs processor time of this thread, so that a busy machine is not counted as the session's doing.
   * @param next where a turn goes whose time has come.
   */
  constructor(percent: number, clock: Clock, cpuMs: () => number, next: Defer) {
    this.#share = percent / 100;
    this.#clock = clock;
    this.#cpuMs = cpuMs;
    this.#next = next;
    this.#leftMs = this.#share * burstMs;
    this.#lookedMs = clock.now();
  }

  /** Time used and waited so far. */
  used(): NonNullable<SessionSnapshot['cpu']> {
    return { usedMs: Math.round(this.#usedMs), deferredMs: this.#deferredMs };
  }

  readonly defer: Defer = (turn) => {
    const measured = (): void => this.#measure(turn);
    const waitMs = this.#free ? 0 : this.#waitMs();
    if (waitMs <= 0) return this.#next(measured);
    const sinceMs = this.#clock.now();
    const due = (): void => {
      this.#deferred.delete(due);
      this.#deferredMs += Math.max(0, this.#clock.now() - sinceMs);
      this.#next(measured);
    };
    this.#deferred.set(due, this.#clock.after(waitMs, due));
  };

  /** From now on nothing is put off: a session that ends must not wait. */
  free(): void {
    this.#free = true;
    for (const [due, cancel] of [...this.#deferred]) {
      cancel();
      due();
    }
  }

  #waitMs(): number {
    const nowMs = this.#clock.now();
    const gainedMs = Math.max(0, nowMs - this.#lookedMs) * this.#share;
    this.#lookedMs = nowMs;
    this.#leftMs = Math.min(this.#leftMs + gainedMs, this.#share * burstMs);
    return this.#leftMs > 0 ? 0 : Math.floor(-this.#leftMs / this.#share) + 1;
  }

  #measure(turn: () => void): void {
    const beforeMs = this.#cpuMs();
    try {
      turn();
    } finally {
      const usedMs = this.#cpuMs() - beforeMs;
      this.#usedMs += usedMs;
      this.#leftMs -= usedMs;
    }
  }
}

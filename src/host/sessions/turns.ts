import type { SessionPriority } from '#model/sessions/session.ts';

/** How much of a thread a session has beside others. */
const weights: Readonly<Record<SessionPriority, number>> = { low: 1, normal: 4, high: 16 };

/**
 * How much a thread has to do, where a new session is to be placed: its sessions by their weight, one of normal priority counting 1,
 * and four more when it computes all the time.
 *
 * @param utilization between 0 and 1.
 */
export function loadOf(sessions: readonly { readonly priority: SessionPriority }[], utilization: number): number {
  return sessions.reduce((sum, { priority }) => sum + weights[priority] / weights.normal, 4 * utilization);
}

/** After this long the event loop gets its chance, as after a turn of a network (S7). */
const mostMs = 4;
/** What a turn counts at least, so that those that take no time take turns, too. */
const leastMs = 0.001;

/** Calls a turn once, later, when timers and I/O have had their chance; never within this call. */
export type Defer = (turn: () => void) => void;

interface Seat {
  readonly weight: number;
  /** What it has had, in milliseconds divided by its weight. */
  passed: number;
  /** With the visit of the event loop during which each was put off. */
  readonly waiting: { readonly turn: () => void; readonly since: number }[];
}

/**
 * Whose turn it is, among the sessions of one thread.
 *
 * H17  The next turn has the session that has had the least time for its weight, of those that have something to do. One that had
 *      nothing to do for a while has saved nothing up.
 *
 * Stride scheduling by measured time (Waldspurger and Weihl 1995).
 */
export class Turns {
  readonly #nowMs: () => number;
  readonly #later: Defer;
  /** In the order in which they came to have something to do. */
  readonly #waiting = new Set<Seat>();
  #passed = 0;
  #visit = 0;
  #scheduled = false;

  /** @param later hands over to the event loop, such as `setImmediate`. */
  constructor(nowMs: () => number, later: Defer) {
    this.#nowMs = nowMs;
    this.#later = later;
  }

  /** What defers the turns of one session. */
  seat(priority: SessionPriority): Defer {
    const seat: Seat = { weight: weights[priority], passed: 0, waiting: [] };
    return (turn) => this.#wait(seat, turn);
  }

  #wait(seat: Seat, turn: () => void): void {
    if (seat.waiting.length === 0) seat.passed = Math.max(seat.passed, this.#passed);
    seat.waiting.push({ turn, since: this.#visit });
    this.#waiting.add(seat);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#later(this.#take);
  }

  readonly #take = (): void => {
    this.#scheduled = false;
    this.#visit++;
    const startMs = this.#nowMs();
    let nowMs = startMs;
    try {
      for (let seat = this.#next(); seat !== undefined; seat = this.#next()) {
        nowMs = this.#turn(seat, nowMs);
        if (nowMs - startMs >= mostMs) return;
      }
    } finally {
      // Also when a turn has thrown: the others still have theirs.
      if (this.#waiting.size > 0) this.#schedule();
    }
  };

  /** @returns the time at its end. */
  #turn(seat: Seat, beganMs: number): number {
    const next = seat.waiting.shift();
    if (seat.waiting.length === 0) this.#waiting.delete(seat);
    this.#passed = seat.passed;
    let endedMs = beganMs;
    try {
      next?.turn();
    } finally {
      endedMs = this.#nowMs();
      seat.passed += Math.max(endedMs - beganMs, leastMs) / seat.weight;
    }
    return endedMs;
  }

  /** Undefined when whose turn it is put it off during this visit: the event loop comes first. */
  #next(): Seat | undefined {
    let next: Seat | undefined;
    for (const seat of this.#waiting) if (next === undefined || seat.passed < next.passed) next = seat;
    return next?.waiting[0]?.since === this.#visit ? undefined : next;
  }
}

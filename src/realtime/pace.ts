/** W36: edits of a design are told no more often than this, */
const leastMs = 8;
/** W44: and under load than this: longer no edit is kept for company. */
const mostMs = 16;
/** W44: how many times as long as a telling took is rested after it, so that telling has about a fifth of the thread. */
const restPerWork = 4;

/**
 * How soon a design may be told about again, one for all designs of a server, since all share its thread.
 *
 *   last telling ──── 8 ms ────┬──── while the server still rests ────┬─ 16 ms
 *                              └─▶ at the earliest                    └─▶ at the latest
 *
 * W44  A server that has time tells at once, so that nobody waits for the company that does not come; one whose tellings take
 *      more than about a fifth of its time collects for longer, up to 16 ms, and makes fewer frames of the same edits.
 */
export class Pace {
  readonly #stopwatch: () => number;
  #restedAtMs = Number.NEGATIVE_INFINITY;

  /** @param stopwatch milliseconds that only go forward, with fractions. */
  constructor(stopwatch: () => number) {
    this.#stopwatch = stopwatch;
  }

  /** Does what telling is, and rests for it. @returns when it began, for `waitMs`. */
  tell(telling: () => void): number {
    const begun = this.#stopwatch();
    telling();
    const done = this.#stopwatch();
    const restedAtMs = Math.max(this.#restedAtMs, done) + restPerWork * (done - begun);
    // More than the longest wait need not be remembered.
    this.#restedAtMs = Math.min(restedAtMs, done + mostMs);
    return begun;
  }

  /** How long one waits who was told at `toldMs` last; 0: no longer. */
  waitMs(toldMs: number): number {
    const now = this.#stopwatch();
    const rested = Math.max(toldMs + leastMs, Math.min(this.#restedAtMs, toldMs + mostMs));
    return Math.max(0, rested - now);
  }
}

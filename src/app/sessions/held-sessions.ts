import type { RunningSession } from '#host/sessions/session-host.ts';
import { hasEnded } from '#model/sessions/session.ts';

/** Ended sessions whose last figures and messages can still be looked at. */
const endedKept = 50;

/** The sessions of this server that run, and the last ones that did, by id. */
export class HeldSessions {
  readonly #held = new Map<string, RunningSession>();
  readonly #recording = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  /** Aborted when the sessions have been stopped for good: what is not recorded soon never is. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  get(id: string): RunningSession | undefined {
    return this.#held.get(id);
  }

  hold(id: string, session: RunningSession): void {
    this.#held.set(id, session);
  }

  /** Those that have not ended. */
  running(): ReadonlyMap<string, RunningSession> {
    return new Map([...this.#held].filter(([, { state }]) => !hasEnded(state)));
  }

  /** Lets go of the sessions that ended first, once there are too many. */
  tidy(): void {
    const ended = [...this.#held].filter(([, { state }]) => hasEnded(state));
    for (const [id] of ended.slice(0, Math.max(0, ended.length - endedKept))) this.#held.delete(id);
  }

  /** Takes note of work that must be done before the store may close. */
  recording(work: Promise<void>): void {
    const noted = work.finally(() => this.#recording.delete(noted));
    this.#recording.add(noted);
  }

  /** Stops every session and waits until what became of it is recorded. */
  async close(): Promise<void> {
    await Promise.all(
      this.running()
        .values()
        .map((session) => session.stop()),
    );
    this.#closing.abort();
    while (this.#recording.size > 0) await Promise.all(this.#recording);
  }
}

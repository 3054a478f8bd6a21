import type { Work } from '#app/parts.ts';
import { CodedError } from '#base/errors.ts';
import { type Fault, faultText, hasEnded, type SessionSnapshot } from '#model/sessions/session.ts';
import type { SessionChange } from '#store/sessions.ts';
import { asShown } from './sessions.ts';

const firstWaitMs = 100;
const longestWaitMs = 5_000;

/** What is to be recorded of a session: a change, and with its end what was counted. */
export interface Entry {
  readonly change: SessionChange;
  readonly snapshot?: SessionSnapshot;
}

/**
 * Brings what a session says into the store, in order, and tells it on when it is there.
 *
 * H23  While the store cannot be reached the session goes on, and what it says is kept: as one change, so that it takes no more memory
 *      however long that lasts. It is tried again after 100 ms, then twice as long, at most 5 s; a fault of the session says so, once.
 *      When the server is closed meanwhile it is tried once more; what is not recorded then is failed at the next start.
 */
export class SessionRecorder {
  readonly #work: Work;
  readonly #id: string;
  #waiting: Entry[] = [];
  #away = false;
  #busy: Promise<void> | undefined;

  /** @param begun settles when the session was stored, or could not be; nothing is recorded before. */
  constructor(work: Work, id: string, begun: Promise<unknown>) {
    this.#work = work;
    this.#id = id;
    this.#busy = begun.then(
      () => this.#recordAll(),
      // It may be there all the same, when only the answer was lost.
      () => this.#recordAll(),
    );
    work.held.recording(this.#busy);
  }

  add(entry: Entry): void {
    this.#waiting.push(entry);
    if (this.#away) this.#waiting = [together(this.#waiting)];
    if (this.#busy !== undefined) return;
    this.#busy = this.#recordAll();
    this.#work.held.recording(this.#busy);
  }

  async #recordAll(): Promise<void> {
    let waitMs = firstWaitMs;
    for (let entry = this.#waiting.shift(); entry !== undefined; entry = this.#waiting.shift()) {
      const error = await this.#tried(entry);
      if (error === undefined) {
        this.#away = false;
        waitMs = firstWaitMs;
        continue;
      }
      const isLast = this.#work.held.closing.aborted;
      if (error.blame !== 'world' || isLast) {
        this.#work.report(error);
        continue;
      }
      this.#keep(entry, error);
      await this.#wait(waitMs);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    }
    this.#busy = undefined;
  }

  #keep(entry: Entry, error: CodedError): void {
    this.#waiting = [together([entry, ...this.#waiting])];
    if (this.#away) return;
    this.#away = true;
    const at = new Date(this.#work.clock.now()).toISOString();
    const message = faultText(`What this session does is not recorded now; it is tried again until it is. ${error.message}`);
    const fault: Fault = { code: error.code, message, at };
    this.#work.feed.tell({ type: 'session.fault', sessionId: this.#id, fault });
  }

  async #tried(entry: Entry): Promise<CodedError | undefined> {
    try {
      await this.#record(entry);
      return undefined;
    } catch (thrown) {
      if (thrown instanceof CodedError) return thrown;
      this.#work.report(thrown);
      return undefined;
    }
  }

  async #record({ change, snapshot }: Entry): Promise<void> {
    const { sessions, metrics, held, feed } = this.#work;
    // What was recorded although the answer was lost is not changed a second time, but is still to be told.
    const session = (await sessions.update(this.#id, change)) ?? (this.#away ? await sessions.get(this.#id) : undefined);
    if (session === undefined) return;
    if (snapshot !== undefined && hasEnded(session.state)) {
      await metrics.append(this.#id, snapshot.at, snapshot.processes);
      held.tidy();
    }
    feed.tell({ type: 'session.status', session: asShown(this.#work, session) });
  }

  #wait(ms: number): Promise<void> {
    const { clock, held } = this.#work;
    if (held.closing.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const over = (): void => {
        cancel();
        held.closing.removeEventListener('abort', over);
        resolve();
      };
      const cancel = clock.after(ms, over);
      held.closing.addEventListener('abort', over);
    });
  }
}

/** Several entries as one: the last word of each. */
function together(entries: readonly Entry[]): Entry {
  const change = Object.assign({}, ...entries.map((entry) => entry.change)) as SessionChange;
  return Object.assign({}, ...entries, { change }) as Entry;
}

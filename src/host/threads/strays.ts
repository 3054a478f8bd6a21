import { AsyncLocalStorage } from 'node:async_hooks';
import process from 'node:process';
import { type CodedError, defineError, messageOf } from '#base/errors.ts';
import type { SharedTools } from '#host/outside/tools.ts';
import { cpu } from '#runtime/processes/strand.ts';
import { OwnTimers } from './own-timers.ts';

/** What components do past the operations they are given: rule H22. */

const thrownOutside = defineError(
  'HOST_SESSION_STRAY_ERROR',
  'input',
  'A component let something be thrown outside of its process. Await what it starts: yield* until(promise).',
);
const leftRunning = defineError(
  'HOST_TIMERS_LEFT',
  'input',
  'A component left timers of its own running when its session ended; they were ended. Take the clock it is handed, or end them in a finally block.',
);

/** Something a component of an ended session left running. */
export interface Stray {
  readonly node?: string | undefined;
  readonly error: CodedError;
}

/** Ends a session as failed; false when it does not run. */
type Fail = (session: string, error: CodedError, node?: string) => boolean;

/**
 * Knows of everything that runs in this thread which session began it.
 *
 * H22  Timers that a session left running are ended and told with their node; what is thrown outside of any process ends the session
 *      that began it, and no other.
 */
export class StrayWatch {
  readonly #log: SharedTools['log'];
  /** Whose turn it is, or whose turn began what runs now. */
  readonly #whose = new AsyncLocalStorage<string>();
  readonly #timers: OwnTimers;
  #fail: Fail = () => false;

  constructor(log: SharedTools['log']) {
    this.#log = log;
    this.#timers = new OwnTimers(
      () => {
        const session = this.#whose.getStore();
        return session === undefined ? undefined : { session, node: cpu.strand?.owner.id };
      },
      ({ session, node }, thrown) => this.#strayed(session, thrown, node),
    );
  }

  /** Takes the place of the timers of this thread, and hears what nobody catches in it. For its whole life. */
  install(fail: Fail): void {
    this.#fail = fail;
    this.#timers.install();
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(event, (thrown) => {
        const session = this.#whose.getStore();
        // Nobody's: the thread cannot be trusted any more.
        if (session === undefined) throw thrown;
        this.#strayed(session, thrown);
      });
    }
  }

  begin(session: string): void {
    this.#timers.begin(session);
  }

  take(session: string, turn: () => void): void {
    this.#whose.run(session, turn);
  }

  /** Ends what it left, and says what that was. */
  end(session: string): readonly Stray[] {
    return [...this.#timers.end(session)].map(([node, count]) => {
      const detail = `${node ?? 'A component'} left ${count} timer${count === 1 ? '' : 's'} of its own running when its session ended. Take the clock it is handed, or end them in a finally block.`;
      const error = leftRunning({ detail, facts: { node, count } });
      this.#log(session, node ?? '', 'warn', error.message);
      return { node, error };
    });
  }

  // Of an ended session it is only noted.
  #strayed(session: string, thrown: unknown, node?: string): void {
    const detail = `${node ?? 'A component'} let something be thrown outside of its process: ${messageOf(thrown)}. Await what it starts: yield* until(promise).`;
    const error = thrownOutside({ detail, cause: thrown });
    if (!this.#fail(session, error, node)) this.#log(session, node ?? '', 'warn', error.message);
  }
}

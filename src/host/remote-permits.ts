import type { CodedError } from '#base/errors.ts';
import type { Caller, Permit, Permits } from './services.ts';
import { type ErrorText, errorOf, errorText, type FromThread, type ToThread } from './thread-messages.ts';

/** Permits of `Services`, handed out over the border of a thread: asked for on one side, lent on the other. */

type Ask = Extract<FromThread, { is: 'take' | 'give' }>;

/** In the thread of the sessions: asks the server's thread. */
export class RemotePermits implements Permits {
  readonly #say: (message: Ask) => void;
  readonly #asked = new Map<number, PromiseWithResolvers<void>>();
  #lastAsk = 0;

  constructor(say: (message: Ask) => void) {
    this.#say = say;
  }

  take(caller: Caller, service: string): Permit {
    const ask = ++this.#lastAsk;
    const answer = Promise.withResolvers<void>();
    answer.promise.catch(() => undefined);
    this.#asked.set(ask, answer);
    this.#say({ is: 'take', ask, service, ...caller });
    let given = false;
    const give = (): void => {
      if (given) return;
      given = true;
      this.#asked.delete(ask);
      this.#say({ is: 'give', ask });
    };
    return { granted: answer.promise, give };
  }

  /** The server's thread takes back what an ended session held, by itself. */
  leave(): void {}

  answered(ask: number, error: ErrorText | undefined): void {
    const answer = this.#asked.get(ask);
    this.#asked.delete(ask);
    if (error === undefined) answer?.resolve();
    else answer?.reject(errorOf(error));
  }
}

/** In the server's thread: what the sessions of one thread have asked for. */
export class LentPermits {
  readonly #permits: Permits;
  readonly #say: (message: Extract<ToThread, { is: 'permit' }>) => void;
  readonly #lent = new Map<number, { readonly session: string; readonly permit: Permit }>();

  constructor(permits: Permits, say: (message: Extract<ToThread, { is: 'permit' }>) => void) {
    this.#permits = permits;
    this.#say = say;
  }

  hear(message: Ask): void {
    const { ask } = message;
    if (message.is === 'give') {
      this.#lent.get(ask)?.permit.give();
      this.#lent.delete(ask);
      return;
    }
    const { session, node, service } = message;
    const permit = this.#permits.take({ session, node }, service);
    this.#lent.set(ask, { session, permit });
    permit.granted.then(
      () => this.#say({ is: 'permit', ask }),
      (thrown: CodedError) => {
        this.#lent.delete(ask);
        this.#say({ is: 'permit', ask, error: errorText(thrown) });
      },
    );
  }

  leave(session: string): void {
    this.#permits.leave(session);
    for (const [ask, lent] of this.#lent) if (lent.session === session) this.#lent.delete(ask);
  }
}

import { setImmediate } from 'node:timers';
import type { CodedError } from '#base/errors.ts';
import type { Caller, Permit, Permits } from '#host/outside/services.ts';
import { errorOf, errorText, type PermitAnswer, type PermitAsk } from './thread-messages.ts';

/**
 * Permits of `Services`, handed out over the border of a thread: asked for on one side, lent on the other. What is said within one visit
 * of the event loop goes in one message, so that a session which asks without end costs the server's thread little.
 */

/** In the thread of the sessions: asks the server's thread. */
export class RemotePermits implements Permits {
  readonly #outbox: Outbox<PermitAsk>;
  readonly #asked = new Map<number, PromiseWithResolvers<void>>();
  #lastAsk = 0;

  constructor(say: (asks: readonly PermitAsk[]) => void) {
    this.#outbox = new Outbox(say);
  }

  take(caller: Caller, service: string): Permit {
    const ask = ++this.#lastAsk;
    const answer = Promise.withResolvers<void>();
    answer.promise.catch(() => undefined);
    this.#asked.set(ask, answer);
    this.#outbox.add({ is: 'take', ask, service, ...caller });
    let given = false;
    const give = (): void => {
      if (given) return;
      given = true;
      this.#asked.delete(ask);
      this.#outbox.add({ is: 'give', ask });
    };
    return { granted: answer.promise, give };
  }

  /** The server's thread takes back what an ended session held, by itself. */
  leave(): void {}

  hear(answers: readonly PermitAnswer[]): void {
    for (const { ask, error } of answers) {
      const answer = this.#asked.get(ask);
      this.#asked.delete(ask);
      if (error === undefined) answer?.resolve();
      else answer?.reject(errorOf(error));
    }
  }
}

/** In the server's thread: what the sessions of one thread have asked for. */
export class LentPermits {
  readonly #permits: Permits;
  readonly #outbox: Outbox<PermitAnswer>;
  readonly #lent = new Map<number, { readonly session: string; readonly permit: Permit }>();

  constructor(permits: Permits, say: (answers: readonly PermitAnswer[]) => void) {
    this.#permits = permits;
    this.#outbox = new Outbox(say);
  }

  /** @param isHere says whether a session still runs; one that does not is given nothing. */
  hear(asks: readonly PermitAsk[], isHere: (session: string) => boolean): void {
    for (const asked of asks) {
      if (asked.is === 'give') this.#give(asked.ask);
      else if (isHere(asked.session)) this.#take(asked);
    }
  }

  leave(session: string): void {
    this.#permits.leave(session);
    for (const [ask, lent] of this.#lent) if (lent.session === session) this.#lent.delete(ask);
  }

  #give(ask: number): void {
    this.#lent.get(ask)?.permit.give();
    this.#lent.delete(ask);
  }

  #take({ ask, session, node, service }: Extract<PermitAsk, { is: 'take' }>): void {
    const permit = this.#permits.take({ session, node }, service);
    this.#lent.set(ask, { session, permit });
    permit.granted.then(
      () => this.#outbox.add({ ask }),
      (thrown: CodedError) => {
        this.#lent.delete(ask);
        this.#outbox.add({ ask, error: errorText(thrown) });
      },
    );
  }
}

class Outbox<T> {
  readonly #say: (all: readonly T[]) => void;
  #waiting: T[] = [];

  constructor(say: (all: readonly T[]) => void) {
    this.#say = say;
  }

  add(one: T): void {
    if (this.#waiting.push(one) > 1) return;
    setImmediate(() => {
      const all = this.#waiting;
      this.#waiting = [];
      this.#say(all);
    });
  }
}

import { sessionsGivenUp } from '#app/app-errors.ts';
import type { Work } from '#app/parts.ts';
import type { Cancel } from '#base/clock.ts';
import { CodedError } from '#base/errors.ts';
import { asShown } from './sessions.ts';

/** How often in a lease a server says that it lives: twice it may come to nothing. */
const perLease = 3;

/**
 * One server among those of a database: says that it lives, and ends the sessions of those that live no more.
 *
 * S84  What a server left running is failed by any other.
 * S85  One that was late itself, as all are after the database was away, ends nobody's sessions until it has been in time for a whole lease:
 *      by then everybody else who lives has said so.
 * S86  What others took for failed is stopped.
 */
export class AmongServers {
  readonly #work: Work;
  #inTime = 0;
  #next: Cancel | undefined;
  #beating: Promise<void> | undefined;
  #isClosed = false;

  constructor(work: Work) {
    this.#work = work;
  }

  /** For the start. The embedded database has one server at a time: what runs by its rows was left by one before. */
  async join(): Promise<void> {
    if (this.#work.database === 'embedded') return await this.#failThoseLeft();
    await this.#work.servers.renew();
    this.#again();
  }

  /** For the end, when no session runs any more. Whatever could not be said here is said by the lease. */
  async leave(): Promise<void> {
    this.#isClosed = true;
    this.#next?.();
    await this.#beating;
    if (this.#next !== undefined) await this.#tried(() => this.#work.servers.leave());
  }

  #again(): void {
    const { clock, servers } = this.#work;
    this.#next = clock.after(servers.leaseMs / perLease, () => {
      this.#beating = this.#tried(() => this.#beat()).then(() => {
        if (!this.#isClosed) this.#again();
      });
    });
  }

  async #beat(): Promise<void> {
    // Late until the opposite is known, also when this throws.
    const before = this.#inTime;
    this.#inTime = 0;
    if (await this.#work.servers.renew()) this.#inTime = before + 1;
    if (this.#inTime >= perLease) await this.#failThoseLeft();
    await this.#stopThoseGivenUp();
  }

  async #failThoseLeft(): Promise<void> {
    const { sessions, feed } = this.#work;
    for (const session of await sessions.failThoseLeftRunning())
      feed.tell({ type: 'session.status', session: asShown(this.#work, session) });
  }

  async #stopThoseGivenUp(): Promise<void> {
    const { held, sessions, report } = this.#work;
    const running = held.running();
    if (running.size === 0) return;
    const givenUp = await sessions.endedOf([...running.keys()]);
    if (givenUp.length === 0) return;
    report(sessionsGivenUp({ facts: { sessionIds: givenUp } }));
    for (const id of givenUp) void running.get(id)?.stop().catch(report);
  }

  async #tried(what: () => Promise<void>): Promise<void> {
    try {
      await what();
    } catch (thrown) {
      // While the database is away there is nobody to tell, and sessions go on (H23).
      if (!(thrown instanceof CodedError && thrown.blame === 'world')) this.#work.report(thrown);
    }
  }
}

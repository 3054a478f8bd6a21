import type { Cancel, Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import type { Permits } from '#host/outside/services.ts';
import { type SessionHost, tooManySessions } from '#host/sessions/session-host.ts';
import { lowerLimits } from '#host/sessions/session-limits.ts';
import type { SessionOrder } from '#host/sessions/session-order.ts';
import type { SessionLimits } from '#model/sessions/session.ts';
import { feelMs, hostClosed, SessionThread } from './session-thread.ts';
import type { ThreadSetup } from './thread-messages.ts';

const tooManyThreads = defineError(
  'HOST_TOO_MANY_THREADS',
  'world',
  'As many sessions have a thread of their own as this server gives. Stop one, or start without a heap limit.',
);

/** How long a thread without a session is kept, the warm one excepted. */
const idleMs = 10_000;

export interface ThreadsPlan {
  readonly setup: ThreadSetup;
  readonly clock: Clock;
  readonly mostSessions: number;
  /** Threads that are shared; as many again may belong to one session each. */
  readonly threads: number;
  /** What a session may use at most. */
  readonly limits: SessionLimits & { readonly heapMib: number; readonly unyieldingMs: number };
  readonly secret: (name: string) => Promise<string | undefined>;
  /** The services outside, for the sessions of all threads. */
  readonly permits: Permits;
  readonly write: (line: string) => void;
}

/**
 * Sessions in worker threads: what one of them does cannot keep this thread from its work.
 *
 * H12  A session gets a thread without sessions while there are fewer threads than the pool has places, then the one with the least
 *      to do. One that asks for a heap of its own has a thread of its own.
 * H13  A session whose thread does not yield for `unyieldingMs`, or needs more memory than `heapMib`, is ended with its thread, by a
 *      fault that names it; sessions that shared the thread fail with HOST_WORKER_LOST, which names it too. No other is touched.
 * H14  A stop that the thread does not get to ends the thread, within a second.
 * H15  One thread without a session is kept ready, so that a start does not wait for it. Closing ends them all.
 */
export function createSessionThreads(plan: ThreadsPlan): SessionHost & { readonly threads: number } {
  return new Threads(plan);
}

class Threads implements SessionHost {
  readonly #plan: ThreadsPlan;
  readonly #all = new Set<SessionThread>();
  readonly #idle = new Map<SessionThread, Cancel>();
  #cancelFeel: Cancel | undefined;
  #closed = false;

  constructor(plan: ThreadsPlan) {
    this.#plan = plan;
    this.#warm();
  }

  get threads(): number {
    return this.#all.size;
  }

  async start(order: SessionOrder): ReturnType<SessionHost['start']> {
    if (this.#closed) throw hostClosed();
    const running = [...this.#all].reduce((sum, { size }) => sum + size, 0);
    if (running >= this.#plan.mostSessions) throw tooManySessions({ facts: { running } });
    const limits = lowerLimits(this.#plan.limits, order.limits);
    const thread = order.limits?.heapMib === undefined ? this.#shared() : this.#own(limits.heapMib ?? this.#plan.limits.heapMib);
    this.#idle.get(thread)?.();
    this.#idle.delete(thread);
    const { nodes, connections, farms = [] } = order.body;
    const started = thread.start({ ...order, body: { nodes, connections, farms }, limits });
    this.#warm();
    this.#feel();
    return await started;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].flatMap((thread) => thread.stopAll()));
    for (const cancel of this.#idle.values()) cancel();
    await Promise.all([...this.#all].map((thread) => thread.close()));
    this.#cancelFeel?.();
  }

  #shared(): SessionThread {
    const shared = [...this.#all].filter(({ own }) => !own);
    const free = shared.find(({ size }) => size === 0);
    if (free !== undefined) return free;
    if (shared.length < this.#plan.threads) return this.#open(this.#plan.limits.heapMib);
    const loads = new Map(shared.map((thread) => [thread, thread.load()]));
    return shared.reduce((a, b) => ((loads.get(b) ?? 0) < (loads.get(a) ?? 0) ? b : a));
  }

  #own(heapMib: number): SessionThread {
    const own = [...this.#all].filter((thread) => thread.own);
    if (own.length >= this.#plan.threads) throw tooManyThreads({ facts: { threads: own.length } });
    const thread = this.#open(heapMib);
    thread.own = true;
    return thread;
  }

  #open(heapMib: number): SessionThread {
    const { setup, clock, secret, permits, write } = this.#plan;
    const onGone = (thread: SessionThread): void => {
      this.#all.delete(thread);
      this.#idle.get(thread)?.();
      this.#idle.delete(thread);
    };
    const thread = new SessionThread({
      setup,
      clock,
      heapMib,
      secret,
      permits,
      write,
      onGone,
      onIdle: (idle) => this.#rest(idle),
    });
    this.#all.add(thread);
    return thread;
  }

  #warm(): void {
    const shared = [...this.#all].filter(({ own }) => !own);
    if (shared.length < this.#plan.threads && shared.every(({ size }) => size > 0)) this.#open(this.#plan.limits.heapMib);
  }

  #rest(thread: SessionThread): void {
    if (thread.own) return void thread.close();
    const idle = [...this.#all].filter(({ own, size }) => !own && size === 0);
    if (idle.length > 1 && !this.#closed)
      this.#idle.set(
        thread,
        this.#plan.clock.after(idleMs, () => void thread.close()),
      );
  }

  #feel(): void {
    if (this.#cancelFeel !== undefined) return;
    const { clock } = this.#plan;
    const beforeMs = clock.now();
    this.#cancelFeel = clock.after(feelMs, () => {
      this.#cancelFeel = undefined;
      for (const thread of [...this.#all]) thread.feel(clock.now() - beforeMs);
      if ([...this.#all].some(({ size }) => size > 0)) this.#feel();
    });
  }
}

import { Worker } from 'node:worker_threads';
import type { Clock } from '#base/clock.ts';
import { type CodedError, defineError, messageOf } from '#base/errors.ts';
import type { Permits } from '#host/outside/services.ts';
import type { RunningSession } from '#host/sessions/session-host.ts';
import type { SessionOrder } from '#host/sessions/session-order.ts';
import { loadOf } from '#host/sessions/turns.ts';
import { faultText } from '#model/sessions/session.ts';
import { graceMs } from '#runtime/network.ts';
import { type Busy, busyNode } from './busy-node.ts';
import { LentPermits } from './remote-permits.ts';
import { type Line, profileSlackMs, RemoteSession } from './remote-session.ts';
import { errorOf, type FromThread, pulsePlaces, type ThreadSetup, type ToThread } from './thread-messages.ts';

const unyielding = defineError(
  'HOST_SESSION_UNYIELDING',
  'input',
  'A component computed for longer than it may without a communication. Let it communicate or wait now and then.',
);
const overHeap = defineError(
  'HOST_SESSION_HEAP',
  'input',
  'The session needed more memory than it may. Keep less, or raise the limit.',
);
const threadFailed = defineError(
  'HOST_SESSION_THREAD_FAILED',
  'bug',
  'Something was thrown in the thread of the session outside of any process, and ended the thread.',
);
const workerLost = defineError(
  'HOST_WORKER_LOST',
  'world',
  'The thread of this session was ended because of another session in it. Start the session again.',
);
export const hostClosed = defineError('HOST_CLOSED', 'world', 'The server is stopping; start the session when it is back.');

/** How often a thread's pulse is felt. */
export const feelMs = 100;
/** After this long without a beat a thread counts as silent: its own timer beats twenty times a second. */
const silentMs = 300;
/** Beyond the grace that the runtime takes by itself. */
const stopSlackMs = 150;
/** How long the debugger may take to say who computes. */
const busyMs = 5_000;

export interface ThreadPlan {
  readonly setup: ThreadSetup;
  readonly clock: Clock;
  readonly heapMib: number;
  readonly secret: (name: string) => Promise<string | undefined>;
  readonly permits: Permits;
  readonly write: (line: string) => void;
  /** Told when its last session has ended. */
  readonly onIdle: (thread: SessionThread) => void;
  readonly onGone: (thread: SessionThread) => void;
}

/** Why a thread is ended; `who` is set when the session to blame is known otherwise than by whose turn it is. */
interface Loss {
  readonly error: CodedError;
  readonly who?: RemoteSession | undefined;
  readonly busy?: Busy | undefined;
}

/** One worker thread and the sessions in it. */
export class SessionThread {
  /** Set once it holds a session that has it for itself. */
  own = false;
  readonly #plan: ThreadPlan;
  readonly #worker: Worker;
  readonly #pulse = new Int32Array(new SharedArrayBuffer(16));
  readonly #sessions = new Map<string, RemoteSession>();
  readonly #lent: LentPermits;
  readonly #starting = new Map<string, PromiseWithResolvers<RunningSession>>();
  readonly #gone = Promise.withResolvers<void>();
  #lastNumber = 0;
  #ready = false;
  #dying = false;
  #lastBeat = 0;
  #silentForMs = 0;
  #lastLoad: ReturnType<Worker['performance']['eventLoopUtilization']> | undefined;

  constructor(plan: ThreadPlan) {
    this.#plan = plan;
    this.#lent = new LentPermits(plan.permits, (answers) => this.#say({ is: 'permits', answers }));
    this.#worker = new Worker(new URL('./session-worker.ts', import.meta.url), {
      workerData: { setup: plan.setup, pulse: this.#pulse.buffer },
      resourceLimits: { maxOldGenerationSizeMb: plan.heapMib },
    });
    this.#worker.unref();
    this.#worker.on('message', (message: FromThread) => this.#hear(message));
    this.#worker.on('error', (thrown) => this.#lose({ error: this.#errorOfThread(thrown) }));
    this.#worker.on('exit', (code) => this.#exited(code));
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** How much it has to do now. */
  load(): number {
    const now = this.#worker.performance.eventLoopUtilization();
    const since = this.#worker.performance.eventLoopUtilization(now, this.#lastLoad);
    this.#lastLoad = now;
    return loadOf([...this.#sessions.values()], since.utilization || 0);
  }

  /** @param order with the limits that hold for it. */
  start(order: SessionOrder): Promise<RunningSession> {
    if (this.#sessions.size === 0) this.#worker.ref();
    const number = ++this.#lastNumber;
    const { clock } = this.#plan;
    const line: Line = { clock, say: (message) => this.#say(message), stopping: (session) => this.#watchStop(session) };
    this.#sessions.set(order.sessionId, new RemoteSession(order, number, line));
    const starting = Promise.withResolvers<RunningSession>();
    this.#starting.set(order.sessionId, starting);
    this.#say({ is: 'start', order, number });
    return starting.promise;
  }

  /** Feels the pulse; ends the thread when its sessions no longer let it go on. */
  feel(sinceMs: number): void {
    if (this.#dying || !this.#ready) return;
    const beat = Atomics.load(this.#pulse, pulsePlaces.beat);
    // A server that slept itself, as a laptop does, must not take that for silence.
    this.#silentForMs = beat === this.#lastBeat ? this.#silentForMs + Math.min(sinceMs, 2 * feelMs) : 0;
    this.#lastBeat = beat;
    const externalMib = Atomics.load(this.#pulse, pulsePlaces.externalMib);
    if (externalMib > this.#plan.heapMib) this.#lose({ error: this.#errorOfHeap() });
    const most = this.#suspect()?.limits.unyieldingMs ?? this.#leastPatience();
    if (this.#silentForMs < most) return;
    void this.#loseBusy(most);
  }

  async close(): Promise<void> {
    this.#lose({ error: hostClosed() });
    await this.#gone.promise;
  }

  stopAll(): Promise<void>[] {
    return [...this.#sessions.values()].map((session) => session.stop());
  }

  #say(message: ToThread): void {
    if (!this.#dying) this.#worker.postMessage(message);
  }

  #hear(message: FromThread): void {
    if (message.is === 'log') this.#plan.write(message.line);
    else if (message.is === 'secret') void this.#tellSecret(message.ask, message.name);
    else if (message.is === 'ready') this.#begun();
    else if (message.is === 'permits') this.#lent.hear(message.asks, (session) => !this.#dying && this.#sessions.has(session));
    else this.#hearOf(message);
  }

  #begun(): void {
    this.#ready = true;
    // What it cost to load says nothing of what it has to do.
    this.#lastLoad = this.#worker.performance.eventLoopUtilization();
  }

  #hearOf(message: Extract<FromThread, { session: string }>): void {
    const { session: id } = message;
    const session = this.#sessions.get(id);
    if (session === undefined || this.#dying) return;
    if (message.is === 'answer') session.answered(message.ask, message);
    else if (message.is === 'started') {
      session.begun(message.snapshot);
      this.#starting.get(id)?.resolve(session);
      this.#starting.delete(id);
    } else if (message.is === 'refused') {
      this.#starting.get(id)?.reject(errorOf(message.error));
      this.#starting.delete(id);
      this.#leave(id);
    } else {
      session.hear(message);
      if (message.is === 'ended') this.#leave(id);
    }
  }

  async #tellSecret(ask: number, name: string): Promise<void> {
    this.#say({ is: 'secret', ask, value: await this.#plan.secret(name) });
  }

  #leave(id: string): void {
    this.#lent.leave(id);
    this.#sessions.delete(id);
    if (this.#sessions.size > 0) return;
    this.#worker.unref();
    this.#plan.onIdle(this);
  }

  /** Whose turn it is; the only session there is, when that is not known. */
  #suspect(): RemoteSession | undefined {
    const number = Atomics.load(this.#pulse, pulsePlaces.turnOf);
    const sessions = [...this.#sessions.values()];
    return sessions.find((session) => session.number === number) ?? (sessions.length === 1 ? sessions[0] : undefined);
  }

  #leastPatience(): number {
    const limits = [...this.#sessions.values()].map(({ limits }) => limits.unyieldingMs ?? Number.POSITIVE_INFINITY);
    return limits.length === 0 ? 10_000 : Math.min(...limits);
  }

  /** A stop that the thread does not get to is done by ending the thread, unless another session keeps it busy: that one has limits too. */
  #watchStop(session: RemoteSession): void {
    const look = (): void => {
      if (this.#dying || !this.#sessions.has(session.id)) return;
      const silent = this.#ready && this.#silentForMs >= silentMs;
      if (silent && this.#suspect() === session) this.#lose({ error: unyielding(), who: session });
      else cancel = this.#plan.clock.after(feelMs, look);
    };
    // S66: a profile that ends with the session is put together by us, in its thread, and the thread is silent meanwhile.
    const firstMs = session.isProfiled ? profileSlackMs : graceMs + stopSlackMs;
    let cancel = this.#plan.clock.after(firstMs, look);
    void session.ended.then(() => cancel());
  }

  async #loseBusy(mostMs: number): Promise<void> {
    this.#dying = true;
    const who = this.#suspect();
    const late = Promise.withResolvers<void>();
    const cancel = this.#plan.clock.after(busyMs, late.resolve);
    const busy = await busyNode(this.#worker, late.promise);
    cancel();
    const detail = `${busy?.node ?? 'A component'} computed for ${mostMs} ms without a communication${busy === undefined ? '' : `, in ${busy.at}`}.`;
    this.#dying = false;
    this.#lose({ error: unyielding({ detail }), who, busy });
  }

  #lose({ error, who = this.#suspect(), busy }: Loss): void {
    if (this.#dying) return;
    this.#dying = true;
    void this.#worker.terminate();
    const at = new Date(this.#plan.clock.now()).toISOString();
    const fault = { code: error.code, message: faultText(error.message), at };
    const named = busy?.node ?? 'not known';
    const detail = `The thread of this session was ended because of session ${who?.id ?? 'not known'} in it (node ${named}): ${error.message}`;
    const lost = error.code === hostClosed().code ? error : workerLost({ detail });
    for (const [id, starting] of this.#starting) {
      this.#lent.leave(id);
      this.#sessions.delete(id);
      starting.reject(id === who?.id || !this.#ready ? error : lost);
    }
    for (const session of this.#sessions.values()) {
      if (session !== who) session.lost({ ...fault, code: lost.code, message: lost.message });
      else session.lost({ ...fault, ...(busy?.node !== undefined && { node: busy.node }) });
    }
    for (const { id } of [...this.#sessions.values()]) this.#lent.leave(id);
    this.#sessions.clear();
    this.#plan.onGone(this);
  }

  #exited(code: number): void {
    this.#lose({ error: threadFailed({ detail: `The thread of the session ended by itself, with ${code}.` }) });
    this.#gone.resolve();
  }

  #errorOfThread(thrown: unknown): CodedError {
    if ((thrown as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY') return this.#errorOfHeap();
    return threadFailed({ detail: `The thread of the session failed: ${messageOf(thrown)}.`, cause: thrown });
  }

  #errorOfHeap(): CodedError {
    const { heapMib } = this.#plan;
    return overHeap({
      detail: `The session needed more than ${heapMib} MiB of memory, the most of its thread.`,
      facts: { heapMib },
    });
  }
}

import { setImmediate } from 'node:timers';
import type { Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import { connectionUnknown } from '#host/sessions/interventions.ts';
import type { RunEvent, RunningSession } from '#host/sessions/session-host.ts';
import type { SessionOrder } from '#host/sessions/session-order.ts';
import { profileEnded } from '#host/sessions/session-profile.ts';
import type { Intervention, Stepped } from '#model/sessions/intervention.ts';
import type { Profile } from '#model/sessions/profile.ts';
import {
  type Fault,
  hasEnded,
  type PausedAt,
  type Sample,
  type SessionLimits,
  type SessionPriority,
  type SessionSnapshot,
  type SessionState,
} from '#model/sessions/session.ts';
import type { Outcome } from '#runtime/network.ts';
import type { Swapped } from '#runtime/swap/swap.ts';
import { errorOf, type FromThread, type Question, type Remains, type ThreadAnswer, type ToThread } from './thread-messages.ts';

const unresponsive = defineError(
  'HOST_SESSION_UNRESPONSIVE',
  'world',
  'The thread of this session does not answer now: one of its components computes without a pause. Try again.',
);

/** How long an answer is waited for. */
const answerMs = 500;
/** The same for a step of one node: others may have much to do before. */
const stepMs = 5_000;
/** The same for a swap, which waits by itself until something rests. */
const swapMs = 10_000;
/** And beyond a profile: samples are put together in a thread that has other things to do. */
export const profileSlackMs = 5_000;

type Said = Extract<FromThread, { is: 'event' | 'ended' }>;
type Answer = ThreadAnswer['value'];

/** What a session needs of its thread. */
export interface Line {
  readonly clock: Clock;
  say(message: ToThread): void;
  /** It was asked to stop: the thread sees to it that it does. */
  stopping(session: RemoteSession): void;
}

/** A session in another thread, as it is seen from here. What its thread last said is what is known of it. */
export class RemoteSession implements RunningSession {
  readonly id: string;
  readonly number: number;
  readonly limits: SessionLimits;
  readonly priority: SessionPriority;
  readonly ended: Promise<Outcome>;
  state: SessionState = 'starting';
  pausedAt: PausedAt | undefined = undefined;
  stopAsked = false;
  readonly #line: Line;
  readonly #end: (outcome: Outcome) => void;
  readonly #listeners = new Set<(event: RunEvent) => void>();
  readonly #asked = new Map<number, (answer: Answer | Error) => void>();
  #lastAsk = 0;
  #snapshot: SessionSnapshot | undefined;
  #profiles = 0;
  #remains: Remains | undefined;
  /** What came before whoever started it could listen. */
  #early: Said[] | undefined = [];

  constructor({ sessionId, limits = {}, priority = 'normal' }: SessionOrder, number: number, line: Line) {
    this.id = sessionId;
    this.number = number;
    this.limits = limits;
    this.priority = priority;
    this.#line = line;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.ended = promise;
    this.#end = resolve;
  }

  async snapshot(): Promise<SessionSnapshot> {
    const fresh = (await this.#ask({ is: 'snapshot' }, answerMs)) as SessionSnapshot | undefined;
    this.#snapshot = this.#remains?.snapshot ?? fresh ?? this.#snapshot;
    return { ...(this.#snapshot as SessionSnapshot), state: this.state };
  }

  async samples(connection: string, afterNumber = 0): Promise<readonly Sample[]> {
    if (this.#snapshot?.channels.every((channel) => channel.connection !== connection))
      throw connectionUnknown({ detail: `This session has no connection ${connection}.`, facts: { connection } });
    const samples = (await this.#ask({ is: 'samples', connection, afterNumber }, answerMs)) as readonly Sample[] | undefined;
    if (this.#remains !== undefined) {
      const kept = JSON.parse(this.#remains.samples) as Record<string, Sample[]>;
      return (kept[connection] ?? []).filter(({ number }) => number > afterNumber);
    }
    if (samples === undefined) throw unresponsive({ facts: { sessionId: this.id } });
    return samples;
  }

  async pause(): Promise<void> {
    await this.#ask({ is: 'pause' });
  }

  async swap({ nodes, connections, farms = [] }: SessionOrder['body']): Promise<Swapped> {
    const answer = (await this.#ask({ is: 'swap', body: { nodes, connections, farms } }, swapMs)) as Swapped | undefined;
    if (answer === undefined) throw unresponsive({ facts: { sessionId: this.id } });
    // Its connections are others now.
    if (answer.ok) await this.snapshot();
    return answer;
  }

  resume(): void {
    this.#line.say({ is: 'resume', session: this.id });
  }

  async intervene(what: Intervention): Promise<Stepped | undefined> {
    const answer = await this.#ask({ is: 'intervene', what }, what.do === 'step' ? stepMs : answerMs);
    if (answer === undefined && this.#remains === undefined) throw unresponsive({ facts: { sessionId: this.id } });
    return answer === 'done' ? undefined : (answer as Stepped | undefined);
  }

  /** Whether a profile of it is being taken. */
  get isProfiled(): boolean {
    return this.#profiles > 0;
  }

  async profile(ms: number): Promise<Profile> {
    this.#profiles++;
    const asked = this.#ask({ is: 'profile', ms }, ms + profileSlackMs).finally(() => this.#profiles--);
    const profile = (await asked) as Profile | undefined;
    if (profile !== undefined) return profile;
    throw this.#remains === undefined ? unresponsive({ facts: { sessionId: this.id } }) : profileEnded();
  }

  async stop(): Promise<void> {
    if (!this.stopAsked && !hasEnded(this.state)) {
      this.stopAsked = true;
      this.#line.say({ is: 'stop', session: this.id });
      this.#line.stopping(this);
    }
    await this.ended;
  }

  onEvent(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** It is wired; what it says is told once whoever awaits the start can listen. */
  begun(snapshot: SessionSnapshot): void {
    this.#snapshot = snapshot;
    setImmediate(() => this.#tellEarly());
  }

  hear(said: Said): void {
    if (this.#early !== undefined) this.#early.push(said);
    else if (said.is === 'event') this.#say(said.event);
    else this.#over(said.remains);
  }

  answered(ask: number, { value, error }: ThreadAnswer): void {
    this.#asked.get(ask)?.(error === undefined ? value : errorOf(error));
  }

  /** Its thread is gone: it ends here, as stopped when that was asked for, else as failed. */
  lost(fault: Fault): void {
    if (this.#remains !== undefined) return;
    this.#tellEarly();
    if (this.#remains !== undefined) return;
    const outcome: Outcome = this.stopAsked ? { state: 'stopped' } : { state: 'failed', fault };
    if (!this.stopAsked) this.#say({ is: 'fault', fault });
    const snapshot = snapshotOfLost(this.#snapshot as SessionSnapshot, outcome, fault.at);
    const samples = '{}';
    this.#remains = { outcome, snapshot, samples };
    this.#say({ is: 'state', ...outcome });
    this.#over(this.#remains);
  }

  #tellEarly(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const said of early) this.hear(said);
  }

  #say(event: RunEvent): void {
    if (event.is === 'state') [this.state, this.pausedAt] = [event.state, event.pausedAt];
    for (const listener of this.#listeners) listener(event);
  }

  #over(remains: Remains): void {
    this.#remains = remains;
    this.#listeners.clear();
    for (const settle of [...this.#asked.values()]) settle(undefined);
    this.#end(remains.outcome);
  }

  #ask(question: Question, mostMs?: number): Promise<Answer> {
    if (this.#remains !== undefined) return Promise.resolve(undefined);
    const ask = ++this.#lastAsk;
    return new Promise((resolve, reject) => {
      const cancel = mostMs === undefined ? undefined : this.#line.clock.after(mostMs, () => settle(undefined));
      const settle = (answer: Answer | Error): void => {
        cancel?.();
        this.#asked.delete(ask);
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      this.#asked.set(ask, settle);
      this.#line.say({ is: 'ask', session: this.id, ask, question });
    });
  }
}

function snapshotOfLost(last: SessionSnapshot, { state, fault }: Outcome, at: string): SessionSnapshot {
  const processes = last.processes.map((process) => {
    if (process.state === 'completed') return process;
    if (fault === undefined || process.node !== fault.node) return { ...process, state: 'stopped' as const };
    return { ...process, state: 'error' as const, failures: process.failures + 1, lastFault: fault };
  });
  return { ...last, at, state, processes };
}

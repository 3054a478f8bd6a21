import process from 'node:process';
import { setImmediate } from 'node:timers';
import type { Clock } from '#base/clock.ts';
import { type CodedError, defineError } from '#base/errors.ts';
import type { Catalog } from '#host/catalog.ts';
import { OutsideCalls } from '#host/outside/outside-calls.ts';
import { permittedTools } from '#host/outside/permitted-tools.ts';
import type { Permits } from '#host/outside/services.ts';
import { CpuShare } from '#host/threads/cpu-share.ts';
import type { Stray, StrayWatch } from '#host/threads/strays.ts';
import type { Tools } from '#kit/tools.ts';
import type { Intervention, Stepped } from '#model/sessions/intervention.ts';
import type { Profile } from '#model/sessions/profile.ts';
import {
  type Fault,
  faultText,
  hasEnded,
  type MonitorMode,
  type PausedAt,
  type ProcessStatus,
  type Sample,
  type SessionLimits,
  type SessionSnapshot,
  type SessionState,
} from '#model/sessions/session.ts';
import type { Network, NetworkEvent, Outcome } from '#runtime/network.ts';
import type { Stuck } from '#runtime/standstill.ts';
import type { Swapped } from '#runtime/swap/swap.ts';
import { Conformance, contractBroken, type Violation } from './conformance.ts';
import { connectionUnknown, intervene, pausedAtOf, setBreakpoints } from './interventions.ts';
import { NodeMetrics } from './node-metrics.ts';
import { Rates } from './rates.ts';
import { sampleOf } from './sampling.ts';
import { lowerLimits, watchLimits } from './session-limits.ts';
import type { LocalOrder, SessionOrder } from './session-order.ts';
import { type Profiled, profileEnded, takeProfile } from './session-profile.ts';
import { openRecording, type SessionRecording } from './session-recording.ts';
import { swapNetwork } from './swap-plan.ts';
import { type Defer, Turns } from './turns.ts';
import { watchStuck } from './watch-stuck.ts';
import { type Wiring, wire } from './wire.ts';

export const tooManySessions = defineError(
  'HOST_TOO_MANY_SESSIONS',
  'world',
  'As many sessions are running as this server takes. Stop one, or wait until one has ended.',
);

/** Failures of one node that its policy handles are told at most this often. */
const leastFaultGapMs = 250;

/** What a session says while it runs. With state failed, `fault` is what ended it; with paused, `pausedAt` the breakpoint that did it. */
export type RunEvent =
  | { readonly is: 'state'; readonly state: SessionState; readonly fault?: Fault; readonly pausedAt?: PausedAt }
  | { readonly is: 'fault'; readonly fault: Fault }
  | Stuck
  | { readonly is: 'unstuck' };

/**
 * A session under way. Everything in and out is plain data or a promise, so the place where it runs may be another thread:
 * `session-threads.ts`.
 */
export interface RunningSession {
  readonly state: SessionState;
  /** Set while a breakpoint holds it. */
  readonly pausedAt: PausedAt | undefined;
  /** All that moves, now; rates are over the time since the last snapshot. Of a thread that does not answer, the last one there was. */
  snapshot(): Promise<SessionSnapshot>;
  /** The last messages on a connection, oldest first, with a number above `afterNumber`; at most 20. Rejects with HOST_CONNECTION_UNKNOWN, HOST_SESSION_UNRESPONSIVE. */
  samples(connection: string, afterNumber?: number): Promise<readonly Sample[]>;
  /** Looks for so long, 100 to 30,000 ms, who spends the processor. Rejects with HOST_PROFILE_UNDER_WAY, HOST_PROFILE_ENDED, HOST_SESSION_UNRESPONSIVE. */
  profile(ms: number): Promise<Profile>;
  /** Resolves when every process is parked. */
  pause(): Promise<void>;
  resume(): void;
  /**
   * Makes it a session of another version of its design (S29). Resolves when that has taken effect or was refused; what goes drains
   * afterwards. Rejects with what `wire` throws of the new version, and with HOST_SESSION_UNRESPONSIVE.
   */
  swap(body: SessionOrder['body']): Promise<Swapped>;
  /**
   * Does something to a part of it (S35…); a step tells what it did, undefined when the session ended meanwhile. Rejects with
   * what `intervene` throws, and HOST_SESSION_UNRESPONSIVE.
   */
  intervene(what: Intervention): Promise<Stepped | undefined>;
  /** Resolves when every process has ended and everything is released: within a second. */
  stop(): Promise<void>;
  /** Resolves, never rejects, when it has ended. */
  readonly ended: Promise<Outcome>;
  /** Hears events from now on; call what it gives to stop hearing. */
  onEvent(listener: (event: RunEvent) => void): () => void;
}

export interface SessionHost<Order extends SessionOrder = SessionOrder> {
  /**
   * Starts a session; its first events come after the continuation of this call. Rejects with what `wire` throws, with
   * HOST_TOO_MANY_SESSIONS, and for its breakpoints with HOST_BREAKPOINT_UNPLACED and HOST_CONDITION_INVALID.
   */
  start(order: Order): Promise<RunningSession>;
  /** Stops every session. */
  close(): Promise<void>;
}

export interface HostPlan {
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** The tools of one process, but for its metrics; `signal` is that of the session. */
  readonly tools: (sessionId: string, node: string, signal: AbortSignal) => Omit<Tools, 'metrics'>;
  readonly mostSessions: number;
  readonly limits?: SessionLimits;
  /** Permits for calls to services outside; without it there is no limit. */
  readonly permits?: Permits;
  /** Takes a turn of a session; whoever hosts may note whose it is. */
  readonly takeTurn?: (sessionId: string, turn: () => void) => void;
  /** Keeps account of what components do past their operations (H22). */
  readonly strays?: Pick<StrayWatch, 'begin' | 'take' | 'end'>;
}

/** Sessions in this thread. */
export interface LocalHost extends SessionHost<LocalOrder> {
  /** Ends a session as failed, for something that happened outside of its turns; false when it does not run. */
  fail(sessionId: string, error: CodedError, node?: string): boolean;
}

/** Processor time of this thread. */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/**
 * Sessions in this thread, on its event loop: each turn of a network is bounded, so timers and requests get their turn.
 *
 * H7   Events come after `start` has returned, so none is missed.
 * H8   `stop` ends a session within a second, whatever its components do outside; one that never yields is out of reach here.
 * H9   An ended session holds nothing: no timer, no handle, no place among `mostSessions`.
 * H10  Failures that a policy handles are told at most every 250 ms a node; what ended the session always is.
 * H11  A session that goes beyond its life, its messages in flight or its outside calls ends as failed, with the reason. Heap and
 *      unyielding components are limited by threads alone.
 * H16  One that uses more than its share of the processor waits: `cpu-share.ts`.
 * H17  Sessions with something to do take turns by their priorities: `turns.ts`.
 * H22  What a component leaves running when its session ends is ended then, and told as a fault of its node.
 */
export function createSessionHost(plan: HostPlan): LocalHost {
  const running = new Map<string, HostedSession>();
  const turns = new Turns(
    () => performance.now(),
    (take) => void setImmediate(take),
  );
  return {
    async start(order) {
      const recording = order.recording && (await openRecording(order.recording, order, plan));
      const seat = turns.seat(order.priority ?? 'normal');
      let session: HostedSession;
      try {
        if (running.size >= plan.mostSessions) throw tooManySessions({ facts: { running: running.size } });
        session = hosted(plan, order, { seat, others: () => running.size - 1, recording });
      } catch (thrown) {
        await recording?.discard();
        throw thrown;
      }
      running.set(order.sessionId, session);
      void session.ended.then(() => running.delete(order.sessionId));
      setImmediate(() => session.begin());
      return session;
    },
    fail(sessionId, error, node) {
      const session = running.get(sessionId);
      session?.exceed(error, node);
      return session !== undefined;
    },
    async close() {
      await Promise.all([...running.values()].map((session) => session.stop()));
    },
  };
}

/** What a session has beside others. */
interface Place {
  /** Defers its turns. */
  readonly seat: Defer;
  /** Sessions besides it. */
  readonly others: () => number;
  readonly recording: SessionRecording | undefined;
}

function hosted(plan: HostPlan, order: LocalOrder, place: Place): HostedSession {
  plan.strays?.begin(order.sessionId);
  try {
    return new HostedSession(plan, order, place);
  } catch (thrown) {
    plan.strays?.end(order.sessionId);
    throw thrown;
  }
}

class HostedSession implements RunningSession {
  readonly ended: Promise<Outcome>;
  readonly #id: string;
  readonly #profiled: Pick<Profiled, 'design' | 'catalog' | 'others'>;
  readonly #network: Network;
  readonly #recording: SessionRecording | undefined;
  readonly #clock: Clock;
  readonly #limits: SessionLimits;
  #wiring: Wiring;
  readonly #stopping = new AbortController();
  readonly #rates = new Rates();
  readonly #metrics = new NodeMetrics();
  readonly #listeners = new Set<(event: RunEvent) => void>();
  readonly #faultToldMs = new Map<string, number>();
  readonly #share: CpuShare | undefined;
  /** Called once, when it has ended: what it left is given back. */
  readonly #leave: () => readonly Stray[];
  #ending: Fault | undefined;
  /** The limit it went beyond: the network only stops, the session is failed. */
  #exceeded: Fault | undefined;

  constructor(plan: HostPlan, order: LocalOrder, { seat, others, recording }: Place) {
    const { catalog, clock, limits = {}, takeTurn, strays } = plan;
    const { sessionId, body, attachments = [] } = order;
    this.#id = sessionId;
    this.#profiled = { design: body, catalog, others };
    this.#clock = clock;
    this.#limits = lowerLimits(limits, order.limits);
    const { cpuPercent, outsideCalls } = this.#limits;
    this.#share = cpuPercent === undefined ? undefined : new CpuShare(cpuPercent, clock, threadCpuMs, seat);
    const defer = this.#share?.defer ?? seat;
    const own = (turn: () => void): void => (strays === undefined ? turn() : strays.take(sessionId, turn));
    const take = (turn: () => void): void => (takeTurn === undefined ? own(turn) : takeTurn(sessionId, () => own(turn)));
    const calls = new OutsideCalls(outsideCalls, (error, node) => this.exceed(error, node));
    this.#leave = () => {
      plan.permits?.leave(sessionId);
      return plan.strays?.end(sessionId) ?? [];
    };
    const taken = (turn: () => void): void => defer(() => take(turn));
    const recorded = recording?.begin(taken);
    this.#recording = recording;
    this.#wiring = {
      design: recording?.design ?? body,
      catalog,
      attachments,
      tools: (node) => {
        const own = calls.of(node, this.#toolsOf(plan, node));
        return { ...(recording?.tools(own, node) ?? own), metrics: this.#metrics.of(node) };
      },
      ...(recorded ?? { defer: taken }),
      ...(order.monitor && { watch: new Conformance(catalog, (violation) => this.#broke(violation, order.monitor)) }),
    };
    this.#network = wire(this.#wiring);
    recording?.attach(this.#network);
    setBreakpoints(this.#network, order.breakpoints);
    this.#network.onEvent((event) => this.#heard(event));
    this.ended = this.#network.outcome.then(async (outcome) => {
      await recording?.close();
      return this.#outcome(outcome);
    });
  }

  get state(): SessionState {
    const { state } = this.#network;
    return state === 'stopped' && this.#exceeded !== undefined ? 'failed' : state;
  }

  get pausedAt(): PausedAt | undefined {
    const { hit } = this.#network.interventions;
    return hit === undefined ? undefined : pausedAtOf(hit);
  }

  begin(): void {
    if (!this.#stopping.signal.aborted) {
      const exceeded = (error: CodedError): void => this.exceed(error, this.#writerOf(String(error.facts['connection'])));
      const stopWatching = watchLimits(this.#limits, this.#clock, this.#network, exceeded);
      this.#stopping.signal.addEventListener('abort', stopWatching, { once: true });
      this.#stopping.signal.addEventListener('abort', watchStuck(this.#clock, this.#network), { once: true });
    }
    (this.#recording ?? this.#network).start();
  }

  async snapshot(): Promise<SessionSnapshot> {
    const nowMs = this.#clock.now();
    const channels = this.#network.channels().map((channel) => ({
      ...channel,
      perSecond: this.#rates.look(channel.connection, channel.received, nowMs),
    }));
    const processes = this.#network.processes().map((process) => {
      const metrics = this.#metrics.read(process.node);
      return metrics === undefined ? process : { ...process, metrics };
    });
    const { swapping } = this.#network.changes;
    const leaving = swapping && { nodes: [...swapping.nodes], connections: [...swapping.connections] };
    const cpu = this.#share?.used();
    const at = new Date(nowMs).toISOString();
    const now = { sessionId: this.#id, at, state: this.state, processes, channels };
    return { ...now, ...(cpu !== undefined && { cpu }), ...(leaving && { leaving }) };
  }

  async samples(connection: string, afterNumber = 0): Promise<readonly Sample[]> {
    if (!this.#network.channels().some((channel) => channel.connection === connection)) {
      throw connectionUnknown({ detail: `This session has no connection ${connection}.`, facts: { connection } });
    }
    const samples = this.#network.samples(connection);
    return samples.filter(({ number }) => number > afterNumber).map(sampleOf);
  }

  async profile(ms: number): Promise<Profile> {
    if (hasEnded(this.state)) throw profileEnded();
    const processes = (): readonly ProcessStatus[] => this.#network.processes();
    const { ended } = this;
    return await takeProfile({ ...this.#profiled, sessionId: this.#id, clock: this.#clock, processes, ended }, ms);
  }

  pause(): Promise<void> {
    return (this.#recording ?? this.#network).pause();
  }

  resume(): void {
    (this.#recording ?? this.#network).resume();
  }

  async swap(body: SessionOrder['body']): Promise<Swapped> {
    const wiring = { ...this.#wiring, design: body };
    const answer = await swapNetwork(this.#network, this.#wiring.design, wiring, this.#recording !== undefined);
    if (answer.ok) this.#wiring = wiring;
    return answer;
  }

  intervene(what: Intervention): Promise<Stepped | undefined> {
    const act = (network: Network): Promise<Stepped | undefined> => intervene(network, what);
    return this.#recording?.intervene(what, act) ?? act(this.#network);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    void (this.#recording ?? this.#network).stop();
    await this.ended;
  }

  onEvent(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #writerOf(connection: string): string | undefined {
    const { connections } = this.#wiring.design;
    return Object.hasOwn(connections, connection) ? connections[connection]?.from.node : undefined;
  }

  /** Ends it as failed, with this reason. */
  exceed(error: CodedError, node?: string): void {
    if (this.#stopping.signal.aborted || this.#network.state === 'stopping') return;
    this.#exceeded = this.#faultOf(error, node);
    this.#tellFault(this.#exceeded, false);
    void this.stop();
  }

  #broke(violation: Violation, monitor: MonitorMode | undefined): void {
    const { node } = violation;
    this.#metrics.of(node).count('contract violations');
    const error = contractBroken(violation);
    if (monitor === 'block') this.exceed(error, node);
    else this.#tellFault(this.#faultOf(error, node), true);
  }

  #toolsOf({ tools, permits }: HostPlan, node: string): ReturnType<HostPlan['tools']> {
    const own = tools(this.#id, node, this.#stopping.signal);
    return permits === undefined ? own : permittedTools(own, permits, { session: this.#id, node });
  }

  #faultOf(error: CodedError, node?: string): Fault {
    const at = new Date(this.#clock.now()).toISOString();
    return { code: error.code, message: faultText(error.message), at, ...(node !== undefined && { node }) };
  }

  #outcome(outcome: Outcome): Outcome {
    return this.#exceeded !== undefined && outcome.state === 'stopped' ? { state: 'failed', fault: this.#exceeded } : outcome;
  }

  #heard(event: NetworkEvent): void {
    if (event.is === 'process' || event.is === 'grew') return;
    if (event.is === 'fault') {
      if (event.handling.is === 'stop') this.#ending = event.fault;
      this.#tellFault(event.fault, event.handling.is !== 'stop');
    } else if (event.is === 'state') {
      if (event.state === 'stopping') this.#share?.free();
      if (hasEnded(event.state)) this.#end();
      this.#tellState();
    } else if (event.is === 'stepped') this.#tellState();
    else if (event.is !== 'swapped') this.#say(event);
  }

  #tellState(): void {
    const { state, pausedAt } = this;
    const fault = state === 'failed' ? (this.#exceeded ?? this.#ending) : undefined;
    this.#say({ is: 'state', state, ...(fault !== undefined && { fault }), ...(pausedAt !== undefined && { pausedAt }) });
  }

  #end(): void {
    this.#stopping.abort();
    for (const { node, error } of this.#leave()) this.#tellFault(this.#faultOf(error, node), false);
  }

  // A process that fails on every message could otherwise say so a million times a second; the counts are in the snapshot.
  #tellFault(fault: Fault, mayWait: boolean): void {
    const nowMs = this.#clock.now();
    const toldMs = this.#faultToldMs.get(fault.node ?? '') ?? Number.NEGATIVE_INFINITY;
    if (mayWait && nowMs - toldMs < leastFaultGapMs) return;
    this.#faultToldMs.set(fault.node ?? '', nowMs);
    this.#say({ is: 'fault', fault });
  }

  #say(event: RunEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

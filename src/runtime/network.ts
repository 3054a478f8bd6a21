import type { Cancel, Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import type { FailurePolicy } from '#model/design.ts';
import {
  type ChannelStatus,
  type Fault,
  hasEnded,
  type ProcessState,
  type ProcessStatus,
  type SessionState,
} from '#model/session.ts';
import { Channel, type ChannelPlan, type ChannelSample } from './channel.ts';
import { Freeze, type Frozen } from './freeze.ts';
import { type Handling, Process, type ProcessPlan, type ProcessWatcher } from './process.ts';
import { checkFit, copied, copiedState, type SavedNetwork, withTurnsAnew } from './saved-network.ts';
import { type Defer, Scheduler, type Steering } from './scheduler.ts';
import { Swap, type Swapped } from './swap.ts';
import type { SwapPlan } from './swap-outline.ts';

const planBroken = defineError(
  'RUNTIME_PLAN_BROKEN',
  'bug',
  'The plan of a network names a process or channel twice, or one that is not there.',
);

const notFrozen = defineError(
  'RUNTIME_NOT_FROZEN',
  'bug',
  'A network is saved only while all its processes are at rest: freeze it first.',
);

/** S6: how long stopped processes may await outside work in their finally blocks. */
export const graceMs = 500;

/** What to run, and with what. */
export interface NetworkPlan {
  readonly processes: readonly ProcessPlan[];
  readonly channels: readonly ChannelPlan[];
  readonly clock: Clock;
  /** Hands a turn to the event loop, such as `setImmediate`. */
  readonly defer: Defer;
  readonly steering?: Steering;
  /** Goes on where this network was saved. */
  readonly saved?: SavedNetwork;
}

/** What a run says. Listeners are called from within the run: quick, and without throwing. */
export type NetworkEvent =
  | { readonly is: 'state'; readonly state: SessionState }
  | { readonly is: 'process'; readonly process: string; readonly state: ProcessState }
  | { readonly is: 'fault'; readonly fault: Fault; readonly handling: Handling }
  | { readonly is: 'stuck'; readonly nodes: readonly string[]; readonly connections: readonly string[] }
  | { readonly is: 'unstuck' }
  /** Nothing is left of what a swap has replaced. */
  | { readonly is: 'swapped' };

export type Stuck = Extract<NetworkEvent, { is: 'stuck' }>;

export interface Outcome {
  readonly state: 'completed' | 'stopped' | 'failed';
  /** With failed: the failure that ended the session. */
  readonly fault?: Fault;
  /** With stopped: the reason that was given. */
  readonly reason?: string;
}

/**
 * A network of processes and channels, and its life: one run of a plan. Rules S1… in `docs/spec/session.md`.
 *
 * Invariant: between turns every process is at a communication, so holding the turns is a pause and nothing is lost by it.
 */
export class Network {
  /** Settled once, when the run has ended and everything is released. Never rejects. */
  readonly outcome: Promise<Outcome>;
  readonly #settle: (outcome: Outcome) => void;
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #defer: Defer;
  readonly #processes = new Map<string, Process>();
  readonly #channels = new Map<string, Channel>();
  readonly #listeners = new Set<(event: NetworkEvent) => void>();
  readonly #watcher: ProcessWatcher = {
    changed: (process) => this.#say({ is: 'process', process: process.id, state: process.state(false) }),
    failed: (_process, fault, handling) => this.#failed(fault, handling),
    ended: (process) => this.#ended(process),
  };
  #state: SessionState = 'starting';
  #live: number;
  #stuck: Stuck | undefined;
  #ending: Outcome = { state: 'completed' };
  #cancelGrace: Cancel | undefined;
  #pauses: (() => void)[] = [];
  readonly #saved: SavedNetwork | undefined;
  #freeze: Freeze | undefined;
  #swap: Swap | undefined;

  constructor(plan: NetworkPlan) {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.outcome = promise;
    this.#settle = resolve;
    this.#clock = plan.clock;
    this.#defer = plan.defer;
    this.#scheduler = new Scheduler(plan.clock, plan.defer, () => this.#rest(), plan.steering);
    this.#live = plan.processes.length;
    for (const process of plan.processes) this.#addProcess(process);
    for (const channel of plan.channels) this.#addChannel(channel);
    if (plan.saved === undefined) return;
    checkFit(plan.saved, this.#processes.keys(), this.#channels.keys());
    this.#saved = withTurnsAnew(structuredClone(plan.saved));
    for (const [id, saved] of Object.entries(this.#saved.channels)) this.channel(id).restore(saved);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Set while every process that has not ended waits for another (S10). */
  get stuck(): Stuck | undefined {
    return this.#stuck;
  }

  /** A channel by the id of its connection: `sender` and `receiver` are the ends to hand to the two processes. */
  channel(id: string): Channel {
    const channel = this.#channels.get(id);
    if (channel === undefined) throw planBroken({ detail: `There is no channel ${id}.`, facts: { connection: id } });
    return channel;
  }

  /** Starts every process, in the order of the plan. */
  start(): void {
    if (this.#state !== 'starting') return;
    this.#to('running');
    for (const process of this.#processes.values()) {
      const saved = this.#saved?.processes[process.id];
      if (saved === undefined) process.start();
      else if (!process.startFrom(saved)) this.#live--;
    }
    this.#scheduler.release();
  }

  /** Resolves when every process is parked at a communication (S3). Does nothing unless running. */
  pause(): Promise<void> {
    if (this.#state === 'running') {
      this.#scheduler.hold();
      this.#to('pausing');
      if (!this.#scheduler.turning) this.#rest();
    }
    if (this.#state !== 'pausing') return Promise.resolve();
    return new Promise((resolve) => this.#pauses.push(resolve));
  }

  /** Goes on after a pause. */
  resume(): void {
    if (this.#state !== 'paused' && this.#state !== 'pausing') return;
    this.#to('running');
    this.#settlePauses();
    this.#scheduler.release();
  }

  /** Brings every process to rest (S27); until `thaw` nothing goes on. Resolves with a refusal when the run ends meanwhile. */
  freeze(): Promise<Frozen> {
    const idle = (): boolean => this.#scheduler.idle;
    this.#freeze ??= new Freeze({ processes: this.#processes, channels: this.#channels, idle });
    const { answer } = this.#freeze;
    this.#scheduler.watch(() => this.#lookAtFreeze(), true);
    if (!this.#scheduler.turning) this.#lookAtFreeze();
    return answer;
  }

  /** Goes on after a freeze, or gives it up; as if it had not been. */
  thaw(): void {
    this.#freeze?.cancel();
    this.#lookAtFreeze();
    this.#freeze = undefined;
    for (const process of this.#processes.values()) process.takeUp();
  }

  /**
   * Everything that a network of the same plan goes on from (`saved`): copies, nothing is changed by it. Only while frozen.
   *
   * @throws RUNTIME_NOT_FROZEN, RUNTIME_STATE_NOT_PLAIN, RUNTIME_MESSAGE_NOT_PLAIN.
   */
  save(): SavedNetwork {
    const processes = [...this.#processes.values()];
    if (processes.some((process) => !process.lies && !process.over)) throw notFrozen();
    return {
      processes: Object.fromEntries(processes.map((process) => [process.id, copiedState(process.id, process.save())])),
      channels: Object.fromEntries([...this.#channels].map(([id, channel]) => [id, copied(id, channel.save())])),
    };
  }

  /**
   * Makes this network another one while it runs (S29). Resolves when that has taken effect, or was refused and nothing has changed;
   * what goes drains afterwards: `swapping`.
   */
  swap(plan: SwapPlan): Promise<Swapped> {
    const hindrance = this.#hindrance();
    if (hindrance !== undefined) return Promise.resolve({ ok: false, nodes: [], connections: [], message: hindrance });
    const [processes, channels] = [this.#processes, this.#channels];
    const make = (wanted: ProcessPlan): Process => {
      this.#live++;
      return new Process(wanted, this.#scheduler, this.#clock, this.#watcher);
    };
    const idle = (): boolean => this.#scheduler.idle;
    const quiet = (): boolean => this.#scheduler.quiet;
    this.#swap = new Swap({ processes, channels, idle, quiet, make }, plan);
    const { answer } = this.#swap;
    this.#lookAtSwap();
    return answer;
  }

  /** Gives up a swap that has not taken effect; it is then refused with these words. */
  cancelSwap(message: string): void {
    this.#swap?.cancel(message);
    if (this.#swap !== undefined && !this.#scheduler.turning) this.#lookAtSwap();
  }

  /** What a swap has left behind that is not over: processes, and connections with messages. Undefined when nothing. */
  get swapping(): { readonly nodes: readonly string[]; readonly connections: readonly string[] } | undefined {
    if (this.#swap?.begun !== true) return undefined;
    const connections = this.#swap.draining.filter(({ empty }) => !empty).map(({ id }) => id);
    return { nodes: this.#swap.leaving.map(({ id }) => id), connections };
  }

  #hindrance(): string | undefined {
    if (this.#state !== 'running' && this.#state !== 'paused')
      return `The session is ${this.#state}; only one that runs or is paused can be changed.`;
    if (this.#freeze !== undefined) return 'The session is being saved. Try again when that is done.';
    if (this.#swap === undefined) return undefined;
    const { nodes, connections } = this.swapping ?? { nodes: [], connections: [] };
    return `The change before this one is still under way: ${[...nodes, ...connections].join(', ') || 'it waits'}. Try again when that is done.`;
  }

  #lookAtSwap(): void {
    const swap = this.#swap as Swap;
    const next = swap.look();
    if (swap.begun && this.#stuck !== undefined) {
      this.#stuck = undefined;
      this.#say({ is: 'unstuck' });
    }
    if (next === 'no more') this.#swap = undefined;
    this.#scheduler.watch(next === 'no more' ? undefined : () => this.#lookAtSwap(), next === 'closely');
    if (next === 'no more' && swap.begun) this.#say({ is: 'swapped' });
  }

  #lookAtFreeze(): void {
    if (this.#freeze?.look() === true) return;
    this.#scheduler.watch(undefined, false);
    if (this.#freeze?.given === false) this.#freeze = undefined;
  }

  /** Ends every process (S5, S6); resolves when all have ended and everything is released. */
  async stop(reason?: string): Promise<void> {
    this.#end({ state: 'stopped', ...(reason !== undefined && { reason }) });
    await this.outcome;
  }

  processes(): ProcessStatus[] {
    const paused = this.#state === 'paused';
    return [...this.#processes.values()].map((process) => process.status(paused));
  }

  /** `perSecond` is 0: a rate needs two looks, and whoever looks knows when it looked before. */
  channels(): ChannelStatus[] {
    return [...this.#channels.values()].map((channel) => channel.status());
  }

  /** The last messages that passed a connection, oldest first; at most 20. */
  samples(connectionId: string): ChannelSample[] {
    return this.channel(connectionId).samples();
  }

  /** A process says that it gave up the message at hand, and goes on: counted and told, nothing is restarted (S8). */
  noteFailure(process: string, thrown: unknown): void {
    this.#processes.get(process)?.note(thrown);
  }

  policyOf(process: string): FailurePolicy | undefined {
    return this.#processes.get(process)?.onFailure;
  }

  /** Hears events from now on; call what it gives to stop hearing. */
  onEvent(listener: (event: NetworkEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #addProcess(plan: ProcessPlan): void {
    if (this.#processes.has(plan.id)) throw planBroken({ detail: `Process ${plan.id} is there twice.` });
    this.#processes.set(plan.id, new Process(plan, this.#scheduler, this.#clock, this.#watcher));
  }

  #addChannel(plan: ChannelPlan): void {
    const from = this.#processes.get(plan.from.process);
    const to = this.#processes.get(plan.to.process);
    if (from === undefined || to === undefined)
      throw planBroken({ detail: `Channel ${plan.id} joins a process that is not there.` });
    if (this.#channels.has(plan.id)) throw planBroken({ detail: `Channel ${plan.id} is there twice.` });
    const channel = new Channel(plan, to.account);
    from.take(channel, 'outputs');
    to.take(channel, 'inputs');
    this.#channels.set(plan.id, channel);
  }

  /** The scheduler has nothing to run, or was held. */
  #rest(): void {
    if (this.#state === 'pausing') {
      this.#to('paused');
      this.#settlePauses();
    } else if (this.#live === 0 && this.#scheduler.cleaning.size === 0) {
      this.#finish();
    } else if (this.#state === 'running' && this.#scheduler.outside === 0 && this.#isAtLoss) {
      this.#stuck = this.#knot();
      this.#say(this.#stuck);
    }
  }

  get #allProcesses(): readonly Process[] {
    return [...this.#processes.values(), ...(this.#swap?.leaving ?? [])];
  }

  get #isAtLoss(): boolean {
    return this.#stuck === undefined && this.#freeze === undefined && this.#swap?.begun !== false;
  }

  #knot(): Stuck {
    const waiting = this.#allProcesses.filter((process) => !process.over);
    const connections = new Set(waiting.flatMap((process) => process.waiting().connections));
    return { is: 'stuck', nodes: waiting.map((process) => process.id), connections: [...connections] };
  }

  #failed(fault: Fault, handling: Handling): void {
    this.#say({ is: 'fault', fault, handling });
    if (handling.is === 'stop') this.#end({ state: 'failed', fault });
  }

  #ended(process: Process): void {
    this.#live--;
    this.#say({ is: 'process', process: process.id, state: process.state(false) });
  }

  // Deferred, because the caller may be a process of this very network, and a running generator cannot be ended.
  #end(ending: Outcome): void {
    if (this.#state === 'stopping' || hasEnded(this.#state)) return;
    this.#ending = ending;
    if (this.#freeze !== undefined) this.thaw();
    this.#swap?.cancel('The session ends.');
    this.#scheduler.watch(undefined, false);
    this.#scheduler.hold();
    this.#to('stopping');
    this.#settlePauses();
    this.#defer(() => this.#halt());
  }

  #halt(): void {
    if (hasEnded(this.#state)) return;
    for (const process of this.#allProcesses) process.stop();
    if (this.#scheduler.cleaning.size > 0) {
      this.#cancelGrace = this.#clock.after(graceMs, () => {
        this.#cancelGrace = undefined;
        this.#scheduler.abandonCleaning();
        this.#rest();
      });
    }
    this.#scheduler.release();
  }

  #finish(): void {
    if (hasEnded(this.#state)) return;
    this.#cancelGrace?.();
    this.#scheduler.hold();
    for (const channel of [...this.#channels.values(), ...(this.#swap?.draining ?? [])]) channel.closeReader();
    if (this.#stuck !== undefined) this.#say({ is: 'unstuck' });
    this.#stuck = undefined;
    this.#to(this.#ending.state);
    this.#listeners.clear();
    this.#settle(this.#ending);
  }

  #settlePauses(): void {
    for (const resolve of this.#pauses.splice(0)) resolve();
  }

  #to(state: SessionState): void {
    this.#state = state;
    this.#say({ is: 'state', state });
  }

  #say(event: NetworkEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

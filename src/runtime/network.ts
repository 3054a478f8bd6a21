import type { Cancel, Clock } from '#base/clock.ts';
import type { FailurePolicy } from '#model/design.ts';
import {
  type ChannelStatus,
  type Fault,
  hasEnded,
  type ProcessState,
  type ProcessStatus,
  type SessionState,
} from '#model/sessions/session.ts';
import type { Barrier, BarrierPlan } from './channels/barrier.ts';
import type { Call, CallPlan } from './channels/call.ts';
import type { Channel, ChannelPlan } from './channels/channel.ts';
import { Group, type Members } from './group.ts';
import { Interventions } from './holding/interventions.ts';
import type { ChannelSample } from './listeners.ts';
import { NetworkParts } from './network-parts.ts';
import type { Handling } from './processes/failures.ts';
import { Process, type ProcessPlan, type ProcessSurroundings, type ProcessWatcher } from './processes/process.ts';
import type { Defer, Steering } from './replay/steering.ts';
import { Scheduler } from './scheduler.ts';
import { StandstillWatch, type Stuck } from './standstill.ts';
import { Changes } from './swap/changes.ts';
import type { Growth } from './swap/growth.ts';
import { checkFit, type SavedNetwork, withTurnsAnew } from './swap/saved-network.ts';

/** S6: how long stopped processes may await outside work in their finally blocks. */
export const graceMs = 500;

/** What to run, and with what. */
export interface NetworkPlan {
  readonly processes: readonly ProcessPlan[];
  readonly channels: readonly ChannelPlan[];
  readonly calls?: readonly CallPlan[];
  readonly barriers?: readonly BarrierPlan[];
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
  | { readonly is: 'grew'; readonly processes: readonly string[]; readonly channels: readonly string[] }
  | { readonly is: 'fault'; readonly fault: Fault; readonly handling: Handling }
  | Stuck
  | { readonly is: 'unstuck' }
  /** A step of the paused session is over. */
  | { readonly is: 'stepped' }
  /** Nothing is left of what a swap has replaced. */
  | { readonly is: 'swapped' };

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
  readonly #parts: NetworkParts;
  readonly #groups = new Map<string, Set<Group>>();
  readonly #listeners = new Set<(event: NetworkEvent) => void>();
  readonly #watcher: ProcessWatcher = {
    changed: (process) => this.#say({ is: 'process', process: process.id, state: process.state(false) }),
    failed: (_process, fault, handling) => this.#failed(fault, handling),
    ended: (process) => this.#ended(process),
    pausing: () => this.#scheduler.held && (this.#state === 'pausing' || this.#state === 'paused'),
  };
  readonly #around: ProcessSurroundings;
  #state: SessionState = 'starting';
  #live: number;
  #stuck: Stuck | undefined;
  readonly #standstill = new StandstillWatch();
  #ending: Outcome = { state: 'completed' };
  #cancelGrace: Cancel | undefined;
  #pauses: (() => void)[] = [];
  readonly #saved: SavedNetwork | undefined;
  /** Bringing it to rest, saving it, making it another one: S25… */
  readonly changes: Changes;
  /** What is done to parts of it while it runs: S35… */
  readonly interventions: Interventions;

  constructor(plan: NetworkPlan) {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.outcome = promise;
    this.#settle = resolve;
    this.#clock = plan.clock;
    this.#defer = plan.defer;
    this.#scheduler = new Scheduler(plan.clock, plan.defer, () => this.#rest(), plan.steering);
    this.#around = { scheduler: this.#scheduler, clock: this.#clock, watcher: this.#watcher };
    this.#live = plan.processes.length;
    this.#parts = new NetworkParts(this.#clock, (process) => this.#made(process));
    this.interventions = this.#intervened();
    this.changes = this.#changed();
    this.#parts.add(plan, plan.barriers);
    if (plan.saved === undefined) return;
    checkFit(plan.saved, this.#parts.processes.keys(), this.#parts.channels.keys());
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
    return this.#parts.channel(id);
  }

  /** A connection between call ports. */
  call(id: string): Call {
    return this.#parts.call(id);
  }

  barrier(id: string): Barrier {
    return this.#parts.barrier(id);
  }

  /** The channels of a connection: one, or for a call the requests and the replies. */
  lines(connection: string): readonly Channel[] {
    return this.#parts.lines(connection);
  }

  /** Starts every process, in the order of the plan. */
  start(): void {
    if (this.#state !== 'starting') return;
    this.#to('running');
    for (const process of this.#parts.processes.values()) {
      const saved = this.#saved?.processes[process.id];
      if (saved === undefined) process.start();
      else if (!process.startFrom(saved)) this.#live--;
    }
    this.#scheduler.release();
  }

  /**
   * S20  Adds processes and channels, all or none; in a run they start at once. A channel may join new and old processes.
   *
   * @returns false when the run is ending or has ended: nothing is added.
   */
  add(growth: Growth): boolean {
    if (this.#state === 'stopping' || hasEnded(this.#state)) return false;
    this.#parts.add(growth);
    const { processes, channels, calls = [] } = growth;
    this.#live += processes.length;
    this.#say({ is: 'grew', processes: processes.map(({ id }) => id), channels: [...channels, ...calls].map(({ id }) => id) });
    if (this.#stuck !== undefined) this.#say({ is: 'unstuck' });
    this.#stuck = undefined;
    if (this.#state !== 'starting') for (const { id } of processes) this.#parts.processes.get(id)?.start();
    return true;
  }

  /** S22  Makes a group of processes and channels that are there, or adds them to one. */
  group({ processes, channels, inlets }: Members, group = new Group()): Group {
    const members = processes.map((id) => this.#parts.process(id));
    group.include(
      members,
      channels.map((id) => this.channel(id)),
      inlets.map((id) => this.channel(id)),
    );
    // Whoever sends to a process that steps does its step (S71), so the turns of the senders count too.
    const senders = channels.map((id) => this.channel(id).plan.from.process);
    for (const id of [...processes, ...senders]) this.#groups.set(id, (this.#groups.get(id) ?? new Set()).add(group));
    this.#scheduler.onResumed = ({ owner }) => this.#groups.get(owner.id)?.forEach((one) => void one.look());
    return group;
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
    this.interventions.resumed();
    this.#to('running');
    this.#settlePauses();
    this.#scheduler.release();
  }

  /** Ends every process (S5, S6); resolves when all have ended and everything is released. */
  async stop(reason?: string): Promise<void> {
    this.#end({ state: 'stopped', ...(reason !== undefined && { reason }) });
    await this.outcome;
  }

  /** Turns so far: while they are as many as before, nothing has happened. */
  get turns(): number {
    return this.#scheduler.turns;
  }

  /** S80  Looks, between turns, for processes that nobody can wake while others run, and says so when they are others than before. */
  lookForStuck(leastMs: number): void {
    if (this.#state !== 'running' || !this.#mayGetStuck || this.changes.leaving.length > 0) return;
    const plan = (id: string): ChannelPlan | undefined => this.#parts.channels.get(id)?.plan;
    const found = this.#standstill.look({ processes: this.#parts.processes.values(), plan }, this.#clock.now(), leastMs);
    if (found === undefined || found.nodes.length === this.#stuck?.nodes.length) return;
    this.#stuck = found;
    this.#say(found);
  }

  processes(): ProcessStatus[] {
    const paused = this.#state === 'paused';
    return [...this.#parts.processes.values()].map((process) => process.status(paused));
  }

  /** One a connection. `perSecond` is 0: a rate needs two looks, and whoever looks knows when it looked before. */
  channels(): ChannelStatus[] {
    return this.#parts.connections().map(([id, channel]) => {
      const status = this.#parts.calls.get(id)?.status() ?? channel.status();
      const breakpoint = this.interventions.breakpoint(id);
      return breakpoint === undefined ? status : { ...status, breakpoint };
    });
  }

  /** The last messages that passed a connection, oldest first; at most 20. */
  samples(connectionId: string): ChannelSample[] {
    return (this.#parts.calls.get(connectionId) ?? this.channel(connectionId)).samples();
  }

  /** A process says that it gave up the message at hand, and goes on: counted and told, nothing is restarted (S8). */
  noteFailure(process: string, thrown: unknown): void {
    this.#parts.processes.get(process)?.note(thrown);
  }

  inputsOf(process: string): readonly Channel[] {
    return this.#parts.process(process).inputs;
  }

  policyOf(process: string): FailurePolicy | undefined {
    return this.#parts.processes.get(process)?.onFailure;
  }

  /** Hears events from now on; call what it gives to stop hearing. */
  onEvent(listener: (event: NetworkEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #made(plan: ProcessPlan): Process {
    return new Process(plan, this.#around);
  }

  #intervened(): Interventions {
    const state = (): SessionState => this.#state;
    return new Interventions({
      get state() {
        return state();
      },
      processes: this.#parts.processes,
      channels: this.#parts.channels,
      scheduler: this.#scheduler,
      defer: this.#defer,
      onEvent: (listener) => this.onEvent(listener),
      pause: () => void this.pause(),
      stepped: () => {
        if (this.#live === 0) this.#rest();
        else if (this.#state === 'paused') this.#say({ is: 'stepped' });
      },
    });
  }

  #changed(): Changes {
    const state = (): SessionState => this.#state;
    return new Changes({
      get state() {
        return state();
      },
      processes: this.#parts.processes,
      channels: this.#parts.channels,
      calls: this.#parts.calls,
      scheduler: this.#scheduler,
      holding: () => this.interventions.holding,
      make: (plan) => {
        this.#live++;
        return this.#made(plan);
      },
      begun: () => {
        this.interventions.rewired();
        if (this.#stuck !== undefined) this.#say({ is: 'unstuck' });
        this.#stuck = undefined;
      },
      swapped: () => this.#say({ is: 'swapped' }),
    });
  }

  /** The scheduler has nothing to run, or was held. */
  #rest(): void {
    if (this.#state === 'pausing') {
      this.#to('paused');
      this.#settlePauses();
    } else if (this.#live === 0 && this.#scheduler.cleaning.size === 0) {
      this.#finish();
    } else if (this.#state === 'running' && this.#scheduler.outside === 0 && this.#mayGetStuck) {
      this.#stuck = this.#knot();
      this.#say(this.#stuck);
    }
  }

  get #allProcesses(): readonly Process[] {
    return [...this.#parts.processes.values(), ...this.changes.leaving];
  }

  get #mayGetStuck(): boolean {
    const decides = this.interventions.holding || this.changes.deciding;
    return (this.#stuck === undefined || this.#stuck.partly !== undefined) && !decides;
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
    for (const barrier of this.#parts.barriers.values()) barrier.leave(process.id);
    this.#say({ is: 'process', process: process.id, state: process.state(false) });
  }

  // Deferred, because the caller may be a process of this very network, and a running generator cannot be ended.
  #end(ending: Outcome): void {
    if (this.#state === 'stopping' || hasEnded(this.#state)) return;
    this.#ending = ending;
    this.changes.end();
    this.#scheduler.hold();
    this.#to('stopping');
    this.#settlePauses();
    this.#defer(() => this.#halt());
  }

  #halt(): void {
    if (hasEnded(this.#state)) return;
    this.interventions.releaseAll();
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
    for (const channel of [...this.#parts.channels.values(), ...this.changes.draining]) channel.closeReader();
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

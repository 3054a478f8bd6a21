import type { Cancel, Clock } from '#base/clock.ts';
import type { FailurePolicy } from '#model/design.ts';
import type { Fault, ProcessState, ProcessStatus } from '#model/sessions/session.ts';
import type { Channel } from '#runtime/channels/channel.ts';
import { type Few, less, listOf, more } from '#runtime/channels/few.ts';
import { HoldingGate } from '#runtime/holding/holding-gate.ts';
import { isPoison } from '#runtime/poison.ts';
import type { Operation } from '#runtime/port.ts';
import type { Scheduler } from '#runtime/scheduler.ts';
import type { SavedProcess } from '#runtime/swap/saved-network.ts';
import { Account } from './account.ts';
import { Failures, type Handling, toldFault } from './failures.ts';
import { beginBody, nothingMore } from './process-body.ts';
import { epochMs, type Owner, type Ranking, Strand, standsAt, type Waiting } from './strand.ts';

export interface ProcessPlan {
  readonly id: string;
  /**
   * The behaviour; called at each start, so that a restarted process begins afresh.
   *
   * @param from what `save` gave of an earlier life, which this one takes up; undefined begins afresh.
   */
  body(from?: unknown): Operation<void>;
  readonly onFailure: FailurePolicy;
  /** Where it rests: ports without an index, and `clock`. Left out or empty, it never does (S25). */
  readonly rests?: readonly string[];
  /** What `body` begins a further life with; asked at a rest. */
  save?(): unknown;
  /** True when it remembers more than at its beginning; asked at a rest. */
  holds?(): boolean;
  /** Usual when left out. */
  readonly ranking?: Ranking | undefined;
}

const usual: Ranking = { priority: 'normal', weight: 1 };

/** Who hears what a process does. */
export interface ProcessWatcher {
  changed(process: Process): void;
  failed(process: Process, fault: Fault, handling: Handling): void;
  /** It has ended for good. */
  ended(process: Process): void;
  /** True when no communication may begin now: ending is one. */
  pausing(): boolean;
}

/** What the processes of a network share. */
export interface ProcessSurroundings {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly watcher: ProcessWatcher;
}

/** Alive, it is the strand itself: thousands of processes are alive at once. */
type Life =
  | Strand
  | { readonly is: 'unstarted' }
  | { readonly is: 'waiting'; readonly cancel: Cancel }
  | { readonly is: 'resting'; readonly strand: Strand; readonly from: unknown }
  | { readonly is: 'over'; readonly state: 'completed' | 'stopped' | 'error' };

const unstarted: Life = Object.freeze({ is: 'unstarted' });

/** A node in a run: its strand, its ends, and what happens when it fails. What few processes have is made when they have it. */
export class Process implements Owner {
  readonly account = new Account();
  #inputs: Few<Channel> = undefined;
  #outputs: Few<Channel> = undefined;
  /** True of one that a swap takes out of the design: what becomes of its channels when it has ended, the swap knows (S30). */
  isLeaving = false;
  /** Messages on channels that it no longer holds. */
  #past: Readonly<Record<'sent' | 'received', number>> | undefined = undefined;
  onFailure: FailurePolicy;
  readonly #plan: ProcessPlan;
  readonly #around: ProcessSurroundings;
  #life: Life = unstarted;
  /** When its life began, from `epochMs` on, and how many messages had passed then. */
  #sinceMs = 0;
  #moved = 0;
  #failures: Failures | undefined = undefined;
  /** Set while it is held. */
  #gate: HoldingGate | undefined = undefined;

  constructor(plan: ProcessPlan, around: ProcessSurroundings) {
    this.onFailure = plan.onFailure;
    this.#plan = plan;
    this.#around = around;
  }

  get id(): string {
    return this.#plan.id;
  }

  get inputs(): readonly Channel[] {
    return listOf(this.#inputs);
  }

  get outputs(): readonly Channel[] {
    return listOf(this.#outputs);
  }

  get ranking(): Ranking {
    return this.#plan.ranking ?? usual;
  }

  start(): void {
    this.#beginNow(undefined, undefined);
  }

  /** Starts with what a saved network had of it; false when it had ended. */
  startFrom(saved: SavedProcess): boolean {
    if (saved.is === 'over') {
      this.#life = { is: 'over', state: 'completed' };
      return false;
    }
    const turns = new Map(Object.entries(saved.turns).map(([tag, lastWon]) => [tag, { lastWon }]));
    this.#beginNow(saved.state, turns);
    return true;
  }

  #beginNow(from: unknown, turns: Strand['turns']): void {
    this.#sinceMs = this.#around.clock.now() - epochMs;
    this.#moved = this.#messages();
    this.#begin(from, turns);
  }

  #begin(from: unknown, turns: Strand['turns']): void {
    const strand = new Strand(this.#gate ?? this.#around.scheduler, this, beginBody(this.#plan, from));
    strand.turns = turns;
    this.#life = strand;
    strand.runner.enqueue(strand);
  }

  /** S36: it stays where it is, until released; nothing passes to or from it. Between turns only. */
  hold(): void {
    if (this.held || this.over) return;
    this.#gate = new HoldingGate(this.#around.scheduler);
    if (this.#life instanceof Strand) this.#gate.take(this.#life);
  }

  /** Goes on after `hold`. */
  release(): void {
    const gate = this.#gate;
    this.#gate = undefined;
    gate?.open();
  }

  get held(): boolean {
    return this.#gate !== undefined;
  }

  take(channel: Channel, side: 'inputs' | 'outputs'): void {
    if (side === 'inputs') this.#inputs = more(this.#inputs, channel);
    else this.#outputs = more(this.#outputs, channel);
  }

  /** Lets go of a channel, whose messages still count as its own. */
  letGo(channel: Channel, side: 'inputs' | 'outputs'): void {
    const { sent, received } = this.#past ?? { sent: 0, received: 0 };
    if (side === 'inputs') {
      this.#inputs = less(this.#inputs, channel);
      this.#past = { sent, received: received + channel.received };
    } else {
      this.#outputs = less(this.#outputs, channel);
      this.#past = { sent: sent + channel.sent, received };
    }
  }

  /** True when it may be begun anew with what it remembers (S25), or has ended. */
  get atRest(): boolean {
    const life = this.#life;
    if (!(life instanceof Strand)) return life.is !== 'waiting';
    const places = standsAt(life);
    const { rests = [] } = this.#plan;
    return places?.every((place) => rests.includes(place.replace(/\[\d+\]$/, ''))) ?? false;
  }

  /** False when it has no rest at all. */
  get canRest(): boolean {
    return (this.#plan.rests ?? []).length > 0;
  }

  /** True when it remembers more than at its beginning. */
  get holds(): boolean {
    return this.#plan.holds?.() ?? false;
  }

  /** What it is begun anew with. Only while it lies, or when it has ended. */
  save(): SavedProcess {
    const life = this.#life;
    if (life instanceof Strand || life.is !== 'resting') return { is: 'over' };
    const turns = Object.fromEntries([...(life.strand.turns ?? [])].map(([tag, { lastWon }]) => [tag, lastWon]));
    return { is: 'resting', state: life.from, turns };
  }

  /** Takes it from its place at a rest; its channels do not notice. */
  layDown(): void {
    const life = this.#life;
    if (!(life instanceof Strand)) return;
    this.#life = { is: 'resting', strand: life, from: this.#plan.save?.() };
    this.#around.scheduler.halt(life);
  }

  get isDown(): boolean {
    return this.#resting !== undefined;
  }

  /** True unless all that it waits for is a partner at the other end of a channel. */
  get waitsForNobody(): boolean {
    const life = this.#life;
    if (!(life instanceof Strand)) return true;
    const { ports } = this.waiting();
    return life.runnable || ports.includes('clock') || ports.includes('outside');
  }

  /** True when it has been laid down and its finally blocks are through. */
  get lies(): boolean {
    return this.#resting?.strand.done === true;
  }

  /** Begins anew a process that was laid down, as if it had not been. */
  takeUp(): void {
    const resting = this.#resting;
    if (resting !== undefined) this.#begin(resting.from, resting.strand.turns);
  }

  get #resting(): Extract<Life, { is: 'resting' }> | undefined {
    const life = this.#life;
    return !(life instanceof Strand) && life.is === 'resting' ? life : undefined;
  }

  /** Ends it from outside; its finally blocks run. */
  stop(): void {
    const life = this.#life;
    if (life instanceof Strand) {
      this.#around.scheduler.halt(life);
      return;
    }
    if (life.is === 'waiting') {
      life.cancel();
      this.#around.scheduler.outside--;
    }
    if (life.is !== 'over') this.#over('stopped');
  }

  returned(strand: Strand): void {
    if (this.#laidDown(strand)) return;
    const { scheduler, watcher } = this.#around;
    if (!strand.halting && watcher.pausing()) {
      // Its end is told when it may communicate again.
      const ending = new Strand(scheduler, this, nothingMore());
      this.#life = ending;
      scheduler.interrupt(ending);
      return;
    }
    if (!strand.halting && !this.isLeaving) this.#leave();
    this.#over(strand.halting ? 'stopped' : 'completed');
  }

  // Finally blocks of the life that was laid down are no news.
  #laidDown(strand: Strand): boolean {
    return this.#life !== strand;
  }

  threw(strand: Strand, thrown: unknown): void {
    if (this.#laidDown(strand)) return;
    const fault = this.#faultOf(thrown);
    const spreads = isPoison(thrown);
    this.#failures ??= new Failures();
    this.#failures.add(fault, spreads ? 0 : 1);
    if (strand.halting) this.#over('stopped');
    else if (spreads) this.#passOn(thrown as Error);
    else this.#handle(fault, this.#failures);
  }

  /** Counts a failure the body has dealt with by itself: the message is gone, the process goes on as it was (S8). */
  note(thrown: unknown): void {
    const fault = this.#faultOf(thrown);
    this.#failures ??= new Failures();
    this.#failures.add(fault, 1);
    this.#around.watcher.failed(this, fault, { is: 'skip' });
  }

  #handle(fault: Fault, failures: Failures): void {
    const { clock, watcher } = this.#around;
    const livedMs = clock.now() - epochMs - this.#sinceMs;
    const handling = failures.handling(this.onFailure, this.#messages() > this.#moved, livedMs);
    if (handling.is === 'stop') this.#life = { is: 'over', state: 'error' };
    else if (handling.is === 'skip') this.start();
    else this.#restartIn(handling.inMs, failures);
    watcher.failed(this, fault, handling);
    if (handling.is === 'stop') watcher.ended(this);
  }

  /** Ends the outputs and closes the inputs: partners learn that it has gone (C10). */
  #leave(): void {
    for (const channel of this.outputs) channel.end();
    for (const channel of this.inputs) channel.closeReader();
  }

  /** C14: it ends of a poison that it did not catch, and gives up its other channels. */
  #passOn(reason: Error): void {
    for (const channel of [...this.outputs, ...this.inputs]) channel.poison(reason);
    this.#leave();
    this.#over('stopped');
  }

  #over(state: 'completed' | 'stopped'): void {
    this.#life = { is: 'over', state };
    this.#around.watcher.ended(this);
  }

  #restartIn(ms: number, failures: Failures): void {
    const { scheduler, clock, watcher } = this.#around;
    scheduler.outside++;
    const again = (): void => {
      scheduler.outside--;
      failures.restarts++;
      this.start();
      watcher.changed(this);
    };
    this.#life = { is: 'waiting', cancel: clock.after(ms, again) };
  }

  #faultOf(thrown: unknown): Fault {
    const at = new Date(this.#around.clock.now()).toISOString();
    return { ...toldFault(thrown), node: this.id, at };
  }

  #messages(): number {
    return this.#count('received') + this.#count('sent');
  }

  #count(what: 'sent' | 'received'): number {
    const channels = what === 'sent' ? this.outputs : this.inputs;
    return channels.reduce((sum, channel) => sum + channel[what], this.#past?.[what] ?? 0);
  }

  get over(): boolean {
    return !(this.#life instanceof Strand) && this.#life.is === 'over';
  }

  /** True when it has ended, or only a partner can make it go on. */
  get passive(): boolean {
    const life = this.#life;
    if (!(life instanceof Strand)) return life.is === 'over';
    if (life.runnable) return false;
    // The clock and the outside stand among the ports, and have no connection.
    const { ports, connections } = this.waiting();
    return ports.length === connections.length;
  }

  /** What it waits for; empty when it can go on. */
  waiting(): Waiting {
    const waiting: Waiting = { ports: [], connections: [] };
    const life = this.#life;
    if (life instanceof Strand) life.wait?.describe(waiting);
    else if (life.is === 'waiting') waiting.ports.push('clock');
    return waiting;
  }

  state(paused: boolean): ProcessState {
    const life = this.#life;
    const isStrand = life instanceof Strand;
    if (!isStrand && life.is === 'over') return life.state;
    if (paused || this.held) return 'paused';
    if (!isStrand && life.is === 'waiting') return 'error';
    return isStrand && life.runnable ? 'running' : 'idle';
  }

  status(paused: boolean): ProcessStatus {
    const { services } = this.account;
    return {
      node: this.id,
      state: this.state(paused),
      received: this.#count('received'),
      sent: this.#count('sent'),
      failures: this.#failures?.count ?? 0,
      restarts: this.#failures?.restarts ?? 0,
      waitingFor: [...new Set(this.waiting().ports)],
      ...(this.held && { held: true }),
      cpuMs: this.account.cpuMs,
      ...(services !== undefined && { services: [...services] }),
      ...(this.#failures?.last !== undefined && { lastFault: this.#failures.last }),
    };
  }
}

import type { Cancel, Clock } from '#base/clock.ts';
import { defineError, isCoded, messageOf } from '#base/errors.ts';
import type { FailurePolicy } from '#model/design.ts';
import { type Fault, faultText, type ProcessState, type ProcessStatus } from '#model/session.ts';
import { Account } from './account.ts';
import type { Channel } from './channel.ts';
import { HoldingGate } from './holding-gate.ts';
import { isPoison } from './poison.ts';
import type { Operation } from './port.ts';
import type { SavedProcess } from './saved-network.ts';
import type { Scheduler } from './scheduler.ts';
import { Stepping } from './stepping.ts';
import { type Body, isGenerator, type Owner, type Ranking, Strand, standsAt, type Waiting } from './strand.ts';

const processFailed = defineError(
  'RUNTIME_PROCESS_FAILED',
  'bug',
  'The process of a node failed; the message says why, and the failure policy of the node what follows.',
);
const notGenerator = defineError(
  'RUNTIME_NOT_A_GENERATOR',
  'bug',
  'The behaviour of a process is not a generator: write it as function* and communicate with yield*.',
);

/** S9: the first wait before a restart; each further one is twice as long, up to the longest. */
export const firstBackOffMs = 100;
export const longestBackOffMs = 10_000;
/** S9: restarts in a row before the failure ends the session. */
export const mostRestarts = 10;

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

/** What became of a failure: the session ends, the message at hand is gone, or the process starts again later. */
export type Handling = { readonly is: 'stop' } | { readonly is: 'skip' } | { readonly is: 'restart'; readonly inMs: number };

/** Who hears what a process does. */
export interface ProcessWatcher {
  changed(process: Process): void;
  failed(process: Process, fault: Fault, handling: Handling): void;
  /** It has ended for good. */
  ended(process: Process): void;
  /** True when no communication may begin now: ending is one. */
  pausing(): boolean;
}

type Life =
  | { readonly is: 'unstarted' }
  | { readonly is: 'alive'; readonly strand: Strand; readonly sinceMs: number; readonly moved: number }
  | { readonly is: 'waiting'; readonly cancel: Cancel }
  | { readonly is: 'resting'; readonly strand: Strand; readonly sinceMs: number; readonly moved: number; readonly from: unknown }
  | { readonly is: 'over'; readonly state: 'completed' | 'stopped' | 'error' };

/** A node in a run: its strand, its ends, and what happens when it fails. */
export class Process implements Owner {
  readonly id: string;
  readonly account = new Account();
  inputs: readonly Channel[] = [];
  outputs: readonly Channel[] = [];
  /** True of one that a swap takes out of the design: what becomes of its channels when it has ended, the swap knows (S30). */
  isLeaving = false;
  /** Messages on channels that it no longer holds. */
  readonly #past = { sent: 0, received: 0 };
  onFailure: FailurePolicy;
  readonly #plan: ProcessPlan;
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #watcher: ProcessWatcher;
  #life: Life = { is: 'unstarted' };
  #failures = 0;
  #restarts = 0;
  #restartsInARow = 0;
  #lastFault: Fault | undefined;
  /** Set while it is held. */
  #gate: HoldingGate | undefined;

  constructor(plan: ProcessPlan, scheduler: Scheduler, clock: Clock, watcher: ProcessWatcher) {
    this.id = plan.id;
    this.onFailure = plan.onFailure;
    this.#plan = plan;
    this.#scheduler = scheduler;
    this.#clock = clock;
    this.#watcher = watcher;
  }

  get ranking(): Ranking {
    return this.#plan.ranking ?? usual;
  }

  start(): void {
    this.#begin(undefined, undefined, this.#clock.now(), this.#moved());
  }

  /** Starts with what a saved network had of it; false when it had ended. */
  startFrom(saved: SavedProcess): boolean {
    if (saved.is === 'over') {
      this.#life = { is: 'over', state: 'completed' };
      return false;
    }
    const turns = new Map(Object.entries(saved.turns).map(([tag, lastWon]) => [tag, { lastWon }]));
    this.#begin(saved.state, turns, this.#clock.now(), this.#moved());
    return true;
  }

  #begin(from: unknown, turns: Strand['turns'], sinceMs: number, moved: number): void {
    const strand = new Strand(this.#gate ?? this.#scheduler, this, begin(this.#plan, from));
    strand.turns = turns;
    this.#life = { is: 'alive', strand, sinceMs, moved };
    strand.runner.enqueue(strand);
  }

  /** S36: it stays where it is, until released; nothing passes to or from it. Between turns only. */
  hold(): void {
    if (this.held || this.over) return;
    this.#gate = new HoldingGate(this.#scheduler);
    if (this.#life.is === 'alive') this.#gate.take(this.#life.strand);
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
    // Lists of just their length: a list that was pushed to keeps room for sixteen more.
    this[side] = [...this[side], channel];
  }

  /** Lets go of a channel, whose messages still count as its own. */
  letGo(channel: Channel, side: 'inputs' | 'outputs'): void {
    this[side] = this[side].filter((other) => other !== channel);
    const what = side === 'inputs' ? 'received' : 'sent';
    this.#past[what] += channel[what];
  }

  /** True when it may be begun anew with what it remembers (S25), or has ended. */
  get atRest(): boolean {
    const life = this.#life;
    if (life.is !== 'alive') return life.is !== 'waiting';
    const places = standsAt(life.strand);
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
    if (life.is !== 'resting') return { is: 'over' };
    const turns = Object.fromEntries([...(life.strand.turns ?? [])].map(([tag, { lastWon }]) => [tag, lastWon]));
    return { is: 'resting', state: life.from, turns };
  }

  /** Takes it from its place at a rest; its channels do not notice. */
  layDown(): void {
    const life = this.#life;
    if (life.is !== 'alive') return;
    this.#life = { ...life, is: 'resting', from: this.#plan.save?.() };
    this.#scheduler.halt(life.strand);
  }

  get isDown(): boolean {
    return this.#life.is === 'resting';
  }

  /** True unless all that it waits for is a partner at the other end of a channel. */
  get waitsForNobody(): boolean {
    const life = this.#life;
    if (life.is !== 'alive') return true;
    const { ports } = this.waiting();
    return life.strand.runnable || ports.includes('clock') || ports.includes('outside');
  }

  /** True when it has been laid down and its finally blocks are through. */
  get lies(): boolean {
    return this.#life.is === 'resting' && this.#life.strand.done;
  }

  /** Begins anew a process that was laid down, as if it had not been. */
  takeUp(): void {
    const life = this.#life;
    if (life.is === 'resting') this.#begin(life.from, life.strand.turns, life.sinceMs, life.moved);
  }

  /** Ends it from outside; its finally blocks run. */
  stop(): void {
    const life = this.#life;
    if (life.is === 'alive') this.#scheduler.halt(life.strand);
    if (life.is === 'waiting') {
      life.cancel();
      this.#scheduler.outside--;
    }
    if (life.is !== 'alive' && life.is !== 'over') this.#over('stopped');
  }

  returned(strand: Strand): void {
    if (this.#laidDown(strand)) return;
    if (!strand.halting && this.#life.is === 'alive' && this.#watcher.pausing()) {
      // Its end is told when it may communicate again.
      this.#life = { ...this.#life, strand: new Strand(this.#scheduler, this, nothingMore()) };
      this.#scheduler.interrupt(this.#life.strand);
      return;
    }
    if (!strand.halting && !this.isLeaving) this.#leave();
    this.#over(strand.halting ? 'stopped' : 'completed');
  }

  // Finally blocks of the life that was laid down are no news.
  #laidDown(strand: Strand): boolean {
    return this.#life.is !== 'alive' || this.#life.strand !== strand;
  }

  threw(strand: Strand, thrown: unknown): void {
    if (this.#laidDown(strand)) return;
    const fault = this.#faultOf(thrown);
    this.#lastFault = fault;
    const spreads = isPoison(thrown);
    if (!spreads) this.#failures++;
    if (strand.halting) this.#over('stopped');
    else if (spreads) this.#passOn(thrown as Error);
    else this.#handle(fault);
  }

  /** Counts a failure the body has dealt with by itself: the message is gone, the process goes on as it was (S8). */
  note(thrown: unknown): void {
    this.#lastFault = this.#faultOf(thrown);
    this.#failures++;
    this.#watcher.failed(this, this.#lastFault, { is: 'skip' });
  }

  #handle(fault: Fault): void {
    const handling = this.#handling();
    if (handling.is === 'stop') this.#life = { is: 'over', state: 'error' };
    else if (handling.is === 'skip') this.start();
    else this.#restartIn(handling.inMs);
    this.#watcher.failed(this, fault, handling);
    if (handling.is === 'stop') this.#watcher.ended(this);
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
    this.#watcher.ended(this);
  }

  // Skipping needs a message to skip: a process that fails before anything moved would fail for ever, at full speed.
  #handling(): Handling {
    const life = this.#life;
    if (life.is !== 'alive' || this.onFailure === 'stop') return { is: 'stop' };
    if (this.onFailure === 'skip') return { is: this.#moved() > life.moved ? 'skip' : 'stop' };
    if (this.#clock.now() - life.sinceMs >= longestBackOffMs) this.#restartsInARow = 0;
    if (this.#restartsInARow === mostRestarts) return { is: 'stop' };
    return { is: 'restart', inMs: Math.min(firstBackOffMs * 2 ** this.#restartsInARow, longestBackOffMs) };
  }

  #restartIn(ms: number): void {
    this.#restartsInARow++;
    this.#scheduler.outside++;
    const again = (): void => {
      this.#scheduler.outside--;
      this.#restarts++;
      this.start();
      this.#watcher.changed(this);
    };
    this.#life = { is: 'waiting', cancel: this.#clock.after(ms, again) };
  }

  #faultOf(thrown: unknown): Fault {
    const at = new Date(this.#clock.now()).toISOString();
    return { ...toldFault(thrown), node: this.id, at };
  }

  #moved(): number {
    return this.#count('received') + this.#count('sent');
  }

  #count(what: 'sent' | 'received'): number {
    const channels = what === 'sent' ? this.outputs : this.inputs;
    return channels.reduce((sum, channel) => sum + channel[what], this.#past[what]);
  }

  get over(): boolean {
    return this.#life.is === 'over';
  }

  /** True when it has ended, or only a partner can make it go on. */
  get passive(): boolean {
    const life = this.#life;
    if (life.is === 'over') return true;
    if (life.is !== 'alive' || life.strand.runnable) return false;
    // The clock and the outside stand among the ports, and have no connection.
    const { ports, connections } = this.waiting();
    return ports.length === connections.length;
  }

  /** What it waits for; empty when it can go on. */
  waiting(): Waiting {
    const waiting: Waiting = { ports: [], connections: [] };
    if (this.#life.is === 'alive') this.#life.strand.wait?.describe(waiting);
    if (this.#life.is === 'waiting') waiting.ports.push('clock');
    return waiting;
  }

  state(paused: boolean): ProcessState {
    const life = this.#life;
    if (life.is === 'over') return life.state;
    if (paused || this.held) return 'paused';
    if (life.is === 'waiting') return 'error';
    return life.is === 'alive' && life.strand.runnable ? 'running' : 'idle';
  }

  status(paused: boolean): ProcessStatus {
    const { services } = this.account;
    return {
      node: this.id,
      state: this.state(paused),
      received: this.#count('received'),
      sent: this.#count('sent'),
      failures: this.#failures,
      restarts: this.#restarts,
      waitingFor: [...new Set(this.waiting().ports)],
      ...(this.held && { held: true }),
      cpuMs: this.account.cpuMs,
      ...(services !== undefined && { services: [...services] }),
      ...(this.#lastFault !== undefined && { lastFault: this.#lastFault }),
    };
  }
}

/** What was thrown, in words: with the place, when it was on a channel. */
function toldFault(thrown: unknown): Pick<Fault, 'code' | 'message'> {
  const message = faultText(messageOf(thrown));
  if (!isCoded(thrown)) return { code: processFailed().code, message };
  const { connection, port } = thrown.facts;
  const isPlaced = typeof connection === 'string' && typeof port === 'string' && !message.includes(connection);
  return { code: faultText(String(thrown.code)), message: isPlaced ? `${message} (${port}, connection ${connection})` : message };
}

/** A generator for one life. Whatever goes wrong in making it is thrown from inside, where a failure is handled. */
function begin(plan: ProcessPlan, from: unknown): Body {
  try {
    const life: unknown = plan.body(from);
    return life instanceof Stepping || isGenerator(life) ? life : failing(notGenerator());
  } catch (thrown) {
    return failing(thrown);
  }
}

// biome-ignore lint/correctness/useYield: it is a process that has nothing more to do.
function* nothingMore(): Body {
  return undefined;
}

// biome-ignore lint/correctness/useYield: it is a process that fails before its first communication.
function* failing(thrown: unknown): Body {
  throw thrown;
}

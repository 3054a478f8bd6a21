import type { Cancel, Clock } from '#base/clock.ts';
import { defineError, isCoded, messageOf } from '#base/errors.ts';
import type { FailurePolicy } from '#model/design.ts';
import { type Fault, faultText, type ProcessState, type ProcessStatus } from '#model/session.ts';
import { Account } from './account.ts';
import type { Channel } from './channel.ts';
import { HoldingGate } from './holding-gate.ts';
import { isPoison } from './poison.ts';
import type { Operation } from './port.ts';
import type { Scheduler } from './scheduler.ts';
import { Stepping } from './stepping.ts';
import { type Body, isGenerator, type Owner, type Ranking, Strand, type Waiting } from './strand.ts';

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
  /** The behaviour; called at each start, so that a restarted process begins afresh. */
  readonly body: () => Operation<void>;
  readonly onFailure: FailurePolicy;
  /** Usual when left out. */
  readonly ranking?: Ranking;
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
  | { readonly is: 'over'; readonly state: 'completed' | 'stopped' | 'error' };

/** A node in a run: its strand, its ends, and what happens when it fails. */
export class Process implements Owner {
  readonly id: string;
  readonly account = new Account();
  inputs: readonly Channel[] = [];
  outputs: readonly Channel[] = [];
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
    this.#plan = plan;
    this.#scheduler = scheduler;
    this.#clock = clock;
    this.#watcher = watcher;
  }

  get ranking(): Ranking {
    return this.#plan.ranking ?? usual;
  }

  start(): void {
    const strand = new Strand(this.#gate ?? this.#scheduler, this, begin(this.#plan.body));
    this.#life = { is: 'alive', strand, sinceMs: this.#clock.now(), moved: this.#moved() };
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

  /** Ends it from outside; its finally blocks run. */
  stop(): void {
    const life = this.#life;
    if (life.is === 'alive') this.#scheduler.halt(life.strand);
    if (life.is === 'waiting') {
      life.cancel();
      this.#scheduler.outside--;
    }
    if (life.is === 'waiting' || life.is === 'unstarted') this.#over('stopped');
  }

  returned(strand: Strand): void {
    if (!strand.halting && this.#life.is === 'alive' && this.#watcher.pausing()) {
      // Its end is told when it may communicate again.
      this.#life = { ...this.#life, strand: new Strand(this.#scheduler, this, nothingMore()) };
      this.#scheduler.interrupt(this.#life.strand);
      return;
    }
    if (!strand.halting) this.#leave();
    this.#over(strand.halting ? 'stopped' : 'completed');
  }

  threw(strand: Strand, thrown: unknown): void {
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
    if (life.is !== 'alive' || this.#plan.onFailure === 'stop') return { is: 'stop' };
    if (this.#plan.onFailure === 'skip') return { is: this.#moved() > life.moved ? 'skip' : 'stop' };
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
    return channels.reduce((sum, channel) => sum + channel[what], 0);
  }

  get over(): boolean {
    return this.#life.is === 'over';
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
function begin(body: () => Operation<void>): Body {
  try {
    const life: unknown = body();
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

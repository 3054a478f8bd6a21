import { defineError } from '#base/errors.ts';
import type { Priority } from '#model/design.ts';
import type { Ring } from '#runtime/channels/ring.ts';
import type { Operation, Suspension } from '#runtime/port.ts';
import type { Account } from './account.ts';

/** What drives a strand: the generator of a process or of an operation that runs beside others, or what behaves as one. */
export type Body = Generator<Suspension, unknown, unknown> | SteppingBody;

/** What does an operation. */
export function bodyOf(operation: Operation<unknown>): Body {
  return isGenerator(operation) ? operation : doing(operation);
}

/** True for what a `function*` gives. */
export function isGenerator(given: unknown): given is Generator<Suspension, unknown, unknown> {
  return Object.prototype.toString.call(given) === '[object Generator]';
}

function* doing(operation: Operation<unknown>): Generator<Suspension, unknown, unknown> {
  return yield* operation;
}

export const outsideProcess = defineError(
  'RUNTIME_OUTSIDE_PROCESS',
  'bug',
  'A channel operation was used outside a process; it only works where a process says yield*.',
);

/** An operation that is not a generator object: `yield*` drives it at less than half the price. */
export interface Doing<T> {
  [Symbol.iterator](): Doing<T>;
  next(given: unknown): IteratorResult<Suspension, T>;
  return(value: unknown): IteratorResult<Suspension, T>;
  throw(thrown: unknown): never;
}

/** The body of a process that steps: see `stepping.ts`. */
export interface SteppingBody extends Doing<unknown> {
  /** True when this is what it waits for to give the next message. */
  waitsFor(operation: unknown): boolean;
  /** Does what a message makes it do: undefined when it is over, else what it waits for in the midst. */
  handle(message: unknown): IteratorResult<Suspension, unknown> | undefined;
}

/** Where a `Doing` stands: free for the next call, handed out, past the queue, or waiting for its partner. */
export const idle = 0;
export const asked = 1;
export const queued = 2;
export const waiting = 3;
export type Stage = typeof idle | typeof asked | typeof queued | typeof waiting;

export const strangeYield = defineError(
  'RUNTIME_STRANGE_YIELD',
  'bug',
  'A process yielded something that is not an operation; communicate with yield* and the operations of the runtime.',
);

/** What a parked strand waits for, collected for people: port labels, and ids of connections. */
export interface Waiting {
  readonly ports: string[];
  readonly connections: string[];
  /** How many guards wait to be told something by others of the run (S22); left out, none. */
  told?: number;
}

/** A communication that a strand is about to do, when it stands in the queue because its fuel is spent. */
export interface About {
  /** False once it has been begun. */
  readonly breathing: boolean;
  describe(into: Waiting): void;
}

/** What a strand is parked on. The operation registers itself first and then yields itself. */
export abstract class Wait implements Suspension {
  abstract readonly suspends: string;
  /** True for what may still be awaited while the strand is being ended: outside work, never a partner. */
  get outlastsHalt(): boolean {
    return false;
  }

  /** Takes the registration back: nobody will wake the strand through this any more. */
  abstract cancel(): void;
  abstract describe(into: Waiting): void;

  /**
   * Takes the registration back, so that the operation begins anew when its strand, with `again` in its inbox, goes on; false when
   * nothing can be taken back: it awaits the outside, or others of its own process, which go to `gate`.
   */
  withdraw(_gate?: Gate): boolean {
    return false;
  }

  /** True while it has not begun to wait: a hold stops its strand within it. */
  get midway(): boolean {
    return false;
  }

  /** True when something below this wait stands in the queue. */
  get runnable(): boolean {
    return false;
  }
}

class Breath extends Wait {
  readonly suspends = 'breathe';
  cancel(): void {}
  describe(): void {}
}

/** Yielded when the fuel is spent, or a pause is wanted: the strand stays runnable and goes to the end of the queue. */
export const breath: Wait = new Breath();

/** What a `Doing` yields when the fuel is spent. */
export const breathing: IteratorResult<Suspension, never> = { done: false, value: breath };

/** What a `Doing` yields when it has parked the strand itself: its `wait` is set. */
export const parked: IteratorResult<Suspension, never> = { done: false, value: new Breath() };

/** How much of the processor a process gets beside others that can go on too: S60, S61. */
export interface Ranking {
  readonly priority: Priority;
  /** Communications in a row, as a multiple of the usual; 1 is usual. */
  readonly weight: number;
}

/** Who is told how a strand ended: its process, or the `all` that started it. */
export interface Owner {
  /** The process it belongs to. */
  readonly id: string;
  readonly account: Account;
  readonly ranking: Ranking;
  returned(strand: Strand, result: unknown): void;
  threw(strand: Strand, thrown: unknown): void;
}

/** Takes strands aside. */
export interface Gate {
  take(strand: Strand): void;
}

/** In the inbox of a strand: the operation it stands at begins anew. */
export const again = Symbol('again');
/** In the inbox of a strand: its moment has come. */
export const ripe = Symbol('ripe');

/** Holds answers from outside until it is their time. */
export interface Arrivals {
  /** A process begins to await an answer. What this gives is called when the answer is there, with what lets the process hear it. */
  expect(process: string): (hear: () => void) => void;
}

/** What operations need of the scheduler. */
export interface Runner {
  /** Timers and promises that strands wait for now. */
  outside: number;
  /** Time of the last look at the clock, at most a turn ago. */
  readonly nowMs: number;
  /** Who decides when answers from outside are heard; undefined: they are as they come. */
  readonly arrivals: Arrivals | undefined;
  /** True while no strand may begin a communication. */
  readonly held: boolean;
  queueOf(ranking: Ranking): Ring<Strand>;
  fuelOf(ranking: Ranking): number;
  enqueue(strand: Strand): void;
  /** What a strand threw that was not resumed by the scheduler. */
  threw(strand: Strand, thrown: unknown): void;
  resume(strand: Strand): void;
  halt(strand: Strand): void;
}

/** When a guard was last chosen by a fair alternation, as a number that only grows. */
export interface Turn {
  lastWon: number;
}

// Bits of `unusual`, so that one look tells the usual case.
const throwingBit = 1;
const haltingBit = 2;

/** One generator being driven. A process has one; `all` gives it more for a while. */
export class Strand {
  /** Another one while its process is held (S36). */
  runner: Runner;
  /** Where it stands when it can go on. */
  readonly queue: Ring<Strand>;
  /** Communications it may do in a row. */
  readonly fuel: number;
  readonly owner: Owner;
  readonly body: Body;
  /** The body, when it is no generator. */
  readonly stepping: SteppingBody | undefined;
  /** What it is parked on; undefined while it runs or stands in the queue. */
  wait: Wait | undefined = undefined;
  /** What the pending `yield` gives, or throws. */
  inbox: unknown = undefined;
  /** Not 0 when its next resume is more than giving the inbox. */
  unusual = 0;
  done = false;
  /** Set where the fuel was spent, and out of date afterwards. */
  about: About | undefined = undefined;
  /** What fair alternations remember by tag. */
  turns: Map<string, Turn> | undefined;

  constructor(runner: Runner, owner: Owner, body: Body) {
    this.runner = runner;
    this.queue = runner.queueOf(owner.ranking);
    this.fuel = runner.fuelOf(owner.ranking);
    this.owner = owner;
    this.body = body;
    this.stepping = isGenerator(body) ? undefined : (body as SteppingBody);
  }

  /** Being ended from outside: only its finally blocks still run. */
  get halting(): boolean {
    return (this.unusual & haltingBit) !== 0;
  }

  /** The pending `yield` throws what is in the inbox. */
  get throwing(): boolean {
    return (this.unusual & throwingBit) !== 0;
  }

  /** True while it, or something it waits for within its process, can go on. */
  get runnable(): boolean {
    return !this.done && (this.wait === undefined || this.wait.runnable);
  }

  /** Makes it runnable, from within a turn: its pending `yield` gives `value`. */
  goOn(value: unknown): void {
    this.wait = undefined;
    this.inbox = value;
    this.queue.push(this);
  }

  /** Makes it runnable: its pending `yield` gives `value`. */
  wake(value: unknown): void {
    this.wait = undefined;
    this.inbox = value;
    this.runner.enqueue(this);
  }

  /** Takes back what it waits for and makes it runnable: it tries again. */
  beginAnew(): void {
    if (this.wait?.withdraw() === true) this.wake(again);
  }

  /** What a fair alternation remembers of a guard that is made anew each time, by its tag. */
  turnOf(tag: string): Turn {
    this.turns ??= new Map();
    const turn = this.turns.get(tag) ?? { lastWon: 0 };
    this.turns.set(tag, turn);
    return turn;
  }

  /** Makes it runnable: its pending `yield` throws. */
  wakeThrowing(thrown: unknown): void {
    this.unusual |= throwingBit;
    this.wake(thrown);
  }

  /** What was to be thrown is taken out of the inbox. */
  thrown(): void {
    this.unusual &= ~throwingBit;
  }

  beginHalt(): void {
    this.unusual = haltingBit;
    this.inbox = undefined;
  }
}

/** The places, by port labels, at which a strand waits or is about to communicate; undefined while it goes on with what it was given. */
export function standsAt({ wait, about, done, halting }: Strand): readonly string[] | undefined {
  const into: Waiting = { ports: [], connections: [] };
  if (done || halting || wait?.suspends === 'all') return undefined;
  if (wait !== undefined) wait.describe(into);
  else if (about?.breathing === true) about.describe(into);
  return into.ports.length === 0 ? undefined : into.ports;
}

/** From here on times are counted that are kept with each message: small whole numbers cost the least. */
export const epochMs = Math.floor(performance.timeOrigin);

/** S71: steps within steps; the stack must not grow with the network. */
export const deepestNest = 16;

/**
 * What runs now in this thread. Turns never nest across schedulers, so one place is enough, and an operation
 * needs no handle to find its strand. `fuel` is what the strand may still do before it has to queue again; `sinceMs` is the time
 * of the last look at the clock, at most a turn ago, from `epochMs` on. `nest` says how deep steps may be done on the spot (S71). While `timing` is not 0 what runs is timed, and counts as often as that;
 * `elsewhereMs` is what of it went to steps on the spot.
 */
export const cpu: {
  strand: Strand | undefined;
  fuel: number;
  sinceMs: number;
  nest: number;
  timing: number;
  elsewhereMs: number;
} = { strand: undefined, fuel: 0, sinceMs: 0, nest: 0, timing: 0, elsewhereMs: 0 };

/** The strand that runs now. */
export function runningStrand(): Strand {
  if (cpu.strand === undefined) throw outsideProcess();
  return cpu.strand;
}

import type { Account } from './account.ts';
import { type Alternation, type Branch, endBusy, type OfferingSender } from './alternation.ts';
import { Offer } from './offer.ts';
import type { Operation, Received, Receiver, Suspension } from './port.ts';
import {
  type About,
  asked,
  breath,
  breathing,
  cpu,
  type Doing,
  idle,
  parked,
  queued,
  runningStrand,
  type Stage,
  type Strand,
  Wait,
  type Waiting,
  waiting,
} from './strand.ts';

export const noMore: Received<never> = Object.freeze({ ended: true });

const atEnd: IteratorResult<Suspension, Received<never>> = Object.freeze({ done: true, value: noMore });
const accepted: IteratorResult<Suspension, boolean> = Object.freeze({ done: true, value: true });
const refused: IteratorResult<Suspension, boolean> = Object.freeze({ done: true, value: false });

/** What the ends need of their channel. */
export interface Passage<T> {
  readonly plan: { readonly id: string; readonly from: { readonly port: string }; readonly to: { readonly port: string } };
  /** Of the process that reads. */
  readonly account: Account;
  /** Who is parked on the reading end, and on the writing end with `offered`; directly or through an alternation. */
  reader: Strand | undefined;
  writer: Strand | undefined;
  offered: T | undefined;
  /** A message can be taken, or the end is there. */
  readonly gives: boolean;
  /** No message is there, held or offered. */
  readonly empty: boolean;
  readonly accepts: boolean;
  offer(value: T): boolean | undefined;
  /** The next message; only when it gives and is not empty. */
  take(): T;
  end(): void;
  /** Why it was given up. */
  readonly poisoned: Error | undefined;
  poison(reason: Error): void;
}

/** What both ends share: at most one strand is parked on an end, directly or through an alternation. */
abstract class ChannelEnd extends Wait implements About {
  lastWon = 0;
  protected alternation: Alternation | undefined = undefined;
  protected index = 0;
  /** An end is its own operation, so that a communication allocates none; called again before it is done, it makes another. */
  protected stage: Stage = idle;
  /** How often a process had to wait here, and for how long those took that are over. */
  waits = 0;
  #waitedMs = 0;
  #sinceMs = 0;

  get breathing(): boolean {
    return this.stage === queued;
  }

  abstract readonly place: { readonly connection: string; readonly port: string };
  /** Who is parked here. */
  abstract strand: Strand | undefined;

  get turn(): this {
    return this;
  }

  /** Milliseconds a process has waited here, the wait that is under way included. */
  blockedMs(waiting: Strand | undefined): number {
    return this.#waitedMs + (waiting === undefined ? 0 : Math.max(0, cpu.sinceMs - this.#sinceMs));
  }

  protected beginWait(): void {
    this.waits++;
    this.#sinceMs = cpu.sinceMs;
  }

  protected endWait(): void {
    this.#waitedMs += cpu.sinceMs - this.#sinceMs;
  }

  enable(alternation: Alternation, index: number): void {
    if (this.strand !== undefined) throw endBusy({ facts: this.place });
    this.beginWait();
    this.strand = alternation.strand;
    this.alternation = alternation;
    this.index = index;
  }

  disable(): void {
    this.endWait();
    this.strand = undefined;
    this.alternation = undefined;
  }

  cancel(): void {
    this.disable();
  }

  protected choose(given: unknown): void {
    const alternation = this.alternation as Alternation;
    this.disable();
    alternation.choose(this.index, given);
  }

  /** The running strand, which is about to be parked here; whoever calls this yields `parked` next, or the end itself. */
  protected toPark(): Strand {
    if (this.strand !== undefined) throw endBusy({ facts: this.place });
    const strand = runningStrand();
    strand.wait = this;
    this.beginWait();
    return strand;
  }

  /** `yield*` asks for this when the process is ended while it waits here. */
  return(value: unknown): IteratorResult<Suspension, never> {
    this.stage = idle;
    return { done: true, value: value as never };
  }

  /** The same when what it waits for will throw. */
  throw(thrown: unknown): never {
    this.stage = idle;
    throw thrown;
  }

  /** C14: whoever is parked here is thrown the reason. */
  fail(reason: Error): void {
    const { strand, alternation } = this;
    if (strand === undefined) return;
    this.disable();
    if (alternation === undefined) strand.wakeThrowing(reason);
    else alternation.fail(reason);
  }

  describe(into: Waiting): void {
    const { connection, port } = this.place;
    into.ports.push(port);
    into.connections.push(connection);
  }
}

/** The reading end. */
export class ReceiverEnd<T> extends ChannelEnd implements Receiver<T>, Branch<Received<T>>, Doing<Received<T>> {
  declare readonly guards: Received<T>;
  /** What the parked strand was told: this message, or the end. */
  #told: T | undefined = undefined;
  #toldEnd = false;
  #channel: Passage<T>;

  constructor(channel: Passage<T>) {
    super();
    this.#channel = channel;
  }

  /** Belongs to this channel from now on, and so does who is parked here. */
  join(channel: Passage<T>): void {
    channel.reader = this.#channel.reader;
    this.#channel.reader = undefined;
    this.#channel = channel;
  }

  get suspends(): string {
    return 'receive';
  }

  get strand(): Strand | undefined {
    return this.#channel.reader;
  }

  set strand(parkedHere: Strand | undefined) {
    this.#channel.reader = parkedHere;
  }

  get place(): { readonly connection: string; readonly port: string } {
    const { id, to } = this.#channel.plan;
    return { connection: id, port: to.port };
  }

  receive(): Operation<Received<T>> {
    if (this.stage !== idle) return this.#receiveBeside();
    this.stage = asked;
    return this;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Suspension, Received<T>> {
    const { stage } = this;
    if (stage === waiting) {
      this.stage = idle;
      return this.#toldEnd ? atEnd : { done: true, value: { ended: false, value: this.#told as T } };
    }
    if (stage === idle) return { done: true, value: undefined as never };
    if (stage === asked && --cpu.fuel < 0) {
      this.stage = queued;
      runningStrand().about = this;
      return breathing;
    }
    const channel = this.#channel;
    if (channel.gives) {
      this.stage = idle;
      if (channel.empty) return channel.poisoned === undefined ? atEnd : this.throw(channel.poisoned);
      return { done: true, value: { ended: false, value: channel.take() } };
    }
    channel.account.end();
    channel.reader = this.toPark();
    this.stage = waiting;
    return parked;
  }

  *#receiveBeside(): Operation<Received<T>> {
    if (--cpu.fuel < 0) yield breath;
    if (this.#channel.gives) return this.take();
    this.#channel.account.end();
    this.#channel.reader = this.toPark();
    yield this;
    return this.#toldEnd ? noMore : { ended: false, value: this.#told as T };
  }

  ready(): boolean {
    return this.#channel.gives;
  }

  take(): Received<T> {
    const channel = this.#channel;
    if (!channel.empty) return { ended: false, value: channel.take() };
    if (channel.poisoned !== undefined) throw channel.poisoned;
    return noMore;
  }

  poison(reason: Error): void {
    this.#channel.poison(reason);
  }

  /** Hands a message to the one who is parked here. */
  hand(reader: Strand, value: T): void {
    if (this.alternation === undefined) {
      this.#told = value;
      this.#toldEnd = false;
      this.#channel.reader = undefined;
      this.endWait();
      reader.goOn();
    } else this.choose({ ended: false, value });
  }

  /** Tells the one who is parked here that nothing follows. */
  handEnd(reader: Strand): void {
    if (this.alternation === undefined) {
      this.#told = undefined;
      this.#toldEnd = true;
      this.#channel.reader = undefined;
      this.endWait();
      reader.goOn();
    } else this.choose(noMore);
  }
}

/** The writing end. */
export class SenderEnd<T> extends ChannelEnd implements OfferingSender<T>, Doing<boolean> {
  /** The message of the operation handed out. */
  #message: T | undefined = undefined;
  #sent = true;
  #channel: Passage<T>;

  constructor(channel: Passage<T>) {
    super();
    this.#channel = channel;
  }

  /** Belongs to this channel from now on, and so does who is parked here with what it offers. */
  join(channel: Passage<T>): void {
    [channel.writer, channel.offered] = [this.#channel.writer, this.#channel.offered];
    [this.#channel.writer, this.#channel.offered] = [undefined, undefined];
    this.#channel = channel;
  }

  get accepts(): boolean {
    return this.#channel.accepts;
  }

  /** As `send`, when it need not wait. */
  put(value: T): boolean {
    return this.#channel.offer(value) ?? false;
  }

  /** What the parked strand would send. */
  set offered(value: T | undefined) {
    this.#channel.offered = value;
  }

  get offered(): T | undefined {
    return this.#channel.offered;
  }

  get suspends(): string {
    return 'send';
  }

  get strand(): Strand | undefined {
    return this.#channel.writer;
  }

  set strand(parkedHere: Strand | undefined) {
    this.#channel.writer = parkedHere;
  }

  get place(): { readonly connection: string; readonly port: string } {
    const { id, from } = this.#channel.plan;
    return { connection: id, port: from.port };
  }

  send(value: T): Operation<boolean> {
    if (this.stage !== idle) return this.#sendBeside(value);
    this.stage = asked;
    this.#message = value;
    return this;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Suspension, boolean> {
    const { stage } = this;
    if (stage === waiting) {
      this.stage = idle;
      return this.#sent ? accepted : refused;
    }
    if (stage === idle) return { done: true, value: undefined as never };
    if (stage === asked && --cpu.fuel < 0) {
      this.stage = queued;
      runningStrand().about = this;
      return breathing;
    }
    this.stage = idle;
    const channel = this.#channel;
    const message = this.#message as T;
    this.#message = undefined;
    const taken = channel.offer(message);
    if (taken !== undefined) return taken ? accepted : refused;
    channel.writer = this.toPark();
    channel.offered = message;
    this.stage = waiting;
    return parked;
  }

  *#sendBeside(value: T): Operation<boolean> {
    if (--cpu.fuel < 0) yield breath;
    const taken = this.#channel.offer(value);
    if (taken !== undefined) return taken;
    this.#channel.writer = this.toPark();
    this.#channel.offered = value;
    yield this;
    return this.#sent;
  }

  *end(): Operation<void> {
    if (--cpu.fuel < 0) yield breath;
    this.#channel.end();
  }

  poison(reason: Error): void {
    this.#channel.poison(reason);
  }

  offering(value: T): Branch<{ readonly sent: boolean }> {
    return new Offer(this, value);
  }

  override disable(): void {
    super.disable();
    this.#channel.offered = undefined;
  }

  /** Tells the one who is parked here what became of the message. */
  tell(writer: Strand, sent: boolean): void {
    const channel = this.#channel;
    channel.offered = undefined;
    if (this.alternation === undefined) {
      this.#sent = sent;
      channel.writer = undefined;
      this.endWait();
      writer.goOn();
    } else this.choose({ sent });
  }
}

import type { Branch, OfferingSender } from '#runtime/alternation.ts';
import type { Operation, Received, Receiver, Suspension } from '#runtime/port.ts';
import { nest } from '#runtime/processes/nest.ts';
import {
  again,
  asked,
  breath,
  breathing,
  cpu,
  type Doing,
  idle,
  parked,
  queued,
  runningStrand,
  type SteppingBody,
  type Strand,
  waiting,
} from '#runtime/processes/strand.ts';
import { ChannelEnd } from './channel-end.ts';
import { Offer } from './offer.ts';
import { noMore, none } from './passage.ts';

const atEnd: IteratorResult<Suspension, Received<never>> = Object.freeze({ done: true, value: noMore });
const accepted: IteratorResult<Suspension, boolean> = Object.freeze({ done: true, value: true });
const refused: IteratorResult<Suspension, boolean> = Object.freeze({ done: true, value: false });

/** The reading end. */
export class ReceiverEnd<T> extends ChannelEnd<T> implements Receiver<T>, Branch<Received<T>>, Doing<Received<T>> {
  declare readonly guards: Received<T>;
  get suspends(): string {
    return 'receive';
  }

  get strand(): Strand | undefined {
    return this.passage.reader;
  }

  set strand(parkedHere: Strand | undefined) {
    this.passage.reader = parkedHere;
  }

  get place(): { readonly connection: string; readonly port: string } {
    const { id, to } = this.passage.plan;
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

  /** @param told in the inbox of the strand that was parked here: the message, or `none` at the end. */
  next(told?: unknown): IteratorResult<Suspension, Received<T>> {
    if (this.stage !== asked || --cpu.fuel < 0) return this.#nextUnusual(told);
    return this.#receiveNow();
  }

  #receiveNow(): IteratorResult<Suspension, Received<T>> {
    const channel = this.passage;
    const value = channel.take();
    if (value !== none) {
      this.stage = idle;
      return { done: true, value: { ended: false, value: value as T } };
    }
    if (channel.gives) {
      if (channel.poisoned !== undefined) return this.throw(channel.poisoned);
      this.stage = idle;
      return atEnd;
    }
    channel.account.end();
    channel.reader = this.toPark();
    this.stage = waiting;
    return parked;
  }

  #nextUnusual(told: unknown): IteratorResult<Suspension, Received<T>> {
    const { stage } = this;
    if (stage === waiting) {
      this.stage = idle;
      return told === none ? atEnd : { done: true, value: { ended: false, value: told as T } };
    }
    if (stage === idle) return { done: true, value: undefined as never };
    if (stage === queued) return this.#receiveNow();
    this.stage = queued;
    runningStrand().about = this;
    return breathing;
  }

  *#receiveBeside(): Operation<Received<T>> {
    if (--cpu.fuel < 0) yield breath;
    let told: unknown;
    do {
      if (this.passage.gives) return this.take();
      this.passage.account.end();
      this.passage.reader = this.toPark();
      told = yield this;
    } while (told === again);
    return told === none ? noMore : { ended: false, value: told as T };
  }

  /** The same without an operation, when a message is there and the fuel lasts; else `none`. */
  takeNow(): T | typeof none {
    if (this.stage !== idle || cpu.fuel <= 0) return none;
    const value = this.passage.take();
    if (value !== none) cpu.fuel--;
    return value;
  }

  ready(): boolean {
    return this.passage.gives;
  }

  take(): Received<T> {
    const channel = this.passage;
    const value = channel.take();
    if (value !== none) return { ended: false, value: value as T };
    if (channel.poisoned !== undefined) throw channel.poisoned;
    return noMore;
  }

  poison(reason: Error): void {
    this.passage.poison(reason);
  }

  /** Hands a message to the one who is parked here. */
  hand(reader: Strand, value: T): void {
    if (cpu.nest > 0 && reader.stepping !== undefined && this.#mayNest(reader)) this.#nest(reader, reader.stepping, value);
    else if (this.alternation === undefined) {
      this.passage.reader = undefined;
      this.endWait();
      reader.goOn(value);
    } else this.choose({ ended: false, value });
  }

  #mayNest(reader: Strand): boolean {
    const usual = cpu.fuel > 0 && reader.unusual === 0 && reader.queue === cpu.strand?.queue;
    return usual && reader.stepping?.waitsFor(this) === true;
  }

  /** S71: a process that steps, parked here, does its step in the turn of the sender; mostly it then stands here again. */
  #nest(reader: Strand, body: SteppingBody, value: T): void {
    const channel = this.passage;
    channel.reader = undefined;
    this.endWait();
    const stopped = nest(reader, body, value);
    if (stopped === undefined) {
      channel.account.end();
      this.beginWait();
      channel.reader = reader;
    } else {
      this.stage = idle;
      if (stopped === breathing) reader.goOn(undefined);
    }
  }

  /** Tells the one who is parked here that nothing follows. */
  handEnd(reader: Strand): void {
    if (this.alternation === undefined) {
      this.passage.reader = undefined;
      this.endWait();
      reader.goOn(none);
    } else this.choose(noMore);
  }
}

/** The writing end. */
export class SenderEnd<T> extends ChannelEnd<T> implements OfferingSender<T>, Doing<boolean> {
  /** The message of the operation handed out. */
  #message: T | undefined = undefined;

  get suspends(): string {
    return 'send';
  }

  get strand(): Strand | undefined {
    return this.passage.writer;
  }

  set strand(parkedHere: Strand | undefined) {
    this.passage.writer = parkedHere;
  }

  get place(): { readonly connection: string; readonly port: string } {
    const { id, from } = this.passage.plan;
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

  /** @param told in the inbox of the strand that was parked here: whether it was sent. */
  next(told?: unknown): IteratorResult<Suspension, boolean> {
    if (this.stage !== asked || --cpu.fuel < 0) return this.#nextUnusual(told);
    return this.#sendNow();
  }

  #sendNow(): IteratorResult<Suspension, boolean> {
    this.stage = idle;
    const channel = this.passage;
    const message = this.#message as T;
    const taken = channel.offer(message);
    if (taken !== undefined) return taken ? accepted : refused;
    channel.writer = this.toPark();
    channel.offered = message;
    this.stage = waiting;
    return parked;
  }

  #nextUnusual(told: unknown): IteratorResult<Suspension, boolean> {
    const { stage } = this;
    if (stage === waiting) {
      this.stage = idle;
      return told === false ? refused : accepted;
    }
    if (stage === idle) return { done: true, value: undefined as never };
    if (stage === queued) return this.#sendNow();
    this.stage = queued;
    runningStrand().about = this;
    return breathing;
  }

  *#sendBeside(value: T): Operation<boolean> {
    if (--cpu.fuel < 0) yield breath;
    let told: unknown;
    do {
      const taken = this.passage.offer(value);
      if (taken !== undefined) return taken;
      this.passage.writer = this.toPark();
      this.passage.offered = value;
      told = yield this;
    } while (told === again);
    return told !== false;
  }

  /** The same without an operation, when it need not wait and the fuel lasts; else undefined. */
  offerNow(value: T): boolean | undefined {
    if (this.stage !== idle || cpu.fuel <= 0) return undefined;
    cpu.fuel--;
    return this.passage.offer(value);
  }

  *end(): Operation<void> {
    if (--cpu.fuel < 0) yield breath;
    this.passage.end();
  }

  poison(reason: Error): void {
    this.passage.poison(reason);
  }

  offering(value: T): Branch<{ readonly sent: boolean }> {
    return new Offer(this, value);
  }

  override disable(): void {
    super.disable();
    this.passage.offered = undefined;
  }

  override withdraw(): boolean {
    if (this.stage === waiting) this.#message = this.passage.offered;
    return super.withdraw();
  }

  /** Tells the one who is parked here what became of the message. */
  tell(writer: Strand, sent: boolean): void {
    const channel = this.passage;
    channel.offered = undefined;
    if (this.alternation === undefined) {
      channel.writer = undefined;
      this.endWait();
      writer.goOn(sent);
    } else this.choose({ sent });
  }
}

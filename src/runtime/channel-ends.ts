import { type Alternation, type Branch, endBusy, type OfferingSender } from './alternation.ts';
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

const accepted: IteratorResult<Suspension, boolean> = Object.freeze({ done: true, value: true });
const refused: IteratorResult<Suspension, boolean> = Object.freeze({ done: true, value: false });

/** What the ends need of their channel. */
export interface Passage<T> {
  readonly plan: { readonly id: string; readonly from: { readonly port: string }; readonly to: { readonly port: string } };
  readonly sender: SenderEnd<T>;
  readonly gives: boolean;
  readonly accepts: boolean;
  offer(value: T): boolean | undefined;
  take(): Received<T> | undefined;
  end(): void;
}

/** What both ends share: at most one strand is parked on an end, directly or through an alternation. */
abstract class ChannelEnd extends Wait implements About {
  lastWon = 0;
  /** Who is parked here. */
  strand: Strand | undefined = undefined;
  protected alternation: Alternation | undefined = undefined;
  protected index = 0;
  /** An end is its own operation, so that a communication allocates none; called again before it is done, it makes another. */
  protected stage: Stage = idle;

  get breathing(): boolean {
    return this.stage === queued;
  }

  abstract readonly place: { readonly connection: string; readonly port: string };

  get turn(): this {
    return this;
  }

  /** Parks the running strand; whoever calls this yields `parked` next, or the end itself. */
  protected park(): void {
    if (this.strand !== undefined) throw endBusy({ facts: this.place });
    const strand = runningStrand();
    this.strand = strand;
    strand.wait = this;
  }

  enable(alternation: Alternation, index: number): void {
    if (this.strand !== undefined) throw endBusy({ facts: this.place });
    this.strand = alternation.strand;
    this.alternation = alternation;
    this.index = index;
  }

  disable(): void {
    this.strand = undefined;
    this.alternation = undefined;
  }

  cancel(): void {
    this.disable();
  }

  /** `yield*` asks for this when the process is ended while it waits here. */
  return(value: unknown): IteratorResult<Suspension, never> {
    this.stage = idle;
    return { done: true, value: value as never };
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
  readonly #channel: Passage<T>;

  constructor(channel: Passage<T>) {
    super();
    this.#channel = channel;
  }

  get suspends(): string {
    return 'receive';
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

  next(given: unknown): IteratorResult<Suspension, Received<T>> {
    const { stage } = this;
    this.stage = idle;
    if (stage === waiting) return { done: true, value: given as Received<T> };
    if (stage === idle) return { done: true, value: undefined as never };
    if (stage === asked && --cpu.fuel < 0) {
      this.stage = queued;
      runningStrand().about = this;
      return breathing;
    }
    const got = this.#channel.take();
    if (got !== undefined) return { done: true, value: got };
    this.park();
    this.stage = waiting;
    return parked;
  }

  *#receiveBeside(): Operation<Received<T>> {
    if (--cpu.fuel < 0) yield breath;
    const got = this.#channel.take();
    if (got !== undefined) return got;
    this.park();
    return (yield this) as Received<T>;
  }

  ready(): boolean {
    return this.#channel.gives;
  }

  take(): Received<T> {
    return this.#channel.take() ?? noMore;
  }

  /** Hands `got` to whoever is parked here. */
  wake(got: Received<T>): void {
    const { strand, alternation } = this;
    this.strand = undefined;
    if (alternation === undefined) {
      strand?.wake(got);
    } else {
      this.alternation = undefined;
      alternation.choose(this.index, got);
    }
  }
}

/** The writing end. */
export class SenderEnd<T> extends ChannelEnd implements OfferingSender<T>, Doing<boolean> {
  /** The message of the parked strand. */
  offered: T | undefined = undefined;
  /** The message of the operation handed out. */
  #message: T | undefined = undefined;
  readonly #channel: Passage<T>;

  constructor(channel: Passage<T>) {
    super();
    this.#channel = channel;
  }

  get suspends(): string {
    return 'send';
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

  next(given: unknown): IteratorResult<Suspension, boolean> {
    const { stage } = this;
    this.stage = idle;
    if (stage === waiting) return given === true ? accepted : refused;
    if (stage === idle) return { done: true, value: undefined as never };
    if (stage === asked && --cpu.fuel < 0) {
      this.stage = queued;
      runningStrand().about = this;
      return breathing;
    }
    const message = this.#message as T;
    this.#message = undefined;
    const taken = this.#channel.offer(message);
    if (taken !== undefined) return taken ? accepted : refused;
    this.park();
    this.offered = message;
    this.stage = waiting;
    return parked;
  }

  *#sendBeside(value: T): Operation<boolean> {
    if (--cpu.fuel < 0) yield breath;
    const accepted = this.#channel.offer(value);
    if (accepted !== undefined) return accepted;
    this.park();
    this.offered = value;
    return (yield this) as boolean;
  }

  *end(): Operation<void> {
    if (--cpu.fuel < 0) yield breath;
    this.#channel.end();
  }

  offering(value: T): Branch<{ readonly sent: boolean }> {
    return new Offer(this.#channel, value);
  }

  override disable(): void {
    super.disable();
    this.offered = undefined;
  }

  /** Tells whoever is parked here what became of the message. */
  wake(sent: boolean): void {
    const { strand, alternation } = this;
    this.strand = undefined;
    this.offered = undefined;
    if (alternation === undefined) {
      strand?.wake(sent);
    } else {
      this.alternation = undefined;
      alternation.choose(this.index, { sent });
    }
  }
}

/** An output guard: the writing end together with the message it would send. */
class Offer<T> implements Branch<{ readonly sent: boolean }> {
  declare readonly guards: { readonly sent: boolean };
  readonly #channel: Passage<T>;
  readonly #value: T;

  constructor(channel: Passage<T>, value: T) {
    this.#channel = channel;
    this.#value = value;
  }

  get turn(): SenderEnd<T> {
    return this.#channel.sender;
  }

  ready(): boolean {
    return this.#channel.accepts;
  }

  take(): { readonly sent: boolean } {
    return { sent: this.#channel.offer(this.#value) ?? false };
  }

  enable(alternation: Alternation, index: number): void {
    this.#channel.sender.enable(alternation, index);
    this.#channel.sender.offered = this.#value;
  }

  disable(): void {
    this.#channel.sender.disable();
  }

  describe(into: Waiting): void {
    this.#channel.sender.describe(into);
  }
}

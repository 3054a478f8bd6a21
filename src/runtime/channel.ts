import { defineError } from '#base/errors.ts';
import type { FullPolicy } from '#model/design.ts';
import type { ChannelStatus } from '#model/session.ts';
import { type Alternation, type Branch, endBusy, type OfferingSender } from './alternation.ts';
import type { Operation, Received, Receiver } from './port.ts';
import { Ring } from './ring.ts';
import { breath, cpu, runningStrand, type Strand, Wait, type Waiting } from './strand.ts';

const sendAfterEnd = defineError(
  'RUNTIME_SEND_AFTER_END',
  'bug',
  'A process sent on an output that it had already ended; nothing can follow the end.',
);

/** Messages remembered for whoever looks at a connection later. */
export const keptSamples = 20;

/** A message as it passed: `number` counts the messages received on the channel from 1, the time is that of the turn. */
export interface ChannelSample {
  readonly number: number;
  readonly atMs: number;
  readonly value: unknown;
}

export interface ChannelPlan {
  readonly id: string;
  /** Messages it holds; 0 is a rendezvous. */
  readonly capacity: number;
  readonly policy: FullPolicy;
  readonly from: ChannelEndPlan;
  readonly to: ChannelEndPlan;
}

/** Which process holds an end, and what that process calls it, such as `out[2]`. */
export interface ChannelEndPlan {
  readonly process: string;
  readonly port: string;
}

const noMore: Received<never> = Object.freeze({ ended: true });

/** What both ends share: at most one strand is parked on an end, directly or through an alternation. */
abstract class ChannelEnd extends Wait {
  readonly turn = this;
  lastWon = 0;
  /** Who is parked here. */
  strand: Strand | undefined = undefined;
  protected alternation: Alternation | undefined = undefined;
  protected index = 0;
  readonly #channel: string;
  readonly #port: string;

  constructor(channel: string, port: string) {
    super();
    this.#channel = channel;
    this.#port = port;
  }

  protected park(): void {
    if (this.strand !== undefined) throw this.#busy();
    this.strand = runningStrand();
  }

  enable(alternation: Alternation, index: number): void {
    if (this.strand !== undefined) throw this.#busy();
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

  describe(into: Waiting): void {
    into.ports.push(this.#port);
    into.connections.push(this.#channel);
  }

  #busy(): Error {
    return endBusy({ facts: { connection: this.#channel, port: this.#port } });
  }
}

/** The reading end. */
class ReceiverEnd<T> extends ChannelEnd implements Receiver<T>, Branch<Received<T>> {
  declare readonly guards: Received<T>;
  readonly suspends = 'receive';
  readonly #channel: Channel<T>;

  constructor(channel: Channel<T>, port: string) {
    super(channel.id, port);
    this.#channel = channel;
  }

  *receive(): Operation<Received<T>> {
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
    const { strand, alternation, index } = this;
    this.disable();
    if (alternation !== undefined) alternation.choose(index, got);
    else strand?.wake(got);
  }
}

/** The writing end. */
class SenderEnd<T> extends ChannelEnd implements OfferingSender<T> {
  readonly suspends = 'send';
  /** The message of the parked strand. */
  offered: T | undefined = undefined;
  readonly #channel: Channel<T>;

  constructor(channel: Channel<T>, port: string) {
    super(channel.id, port);
    this.#channel = channel;
  }

  *send(value: T): Operation<boolean> {
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
    const { strand, alternation, index } = this;
    this.disable();
    if (alternation !== undefined) alternation.choose(index, { sent });
    else strand?.wake(sent);
  }
}

/** An output guard: the writing end together with the message it would send. */
class Offer<T> implements Branch<{ readonly sent: boolean }> {
  declare readonly guards: { readonly sent: boolean };
  readonly #channel: Channel<T>;
  readonly #value: T;

  constructor(channel: Channel<T>, value: T) {
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

/**
 * A connection in a run: passes messages from one process to another, in order, and counts them.
 *
 * Invariants (`docs/spec/channel.md`): sent = received + dropped + depth (C4); depth ≤ capacity (C5); a strand is parked on
 * the reading end only while nothing can be taken, on the writing end only while nothing more is accepted (C1, C3).
 */
export class Channel<T = unknown> {
  readonly id: string;
  readonly sender: SenderEnd<T>;
  readonly receiver: ReceiverEnd<T>;
  readonly plan: ChannelPlan;
  readonly #held = new Ring<T>();
  readonly #capacity: number;
  readonly #policy: FullPolicy;
  #sent = 0;
  #received = 0;
  #dropped = 0;
  #highWater = 0;
  #ended = false;
  #readerGone = false;
  readonly #sampleValues: T[] = [];
  readonly #sampleTimesMs: number[] = [];
  #listener: ((sample: ChannelSample) => void) | undefined = undefined;

  constructor(plan: ChannelPlan) {
    this.plan = plan;
    this.id = plan.id;
    this.#capacity = plan.capacity;
    this.#policy = plan.policy;
    this.sender = new SenderEnd(this, plan.from.port);
    this.receiver = new ReceiverEnd(this, plan.to.port);
  }

  /** Messages accepted from the sender. */
  get sent(): number {
    return this.#sent;
  }

  /** Messages handed to the receiver. */
  get received(): number {
    return this.#received;
  }

  /** True when `take` would give something. */
  get gives(): boolean {
    return this.#held.size > 0 || this.sender.strand !== undefined || this.#ended;
  }

  /** True when `offer` would not have to wait. */
  get accepts(): boolean {
    return (
      this.receiver.strand !== undefined ||
      this.#held.size < this.#capacity ||
      this.#policy !== 'block' ||
      this.#readerGone ||
      this.#ended
    );
  }

  /** Gives a message to the reader or the buffer: true when accepted, false when the reader has gone, undefined when it must wait. */
  offer(value: T): boolean | undefined {
    if (this.#ended) throw sendAfterEnd({ facts: { connection: this.id, port: this.plan.from.port } });
    if (this.#readerGone) return this.#lose(false);
    if (this.receiver.strand !== undefined) {
      this.#sent++;
      this.receiver.wake(this.#pass(value));
      return true;
    }
    if (this.#held.size < this.#capacity) {
      this.#sent++;
      this.#hold(value);
      return true;
    }
    if (this.#policy === 'block') return undefined;
    if (this.#policy === 'drop-oldest' && this.#capacity > 0) {
      this.#held.shift();
      this.#held.push(value);
    }
    return this.#lose(true);
  }

  /** The next message, the end, or undefined when one must wait. */
  take(): Received<T> | undefined {
    const { sender } = this;
    if (this.#held.size > 0) {
      const value = this.#held.shift() as T;
      if (sender.strand !== undefined) {
        this.#sent++;
        this.#held.push(sender.offered as T);
        sender.wake(true);
      }
      return this.#pass(value);
    }
    if (sender.strand !== undefined) {
      const value = sender.offered as T;
      this.#sent++;
      sender.wake(true);
      return this.#pass(value);
    }
    return this.#ended ? noMore : undefined;
  }

  /** Nothing follows: the reader gets the end after everything sent before (C7). */
  end(): void {
    this.#ended = true;
    if (this.receiver.strand !== undefined) this.receiver.wake(noMore);
  }

  /** The reader has gone: what is held or offered, and everything sent later, counts as dropped (C9). */
  closeReader(): void {
    if (this.#readerGone) return;
    this.#readerGone = true;
    this.#dropped += this.#held.size;
    this.#held.clear();
    if (this.sender.strand === undefined) return;
    this.#lose(false);
    this.sender.wake(false);
  }

  /** Calls `listener` for each message as it passes, from within the run: it must be quick and must not throw. One at a time. */
  onSample(listener: ((sample: ChannelSample) => void) | undefined): void {
    this.#listener = listener;
  }

  /** The last messages that passed, oldest first. */
  samples(): ChannelSample[] {
    const list: ChannelSample[] = [];
    for (let number = Math.max(1, this.#received - keptSamples + 1); number <= this.#received; number++) {
      const slot = number % keptSamples;
      list.push({ number, atMs: this.#sampleTimesMs[slot] ?? 0, value: this.#sampleValues[slot] });
    }
    return list;
  }

  status(): ChannelStatus {
    return {
      connection: this.id,
      sent: this.#sent,
      received: this.#received,
      dropped: this.#dropped,
      depth: this.#held.size,
      capacity: this.#capacity,
      highWater: this.#highWater,
      blocked: this.sender.strand !== undefined ? 'sender' : this.receiver.strand !== undefined ? 'receiver' : 'none',
      ended: this.#ended,
      perSecond: 0,
    };
  }

  #hold(value: T): void {
    this.#held.push(value);
    if (this.#held.size > this.#highWater) this.#highWater = this.#held.size;
  }

  #lose(accepted: boolean): boolean {
    this.#sent++;
    this.#dropped++;
    return accepted;
  }

  #pass(value: T): Received<T> {
    const number = ++this.#received;
    const slot = number % keptSamples;
    const atMs = cpu.strand?.runner.nowMs ?? 0;
    this.#sampleValues[slot] = value;
    this.#sampleTimesMs[slot] = atMs;
    if (this.#listener !== undefined) this.#listener({ number, atMs, value });
    return { ended: false, value };
  }
}

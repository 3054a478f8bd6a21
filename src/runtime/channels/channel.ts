import { defineError } from '#base/errors.ts';
import type { FullPolicy } from '#model/design.ts';
import type { ChannelStatus } from '#model/sessions/session.ts';
import { type ChannelSample, Listeners } from '#runtime/listeners.ts';
import { Account, bytesOf, isTimed, messagesASample } from '#runtime/processes/account.ts';
import { cpu, epochMs, type Strand } from '#runtime/processes/strand.ts';
import type { SavedChannel } from '#runtime/swap/saved-network.ts';
import { ReceiverEnd, SenderEnd } from './channel-ends.ts';
import { none, type Passage } from './passage.ts';
import { Ring } from './ring.ts';
import { ClosedPassage } from './valve.ts';

const sendAfterEnd = defineError(
  'RUNTIME_SEND_AFTER_END',
  'bug',
  'A process sent on an output that it had already ended; nothing can follow the end.',
);

/** Messages remembered for whoever looks at a connection later. */
export const keptSamples = 20;
/** Room for these is made first: in networks of thousands most connections pass few. */
const firstSamples = 8;

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

/**
 * A connection in a run: passes messages from one process to another, in order, and counts them.
 *
 * Invariants (`docs/spec/channel.md`): sent = received + dropped + depth (C4); depth ≤ capacity (C5); a strand is parked on
 * the reading end only while nothing can be taken, on the writing end only while nothing more is accepted (C1, C3).
 */
export class Channel<T = unknown> implements Passage<T> {
  sender: SenderEnd<T>;
  receiver: ReceiverEnd<T>;
  plan: ChannelPlan;
  account: Account;
  reader: Strand | undefined = undefined;
  writer: Strand | undefined = undefined;
  offered: T | undefined = undefined;
  poisoned: Error | undefined = undefined;
  /** True when its reader goes on with another channel behind it: then it has no end. */
  continued = false;
  #capacity: number;
  #blocks: boolean;
  /** What the buffer holds; made with the first message. */
  #held: Ring<T> | undefined = undefined;
  #depth = 0;
  #received = 0;
  #dropped = 0;
  #highWater = 0;
  #weighed = 0;
  #weighedBytes = 0;
  #ended = false;
  #readerGone = false;
  /** The last messages, each with its time behind it, made with the first; a message lies at its number modulo how many are kept. */
  #samples: unknown[] | undefined = undefined;
  #slot = 0;
  #lastSlot = firstSamples * 2 - 2;
  #firstSample = 1;
  #listeners: Listeners | undefined = undefined;

  /** @param account of the process that reads. */
  constructor(plan: ChannelPlan, account = new Account()) {
    this.plan = plan;
    this.account = account;
    this.#capacity = plan.capacity;
    this.#blocks = plan.policy === 'block';
    this.sender = new SenderEnd(this);
    this.receiver = new ReceiverEnd(this);
  }

  get id(): string {
    return this.plan.id;
  }

  /** Messages accepted from the sender (C4). */
  get sent(): number {
    return this.#received + this.#dropped + this.#depth;
  }

  /** Messages handed to the receiver. */
  get received(): number {
    return this.#received;
  }

  /** True while a message is held, or offered by a sender that waits. */
  get holds(): boolean {
    return this.#depth > 0 || this.writer !== undefined;
  }

  get gives(): boolean {
    return this.#depth > 0 || this.writer !== undefined || this.#ended;
  }

  /** True when `offer` would not have to wait. */
  get accepts(): boolean {
    return this.reader !== undefined || this.#depth < this.#capacity || !this.#blocks || this.#readerGone || this.#ended;
  }

  /** Gives a message to the reader or the buffer: true when accepted, false when the reader has gone, undefined when it must wait. */
  offer(value: T): boolean | undefined {
    if (this.#ended) throw this.poisoned ?? sendAfterEnd({ facts: { connection: this.id, port: this.plan.from.port } });
    const { reader } = this;
    if (reader !== undefined) {
      this.#pass(value);
      this.receiver.hand(reader, value);
      return true;
    }
    if (this.#depth < this.#capacity && !this.#readerGone) {
      this.#hold(value);
      return true;
    }
    return this.#offerInVain(value);
  }

  #offerInVain(value: T): boolean | undefined {
    if (this.#readerGone) {
      this.#dropped++;
      return false;
    }
    return this.#blocks ? undefined : this.#drop(value);
  }

  take(): T | typeof none {
    const { writer } = this;
    let value: T;
    if (this.#depth > 0) {
      value = (this.#held as Ring<T>).shift() as T;
      this.#depth--;
      if (writer !== undefined && this.#depth < this.#capacity) {
        this.#hold(this.offered as T);
        this.sender.tell(writer, true);
      }
    } else if (writer !== undefined) {
      value = this.offered as T;
      this.sender.tell(writer, true);
    } else return none;
    this.#pass(value);
    return value;
  }

  /** Nothing follows: the reader gets the end after everything sent before (C7). */
  end(): void {
    if (this.continued) return;
    if (!this.#ended) this.#listeners?.ended();
    this.#ended = true;
    if (this.reader !== undefined && !this.closed) this.receiver.handEnd(this.reader);
  }

  /** The reader has gone: what is held or offered, and everything sent later, counts as dropped (C9). */
  closeReader(): void {
    if (this.#readerGone) return;
    this.#readerGone = true;
    this.#dropped += this.#depth;
    this.#depth = 0;
    this.#held = undefined;
    if (this.writer === undefined || this.closed) return;
    this.#dropped++;
    this.sender.tell(this.writer, false);
  }

  /** Nothing more passes (C14): what is held is dropped, and whoever waits here or comes later is thrown the reason. */
  poison(reason: Error): void {
    if (this.poisoned !== undefined || this.#readerGone || (this.#ended && !this.holds)) return;
    this.poisoned = reason;
    if (!this.#ended) this.#listeners?.ended();
    this.#ended = true;
    this.#dropped += this.#depth;
    this.#depth = 0;
    this.#held = undefined;
    if (this.closed) return;
    this.sender.fail(reason);
    this.receiver.fail(reason);
  }

  /** Calls `listener` for each message as it passes, from within the run: it must be quick and must not throw. Call what it gives to stop. */
  onSample(listener: (sample: ChannelSample) => void): () => void {
    return this.#listen((listeners) => listeners.onSample(listener));
  }

  /** Calls `listener` when the end is said, or the channel is given up; as with `onSample`. */
  onEnd(listener: () => void): () => void {
    return this.#listen((listeners) => listeners.onEnd(listener));
  }

  /** S38: from now on nothing passes. Between turns only. */
  close(): void {
    if (this.closed) return;
    const valve = new ClosedPassage(this);
    this.sender.passage = valve;
    this.receiver.passage = valve;
  }

  /** Undoes `close`: who waits here begins its operation anew. Between turns only. */
  open(): void {
    if (!this.closed) return;
    this.sender.passage = this;
    this.receiver.passage = this;
    this.writer?.beginAnew();
    this.reader?.beginAnew();
  }

  get closed(): boolean {
    return this.sender.passage !== this;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** True when nobody will read it again. */
  get readerGone(): boolean {
    return this.#readerGone;
  }

  /** Gives its writing end away, for another channel to take; who waits there begins anew. Between turns only (S30). */
  releaseSender(): SenderEnd<T> {
    const end = this.sender;
    this.writer?.beginAnew();
    this.sender = new SenderEnd(this);
    this.sender.lastWon = end.lastWon;
    return end;
  }

  /** The same with its reading end. */
  releaseReceiver(): ReceiverEnd<T> {
    const end = this.receiver;
    this.reader?.beginAnew();
    this.receiver = new ReceiverEnd(this);
    this.receiver.lastWon = end.lastWon;
    return end;
  }

  takeSender(end: SenderEnd<T>): void {
    end.passage = this;
    this.sender = end;
  }

  takeReceiver(end: ReceiverEnd<T>): void {
    end.passage = this;
    this.receiver = end;
  }

  /** Another capacity or policy. What a smaller buffer does not hold goes as its policy says, and stays where that is `block` (S33). */
  replan(plan: ChannelPlan): void {
    this.plan = plan;
    this.#capacity = plan.capacity;
    this.#blocks = plan.policy === 'block';
    const surplus = this.#depth - this.#capacity;
    if (surplus > 0 && !this.#blocks) {
      const held = this.#held?.list() ?? [];
      this.#held = new Ring();
      for (const value of plan.policy === 'drop-oldest' ? held.slice(surplus) : held.slice(0, this.#capacity))
        this.#held.push(value);
      this.#depth = this.#capacity;
      this.#dropped += surplus;
    }
    this.writer?.beginAnew();
  }

  /** Counts on where `before` has come to, samples included; only before anything was received here. */
  countOn(before: Channel<T>): void {
    if (this.#received > 0) return;
    [this.#received, this.#weighed, this.#weighedBytes] = [before.#received, before.#weighed, before.#weighedBytes];
    this.#dropped += before.#dropped;
    this.#highWater = Math.max(this.#highWater, before.#highWater);
    [this.#samples, this.#slot, this.#firstSample] = [before.#samples, before.#slot, before.#firstSample];
    this.#lastSlot = before.#lastSlot;
  }

  /** What it holds, and everything else that `restore` of a new one takes; the messages are no copies. */
  save(): SavedChannel {
    return {
      held: this.#held?.list() ?? [],
      ended: this.#ended,
      readerGone: this.#readerGone,
      received: this.#received,
      dropped: this.#dropped,
      highWater: this.#highWater,
      lastWon: [this.sender.lastWon, this.receiver.lastWon],
    };
  }

  /** Only before anything has happened on it. */
  restore({ held, ended, readerGone, received, dropped, highWater, lastWon }: SavedChannel): void {
    for (const value of held) this.#hold(value as T);
    [this.#ended, this.#readerGone, this.#received] = [ended, readerGone, received];
    [this.#dropped, this.#highWater] = [dropped, highWater];
    [this.sender.lastWon, this.receiver.lastWon] = lastWon;
    this.#slot = (received % keptSamples) * 2;
    this.#lastSlot = keptSamples * 2 - 2;
    this.#firstSample = received + 1;
  }

  /** The last messages that passed, oldest first. */
  samples(): ChannelSample[] {
    const list: ChannelSample[] = [];
    for (let number = Math.max(this.#firstSample, this.#received - keptSamples + 1); number <= this.#received; number++) {
      const slot = (number % keptSamples) * 2;
      const sinceMs = this.#samples?.[slot + 1] as number;
      list.push({ number, atMs: epochMs + sinceMs, value: this.#samples?.[slot] });
    }
    return list;
  }

  status(): ChannelStatus {
    return {
      connection: this.id,
      sent: this.sent,
      received: this.#received,
      dropped: this.#dropped,
      depth: this.#depth,
      capacity: this.#capacity,
      highWater: this.#highWater,
      blocked: this.writer !== undefined ? 'sender' : this.reader !== undefined ? 'receiver' : 'none',
      ended: this.#ended,
      perSecond: 0,
      senderWaits: this.sender.waits,
      receiverWaits: this.receiver.waits,
      senderBlockedMs: this.sender.blockedMs(this.writer),
      receiverBlockedMs: this.receiver.blockedMs(this.reader),
      ...(this.#weighed > 0 && { bytes: Math.round((this.#weighedBytes / this.#weighed) * this.#received) }),
      ...(this.closed && { held: true }),
    };
  }

  #hold(value: T): void {
    this.#held ??= new Ring();
    this.#held.push(value);
    if (++this.#depth > this.#highWater) this.#highWater = this.#depth;
  }

  /** What a full channel does that does not block (C6). */
  #drop(value: T): true {
    if (this.plan.policy === 'drop-oldest' && this.#held !== undefined) {
      this.#held.shift();
      this.#held.push(value);
    }
    this.#dropped++;
    return true;
  }

  #pass(value: T): void {
    const number = ++this.#received;
    if (number < messagesASample || (number & (messagesASample - 1)) <= 1) this.#account(number, value);
    const slot = this.#slot === this.#lastSlot ? this.#wrapped() : this.#slot + 2;
    this.#slot = slot;
    const samples = this.#samples ?? this.#makeSamples();
    samples[slot] = value;
    samples[slot + 1] = cpu.sinceMs;
    if (this.#listeners !== undefined) this.#listeners.passed({ number, atMs: epochMs + cpu.sinceMs, value });
  }

  #listen(add: (listeners: Listeners) => () => void): () => void {
    const listeners = this.#listeners ?? new Listeners();
    this.#listeners = listeners;
    const leave = add(listeners);
    return () => {
      leave();
      if (listeners.none && this.#listeners === listeners) this.#listeners = undefined;
    };
  }

  #account(number: number, value: T): void {
    this.account.end();
    if (!isTimed(number)) return;
    this.account.begin();
    const bytes = bytesOf(value);
    if (bytes === undefined) return;
    this.#weighed++;
    this.#weighedBytes += bytes;
  }

  #makeSamples(): unknown[] {
    const samples = new Array(this.#lastSlot + 2).fill(undefined);
    this.#samples = samples;
    return samples;
  }

  /** The slot after the last one: the first, when all that are kept have room, else the next of a longer list. */
  #wrapped(): number {
    if (this.#lastSlot === keptSamples * 2 - 2) return 0;
    const few = this.#samples ?? [];
    this.#samples = [...few, ...new Array(keptSamples * 2 - few.length).fill(undefined)];
    this.#lastSlot = keptSamples * 2 - 2;
    return firstSamples * 2;
  }
}

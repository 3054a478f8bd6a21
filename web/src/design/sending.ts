import type { Design } from '#model/design.ts';
import type { Ack, Tx } from '#model/edits/tx.ts';
import { isWithin } from '#model/edits/within.ts';
import type { LiveRequest } from '#model/live.ts';
import { plainShortened } from '#model/shortened.ts';
import type { Pending } from './line.ts';

/** The outside of what sends. */
export interface Outside {
  /** Sends a frame; false when there is no socket. */
  send(frame: LiveRequest): boolean;
  /** Calls once after a while; the answer calls it off. */
  later(call: () => void, ms: number): () => void;
  /**
   * Sends a transaction that is too large for a frame another way; without it such a one is taken back. Answers the acknowledgement, why
   * it can never be, or undefined when it may be tried again.
   */
  sendLarge?(designId: string, tx: Tx): Promise<Ack | { readonly never: string } | undefined>;
  /** Whom others see; undefined leaves it to the server. */
  name?(): string | undefined;
}

/** What is sent from. */
export interface Source {
  confirmed(): Design;
  waiting(): readonly Pending[];
  /** Keeps what went out, so that it goes out the same again. */
  went(sent: ReadonlyMap<string, Tx>): void;
  /** The link is another one, or was found to stall. */
  changed(): void;
  /** The server cannot take this one, and would not later either. */
  impossible(txId: string, why: string): void;
  acknowledged(ack: Ack): void;
}

/** Frames without an answer at a time. */
const mostInFlight = 32;
/** Characters of a frame, and of all that have no answer: well below what the server takes (W20, W27). */
const mostCharacters = 500_000;
const unansweredMs = 10_000;
const gapMs = 400;
/** After the server has said that it cannot, time and again. */
const troubleMs = [200, 500, 1_000, 2_000, 4_000];
/** A problem that is not followed by `resync` within this is one of what was sent. */
const problemMs = 1_000;

/**
 * Sends what waits through a socket that comes and goes.
 *
 * E35  Transactions go out in order, without waiting for each other's answer, each with its own id, under which the server does it once.
 *      One that changes a text or a list from within names the revision it was made on, and so waits until nothing of this person
 *      is between; meanwhile more is composed into it. The others set what they set wherever they come.
 * E36  After a loss, and when something is missing, it says hello with the revision it has, and sends all again that has no answer.
 */
export class Sending {
  #link: 'away' | 'asked' | 'open' = 'away';
  #stalls = false;
  /** Their length in characters. */
  readonly #inFlight = new Map<string, number>();
  readonly #outside: Outside;
  readonly #source: Source;
  #callOff: (() => void) | undefined;
  #gap: (() => void) | undefined;
  #troubles = 0;
  /** Counts the hellos, said or to be said: what was meant for one before is of no use. */
  #round = 0;

  constructor(outside: Outside, source: Source) {
    this.#outside = outside;
    this.#source = source;
  }

  /** Whether what waits is on its way; otherwise it is kept. */
  get flows(): boolean {
    return this.#link !== 'away' && !this.#stalls;
  }

  /** Says hello: with the revision there is, or for the whole design. */
  ask(whole = false): void {
    this.#callOffAll();
    this.#round++;
    const { id, rev } = this.#source.confirmed();
    const name = this.#outside.name?.();
    const hello: LiveRequest = {
      type: 'hello',
      designId: id,
      ...(!whole && { lastRev: rev }),
      ...(name !== undefined && { name }),
    };
    this.#link = this.#outside.send(hello) ? 'asked' : 'away';
    if (this.#link === 'asked') this.#watch();
    this.#source.changed();
  }

  /** The server could not do something, or asks for a new hello: said again at once, then ever later while it does not get better. */
  troubled(): void {
    if (this.#link === 'away') return;
    const waitMs = this.#troubles === 0 ? 0 : (troubleMs[Math.min(this.#troubles, troubleMs.length) - 1] ?? 0);
    this.#troubles++;
    this.#round++;
    if (waitMs === 0) {
      this.ask();
      return;
    }
    this.#callOffAll();
    this.#link = 'asked';
    this.#stalls = true;
    this.#callOff = this.#outside.later(() => this.ask(), waitMs);
    this.#source.changed();
  }

  /** What was sent could not be done: perhaps not now, which `resync` says, perhaps never. */
  problem(txId: string | undefined, code: string, why: string): void {
    if (this.#link !== 'open') {
      if (txId === undefined) this.troubled();
      return;
    }
    if (txId === undefined || code === 'LIVE_TX_AFTER_FAILED' || !this.#inFlight.has(txId)) return;
    const round = this.#round;
    this.#outside.later(() => {
      if (this.#round === round && this.#inFlight.has(txId)) this.#source.impossible(txId, why);
    }, problemMs);
  }

  away(): void {
    this.#callOffAll();
    this.#inFlight.clear();
    this.#link = 'away';
    this.#source.changed();
  }

  welcomed(): void {
    this.#link = 'open';
    this.#stalls = false;
    this.#inFlight.clear();
    this.#source.changed();
    this.pump();
  }

  /** A revision has not come: what comes late is waited for, then asked for. */
  missing(is: boolean): void {
    this.#gap?.();
    this.#gap = is && this.#link === 'open' ? this.#outside.later(() => this.ask(), gapMs) : undefined;
  }

  /** Sends what may be sent. */
  pump(): void {
    const waiting = this.#source.waiting();
    for (const txId of this.#inFlight.keys()) if (!waiting.some((pending) => pending.txId === txId)) this.#answered(txId);
    if (this.#link !== 'open') return;
    const sent = new Map<string, Tx>();
    for (const pending of waiting) {
      if (this.#inFlight.has(pending.txId)) continue;
      // It is no longer possible: it never goes.
      if (pending.lost !== undefined && pending.sent === undefined) continue;
      if (this.#inFlight.size >= mostInFlight) break;
      if (pending.sent === undefined && this.#inFlight.size > 0 && pending.edits.some(isWithin)) break;
      const tx = pending.sent ?? this.#made(pending);
      const characters = JSON.stringify(tx).length;
      const under = this.#inFlight.values().reduce((sum, length) => sum + length, 0);
      if (this.#inFlight.size > 0 && under + characters > mostCharacters) break;
      if (!this.#goes(tx, characters)) break;
      this.#inFlight.set(pending.txId, characters);
      if (pending.sent === undefined) sent.set(pending.txId, tx);
    }
    if (sent.size > 0) this.#source.went(sent);
    if (this.#inFlight.size > 0 && this.#callOff === undefined) this.#watch();
  }

  #goes(tx: Tx, characters: number): boolean {
    const { id: designId } = this.#source.confirmed();
    if (characters <= mostCharacters) return this.#outside.send({ type: 'tx', designId, ...tx });
    void this.#goesAnotherWay(designId, tx);
    return true;
  }

  async #goesAnotherWay(designId: string, tx: Tx): Promise<void> {
    const way = this.#outside.sendLarge?.(designId, tx);
    const done = way === undefined ? { never: 'It is too large to be sent.' } : await way;
    // Without an answer it goes again after the next hello.
    if (done === undefined) return;
    if ('never' in done) this.#source.impossible(tx.txId, done.never);
    else this.#source.acknowledged(done);
  }

  close(): void {
    this.#callOffAll();
    if (this.#link !== 'away') this.#outside.send({ type: 'leave', designId: this.#source.confirmed().id });
    this.#link = 'away';
  }

  #answered(txId: string): void {
    this.#inFlight.delete(txId);
    this.#stalls = false;
    this.#troubles = 0;
    this.#callOff?.();
    this.#callOff = undefined;
  }

  // With something of this person before it, the server could not tell what an edit was made on: then none is named.
  #made({ txId, label, edits, undoOf, partly }: Pending): Tx {
    return {
      txId,
      edits: [...edits],
      label: plainShortened(label, 200),
      ...(this.#inFlight.size === 0 && { baseRev: this.#source.confirmed().rev }),
      ...(undoOf !== undefined && { undoOf }),
      ...(partly === true && { atomic: false }),
    };
  }

  #watch(): void {
    this.#callOff?.();
    this.#callOff = this.#outside.later(() => {
      this.#callOff = undefined;
      this.#stalls = true;
      this.ask();
    }, unansweredMs);
  }

  #callOffAll(): void {
    this.#callOff?.();
    this.#gap?.();
    this.#callOff = undefined;
    this.#gap = undefined;
  }
}

import { type Alternation, endBusy } from '#runtime/alternation.ts';
import type { Suspension } from '#runtime/port.ts';
import {
  type About,
  cpu,
  idle,
  queued,
  runningStrand,
  type Stage,
  type Strand,
  Wait,
  type Waiting,
  waiting,
} from '#runtime/processes/strand.ts';
import type { Passage } from './passage.ts';

/** What both ends share: at most one strand is parked on an end, directly or through an alternation. */
export abstract class ChannelEnd<T> extends Wait implements About {
  /** The channel, or what stands in its way (S38). */
  passage: Passage<T>;
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

  constructor(passage: Passage<T>) {
    super();
    this.passage = passage;
  }

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

  override withdraw(): boolean {
    if (this.strand !== undefined) this.strand.about = this;
    this.disable();
    if (this.stage === waiting) this.stage = queued;
    return true;
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

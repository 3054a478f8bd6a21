import type { Alternation, Branch, OfferingSender } from '#runtime/alternation.ts';
import type { Poisonable } from '#runtime/poison.ts';
import type { Operation, Received, Receiver, Sender } from '#runtime/port.ts';

/**
 * Channel ends that write down what their process communicates, in the order the process itself sees it and in the words of
 * contracts: `in`, `in.end`, `out.2`, `out.gone` (sent to a reader that has gone), `out.end`.
 */

export type Record = (event: string) => void;

// While it waits in an alternation the real end is registered; this stands between it and the one that is told.
function listening<G>(alternation: Alternation, heard: (given: G) => void): Alternation {
  const between = {
    strand: alternation.strand,
    choose(index: number, given: unknown): void {
      heard(given as G);
      alternation.choose(index, given);
    },
    fail: (reason: Error): void => alternation.fail(reason),
  };
  return between as Alternation;
}

/** A reading end that writes down `event`, and `event.end` the first time the end is told. */
export class TracedReceiver<T> implements Receiver<T>, Branch<Received<T>> {
  declare readonly guards: Received<T>;
  readonly turn: Branch['turn'];
  readonly #inner: Receiver<T> & Branch<Received<T>>;
  readonly #event: string;
  readonly #record: Record;
  #ended = false;

  constructor(inner: Receiver<T>, event: string, record: Record) {
    this.#inner = inner as Receiver<T> & Branch<Received<T>>;
    this.turn = this.#inner.turn;
    this.#event = event;
    this.#record = record;
  }

  *receive(): Operation<Received<T>> {
    return this.#heard(yield* this.#inner.receive());
  }

  ready(): boolean {
    return this.#inner.ready();
  }

  take(): Received<T> {
    return this.#heard(this.#inner.take());
  }

  enable(alternation: Alternation, index: number): void {
    this.#inner.enable(
      listening<Received<T>>(alternation, (got) => void this.#heard(got)),
      index,
    );
  }

  disable(): void {
    this.#inner.disable();
  }

  poison(reason: Error): void {
    (this.#inner as unknown as Poisonable).poison(reason);
  }

  describe(into: Parameters<Branch['describe']>[0]): void {
    this.#inner.describe(into);
  }

  #heard(got: Received<T>): Received<T> {
    if (!got.ended) this.#record(this.#event);
    else if (!this.#ended) this.#record(`${this.#event}.end`);
    this.#ended ||= got.ended;
    return got;
  }
}

/** A writing end that writes down `event`, `event.gone` and `event.end`. */
export class TracedSender<T> implements OfferingSender<T> {
  readonly #inner: OfferingSender<T>;
  readonly #event: string;
  readonly #record: Record;
  #ended = false;

  constructor(inner: Sender<T>, event: string, record: Record) {
    this.#inner = inner as OfferingSender<T>;
    this.#event = event;
    this.#record = record;
  }

  *send(value: T): Operation<boolean> {
    return this.#said(yield* this.#inner.send(value));
  }

  *end(): Operation<void> {
    yield* this.#inner.end();
    this.close();
  }

  /** What the runtime does for a process that returns. */
  close(): void {
    if (!this.#ended) this.#record(`${this.#event}.end`);
    this.#ended = true;
  }

  poison(reason: Error): void {
    (this.#inner as unknown as Poisonable).poison(reason);
  }

  offering(value: T): Branch<{ readonly sent: boolean }> {
    return new TracedOffer(this.#inner.offering(value), (sent) => void this.#said(sent));
  }

  #said(sent: boolean): boolean {
    this.#record(sent ? this.#event : `${this.#event}.gone`);
    return sent;
  }
}

class TracedOffer implements Branch<{ readonly sent: boolean }> {
  declare readonly guards: { readonly sent: boolean };
  readonly turn: Branch['turn'];
  readonly #inner: Branch<{ readonly sent: boolean }>;
  readonly #said: (sent: boolean) => void;

  constructor(inner: Branch<{ readonly sent: boolean }>, said: (sent: boolean) => void) {
    this.#inner = inner;
    this.turn = inner.turn;
    this.#said = said;
  }

  ready(): boolean {
    return this.#inner.ready();
  }

  take(): { readonly sent: boolean } {
    const given = this.#inner.take();
    this.#said(given.sent);
    return given;
  }

  enable(alternation: Alternation, index: number): void {
    this.#inner.enable(
      listening<{ sent: boolean }>(alternation, ({ sent }) => this.#said(sent)),
      index,
    );
  }

  disable(): void {
    this.#inner.disable();
  }

  describe(into: Parameters<Branch['describe']>[0]): void {
    this.#inner.describe(into);
  }
}

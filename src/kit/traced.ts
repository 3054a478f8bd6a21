import type { Alternation, Branch, OfferingSender } from '#runtime/alternation.ts';
import type { Answer, Caller, CallLimits, Request, Server } from '#runtime/channels/call.ts';
import type { Poisonable } from '#runtime/poison.ts';
import type { Operation, Received, Receiver, Sender } from '#runtime/port.ts';

/**
 * Channel ends that write down what their process communicates, in the order the process itself sees it and in the words of
 * contracts: `in`, `in.end`, `out.2`, `out.gone` (sent to a reader that has gone), `out.end`; of calls `serve.ask`, `serve.reply`, `call.quit`.
 */

export type Record = (event: string) => void;

// While it waits in an alternation the real end is registered; this stands between it and the one that is told.
function listening<G>(alternation: Alternation, heard: (given: G) => G): Alternation {
  const between = {
    strand: alternation.strand,
    choose(index: number, given: unknown): void {
      alternation.choose(index, heard(given as G));
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
  readonly #onMessage: (message: T) => T;
  #ended = false;

  /** @param onMessage told of each message; what it gives is what the process gets. */
  constructor(inner: Receiver<T>, event: string, record: Record, onMessage: (message: T) => T = told(event, record)) {
    this.#inner = inner as Receiver<T> & Branch<Received<T>>;
    this.turn = this.#inner.turn;
    this.#event = event;
    this.#record = record;
    this.#onMessage = onMessage;
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
      listening<Received<T>>(alternation, (got) => this.#heard(got)),
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
    if (!got.ended) return { ended: false, value: this.#onMessage(got.value) };
    if (!this.#ended) this.#record(`${this.#event}.end`);
    this.#ended = true;
    return got;
  }
}

function told<T>(event: string, record: Record): (message: T) => T {
  return (message) => {
    record(event);
    return message;
  };
}

/**
 * A server's end that writes down `event.ask`, `event.reply` and `event.end`, and `event.quit` when it learns that the client has given
 * up, where the contract speaks of that.
 */
export function tracedServer<Q, R>(
  inner: Server<Q, R>,
  event: string,
  record: Record,
  tellsQuit: boolean,
): TracedReceiver<Request<Q, R>> {
  return new TracedReceiver(inner, event, record, (request) => {
    record(`${event}.ask`);
    return new TracedRequest(
      request,
      () => record(`${event}.reply`),
      () => tellsQuit && record(`${event}.quit`),
    );
  });
}

class TracedRequest<Q, R> implements Request<Q, R> {
  readonly value: Q;
  readonly #inner: Request<Q, R>;
  readonly #answered: () => void;
  readonly #learned: () => void;
  #knows = false;

  constructor(inner: Request<Q, R>, answered: () => void, learned: () => void) {
    this.value = inner.value;
    this.#inner = inner;
    this.#answered = answered;
    this.#learned = learned;
  }

  get cancelled(): boolean {
    if (this.#inner.cancelled) this.#learn();
    return this.#inner.cancelled;
  }

  get whenCancelled(): Request<Q, R>['whenCancelled'] {
    return new HeardGuard(this.#inner.whenCancelled as Branch, (given) => {
      this.#learn();
      return given;
    });
  }

  *reply(value: R): Operation<boolean> {
    return this.#said(yield* this.#inner.reply(value));
  }

  *fail(code: string, message: string): Operation<boolean> {
    return this.#said(yield* this.#inner.fail(code, message));
  }

  #said(heard: boolean): boolean {
    if (!heard && this.#inner.cancelled) this.#learn();
    this.#answered();
    return heard;
  }

  #learn(): void {
    if (!this.#knows) this.#learned();
    this.#knows = true;
  }
}

/**
 * A client's end that writes down `event.ask`, `event.reply`, `event.quit` and `event.end`. Whoever stands at the other end says by
 * `taken` when it has the request.
 */
export class TracedCaller<Q, R> implements Caller<Q, R> {
  readonly #inner: Caller<Q, R>;
  readonly #event: string;
  readonly #record: Record;
  #asked = false;
  #ended = false;

  constructor(inner: Caller<Q, R>, event: string, record: Record) {
    this.#inner = inner;
    this.#event = event;
    this.#record = record;
  }

  *call(request: Q, limits?: CallLimits): Operation<Answer<R>> {
    this.#asked = false;
    const answer = yield* this.#inner.call(request, limits);
    if (answer.is !== 'late') this.taken();
    this.#record(`${this.#event}.${answer.is === 'late' ? 'quit' : 'reply'}`);
    return answer;
  }

  taken(): void {
    if (!this.#asked) this.#record(`${this.#event}.ask`);
    this.#asked = true;
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
    return new HeardGuard(this.#inner.offering(value), (given) => {
      this.#said(given.sent);
      return given;
    });
  }

  #said(sent: boolean): boolean {
    this.#record(sent ? this.#event : `${this.#event}.gone`);
    return sent;
  }
}

/** A guard whose choice is told of; what `heard` gives is what the process gets. */
class HeardGuard<G> implements Branch<G> {
  declare readonly guards: G;
  readonly turn: Branch['turn'];
  readonly #inner: Branch<G>;
  readonly #heard: (given: G) => G;

  constructor(inner: Branch<G>, heard: (given: G) => G) {
    this.#inner = inner;
    this.turn = inner.turn;
    this.#heard = heard;
  }

  ready(): boolean {
    return this.#inner.ready();
  }

  take(): G {
    return this.#heard(this.#inner.take());
  }

  enable(alternation: Alternation, index: number): void {
    this.#inner.enable(listening<G>(alternation, this.#heard), index);
  }

  disable(): void {
    this.#inner.disable();
  }

  describe(into: Parameters<Branch['describe']>[0]): void {
    this.#inner.describe(into);
  }
}

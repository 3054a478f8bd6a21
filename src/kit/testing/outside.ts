import type { ManualClock } from '#base/clock.ts';
import { messageOf } from '#base/errors.ts';
import type { Answer, Caller, Server } from '#runtime/channels/call.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';
import { sleep } from '#runtime/sleep.ts';
import type { FailedMessage } from '../ports.ts';
import type { Reject } from '../tools.ts';

/** The processes around a component under test: one at each channel of a port. */

/** Among the messages given to a port: the next one comes this much later. */
export class Pause {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** Among the requests given to a serving port: the client waits at most this long for the reply. */
export class Impatient {
  readonly request: unknown;
  readonly deadlineMs: number;

  constructor(request: unknown, deadlineMs: number) {
    this.request = request;
    this.deadlineMs = deadlineMs;
  }
}

/** What is given to an input: it lies outside, so that a restored run goes on with it. */
export class Feed {
  readonly #messages: Iterator<unknown>;
  next: IteratorResult<unknown>;

  constructor(messages: Iterable<unknown>) {
    this.#messages = messages[Symbol.iterator]();
    this.next = this.#messages.next();
  }

  advance(): void {
    this.next = this.#messages.next();
  }
}

/** What a process around a component remembers: messages received, and when a wait ends. */
export interface Around {
  count: number;
  dueMs: number | null;
}

/** What a process around a component does. */
export interface Part {
  readonly clock: ManualClock;
  readonly messages: readonly unknown[];
  /** The same, one by one, wherever it has come to. */
  readonly given: Feed;
  readonly at: Around;
  /** Goes away after so many messages or requests. */
  readonly most: number;
  /** Waits this long before each message it reads, and before each reply. */
  readonly slowMs: number;
  /** Told of each message as it comes. */
  readonly note: (message: unknown) => void;
  /** Told when a request is taken. */
  readonly taken: () => void;
}

export function* feed(sender: Sender<unknown>, part: Part): Operation<void> {
  const { given, at } = part;
  for (; given.next.done !== true; given.advance()) {
    const { value: message } = given.next;
    if (message instanceof Pause) {
      yield* wait(part, message.ms);
      at.dueMs = null;
    } else if (!(yield* sender.send(message))) return;
  }
}

export function* collect(receiver: Receiver<unknown>, part: Part): Operation<void> {
  const { at, most, slowMs, note } = part;
  for (; at.count < most; at.count++) {
    if (slowMs > 0) yield* wait(part, slowMs);
    const item = yield* receiver.receive();
    if (item.ended) return;
    at.dueMs = null;
    note(item.value);
  }
}

/** Once for each message, whatever comes between. */
function* wait({ clock, at }: Part, ms: number): Operation<void> {
  at.dueMs ??= clock.now() + ms;
  yield* sleep(clock, at.dueMs - clock.now());
}

/** A client of a serving port: makes its calls one after the other, and notes what became of each. */
export function* ask(caller: Caller<unknown, unknown>, { clock, messages, note }: Part): Operation<void> {
  for (const request of messages) {
    if (request instanceof Pause) yield* sleep(clock, request.ms);
    else if (request instanceof Impatient) note(shown(yield* caller.call(request.request, { deadlineMs: request.deadlineMs })));
    else note(shown(yield* caller.call(request)));
  }
}

/** A reply as it is; otherwise `{ failed: { code, message } }`, `{ late: true }` or `{ gone: true }`. */
function shown(answer: Answer<unknown>): unknown {
  if (answer.is === 'reply') return answer.value;
  return answer.is === 'failed' ? { failed: { code: answer.code, message: answer.message } } : { [answer.is]: true };
}

/** The server of an asking port: notes each request and gives the answers it was given, in order; then it refuses. */
export function* answer(server: Server<unknown, unknown>, { clock, messages, most, slowMs, note, taken }: Part): Operation<void> {
  const answers = [...messages];
  for (let count = 0; count < most; count++) {
    const got = yield* server.receive();
    if (got.ended) return;
    taken();
    note(got.value.value);
    if (slowMs > 0) yield* sleep(clock, slowMs);
    while (answers[0] instanceof Pause) yield* sleep(clock, (answers.shift() as Pause).ms);
    const next = answers.length === 0 ? noAnswer : answers.shift();
    const failed = (next as { failed?: { code?: unknown; message?: unknown } } | null | undefined)?.failed;
    yield* typeof failed?.code === 'string' ? got.value.fail(failed.code, String(failed.message)) : got.value.reply(next);
  }
}

const noAnswer = { failed: { code: 'RIG_NO_ANSWER', message: 'The test has no answer for this request.' } };

/** As in a session: a rejected message leaves at `err`; without one it fails the process. */
export function rejectTo(err: Sender<FailedMessage> | undefined): Reject {
  return function* reject(original, error) {
    if (err === undefined) throw error instanceof Error ? error : new Error(messageOf(error));
    const code = (error as { code?: unknown } | null)?.code;
    yield* err.send({ error: { code: typeof code === 'string' ? code : 'FAILED', message: messageOf(error) }, original });
  };
}

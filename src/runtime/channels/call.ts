import type { Clock } from '#base/clock.ts';
import { defineError, type ErrorDetails } from '#base/errors.ts';
import type { ChannelStatus } from '#model/sessions/session.ts';
import { after, always, offering, priAlt } from '#runtime/alt.ts';
import { type Alternation, type Branch, endBusy } from '#runtime/alternation.ts';
import type { ChannelSample } from '#runtime/listeners.ts';
import type { Poisonable } from '#runtime/poison.ts';
import type { Guard, Operation, Received, Receiver } from '#runtime/port.ts';
import type { Account } from '#runtime/processes/account.ts';
import { breath, cpu, type Waiting } from '#runtime/processes/strand.ts';
import { Channel, type ChannelEndPlan, keptSamples } from './channel.ts';
import { none } from './passage.ts';

/**
 * Calls: request and reply between one client and one server. Rules Q1… in `docs/spec/call.md`.
 *
 * Invariant: of a connection at most one request is under way; `requests.received` counts those the server has taken, `answered` those
 * it has answered, so it owes one exactly while the first is greater.
 */

const answeredTwice = defineError(
  'RUNTIME_CALL_ANSWERED_TWICE',
  'bug',
  'A request was answered twice; it has exactly one answer.',
);
const unanswered = defineError(
  'RUNTIME_CALL_UNANSWERED',
  'bug',
  'A server went on to the next request without answering the one before; answer with reply or fail, also when nobody waits any more.',
);

/** Q4: the code a client is told when the server failed with its request at hand. */
const serverFailedCode = 'RUNTIME_SERVER_FAILED';

/**
 * What became of a call. late: the client gave up, `taken` says whether the server had the request by then; gone: the server has ended.
 */
export type Answer<R> =
  | { readonly is: 'reply'; readonly value: R }
  | { readonly is: 'failed'; readonly code: string; readonly message: string }
  | { readonly is: 'late'; readonly taken: boolean }
  | { readonly is: 'gone' };

export interface CallLimits {
  /** Longest wait for the reply, from the call on, in milliseconds; left out, it waits as long as it takes. */
  readonly deadlineMs?: number;
  /** Gives up as soon as this is ready, such as the `whenCancelled` of a request this one is made for. */
  readonly giveUp?: Guard;
}

/** The client's end. One call at a time. */
export interface Caller<Q, R> {
  /** Waits for the server to take the request, and then for its answer (Q1, Q2). A second call at once throws RUNTIME_END_BUSY. */
  call(request: Q, limits?: CallLimits): Operation<Answer<R>>;
  /** Says that no call follows; a process that returns does so by itself. */
  end(): Operation<void>;
}

/** A request as its server has it. */
export interface Request<Q, R> {
  readonly value: Q;
  /** True when the client has given up: the answer, still owed, will be dropped. */
  readonly cancelled: boolean;
  /** Ready when the client has given up. */
  readonly whenCancelled: Guard;
  /** Never waits. Gives false when the client has given up. Throws RUNTIME_CALL_ANSWERED_TWICE. */
  reply(value: R): Operation<boolean>;
  /** Answers that it cannot be done: a code in capitals, and a sentence. Otherwise as `reply`. */
  fail(code: string, message: string): Operation<boolean>;
}

/**
 * The server's end: a receiver of requests, and a guard. Asking it for the next one before the last is answered throws
 * RUNTIME_CALL_UNANSWERED (Q3).
 */
export type Server<Q, R> = Receiver<Request<Q, R>>;

export interface CallPlan {
  readonly id: string;
  readonly from: ChannelEndPlan;
  readonly to: ChannelEndPlan;
}

type Final = Exclude<Answer<unknown>, { is: 'late' | 'gone' }>;

/** A request on its way; what a sample of the connection shows is `{ request }`. */
class CallRequest implements Request<unknown, unknown> {
  readonly request: unknown;
  /** Counts the requests taken on the connection, from 1. */
  readonly number: number;
  readonly #call: Call;
  #answered = false;
  #cancelled = false;
  #news: Channel | undefined;

  constructor(call: Call, value: unknown, number: number) {
    this.#call = call;
    this.request = value;
    this.number = number;
  }

  get value(): unknown {
    return this.request;
  }

  get answered(): boolean {
    return this.#answered;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  get whenCancelled(): Guard {
    if (this.#cancelled) return always;
    if (this.#news === undefined) {
      const { plan } = this.#call.requests;
      this.#news = new Channel({ ...plan, capacity: 0 });
      // Nobody counts on a client to give up: the connection is not waited on.
      const describe = (into: Waiting): number => into.ports.push(`${plan.to.port} cancelled`);
      Object.assign(this.#news.receiver, { describe });
    }
    return this.#news.receiver;
  }

  reply(value: unknown): Operation<boolean> {
    return this.#answer({ is: 'reply', value });
  }

  fail(code: string, message: string): Operation<boolean> {
    return this.#answer({ is: 'failed', code, message });
  }

  /** The client is no longer there for the answer. */
  cancel(): void {
    this.#cancelled = true;
    this.#news?.end();
  }

  /** The server failed and will not answer. */
  breakOff(): void {
    this.#answered = true;
    const message = 'The server failed with the request at hand.';
    this.#call.replies.offer(new CallReply(this, { is: 'failed', code: serverFailedCode, message }));
  }

  *#answer(answer: Final): Operation<boolean> {
    if (--cpu.fuel < 0) yield breath;
    if (this.#answered) throw answeredTwice(at(this.#call.plan.to, 'answered a request twice'));
    this.#answered = true;
    // At once: between the look whether anybody waits and the answer nothing may happen.
    return !this.#call.drops(this) && this.#call.replies.offer(new CallReply(this, answer)) === true;
  }

  toJSON(): unknown {
    return { request: this.request };
  }
}

class CallReply {
  readonly request: CallRequest;
  readonly answer: Final;

  constructor(request: CallRequest, answer: Final) {
    this.request = request;
    this.answer = answer;
  }

  toJSON(): unknown {
    if (this.answer.is === 'reply') return { reply: this.answer.value };
    const { code, message } = this.answer;
    return { failed: { code, message } };
  }
}

function at({ process, port }: ChannelEndPlan, did: string): ErrorDetails {
  return { detail: `${process} ${did} (port ${port}).`, facts: { node: process, port } };
}

/** A connection between call ports in a run: a channel for requests and one for replies. */
export class Call {
  readonly plan: CallPlan;
  readonly requests: Channel<CallRequest>;
  /** Holds the one reply there can be, so that answering never waits (Q2). */
  readonly replies: Channel<CallReply>;
  readonly #clock: Clock;
  #current: CallRequest | undefined;
  #answered = 0;
  /** Replies that nobody waited for: kept back, and taken out unread. */
  #keptBack = 0;
  #unread = 0;

  /** With the accounts of the client and the server. */
  constructor(plan: CallPlan, clock: Clock, client: Account, server: Account) {
    const { id, from, to } = plan;
    this.plan = plan;
    this.#clock = clock;
    this.requests = new Channel({ id, capacity: 0, policy: 'block', from, to }, server);
    this.replies = new Channel({ id, capacity: 1, policy: 'block', from: to, to: from }, client);
  }

  /** For each life of the client. */
  caller(): Caller<unknown, unknown> {
    return new CallerEnd(this);
  }

  /** For each life of the server. What a former life left unanswered is answered as failed (Q4). */
  server(): Server<unknown, unknown> {
    if (this.owed) {
      this.#answered = this.requests.received;
      const current = this.#current;
      if (current?.number === this.requests.received && !current.answered) current.breakOff();
    }
    return new ServerEnd(this);
  }

  /** The server has taken a request and not answered it. */
  get owed(): boolean {
    return this.requests.received > this.#answered;
  }

  /** Counts an answer; true when it is for nobody. */
  drops({ cancelled }: CallRequest): boolean {
    this.#answered++;
    if (cancelled) this.#keptBack++;
    return cancelled;
  }

  /** Both ways as one connection (Q8): `sender` is blocked when the client waits, for either. */
  status(): ChannelStatus {
    const [asked, replied] = [this.requests.status(), this.replies.status()];
    const clientWaits = asked.blocked === 'sender' || replied.blocked === 'receiver';
    return {
      ...asked,
      sent: asked.sent + replied.sent + this.#keptBack,
      received: asked.received + replied.received - this.#unread,
      dropped: asked.dropped + replied.dropped + this.#keptBack + this.#unread,
      depth: replied.depth,
      capacity: replied.capacity,
      highWater: replied.highWater,
      blocked: clientWaits ? 'sender' : asked.blocked,
      senderWaits: asked.senderWaits + replied.receiverWaits,
      senderBlockedMs: asked.senderBlockedMs + replied.receiverBlockedMs,
    };
  }

  /** The last requests and replies, oldest first: request n has the number 2n − 1, its reply 2n (Q8). */
  samples(): ChannelSample[] {
    const asked = this.requests.samples().map((sample) => ({ ...sample, number: 2 * sample.number - 1 }));
    const replied = this.replies
      .samples()
      .map((sample) => ({ ...sample, number: 2 * (sample.value as CallReply).request.number }));
    return [...asked, ...replied].sort((one, other) => one.number - other.number).slice(-keptSamples);
  }

  /** Gives it up from either end (C14). */
  poison(reason: Error): void {
    this.requests.poison(reason);
    this.replies.poison(reason);
  }

  *call(value: unknown, { deadlineMs, giveUp }: CallLimits = {}): Operation<Answer<unknown>> {
    if (this.#current !== undefined)
      throw endBusy(at(this.plan.from, 'made a call while another of it on the same connection waits'));
    const limits: Guard[] = [];
    if (deadlineMs !== undefined) limits.push(after(this.#clock, deadlineMs));
    if (giveUp !== undefined) limits.push(giveUp);
    const request = new CallRequest(this, value, this.requests.received + 1);
    this.#current = request;
    let heard = false;
    try {
      const sent = yield* this.#ask(request, limits);
      if (sent === undefined) return { is: 'late', taken: false };
      const answer = sent ? yield* this.#hear(limits) : goneAnswer;
      heard = answer.is !== 'late';
      return answer;
    } finally {
      this.#current = undefined;
      if (!request.answered) request.cancel();
      else if (!heard && this.replies.take() !== none) this.#unread++;
    }
  }

  // Undefined: a limit came first.
  *#ask(request: CallRequest, limits: readonly Guard[]): Operation<boolean | undefined> {
    const { sender } = this.requests;
    if (limits.length === 0) return yield* sender.send(request);
    const chosen = yield* priAlt([offering(sender, request), ...limits]);
    return chosen.index === 0 ? (chosen as unknown as { sent: boolean }).sent : undefined;
  }

  *#hear(limits: readonly Guard[]): Operation<Answer<unknown>> {
    const { receiver } = this.replies;
    let got = limits.length === 0 ? yield* receiver.receive() : yield* this.#hearOr(limits);
    // The answer may have come between the moment and this turn: then it counts.
    if (got === undefined && receiver.ready()) got = receiver.take();
    if (got === undefined) return { is: 'late', taken: true };
    return got.ended ? goneAnswer : got.value.answer;
  }

  *#hearOr(limits: readonly Guard[]): Operation<Received<CallReply> | undefined> {
    const chosen = yield* priAlt([this.replies.receiver, ...limits]);
    return chosen.index === 0 ? (chosen as unknown as Received<CallReply>) : undefined;
  }
}

const goneAnswer: Answer<never> = Object.freeze({ is: 'gone' });

class CallerEnd implements Caller<unknown, unknown>, Poisonable {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  call(request: unknown, limits?: CallLimits): Operation<Answer<unknown>> {
    return this.#call.call(request, limits);
  }

  end(): Operation<void> {
    return this.#call.requests.sender.end();
  }

  poison(reason: Error): void {
    this.#call.poison(reason);
  }
}

/** The receiver of requests, with an eye on what is owed. */
class ServerEnd implements Receiver<Request<unknown, unknown>>, Branch<Received<Request<unknown, unknown>>>, Poisonable {
  declare readonly guards: Received<Request<unknown, unknown>>;
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  get turn(): Branch['turn'] {
    return this.#call.requests.receiver;
  }

  receive(): Operation<Received<Request<unknown, unknown>>> {
    this.#refuseWhileOwing();
    return this.#call.requests.receiver.receive();
  }

  ready(): boolean {
    this.#refuseWhileOwing();
    return this.#call.requests.receiver.ready();
  }

  take(): Received<Request<unknown, unknown>> {
    return this.#call.requests.receiver.take();
  }

  enable(alternation: Alternation, index: number): void {
    this.#call.requests.receiver.enable(alternation, index);
  }

  disable(): void {
    this.#call.requests.receiver.disable();
  }

  describe(into: Waiting): void {
    this.#call.requests.receiver.describe(into);
  }

  poison(reason: Error): void {
    this.#call.poison(reason);
  }

  #refuseWhileOwing(): void {
    if (this.#call.owed) throw unanswered(at(this.#call.plan.to, 'asked for the next request without answering the one before'));
  }
}

class GoneCaller implements Caller<unknown, unknown> {
  // biome-ignore lint/correctness/useYield: an operation that never waits is one too.
  *call(): Operation<Answer<unknown>> {
    return goneAnswer;
  }

  *end(): Operation<void> {}
}

/** For an optional call output that nothing is connected to: every call is answered with gone, at once (Q7). */
export function goneCaller(): Caller<unknown, unknown> {
  return new GoneCaller();
}

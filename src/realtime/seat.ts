import type { Buffer } from 'node:buffer';
import type { WebSocket } from 'ws';
import type { App } from '#app/app.ts';
import type { Clock } from '#base/clock.ts';
import { CodedError } from '#base/errors.ts';
import type { NewId } from '#base/ids.ts';
import type { Tx } from '#model/edits/tx.ts';
import type { LiveMessage, LiveRequest } from '#model/live.ts';
import type { Hub } from './hub.ts';
import { designNotOpen, saidTooOften, tooManySubscriptions } from './live-errors.ts';
import { Member } from './member.ts';
import type { OpenDesign } from './open-design.ts';
import { Outlet, type OutletLimits } from './outlet.ts';
import { problemOf } from './problem-message.ts';
import type { Refusals } from './refusals.ts';
import { requestOf } from './request.ts';
import { type Subscription, topicOf } from './topics.ts';
import { TxLine } from './tx-line.ts';

/** What a seat works with; the same for all. */
export interface SeatParts {
  readonly app: App;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly limits: OutletLimits;
  readonly refusals: Refusals;
  readonly report: (thrown: unknown) => void;
}

const mostSubscriptions = 100;
/** W27: requests, and bytes of them, that wait to be answered; then no more is read until some are. */
const mostWaiting = 100;
const mostWaitingBytes = 2 * 1024 * 1024;
/** W38 */
const mostSaid = 20;
const saidWithinMs = 10_000;
/** The name of one who gives none. */
const anybody = 'owner';

type RequestOf<T extends LiveRequest['type']> = Extract<LiveRequest, { type: T }>;

/** A design that is open at a seat. */
interface Stay {
  readonly open: OpenDesign;
  readonly member: Member;
  readonly line: TxLine;
}

/** One socket, and what it listens to and has open. Its requests are answered one after the other, in their order. */
export class Seat {
  readonly #parts: SeatParts;
  readonly #outlet: Outlet;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #stays = new Map<string, Stay>();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #waitingBytes = 0;
  #saidMs: number[] = [];
  #left = false;

  constructor(parts: SeatParts, socket: WebSocket) {
    this.#parts = parts;
    this.#outlet = new Outlet(socket, parts.clock, parts.limits, () => this.#lastWords());
  }

  hear(data: Buffer, isBinary: boolean): void {
    this.#waits(1, data.length);
    const answered = (): void => this.#waits(-1, -data.length);
    this.#last = this.#last.then(() => this.#take(data, isBinary, answered));
  }

  leave(): void {
    this.#left = true;
    for (const subscription of this.#subscriptions.values()) this.#parts.hub.leave(this.#outlet, subscription);
    for (const { open, member } of this.#stays.values()) open.leave(member);
    this.#subscriptions.clear();
    this.#stays.clear();
  }

  #waits(requests: number, bytes: number): void {
    this.#waiting += requests;
    this.#waitingBytes += bytes;
    if (this.#waiting > mostWaiting || this.#waitingBytes > mostWaitingBytes) this.#outlet.listensNot();
    else this.#outlet.listens();
  }

  async #take(data: Buffer, isBinary: boolean, answered: () => void): Promise<void> {
    try {
      const request = this.#left ? undefined : requestOf(data, isBinary);
      if (request?.type === 'tx') {
        // Handed over, not awaited: the next request does not wait for the answer.
        void this.#submit(request).then(answered);
        return;
      }
      if (request !== undefined) await this.#answer(request).catch((thrown) => this.#refuse(thrown, request));
    } catch (thrown) {
      this.#refuse(thrown, thrown instanceof CodedError ? thrown.facts : {});
    }
    answered();
  }

  async #answer(request: Exclude<LiveRequest, { type: 'tx' }>): Promise<void> {
    switch (request.type) {
      case 'ping':
        return this.#outlet.send({ type: 'pong' });
      case 'subscribe':
        return await this.#subscribe(request as Subscription);
      case 'unsubscribe':
        return this.#unsubscribe(request as Subscription);
      case 'hello':
        return await this.#hello(request);
      case 'leave':
        return this.#leaveDesign(request.designId);
      case 'presence': {
        const { type: _type, designId, ...doing } = request;
        const { open, member } = this.#stay(designId);
        return open.does(member, doing);
      }
      case 'say':
        return this.#say(request);
    }
  }

  async #hello({ designId, lastRev, name }: RequestOf<'hello'>): Promise<void> {
    await this.#stays.get(designId)?.line.mend();
    // Found and entered without a wait between: one that its last member leaves meanwhile hears of nothing any more.
    const { open, member, line } = this.#stayOf(designId) ?? this.#newStay(designId);
    if (name !== undefined) member.peer = { ...member.peer, name };
    this.#stays.set(designId, { open, member, line });
    try {
      await open.welcome(member, lastRev, () => !this.#left);
    } finally {
      if (!open.has(member)) this.#stays.delete(designId);
    }
  }

  #newStay(designId: string): Stay {
    this.#mustHaveRoom();
    const open = this.#parts.hub.design(designId);
    const peer = { id: this.#parts.newId(), name: anybody, colour: open.freeColour };
    const member = new Member(designId, this.#outlet, peer);
    return { open, member, line: new TxLine(this.#parts.app, member, this.#parts.refusals, this.#parts.report) };
  }

  /** A design that is open here and was not deleted since. */
  #stayOf(designId: string): Stay | undefined {
    const stay = this.#stays.get(designId);
    if (stay === undefined || stay.open.has(stay.member)) return stay;
    this.#stays.delete(designId);
    return undefined;
  }

  #stay(designId: string): Stay {
    const stay = this.#stayOf(designId);
    if (stay === undefined)
      throw designNotOpen({ detail: `The design ${designId} is not open on this socket. Say hello first.` });
    return stay;
  }

  #leaveDesign(designId: string): void {
    const stay = this.#stays.get(designId);
    this.#stays.delete(designId);
    stay?.open.leave(stay.member);
  }

  async #submit({ type: _type, designId, ...tx }: RequestOf<'tx'>): Promise<void> {
    try {
      await this.#stay(designId).line.submit(tx as Tx);
    } catch (thrown) {
      this.#refuse(thrown, { designId, txId: tx.txId });
    }
  }

  #say({ designId, to, text }: RequestOf<'say'>): void {
    const { open, member } = this.#stay(designId);
    const now = this.#parts.clock.now();
    this.#saidMs = this.#saidMs.filter((saidMs) => saidMs > now - saidWithinMs);
    if (this.#saidMs.length >= mostSaid) throw saidTooOften();
    this.#saidMs.push(now);
    open.say(member, to, text);
  }

  async #subscribe(wanted: Subscription): Promise<void> {
    const { topic, id, connection } = wanted;
    const key = topicOf(wanted);
    const subscribed = { type: 'subscribed' as const, topic, id, ...(connection !== undefined && { connection }) };
    if (this.#subscriptions.has(key)) {
      if (topic === 'session') this.#parts.hub.look(this.#outlet, wanted);
      return this.#outlet.send(subscribed);
    }
    this.#mustHaveRoom();
    await this.#parts.hub.join(this.#outlet, wanted, () => {
      // The socket may have gone while the present was read.
      if (this.#left) return false;
      this.#subscriptions.set(key, { type: 'subscribe', topic, id, ...(connection !== undefined && { connection }) });
      this.#outlet.send(subscribed);
      return true;
    });
  }

  #unsubscribe(request: Subscription): void {
    if (this.#subscriptions.delete(topicOf(request))) this.#parts.hub.leave(this.#outlet, request);
  }

  #mustHaveRoom(): void {
    if (this.#subscriptions.size + this.#stays.size >= mostSubscriptions) throw tooManySubscriptions();
  }

  #lastWords(): LiveMessage[] {
    const why = 'This reader does not keep up. Come back and say hello with the revision you have.';
    return [...this.#stays.keys()].map((designId) => ({ type: 'resync', designId, why }));
  }

  #refuse(thrown: unknown, about: Readonly<Record<string, unknown>>): void {
    const { designId, txId } = about;
    const named = { ...(typeof designId === 'string' && { designId }), ...(typeof txId === 'string' && { txId }) };
    this.#outlet.send(problemOf(thrown, named, this.#parts.report));
  }
}

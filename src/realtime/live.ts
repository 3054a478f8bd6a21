import type { Buffer } from 'node:buffer';
import type { WebSocket } from 'ws';
import type { App } from '#app/app.ts';
import type { Clock } from '#base/clock.ts';
import { CodedError, messageOf } from '#base/errors.ts';
import { LiveRequest } from '#model/live.ts';
import { faultsOf } from '#model/schema-check.ts';
import { Hub, type Subscription } from './hub.ts';
import { frameBinary, frameMalformed, liveBug, tooManySubscriptions } from './live-errors.ts';
import { Outlet, type OutletLimits, outletLimits } from './outlet.ts';
import { topicOf } from './topics.ts';

/** The live socket: what happens to designs and in sessions, as it happens. Rules W20… in `docs/spec/live.md`. */

export interface LiveOptions {
  readonly clock: Clock;
  readonly limits?: OutletLimits;
  /** Told of what went wrong here. */
  readonly report: (thrown: unknown) => void;
}

const mostSubscriptions = 100;
/** Requests of one socket that wait to be answered; nobody who reads the answers gets there. */
const mostWaiting = 200;

/** Makes what answers to live sockets, one for all of them; `createServer` takes it as `live`. */
export function liveSocket(app: App, { clock, limits = outletLimits, report }: LiveOptions): (socket: WebSocket) => void {
  const hub = new Hub(app, clock);
  return (socket) => {
    const seat = new Seat(hub, new Outlet(socket, clock, limits), report);
    socket.on('message', (data: Buffer, isBinary) => seat.hear(data, isBinary));
    socket.once('close', () => seat.leave());
  };
}

/** One socket and what it listens to. Its requests are answered one after the other, in their order. */
class Seat {
  readonly #hub: Hub;
  readonly #outlet: Outlet;
  readonly #report: (thrown: unknown) => void;
  readonly #subscriptions = new Map<string, Subscription>();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #left = false;

  constructor(hub: Hub, outlet: Outlet, report: (thrown: unknown) => void) {
    this.#hub = hub;
    this.#outlet = outlet;
    this.#report = report;
  }

  hear(data: Buffer, isBinary: boolean): void {
    if (this.#waiting >= mostWaiting) {
      this.#outlet.close('requests come faster than they can be answered');
      return;
    }
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      try {
        if (!this.#left) await this.#answer(requestOf(data, isBinary));
      } catch (thrown) {
        this.#refuse(thrown);
      }
      this.#waiting--;
    });
  }

  leave(): void {
    this.#left = true;
    for (const subscription of this.#subscriptions.values()) this.#hub.leave(this.#outlet, subscription);
    this.#subscriptions.clear();
  }

  async #answer(request: LiveRequest): Promise<void> {
    if (request.type === 'ping') return this.#outlet.send({ type: 'pong' });
    if (request.type === 'unsubscribe') return this.#unsubscribe(request);
    const { topic, id, connection } = request;
    const key = topicOf(request);
    const subscribed = { type: 'subscribed' as const, topic, id, ...(connection !== undefined && { connection }) };
    if (this.#subscriptions.has(key)) return this.#outlet.send(subscribed);
    if (this.#subscriptions.size >= mostSubscriptions) throw tooManySubscriptions();
    await this.#hub.join(this.#outlet, request, () => {
      // The socket may have gone while the present was read.
      if (this.#left) return false;
      this.#subscriptions.set(key, request);
      this.#outlet.send(subscribed);
      return true;
    });
  }

  #unsubscribe(request: Subscription): void {
    if (this.#subscriptions.delete(topicOf(request))) this.#hub.leave(this.#outlet, request);
  }

  #refuse(thrown: unknown): void {
    const known = thrown instanceof CodedError && thrown.blame !== 'bug';
    if (!known) this.#report(thrown);
    const { code, message } = known ? thrown : liveBug({ cause: thrown });
    this.#outlet.send({ type: 'problem', code, detail: message });
  }
}

function requestOf(data: Buffer, isBinary: boolean): LiveRequest {
  if (isBinary) throw frameBinary();
  let request: unknown;
  try {
    request = JSON.parse(data.toString());
  } catch (cause) {
    throw frameMalformed({ detail: `The frame is not JSON: ${messageOf(cause)}.`, cause });
  }
  const type = (request as { type?: unknown } | null)?.type;
  const [subscription, ping] = LiveRequest.anyOf;
  const [fault] = faultsOf(type === 'ping' ? ping : subscription, request);
  if (fault !== undefined) {
    const where = fault.pointer === '' ? 'The frame' : `${fault.pointer} of the frame`;
    throw frameMalformed({ detail: `${where} ${fault.message}.`, facts: { pointer: fault.pointer } });
  }
  const { topic, connection } = request as { topic?: string; connection?: string };
  if (topic === 'connection' && connection === undefined)
    throw frameMalformed({ detail: 'The topic connection wants to know which connection.', facts: { pointer: '/connection' } });
  return request as LiveRequest;
}

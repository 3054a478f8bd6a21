import type { Buffer } from 'node:buffer';
import type { WebSocket } from 'ws';
import type { App } from '#app/app.ts';
import type { Bus } from '#app/bus.ts';
import type { Clock } from '#base/clock.ts';
import type { NewId } from '#base/ids.ts';
import { Hub } from './hub.ts';
import { type OutletLimits, outletLimits } from './outlet.ts';
import { Refusals } from './refusals.ts';
import { Relay } from './relay.ts';
import { Seat } from './seat.ts';

/** The live socket: what happens to designs and in sessions, as it happens, and edits of designs. Rules W20… in `docs/spec/live.md`. */

export interface LiveOptions {
  readonly clock: Clock;
  /** Milliseconds that only go forward, with fractions: how far apart things are, and how long they take. */
  readonly stopwatch?: () => number;
  readonly newId: NewId;
  readonly limits?: OutletLimits;
  /** The way to other servers of the same database. */
  readonly bus?: Bus | undefined;
  /** Told of what went wrong here. */
  readonly report: (thrown: unknown) => void;
}

/** Answers to live sockets; `createServer` takes it as `live`. */
export interface Live {
  (socket: WebSocket): void;
  /** Tells and hears nothing more of other servers; before the bus is closed. */
  close(): void;
}

/** Makes what answers to live sockets, one for all of them. */
export function liveSocket(
  app: App,
  { clock, stopwatch = () => performance.now(), newId, limits = outletLimits, bus, report }: LiveOptions,
): Live {
  const relay = new Relay(bus, clock, newId, report);
  const hub = new Hub({ app, clock, stopwatch, relay, report });
  const parts = { app, hub, clock, newId, limits, refusals: new Refusals(), report };
  const answer = (socket: WebSocket): void => {
    const seat = new Seat(parts, socket);
    socket.on('message', (data: Buffer, isBinary) => seat.hear(data, isBinary));
    // A frame that is too large or none at all: ws closes the socket by itself, with the code that says why.
    socket.on('error', () => {});
    socket.once('close', () => seat.leave());
  };
  return Object.assign(answer, { close: () => relay.close() });
}

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { App } from '#app/app.ts';
import { type Clock, systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { type LiveOptions, liveSocket } from '../live.ts';
import { Listener } from './listener.ts';

/** The live socket of an application on a port of its own, without the HTTP server in front. */
export class LiveBed {
  readonly reported: unknown[] = [];
  readonly server: WebSocketServer;
  readonly #live: ReturnType<typeof liveSocket>;

  private constructor(app: App, clock: Clock, options: Partial<LiveOptions>) {
    this.server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    const report = (thrown: unknown): unknown => this.reported.push(thrown);
    this.#live = liveSocket(app, { clock, ...measuredBy(clock), newId: newUuid, report, ...options });
    this.server.on('connection', this.#live);
  }

  static async open(app: App, clock: Clock = systemClock, options: Partial<LiveOptions> = {}): Promise<LiveBed> {
    const bed = new LiveBed(app, clock, options);
    await once(bed.server, 'listening');
    return bed;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async listener(): Promise<Listener> {
    const client = new Listener(new WebSocket(this.url));
    await once(client.socket, 'open');
    return client;
  }

  /** Closes the sockets and the server. */
  async close(): Promise<void> {
    const gone = [...this.server.clients].map((socket) => once(socket, 'close'));
    for (const socket of this.server.clients) socket.terminate();
    await Promise.all(gone);
    this.#live.close();
    this.server.close();
    await once(this.server, 'close');
  }
}

// Where a test moves the clock, time goes by only with it.
const measuredBy = (clock: Clock): Pick<LiveOptions, 'stopwatch'> =>
  clock === systemClock ? {} : { stopwatch: () => clock.now() };

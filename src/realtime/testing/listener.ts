import { expect } from 'vitest';
import type { WebSocket } from 'ws';
import { LiveMessage } from '#model/live.ts';
import { fits } from '#model/schema-check.ts';

type Told<T extends LiveMessage['type']> = Extract<LiveMessage, { type: T }>;

/** A client that keeps what it is told until somebody asks for it. */
export class Listener {
  readonly socket: WebSocket;
  readonly #told: LiveMessage[] = [];
  #heard = Promise.withResolvers<void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as LiveMessage;
      if (!fits(LiveMessage, message)) throw new Error(`not a live message: ${String(data).slice(0, 200)}`);
      this.#told.push(message);
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    });
  }

  say(request: unknown): void {
    this.socket.send(typeof request === 'string' ? request : JSON.stringify(request));
  }

  /** The next message of a type, taken away; others stay. */
  async next<T extends LiveMessage['type']>(type: T): Promise<Told<T>> {
    for (;;) {
      const at = this.#told.findIndex((message) => message.type === type);
      if (at >= 0) return this.#told.splice(at, 1)[0] as Told<T>;
      await this.#heard.promise;
    }
  }

  async subscribe(topic: 'design' | 'session' | 'connection', id: string, connection?: string): Promise<void> {
    this.say({ type: 'subscribe', topic, id, ...(connection !== undefined && { connection }) });
    expect(await this.next('subscribed')).toMatchObject({ topic, id });
  }

  /** Everything of a type that came before the answer to a ping. */
  async soFar<T extends LiveMessage['type']>(type: T): Promise<Told<T>[]> {
    this.say({ type: 'ping' });
    await this.next('pong');
    const found = this.#told.filter((message) => message.type === type) as Told<T>[];
    for (const message of found) this.#told.splice(this.#told.indexOf(message), 1);
    return found;
  }
}

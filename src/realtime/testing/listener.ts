import { expect } from 'vitest';
import type { WebSocket } from 'ws';
import type { Edit } from '#model/edits/edit.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
import { LiveMessage } from '#model/live.ts';
import { fits } from '#model/schema-check.ts';

export type Told<T extends LiveMessage['type']> = Extract<LiveMessage, { type: T }>;

/** A client that keeps what it is told until somebody asks for it. */
export class Listener {
  readonly socket: WebSocket;
  /** Everything it was told and nobody has taken yet, in order. */
  readonly told: LiveMessage[] = [];
  /** Everything it was ever told. */
  readonly history: LiveMessage[] = [];
  #heard = Promise.withResolvers<void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, isBinary) => {
      const message = JSON.parse(String(data)) as LiveMessage;
      if (isBinary || !fits(LiveMessage, message)) throw new Error(`not a live message: ${String(data).slice(0, 200)}`);
      this.told.push(message);
      this.history.push(message);
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    });
  }

  say(request: unknown): void {
    this.socket.send(typeof request === 'string' ? request : JSON.stringify(request));
  }

  /** The next message of a type, perhaps one that is as wanted, taken away; others stay. */
  async next<T extends LiveMessage['type']>(type: T, wanted: (message: Told<T>) => boolean = () => true): Promise<Told<T>> {
    for (;;) {
      const at = this.told.findIndex((message) => message.type === type && wanted(message as Told<T>));
      if (at >= 0) return this.told.splice(at, 1)[0] as Told<T>;
      await this.#heard.promise;
    }
  }

  async subscribe(topic: 'session' | 'connection', id: string, connection?: string): Promise<void> {
    this.say({ type: 'subscribe', topic, id, ...(connection !== undefined && { connection }) });
    expect(await this.next('subscribed')).toMatchObject({ topic, id });
  }

  async hello(designId: string, more: { lastRev?: number; name?: string } = {}): Promise<Told<'welcome'>> {
    this.say({ type: 'hello', designId, ...more });
    return await this.next('welcome', (welcome) => welcome.designId === designId);
  }

  /** Hands a transaction over, and does not wait. */
  tx(designId: string, edits: readonly Edit[], more: Readonly<Record<string, unknown>> = {}): string {
    const txId = crypto.randomUUID();
    this.say({ type: 'tx', designId, txId, edits, ...more });
    return txId;
  }

  /** The transactions told until the revision `to`, taken away. */
  async editsUntil(to: number): Promise<CommittedTx[]> {
    const txs: CommittedTx[] = [];
    while ((txs.at(-1)?.rev ?? 0) < to) txs.push(...(await this.next('edits')).txs);
    return txs;
  }

  /** Everything of a type that came before the answer to a ping. */
  async soFar<T extends LiveMessage['type']>(type: T): Promise<Told<T>[]> {
    this.say({ type: 'ping' });
    await this.next('pong');
    const found = this.told.filter((message) => message.type === type) as Told<T>[];
    for (const message of found) this.told.splice(this.told.indexOf(message), 1);
    return found;
  }
}

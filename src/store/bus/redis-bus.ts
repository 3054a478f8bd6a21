import type { Redis } from 'ioredis';
import { messageOf } from '#base/errors.ts';
import { busAway } from './bus-errors.ts';

const firstPauseMs = 100;
const longestPauseMs = 5_000;
const connectMs = 10_000;
/** Beyond this, what Redis has not taken yet is followed by nothing more. */
const mostUnderWayCharacters = 4 * 1024 * 1024;

interface RedisBusParts {
  /** `redis://…` or `rediss://…`. */
  readonly url: string;
  /** Servers of one database hear each other on one channel, and no others. */
  readonly channel: string;
  /** Told once whenever the bus goes away. */
  readonly report: (thrown: unknown) => void;
}

/** Carries texts between servers by PUBLISH and SUBSCRIBE: one connection to speak, one to listen. */
export class RedisBus {
  readonly #parts: RedisBusParts;
  readonly #speaks: Redis;
  readonly #listens: Redis;
  #underWay = 0;
  #isAway = false;
  #isSubscribed = false;
  #isClosed = false;

  private constructor(parts: RedisBusParts, speaks: Redis, listens: Redis) {
    this.#parts = parts;
    this.#speaks = speaks;
    this.#listens = listens;
    // A connection without a listener for its errors prints them.
    for (const redis of [speaks, listens]) {
      redis.on('error', (thrown) => this.#away(thrown));
      redis.on('close', () => this.#away(new Error('the connection ended')));
    }
  }

  /** The driver is loaded when the first is made. It is not connected before `listen`. */
  static async create(parts: RedisBusParts): Promise<RedisBus> {
    const { Redis } = await import('ioredis');
    const options = {
      lazyConnect: true,
      connectTimeout: connectMs,
      connectionName: 'csp-designer',
      // What cannot be sent now is forgotten: it would come too late anyway.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResubscribe: false,
      retryStrategy: (times: number) => Math.min(firstPauseMs * 2 ** times, longestPauseMs),
    };
    return new RedisBus(parts, new Redis(parts.url, options), new Redis(parts.url, options));
  }

  listen(heard: (text: string) => void, back: () => void): void {
    this.#listens.on('message', (_channel, text) => heard(text));
    // Who is back wants to ask the others, so both ways must be open.
    const ready = (): void => {
      if (!this.#isSubscribed || this.#speaks.status !== 'ready') return;
      this.#isAway = false;
      back();
    };
    this.#speaks.on('ready', ready);
    this.#listens.on('ready', () => {
      const subscribed = (): void => {
        this.#isSubscribed = true;
        ready();
      };
      void this.#listens.subscribe(this.#parts.channel).then(subscribed, (thrown) => this.#away(thrown));
    });
    this.#listens.on('close', () => {
      this.#isSubscribed = false;
    });
    for (const redis of [this.#speaks, this.#listens]) void redis.connect().catch(() => {});
  }

  publish(text: string): void {
    if (this.#speaks.status !== 'ready' || this.#underWay + text.length > mostUnderWayCharacters) return;
    this.#underWay += text.length;
    const done = (): void => {
      this.#underWay -= text.length;
    };
    void this.#speaks.publish(this.#parts.channel, text).then(done, done);
  }

  reconnect(): void {
    for (const redis of [this.#speaks, this.#listens]) redis.disconnect(true);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const redis of [this.#speaks, this.#listens]) redis.disconnect();
  }

  #away(thrown: unknown): void {
    if (!this.#isAway && !this.#isClosed)
      this.#parts.report(busAway({ detail: `The bus is away: ${messageOf(thrown)}.`, cause: thrown }));
    this.#isAway = true;
  }
}

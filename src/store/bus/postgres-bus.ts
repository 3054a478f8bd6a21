import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import pg from 'pg';
import type { Cancel, Clock } from '#base/clock.ts';
import { messageOf } from '#base/errors.ts';
import { busAway } from './bus-errors.ts';
import { PartsReader, partsOf } from './notify-parts.ts';

/** Of LISTEN and NOTIFY; each database has its own. */
const channel = 'csp_designer';
const firstPauseMs = 100;
const longestPauseMs = 5_000;
const connectMs = 10_000;
const answerMs = 10_000;
/** Beyond this, what waits to be sent is forgotten. */
const mostWaitingCharacters = 4 * 1024 * 1024;

interface PostgresBusParts {
  /** `postgres://…`; a pooler on the way must leave the connection to one session. */
  readonly url: string;
  readonly clock: Clock;
  /** Told once whenever the bus goes away. */
  readonly report: (thrown: unknown) => void;
}

/**
 * Carries texts between servers by LISTEN and NOTIFY, on a connection of its own.
 *
 * One statement sends all that waits: while it is under way, what is published waits for the next. A payload is at most 8,000
 * bytes, so longer texts go in parts.
 */
export class PostgresBus {
  readonly #parts: PostgresBusParts;
  readonly #id = randomUUID();
  readonly #reader = new PartsReader();
  #heard: (text: string) => void = () => {};
  #back: () => void = () => {};
  /** The connection, once it listens. */
  #client: pg.Client | undefined;
  /** Gives up the connection there is or is being made. */
  #giveUp: (why: unknown) => void = () => {};
  #retry: Cancel | undefined;
  #pauseMs = firstPauseMs;
  #isClosed = false;
  #isAway = false;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #isSending = false;
  #number = 0;

  constructor(parts: PostgresBusParts) {
    this.#parts = parts;
  }

  listen(heard: (text: string) => void, back: () => void): void {
    this.#heard = heard;
    this.#back = back;
    void this.#connect();
  }

  publish(text: string): void {
    if (this.#client === undefined || this.#waitingCharacters + text.length > mostWaitingCharacters) return;
    this.#waitingCharacters += text.length;
    this.#waiting.push(...partsOf(text, `${this.#id}-${++this.#number}`));
    if (!this.#isSending) void this.#send();
  }

  reconnect(): void {
    this.#giveUp(new Error('nothing is heard'));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.();
    this.#giveUp(undefined);
  }

  async #connect(): Promise<void> {
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: this.#parts.url,
      stream: () => socket,
      connectionTimeoutMillis: connectMs,
      query_timeout: answerMs,
      keepAlive: true,
      application_name: 'csp-designer bus',
    });
    let isLost = false;
    const lost = (why: unknown): void => {
      if (isLost) return;
      isLost = true;
      // Not a goodbye, which would wait for one that does not answer.
      socket.destroy();
      this.#lost(why);
    };
    this.#giveUp = lost;
    client.on('error', lost);
    client.on('end', () => lost(new Error('the connection ended')));
    client.on('notification', ({ payload = '' }) => {
      const text = this.#reader.read(payload);
      if (text !== undefined) this.#heard(text);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (thrown) {
      return lost(thrown);
    }
    if (isLost) return;
    this.#client = client;
    this.#isAway = false;
    this.#pauseMs = firstPauseMs;
    this.#back();
  }

  #lost(why: unknown): void {
    this.#client = undefined;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    if (this.#isClosed) return;
    if (!this.#isAway) this.#parts.report(busAway({ detail: `The bus is away: ${messageOf(why)}.`, cause: why }));
    this.#isAway = true;
    this.#retry = this.#parts.clock.after(this.#pauseMs, () => void this.#connect());
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    for (let client = this.#client; client !== undefined && this.#waiting.length > 0; client = this.#client) {
      const payloads = this.#waiting;
      this.#waiting = [];
      this.#waitingCharacters = 0;
      try {
        await client.query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [channel, payloads]);
      } catch (thrown) {
        if (this.#client === client) this.#giveUp(thrown);
      }
    }
    this.#isSending = false;
  }
}

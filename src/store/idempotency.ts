import type { Kysely } from 'kysely';
import type { Clock } from '#base/clock.ts';
import type { NewId } from '#base/ids.ts';
import type { Tables } from './tables.ts';

/** A request that may be sent again: whose, under which key, and a hash of what it asks (method, path, body). */
export interface KeyedRequest {
  readonly actor: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** What was answered, to be answered again. `body` is the exact text. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Claimed =
  /** Do it, then `complete` (or `release`) with this token. */
  | { readonly is: 'claimed'; readonly claim: string }
  | { readonly is: 'answered'; readonly answer: KeptAnswer }
  /** The same request is being worked on. */
  | { readonly is: 'running' }
  /** The key was used for something else. */
  | { readonly is: 'other' };

const keptForMs = 24 * 60 * 60 * 1000;
/** After this long without an answer, whoever claimed is taken for dead. */
const claimForMs = 60_000;

/** Idempotency keys: a request sent twice under one key is done once. */
export class IdempotencyKeys {
  readonly #db: Kysely<Tables>;
  readonly #clock: Clock;
  readonly #newId: NewId;

  constructor(db: Kysely<Tables>, clock: Clock, newId: NewId) {
    this.#db = db;
    this.#clock = clock;
    this.#newId = newId;
  }

  /** Takes the key for one of any number that ask at once; the others learn what became of it. */
  async claim({ actor, key, fingerprint }: KeyedRequest): Promise<Claimed> {
    const claim = this.#newId();
    const fresh = { fingerprint, claim, claimed_at: this.#at(), expires_at: this.#at(claimForMs), answer: null };
    const taken = await this.#db
      .insertInto('idempotency_keys')
      .values({ actor, key, ...fresh })
      .onConflict((on) =>
        on.columns(['actor', 'key']).doUpdateSet(fresh).where('idempotency_keys.expires_at', '<=', new Date(this.#clock.now())),
      )
      .returning('claim')
      .executeTakeFirst();
    if (taken !== undefined) return { is: 'claimed', claim };
    const found = await this.#db
      .selectFrom('idempotency_keys')
      .select(['fingerprint', 'answer'])
      .where('actor', '=', actor)
      .where('key', '=', key)
      .executeTakeFirst();
    // Released in between: as good as still running, and the next attempt gets it.
    if (found === undefined) return { is: 'running' };
    if (found.fingerprint !== fingerprint) return { is: 'other' };
    return found.answer === null ? { is: 'running' } : { is: 'answered', answer: found.answer as KeptAnswer };
  }

  /** Keeps the answer for a day, and deletes what has expired. False when the claim had run out and another holds the key. */
  async complete({ actor, key }: KeyedRequest, claim: string, answer: KeptAnswer): Promise<boolean> {
    const done = await this.#db
      .updateTable('idempotency_keys')
      .set({ answer: JSON.stringify(answer), expires_at: this.#at(keptForMs) })
      .where('actor', '=', actor)
      .where('key', '=', key)
      .where('claim', '=', claim)
      .returning('claim')
      .executeTakeFirst();
    await this.expire();
    return done !== undefined;
  }

  /** Gives a key back unanswered: the request failed in a way that a repetition may not. */
  async release({ actor, key }: KeyedRequest, claim: string): Promise<void> {
    await this.#db
      .deleteFrom('idempotency_keys')
      .where('actor', '=', actor)
      .where('key', '=', key)
      .where('claim', '=', claim)
      .execute();
  }

  /** Deletes what has expired; returns how many. */
  async expire(): Promise<number> {
    const rows = await this.#db
      .deleteFrom('idempotency_keys')
      .where('expires_at', '<=', new Date(this.#clock.now()))
      .returning('key')
      .execute();
    return rows.length;
  }

  #at(laterMs = 0): string {
    return new Date(this.#clock.now() + laterMs).toISOString();
  }
}

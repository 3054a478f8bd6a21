import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** The servers that share a database: each says again and again that it lives. All times are of the database's clock. */
export class Servers {
  readonly #db: Kysely<Tables>;
  readonly #id: string;
  readonly #leaseMs: number;

  /**
   * @param id of this server, the same as its `Sessions` have.
   * @param leaseMs it counts as alive for so long after it said so.
   */
  constructor(db: Kysely<Tables>, id: string, leaseMs: number) {
    this.#db = db;
    this.#id = id;
    this.#leaseMs = leaseMs;
  }

  /** For how long this server counts as alive after it said so. */
  get leaseMs(): number {
    return this.#leaseMs;
  }

  /** Says that this server lives; false when it did not count as alive any more, or not yet. */
  async renew(): Promise<boolean> {
    const until = sql<string>`now() + ${this.#leaseMs} * interval '1 millisecond'`;
    const { rows } = await sql<{ in_time: boolean }>`
      WITH before AS (SELECT alive_until >= now() AS in_time FROM servers WHERE id = ${this.#id})
      INSERT INTO servers (id, alive_until) VALUES (${this.#id}, ${until})
      ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until
      RETURNING coalesce((SELECT in_time FROM before), false) AS in_time`.execute(this.#db);
    return rows[0]?.in_time === true;
  }

  /** Says that this server ends. */
  async leave(): Promise<void> {
    await this.#db.deleteFrom('servers').where('id', '=', this.#id).execute();
  }
}

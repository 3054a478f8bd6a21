import type { Kysely } from 'kysely';
import type { DesignBody } from '#model/design.ts';
import type { Tables } from '#store/tables.ts';

/** A whole state of a design at a revision. */
export interface Snapshot {
  readonly rev: number;
  readonly body: DesignBody;
}

/** R11  States of designs kept whole: at every 500th revision and at each named version. What they say, the log says too. */
export class Snapshots {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** The last one at or before a revision; undefined when there is none. */
  async nearest(designId: string, rev: number): Promise<Snapshot | undefined> {
    const row = await this.#db
      .selectFrom('design_snapshots')
      .select(['rev', 'body'])
      .where('design_id', '=', designId)
      .where('rev', '<=', rev)
      .orderBy('rev', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && { rev: row.rev, body: row.body as DesignBody };
  }

  /** The first one after a revision; undefined when there is none. */
  async next(designId: string, rev: number): Promise<Snapshot | undefined> {
    const row = await this.#db
      .selectFrom('design_snapshots')
      .select(['rev', 'body'])
      .where('design_id', '=', designId)
      .where('rev', '>', rev)
      .orderBy('rev')
      .limit(1)
      .executeTakeFirst();
    return row && { rev: row.rev, body: row.body as DesignBody };
  }
}

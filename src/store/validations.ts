import type { Kysely, Selectable } from 'kysely';
import type { Clock } from '#base/clock.ts';
import type { StoredFindings } from '#model/checks/kept-validation.ts';
import type { Tables } from './tables.ts';

/** Revisions of a design whose validations are kept: the newest. */
const mostRevisions = 5;

/** What was found out about a revision. `about` says what exactly was checked; it means nothing here. */
export interface StoredValidation extends StoredFindings {
  readonly rev: number;
  readonly about: string;
  readonly checkedAt: string;
}

/** V120  The last validation of a revision of a design, for the newest few revisions. */
export class Validations {
  readonly #db: Kysely<Tables>;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /**
   * Keeps what `merge` makes of what was kept before.
   *
   * @returns false when nothing was kept: the design has another revision by now, or is gone, or `merge` gave nothing.
   */
  async keep(
    { designId, rev, about }: { readonly designId: string; readonly rev: number; readonly about: string },
    merge: (before: StoredValidation | undefined) => StoredFindings | undefined,
  ): Promise<boolean> {
    return await this.#db.transaction().execute(async (tx) => {
      // The lock of commits: of two that keep at once the second sees the first.
      const design = await tx
        .selectFrom('designs')
        .select('rev')
        .where('id', '=', designId)
        .where('deleted_at', 'is', null)
        .forUpdate()
        .executeTakeFirst();
      if (design?.rev !== rev) return false;
      const made = merge(await read(tx, designId, rev));
      if (made === undefined) return false;
      const row = { about, body: JSON.stringify(made), checked_at: new Date(this.#clock.now()).toISOString() };
      await tx
        .insertInto('design_validations')
        .values({ design_id: designId, rev, ...row })
        .onConflict((on) => on.columns(['design_id', 'rev']).doUpdateSet(row))
        .execute();
      const newest = tx
        .selectFrom('design_validations')
        .select('rev')
        .where('design_id', '=', designId)
        .orderBy('rev', 'desc')
        .limit(mostRevisions);
      await tx.deleteFrom('design_validations').where('design_id', '=', designId).where('rev', 'not in', newest).execute();
      return true;
    });
  }

  /** Undefined when nothing is kept of this revision. */
  async get(designId: string, rev: number): Promise<StoredValidation | undefined> {
    return await read(this.#db, designId, rev);
  }
}

async function read(db: Kysely<Tables>, designId: string, rev: number): Promise<StoredValidation | undefined> {
  const row = await db
    .selectFrom('design_validations')
    .selectAll()
    .where('design_id', '=', designId)
    .where('rev', '=', rev)
    .executeTakeFirst();
  return row && validationOf(row);
}

function validationOf(row: Selectable<Tables['design_validations']>): StoredValidation {
  const body = JSON.parse(row.body) as StoredFindings;
  return { ...body, rev: row.rev, about: row.about, checkedAt: row.checked_at.toISOString() };
}

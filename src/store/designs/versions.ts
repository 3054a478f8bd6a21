import type { Kysely, Selectable } from 'kysely';
import type { Clock } from '#base/clock.ts';
import type { NewId } from '#base/ids.ts';
import type { DesignBody, DesignVersion } from '#model/design.ts';
import type { Tables } from '#store/tables.ts';
import { readDesign } from './design-rows.ts';
import { keepState } from './held-design.ts';

/** Named versions: states of a design kept whole, so that reading one needs neither the log nor today's catalogue. */
export class Versions {
  readonly #db: Kysely<Tables>;
  readonly #clock: Clock;
  readonly #newId: NewId;

  constructor(db: Kysely<Tables>, clock: Clock, newId: NewId) {
    this.#db = db;
    this.#clock = clock;
    this.#newId = newId;
  }

  /** Keeps the design as it is now, under the next number; undefined when there is no such design, its revision when that is not the expected one. */
  async keep(
    designId: string,
    { name, note = '' }: { readonly name: string; readonly note?: string },
    expectedRev?: number,
  ): Promise<DesignVersion | { readonly rev: number } | undefined> {
    const at = new Date(this.#clock.now()).toISOString();
    return await this.#db.transaction().execute(async (tx) => {
      // The lock of commits: the state kept is one revision, and numbers have no gaps.
      const locked = await tx.selectFrom('designs').select('id').where('id', '=', designId).forUpdate().executeTakeFirst();
      const stored = locked && (await readDesign(tx, designId));
      if (stored === undefined) return undefined;
      const { rev } = stored.design;
      if (expectedRev !== undefined && expectedRev !== rev) return { rev };
      await keepState(tx, stored.design);
      const { last } = await tx
        .selectFrom('design_versions')
        .select((eb) => eb.fn.max('number').as('last'))
        .where('design_id', '=', designId)
        .executeTakeFirstOrThrow();
      const row = { id: this.#newId(), design_id: designId, number: (last ?? 0) + 1, rev, name, note, created_at: at };
      await tx.insertInto('design_versions').values(row).execute();
      return versionOf({ ...row, created_at: new Date(at) });
    });
  }

  /** The newest first, `limit` at most, those with a number below `before`. */
  async list(
    designId: string,
    { limit, before }: { readonly limit: number; readonly before?: number | undefined },
  ): Promise<DesignVersion[]> {
    let query = this.#db
      .selectFrom('design_versions')
      .selectAll()
      .where('design_id', '=', designId)
      .where('deleted_at', 'is', null);
    if (before !== undefined) query = query.where('number', '<', before);
    return (await query.orderBy('number', 'desc').limit(limit).execute()).map(versionOf);
  }

  /** A version with what it keeps; undefined when there is none. */
  async get(
    designId: string,
    number: number,
  ): Promise<{ readonly version: DesignVersion; readonly body: DesignBody } | undefined> {
    const row = await this.#db
      .selectFrom('design_versions as v')
      .innerJoin('design_snapshots as s', (on) => on.onRef('s.design_id', '=', 'v.design_id').onRef('s.rev', '=', 'v.rev'))
      .selectAll('v')
      .select('s.body')
      .where('v.design_id', '=', designId)
      .where('v.number', '=', number)
      .where('v.deleted_at', 'is', null)
      .executeTakeFirst();
    return row && { version: versionOf(row), body: row.body as DesignBody };
  }

  /** Changes what a version is called; undefined when there is none. What it keeps stays. */
  async rename(
    designId: string,
    number: number,
    set: { readonly name?: string | undefined; readonly note?: string | undefined },
  ): Promise<DesignVersion | undefined> {
    const row = await this.#there(designId, number)
      .set((eb) => ({ name: set.name ?? eb.ref('name'), note: set.note ?? eb.ref('note') }))
      .returningAll()
      .executeTakeFirst();
    return row && versionOf(row);
  }

  /** Takes a version out of the list; its number is not given again. False when there is none. */
  async remove(designId: string, number: number): Promise<boolean> {
    const at = new Date(this.#clock.now()).toISOString();
    return (await this.#there(designId, number).set({ deleted_at: at }).returning('id').executeTakeFirst()) !== undefined;
  }

  #there(designId: string, number: number) {
    return this.#db
      .updateTable('design_versions')
      .where('design_id', '=', designId)
      .where('number', '=', number)
      .where('deleted_at', 'is', null);
  }
}

function versionOf(row: Omit<Selectable<Tables['design_versions']>, 'deleted_at'>): DesignVersion {
  const { design_id, number, rev, name, note, created_at } = row;
  return { designId: design_id, number, rev, name, note, createdAt: created_at.toISOString() };
}

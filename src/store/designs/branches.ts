import type { Kysely, Selectable } from 'kysely';
import type { Branch } from '#model/merging/history.ts';
import type { Tables } from '#store/tables.ts';

/** Where designs that are branches come from. */
export class Branches {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** Where a design comes from; undefined when it is no branch. */
  async get(designId: string): Promise<Branch | undefined> {
    const row = await this.#db.selectFrom('design_branches').selectAll().where('design_id', '=', designId).executeTakeFirst();
    return row && branchOf(row);
  }

  /** The branches of a design that are there, newest first, `limit` at most, those behind `after`. */
  async list(
    ofDesign: string,
    { limit, after }: { readonly limit: number; readonly after?: Pick<Branch, 'createdAt' | 'designId'> | undefined },
  ): Promise<Branch[]> {
    let query = this.#db
      .selectFrom('design_branches as b')
      .innerJoin('designs as d', 'd.id', 'b.design_id')
      .selectAll('b')
      .where('b.of_design', '=', ofDesign)
      .where('d.deleted_at', 'is', null);
    if (after !== undefined) {
      query = query.where(({ eb, refTuple, tuple }) =>
        eb(
          refTuple('b.created_at', 'b.design_id'),
          '<',
          tuple(eb.cast<Date>(eb.val(after.createdAt), 'timestamptz'), eb.cast<string>(eb.val(after.designId), 'uuid')),
        ),
      );
    }
    return (await query.orderBy('b.created_at', 'desc').orderBy('b.design_id', 'desc').limit(limit).execute()).map(branchOf);
  }
}

/** E44  Says of a design that it is a branch, in the transaction that stores it. */
export async function insertBranch(
  tx: Kysely<Tables>,
  { designId, name, ofDesign, ofRev, ownRev, base, createdAt }: Branch,
): Promise<void> {
  const row = { design_id: designId, name, of_design: ofDesign, of_rev: ofRev, own_rev: ownRev, base, created_at: createdAt };
  await tx.insertInto('design_branches').values(row).execute();
}

/** Where the next merge of a branch starts. */
export type BranchMove = Pick<Branch, 'designId' | 'ofRev' | 'ownRev' | 'base'>;

/** E44  Says where the next merge starts, in the transaction of the merge. Revisions only grow: what an older merge says late is not heard. */
export async function moveBranch(tx: Kysely<Tables>, { designId, ofRev, ownRev, base }: BranchMove): Promise<void> {
  await tx
    .updateTable('design_branches')
    .set({ of_rev: ofRev, own_rev: ownRev, base })
    .where('design_id', '=', designId)
    .where('of_rev', '<=', ofRev)
    .where('own_rev', '<=', ownRev)
    .execute();
}

function branchOf(row: Selectable<Tables['design_branches']>): Branch {
  const { design_id, name, of_design, of_rev, own_rev, base, created_at } = row;
  return {
    designId: design_id,
    name,
    ofDesign: of_design,
    ofRev: of_rev,
    ownRev: own_rev,
    base: base as Branch['base'],
    createdAt: created_at.toISOString(),
  };
}

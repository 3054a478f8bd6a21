import { type Kysely, sql } from 'kysely';
import type { Tables } from '#store/tables.ts';

/** A transaction as far as taking back is concerned. */
export interface Turn {
  readonly txId: string;
  readonly undoOf?: string | undefined;
}

/** What the log says of who took what back. */
export class History {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** Which of these transactions are taken back at present, by the transaction that did it last. A redone one is not. */
  async undoers(designId: string, txIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await undoersQuery(designId, txIds).execute(this.#db);
    return takenBack(rows, new Set(txIds));
  }

  /** What somebody did last that can be taken back, oldest first, `limit` at most. */
  async turnsOf(designId: string, actor: string, limit: number): Promise<Turn[]> {
    const rows = await turnsQuery(this.#db, designId, actor, limit).execute();
    return rows.reverse().map(({ tx_id, undo_of }) => ({ txId: tx_id, ...(undo_of !== null && { undoOf: undo_of }) }));
  }
}

/** The statement behind `turnsOf`. A revision that drew the design, or changed nothing, is no step of anybody. */
export function turnsQuery(db: Kysely<Tables>, designId: string, actor: string, limit: number) {
  return db
    .selectFrom('design_edits')
    .select(['tx_id', 'undo_of'])
    .where('design_id', '=', designId)
    .where('actor', '=', actor)
    .where(sql<boolean>`jsonb_array_length(inverse) > 0`)
    .orderBy('rev', 'desc')
    .limit(limit);
}

interface Undoing {
  readonly tx_id: string;
  readonly undo_of: string;
}

/** The statement behind `undoers`: who took these back, who took that back, and so on, oldest first. */
export function undoersQuery(designId: string, txIds: readonly string[]) {
  return sql<Undoing>`
    WITH RECURSIVE undoing AS (
      SELECT tx_id, undo_of, rev FROM design_edits WHERE design_id = ${designId} AND undo_of = any(${txIds}::uuid[])
      UNION
      SELECT e.tx_id, e.undo_of, e.rev FROM design_edits e JOIN undoing u ON e.design_id = ${designId} AND e.undo_of = u.tx_id
    )
    SELECT tx_id::text, undo_of::text FROM undoing ORDER BY rev`;
}

// Newest first: what a transaction took back is in force again when that transaction is itself taken back.
function takenBack(rows: readonly Undoing[], wanted: ReadonlySet<string>): Map<string, string> {
  const back = new Map<string, string>();
  for (const { tx_id, undo_of } of rows.toReversed()) if (!back.has(tx_id) && !back.has(undo_of)) back.set(undo_of, tx_id);
  return new Map([...back].filter(([txId]) => wanted.has(txId)));
}

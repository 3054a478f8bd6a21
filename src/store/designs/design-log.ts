import { type Kysely, sql } from 'kysely';
import type { Edit } from '#model/edits/edit.ts';
import type { LeftOut, Outcome } from '#model/edits/tx.ts';
import type { Tables } from '#store/tables.ts';

/** The log of designs: how each came about, one line a revision. */

/** Who changes a design, by which door, and under which id the change is known (a repeated id changes nothing). */
export interface Authorship {
  readonly actor: string;
  /** The door: http, socket, cli, import, undo… */
  readonly via: string;
  /** A UUID chosen by whoever asks. */
  readonly txId: string;
  /** What was done, for people. */
  readonly label?: string | undefined;
  /** The transaction that this one takes back. */
  readonly undoOf?: string | undefined;
  /** The revision the edits were made on. */
  readonly baseRev?: number | undefined;
}

/** What a transaction did. */
export interface Done {
  /** As they were applied, every default filled in. */
  readonly edits: readonly Edit[];
  /** What takes them back, in the order to apply them. */
  readonly inverse: readonly Edit[];
  /** `applied` unless told. */
  readonly outcome?: Outcome;
  /** The edits as they were asked for; only when others were applied. */
  readonly asked?: readonly Edit[] | undefined;
  readonly left?: readonly LeftOut[] | undefined;
}

/** One line of the log: what led from `rev - 1` to `rev`. */
export interface LogEntry extends Authorship, Done {
  readonly rev: number;
  readonly outcome: Outcome;
  /** ISO time, UTC. */
  readonly at: string;
}

/** At most this many entries of the log are read at once. */
export const longestTail = 1000;

const columns = [
  'rev',
  'tx_id',
  'actor',
  'via',
  'edits',
  'inverse',
  'at',
  'label',
  'undo_of',
  'base_rev',
  'outcome',
  'asked',
  'left_out',
] as const;

/** The statement behind `readTail`, apart so that a test can ask the database how it would run it. */
export function tailQuery(db: Kysely<Tables>, id: string, rev: number, limit: number) {
  return db
    .selectFrom('design_edits')
    .select(columns)
    .where('design_id', '=', id)
    .where('rev', '>', rev)
    .orderBy('rev')
    .limit(limit);
}

/** What happened after `rev`, oldest first. */
export async function readTail(db: Kysely<Tables>, id: string, rev: number, limit: number): Promise<LogEntry[]> {
  return (await tailQuery(db, id, rev, limit).execute()).map(entryOf);
}

/** Which lines of a log: `limit` at most, those before the revision `before`, and of them only those that all else fits. */
export interface HistoryWanted {
  readonly limit: number;
  readonly before?: number | undefined;
  readonly actor?: string | undefined;
  /** A node, connection or group by its id: lines that change it, or connect it or what they took away with it. */
  readonly element?: string | undefined;
  /** ISO times: from then on, and before then. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

// Where the id of an element stands in an edit; the inverse says what went with something else.
const namesElement = `$[*] ? (@.id == $id || @.node == $id || @.node.id == $id || @.connection.id == $id || @.group.id == $id ||
  @.connection.from.node == $id || @.connection.to.node == $id || @.from.node == $id || @.to.node == $id)`;

/** The statement behind `readHistory`. */
export function historyQuery(db: Kysely<Tables>, id: string, wanted: HistoryWanted) {
  const { limit, before, actor, element, since, until } = wanted;
  let query = db.selectFrom('design_edits').select(columns).where('design_id', '=', id);
  if (before !== undefined) query = query.where('rev', '<', before);
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (since !== undefined) query = query.where(sql<boolean>`at >= ${since}::timestamptz`);
  if (until !== undefined) query = query.where(sql<boolean>`at < ${until}::timestamptz`);
  if (element !== undefined) {
    const vars = JSON.stringify({ id: element });
    const names = (column: 'edits' | 'inverse') =>
      sql<boolean>`jsonb_path_exists(${sql.ref(column)}, ${sql.lit(namesElement)}::jsonpath, ${vars}::jsonb)`;
    query = query.where(sql<boolean>`(${names('edits')} OR ${names('inverse')})`);
  }
  return query.orderBy('rev', 'desc').limit(limit);
}

/** The newest first. */
export async function readHistory(db: Kysely<Tables>, id: string, wanted: HistoryWanted): Promise<LogEntry[]> {
  return (await historyQuery(db, id, wanted).execute()).map(entryOf);
}

/** The statement behind `readTxs`. */
export function txsQuery(db: Kysely<Tables>, id: string, txIds: readonly string[]) {
  return db
    .selectFrom('design_edits')
    .select(columns)
    .where('design_id', '=', id)
    .where(sql<boolean>`tx_id = any(${txIds}::uuid[])`);
}

/** What these transactions did, of those that were committed. */
export async function readTxs(db: Kysely<Tables>, id: string, txIds: readonly string[]): Promise<LogEntry[]> {
  return (await txsQuery(db, id, txIds).execute()).map(entryOf);
}

type LogRow = Awaited<ReturnType<ReturnType<typeof tailQuery>['executeTakeFirstOrThrow']>>;

function entryOf(row: LogRow): LogEntry {
  const { rev, tx_id, actor, via, edits, inverse, at, label, undo_of, base_rev, outcome, asked, left_out } = row;
  return {
    rev,
    txId: tx_id,
    actor,
    via,
    edits: edits as Edit[],
    inverse: inverse as Edit[],
    at: at.toISOString(),
    outcome: outcome as Outcome,
    ...(label !== null && { label }),
    ...(undo_of !== null && { undoOf: undo_of }),
    ...(base_rev !== null && { baseRev: base_rev }),
    ...(asked !== null && { asked: asked as Edit[] }),
    ...(left_out !== null && { left: left_out as LeftOut[] }),
  };
}

import type { Kysely } from 'kysely';
import type { Clock } from '#base/clock.ts';
import type { Design, DesignBody, DesignSummary } from '#model/design.ts';
import { emptyDesign } from '#model/design.ts';
import { difference } from '#model/diff.ts';
import type { Edit, Refusal } from '#model/edit.ts';
import { anchorChanges, followAnchors, removeThreads } from './comments.ts';
import { readDesign, writeDifference } from './design-rows.ts';
import { storeIntegrity } from './store-errors.ts';
import type { Tables } from './tables.ts';

/**
 * Designs as they are kept: tables of what is, and a log of how it came about.
 *
 * R1  Commits on one design come one after the other, whoever asks: its revisions have no gap, and no change is lost.
 * R2  Tables and log are written by one transaction: replaying the log from an empty canvas gives the tables.
 * R3  A commit that is refused, stale, repeated or cut off leaves everything as it was.
 * R4  A txId is committed once: sent again it changes nothing and answers with what it did.
 * R5  The log is append only, and outlives its design.
 * R6  A list is read in pages from a place, not a number: what is added meanwhile moves nothing.
 * R7  What `apply` promises (ends exist, one holder an end), the database refuses to break.
 */

/** Who changes a design, by which door, and under which id the change is known (a repeated id changes nothing). */
export interface Authorship {
  readonly actor: string;
  /** The door: http, socket, cli, import, undo… */
  readonly via: string;
  /** A UUID chosen by whoever asks. */
  readonly txId: string;
}

/** One line of the log: the edits that led from `rev - 1` to `rev`, and those that lead back. */
export interface LogEntry extends Authorship {
  readonly rev: number;
  readonly edits: readonly Edit[];
  readonly inverse: readonly Edit[];
  /** ISO time, UTC. */
  readonly at: string;
}

/** What a pure change makes of a design; `apply` and `applyAll` answer so once their edits are put beside it. */
export type Changed =
  | { readonly ok: true; readonly design: Design; readonly edits: readonly Edit[]; readonly inverse: readonly Edit[] }
  | { readonly ok: false; readonly refusal: Refusal };

export interface Commit extends Authorship {
  readonly id: string;
  /** Commit only if the design still has this revision. */
  readonly expectedRev?: number | undefined;
  /** Pure: called with the design as it is now, while nobody else can change it. */
  readonly change: (design: Design) => Changed;
}

/** What became of a commit. All but the first left everything as it was. */
export type Committed =
  | { readonly is: 'committed'; readonly design: Design; readonly edits: readonly Edit[]; readonly inverse: readonly Edit[] }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  /** Others were first: the revision there is, and what they did since the expected one. */
  | { readonly is: 'stale'; readonly rev: number; readonly edits: readonly Edit[] }
  /** This txId has been committed before; `entry` is what it did then. */
  | { readonly is: 'repeated'; readonly design: Design; readonly entry: LogEntry }
  | { readonly is: 'missing' };

/** Where a page of a list begins: behind this item. */
export interface DesignCursor {
  readonly updatedAt: string;
  readonly id: string;
}

/** At most this many entries of the log are read at once. */
export const longestTail = 1000;

export class Designs {
  readonly #db: Kysely<Tables>;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Stores a new design with revision 1. The log begins with the edits that draw it. */
  async create(given: { readonly id: string; readonly body: DesignBody } & Authorship): Promise<Design> {
    const { id, body } = given;
    const at = this.#at();
    const drawn = difference(emptyDesign(''), body);
    return await this.#db.transaction().execute(async (tx) => {
      const { name, description } = body;
      await tx.insertInto('designs').values({ id, rev: 1, name, description, created_at: at, updated_at: at }).execute();
      await writeDifference(tx, id, emptyDesign(name), body);
      await appendLog(tx, id, { ...given, rev: 1, edits: drawn, inverse: [], at });
      return await present(tx, id);
    });
  }

  /** The whole design as of one moment; undefined when there is none. */
  async get(id: string): Promise<Design | undefined> {
    return await readDesign(this.#db, id);
  }

  /** The newest changed first, `limit` at most, those behind `after`. */
  async list({ limit, after }: { readonly limit: number; readonly after?: DesignCursor | undefined }): Promise<DesignSummary[]> {
    const rows = await listQuery(this.#db, limit, after).execute();
    return rows.map(({ created_at, updated_at, nodes, connections, ...row }) => ({
      ...row,
      nodeCount: Number(nodes),
      connectionCount: Number(connections),
      createdAt: created_at.toISOString(),
      updatedAt: updated_at.toISOString(),
    }));
  }

  /**
   * The one way a stored design changes: locks it, reads it, calls `change`, writes the rows that differ and the log, in one
   * transaction. Commits on one design come one after the other; on two designs they do not wait for each other.
   */
  async commit(commit: Commit): Promise<Committed> {
    const { id, expectedRev, txId } = commit;
    return await this.#db.transaction().execute(async (tx) => {
      // Read in a statement of its own: the one that waited for the lock still sees the rows of before.
      const locked = await tx.selectFrom('designs').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
      const before = locked && (await readDesign(tx, id));
      if (before === undefined) return { is: 'missing' };
      const entry = await logEntry(tx, id, txId);
      if (entry !== undefined) return { is: 'repeated', design: before, entry };
      if (expectedRev !== undefined && expectedRev !== before.rev) {
        const since = await readTail(tx, id, expectedRev, longestTail);
        return { is: 'stale', rev: before.rev, edits: since.flatMap(({ edits }) => edits) };
      }
      const changed = commit.change(before);
      if (!changed.ok) return { is: 'refused', refusal: changed.refusal };
      const { edits, inverse } = changed;
      if (edits.length === 0) return { is: 'committed', design: before, edits, inverse };
      const design: Design = { ...changed.design, id, rev: before.rev + 1, createdAt: before.createdAt, updatedAt: this.#at() };
      await writeDifference(tx, id, before, design);
      await followAnchors(tx, id, anchorChanges(before, design), design.updatedAt);
      const { rev, name, description, updatedAt } = design;
      await tx.updateTable('designs').set({ rev, name, description, updated_at: updatedAt }).where('id', '=', id).execute();
      await appendLog(tx, id, { ...commit, rev, edits, inverse, at: updatedAt });
      return { is: 'committed', design, edits, inverse };
    });
  }

  /** What happened to a design after `rev`, oldest first, at most `limit` entries (1,000). */
  async editsSince(id: string, rev: number, limit: number = longestTail): Promise<LogEntry[]> {
    return await readTail(this.#db, id, rev, Math.min(limit, longestTail));
  }

  /** Takes a design away with what was found out about it; its log stays, as a record. */
  async remove(
    id: string,
    expectedRev?: number,
  ): Promise<{ readonly is: 'removed' } | { readonly is: 'missing' } | Extract<Committed, { is: 'stale' }>> {
    return await this.#db.transaction().execute(async (tx) => {
      const found = await tx
        .selectFrom('designs')
        .select('rev')
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .forUpdate()
        .executeTakeFirst();
      if (found === undefined) return { is: 'missing' };
      if (expectedRev !== undefined && expectedRev !== found.rev) {
        const since = await readTail(tx, id, expectedRev, longestTail);
        return { is: 'stale', rev: found.rev, edits: since.flatMap(({ edits }) => edits) };
      }
      await tx.updateTable('designs').set({ deleted_at: this.#at() }).where('id', '=', id).execute();
      await tx.deleteFrom('design_validations').where('design_id', '=', id).execute();
      await removeThreads(tx, id);
      return { is: 'removed' };
    });
  }

  #at(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

/** The statement behind `list`, apart so that a test can ask the database how it would run it. */
export function listQuery(db: Kysely<Tables>, limit: number, after: DesignCursor | undefined) {
  let query = db
    .selectFrom('designs')
    .select(['id', 'rev', 'name', 'description', 'created_at', 'updated_at'])
    .select((eb) => [
      eb
        .selectFrom('design_nodes as n')
        .select((n) => n.fn.countAll().as('count'))
        .whereRef('n.design_id', '=', 'designs.id')
        .as('nodes'),
      eb
        .selectFrom('design_connections as c')
        .select((c) => c.fn.countAll().as('count'))
        .whereRef('c.design_id', '=', 'designs.id')
        .as('connections'),
    ])
    .where('deleted_at', 'is', null)
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (after !== undefined) {
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('updated_at', 'id'),
        '<',
        tuple(eb.cast<Date>(eb.val(after.updatedAt), 'timestamptz'), eb.cast<string>(eb.val(after.id), 'uuid')),
      ),
    );
  }
  return query;
}

/** The statement behind `editsSince`. */
export function tailQuery(db: Kysely<Tables>, id: string, rev: number, limit: number) {
  return db
    .selectFrom('design_edits')
    .select(['rev', 'tx_id', 'actor', 'via', 'edits', 'inverse', 'at'])
    .where('design_id', '=', id)
    .where('rev', '>', rev)
    .orderBy('rev')
    .limit(limit);
}

async function readTail(db: Kysely<Tables>, id: string, rev: number, limit: number): Promise<LogEntry[]> {
  return (await tailQuery(db, id, rev, limit).execute()).map(entryOf);
}

async function logEntry(db: Kysely<Tables>, id: string, txId: string): Promise<LogEntry | undefined> {
  const row = await db
    .selectFrom('design_edits')
    .select(['rev', 'tx_id', 'actor', 'via', 'edits', 'inverse', 'at'])
    .where('design_id', '=', id)
    .where('tx_id', '=', txId)
    .executeTakeFirst();
  return row && entryOf(row);
}

type LogRow = Awaited<ReturnType<ReturnType<typeof tailQuery>['executeTakeFirstOrThrow']>>;

function entryOf({ rev, tx_id, actor, via, edits, inverse, at }: LogRow): LogEntry {
  return { rev, txId: tx_id, actor, via, edits: edits as Edit[], inverse: inverse as Edit[], at: at.toISOString() };
}

async function appendLog(tx: Kysely<Tables>, id: string, { rev, txId, actor, via, edits, inverse, at }: LogEntry): Promise<void> {
  await tx
    .insertInto('design_edits')
    .values({
      design_id: id,
      rev,
      tx_id: txId,
      actor,
      via,
      edits: JSON.stringify(edits),
      inverse: JSON.stringify(inverse),
      at,
    })
    .execute();
}

async function present(tx: Kysely<Tables>, id: string): Promise<Design> {
  const design = await readDesign(tx, id);
  if (design === undefined) throw storeIntegrity({ detail: `design ${id} is not there right after it was written` });
  return design;
}

import type { Kysely } from 'kysely';
import type { Clock } from '#base/clock.ts';
import { CodedError } from '#base/errors.ts';
import type { Design, DesignBody, DesignSummary } from '#model/design.ts';
import { emptyDesign } from '#model/design.ts';
import { difference } from '#model/edits/diff.ts';
import type { Refusal } from '#model/edits/edit.ts';
import { touchedBy } from '#model/edits/touched.ts';
import type { Branch } from '#model/merging/history.ts';
import { removeThreads } from '#store/comments.ts';
import { lockNotAvailable, storeIntegrity } from '#store/store-errors.ts';
import type { Tables } from '#store/tables.ts';
import { type BranchMove, insertBranch } from './branches.ts';
import { commitStatement } from './commit-statement.ts';
import { DesignCache } from './design-cache.ts';
import {
  type Authorship,
  type Done,
  type HistoryWanted,
  type LogEntry,
  longestTail,
  readHistory,
  readTail,
  readTxs,
} from './design-log.ts';
import { differenceOf, type Only, readDesign, type StoredDesign } from './design-rows.ts';
import { type HeldDesign, holdDesign, rememberedDesign } from './held-design.ts';

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
 * R8  What a server remembers of a design is held against the revision by the statement that writes, or under the lock: when another
 *     server has been first, it catches up from the lines of the log and the rows they touched, or reads afresh.
 * R9  Several commits on one design may share a transaction: each has its own line and answer, and one that is refused, broken
 *     or not to be stored changes nothing for the others.
 * R10 Nobody is answered, and nobody told, before COMMIT. A transaction that fails has changed nothing for all that were in it.
 * R11 A whole state is kept, in the same transaction, of each revision that is a multiple of 500, and of each named version.
 * R12 The log says by itself how the tables came about: it is replayed without asking the catalogue of today what it allows.
 * R13 Each element is kept with the revision in which it last changed; what is not touched keeps its row as it is.
 * R14 A line of the log says who did it, by which door, on which revision it was made and what it takes back; and what was asked
 *     and left out, where that is not what was done.
 * R15 The tail of a log, its history from the newest, and a transaction by its id are read by index.
 */

/** A design that is to be stored. */
export interface NewDesign extends Authorship {
  readonly id: string;
  readonly body: DesignBody;
  /** What it is called as a branch, and the state of which design it is. */
  readonly branch?: Pick<Branch, 'name' | 'ofDesign' | 'ofRev'> | undefined;
}

/** What somebody wants of a design. */
export interface Wish extends Authorship {
  /**
   * Called with the design as it is now, once or again: what came of it counts only when nobody else has changed the design until it
   * was written. Pure but for what it reads.
   */
  readonly decide: (held: HeldDesign) => Decided | Promise<Decided>;
}

/** What is to become of a wish; `design` is what the edits make of the one that is held. */
export type Decided =
  /** `moves`: a branch that starts its next merge elsewhere with this, also when there are no edits. */
  | ({ readonly ok: true; readonly design: Design; readonly moves?: BranchMove | undefined } & Done)
  | { readonly ok: false; readonly is: 'refused'; readonly refusal: Refusal }
  /** Others were first: what they did. */
  | { readonly ok: false; readonly is: 'stale'; readonly since: readonly LogEntry[] };

/** What became of a wish. All but the first left everything as it was. */
export type Committed =
  | { readonly is: 'committed'; readonly design: Design; readonly entry: LogEntry }
  /** This txId has been committed before; `entry` is what it did then. */
  | { readonly is: 'repeated'; readonly design: Design; readonly entry: LogEntry }
  /** There was nothing to do. */
  | { readonly is: 'unchanged'; readonly design: Design }
  | { readonly is: 'refused'; readonly refusal: Refusal; readonly rev: number }
  | { readonly is: 'stale'; readonly rev: number; readonly since: readonly LogEntry[] }
  /** `decide` threw, or the database refused what it gave. */
  | { readonly is: 'failed'; readonly thrown: unknown };

/** What was made of wishes, not yet written. */
interface Tried {
  readonly held: HeldDesign;
  readonly answers: Committed[];
}

/** Where a page of a list begins: behind this item. */
export interface DesignCursor {
  readonly updatedAt: string;
  readonly id: string;
}

export class Designs {
  readonly #db: Kysely<Tables>;
  readonly #clock: Clock;
  readonly #cache: DesignCache;

  constructor(db: Kysely<Tables>, clock: Clock, cache = new DesignCache()) {
    this.#db = db;
    this.#clock = clock;
    this.#cache = cache;
  }

  /** Stores a new design with revision 1, perhaps as a branch of another. The log begins with the edits that draw it. */
  async create(given: NewDesign): Promise<Design> {
    const { id, body, branch, ...author } = given;
    const at = this.#at();
    const drawn = difference(emptyDesign(''), body);
    return await this.#db.transaction().execute(async (tx) => {
      const { name, description } = body;
      await tx.insertInto('designs').values({ id, rev: 1, name, description, created_at: at, updated_at: at }).execute();
      const line: LogEntry = { ...author, rev: 1, edits: drawn, inverse: [], outcome: 'applied', at };
      const [to, difference] = [{ ...body, rev: 1, updatedAt: at }, differenceOf(emptyDesign(name), body, touchedBy(drawn))];
      await commitStatement({ id, from: 1, to, difference, revOf: () => 1, lines: [line], anchors: [], patient: true }).execute(
        tx,
      );
      if (branch !== undefined) await insertBranch(tx, { ...branch, designId: id, ownRev: 1, base: 'of', createdAt: at });
      return (await present(tx, id)).design;
    });
  }

  /** The whole design as of one moment; undefined when there is none. */
  async get(id: string): Promise<Design | undefined> {
    const cached = this.#cache.get(id);
    if (cached !== undefined && cached.design.rev === (await this.revOf(id))) return cached.design;
    return (await readDesign(this.#db, id))?.design;
  }

  /** The present revision; undefined when there is no such design. */
  async revOf(id: string): Promise<number | undefined> {
    const query = this.#db.selectFrom('designs').select('rev').where('id', '=', id).where('deleted_at', 'is', null);
    return (await query.executeTakeFirst())?.rev;
  }

  /** The same with the revision in which each element last changed; with `only` of these elements alone. */
  async getStored(id: string, only?: Only): Promise<StoredDesign | undefined> {
    return await readDesign(this.#db, id, only);
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
   * The one way a stored design changes: asks each wish in turn what it makes of it, writes the rows that differ and a line of the
   * log each, in one transaction; under a lock from the beginning, or at once when what is remembered still holds. Commits on one design come one after the other; on two designs they do not wait
   * for each other.
   *
   * @returns what became of each wish; undefined when there is no such design.
   */
  async commit(id: string, wishes: readonly Wish[]): Promise<Committed[] | undefined> {
    try {
      return await this.#commitTogether(id, wishes);
    } catch (thrown) {
      // R9  What the database refuses of one is nobody else's fault: each is tried alone.
      if (wishes.length === 1 || (thrown as CodedError).blame === 'world') throw thrown;
      const alone: Committed[] = [];
      for (const wish of wishes) {
        const done = await this.#commitTogether(id, [wish]).catch((failed): Committed[] => [{ is: 'failed', thrown: failed }]);
        if (done === undefined) return undefined;
        alone.push(...done);
      }
      return alone;
    }
  }

  async #commitTogether(id: string, wishes: readonly Wish[]): Promise<Committed[] | undefined> {
    const remembered = rememberedDesign(this.#db, this.#cache, id);
    const tried = remembered && (await this.#decide(remembered, wishes));
    if (tried !== undefined && (await this.#writtenAtOnce(id, tried))) return tried.answers;
    return await this.#commitLocked(id, wishes, tried);
  }

  async #decide(held: HeldDesign, wishes: readonly Wish[]): Promise<Tried> {
    const answers: Committed[] = [];
    for (const wish of wishes) answers.push(await this.#answer(held, wish));
    return { held, answers };
  }

  // R8  Decided on what is remembered, and written by one statement that does nothing when that is not so any more. Only what is
  // committed is answered from here: the statement proves that it was decided on the present revision, and the log that its txId is
  // new.
  async #writtenAtOnce(id: string, { held, answers }: Tried): Promise<boolean> {
    if (!answers.every(({ is }) => is === 'committed' || is === 'repeated')) return false;
    try {
      const news = await held.writeAtOnce();
      if (news !== undefined) this.#cache.advance(id, news);
      return news !== undefined;
    } catch (thrown) {
      // The database refused something, or somebody is changing a thread that would follow, so it wrote nothing; under the lock it says
      // so again, or waits.
      const { blame, facts } = thrown as CodedError;
      if (blame === 'world' && facts?.['sqlState'] !== lockNotAvailable) throw thrown;
      return false;
    }
  }

  async #commitLocked(id: string, wishes: readonly Wish[], tried: Tried | undefined): Promise<Committed[] | undefined> {
    const ids = wishes.map(({ txId }) => txId);
    const done = await this.#db.transaction().execute(async (tx) => {
      const found = await holdDesign(tx, this.#cache, id, ids);
      if (found === undefined) return undefined;
      // What was decided without the lock holds when nothing has happened.
      const { held, answers } = tried?.held.beganAs(found) === true ? tried : await this.#decide(found, wishes);
      return { answers, news: await held.write(tx) };
    });
    if (done === undefined) this.#cache.drop(id);
    // Only now is it so.
    if (done?.news !== undefined) this.#cache.advance(id, done.news);
    return done?.answers;
  }

  async #answer(held: HeldDesign, { decide, ...author }: Wish): Promise<Committed> {
    const before = held.entry(author.txId);
    if (before !== undefined) return { is: 'repeated', design: held.design, entry: before };
    try {
      const decided = await decide(held);
      const { rev } = held.design;
      if (!decided.ok) return decided.is === 'stale' ? { is: 'stale', rev, since: decided.since } : { ...decided, rev };
      const { ok: _, design, moves, ...what } = decided;
      if (moves !== undefined) held.moveBranch(moves);
      if (what.edits.length === 0) return { is: 'unchanged', design: held.design };
      const entry = held.add(author, design, what, this.#at());
      return { is: 'committed', design: held.design, entry };
    } catch (thrown) {
      if (thrown instanceof CodedError && thrown.blame === 'world') throw thrown;
      return { is: 'failed', thrown };
    }
  }

  /** What happened to a design after `rev`, oldest first, at most `limit` entries (1,000). */
  async editsSince(id: string, rev: number, limit: number = longestTail): Promise<LogEntry[]> {
    return await readTail(this.#db, id, rev, Math.min(limit, longestTail));
  }

  /** The log, newest first. */
  async history(id: string, wanted: HistoryWanted): Promise<LogEntry[]> {
    return await readHistory(this.#db, id, wanted);
  }

  /** What a transaction did; undefined when it was not committed. */
  async entry(id: string, txId: string): Promise<LogEntry | undefined> {
    return (await readTxs(this.#db, id, [txId]))[0];
  }

  /** Takes a design away with what was found out about it; its log stays, as a record. */
  async remove(
    id: string,
    expectedRev?: number,
  ): Promise<{ readonly is: 'removed' } | { readonly is: 'missing' } | Extract<Committed, { is: 'stale' }>> {
    this.#cache.drop(id);
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
        return { is: 'stale', rev: found.rev, since };
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

async function present(tx: Kysely<Tables>, id: string): Promise<StoredDesign> {
  const design = await readDesign(tx, id);
  if (design === undefined) throw storeIntegrity({ detail: `design ${id} is not there right after it was written` });
  return design;
}

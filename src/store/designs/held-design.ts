import { type Kysely, sql } from 'kysely';
import type { Design } from '#model/design.ts';
import { type ElementKey, keyOf, touchedBy } from '#model/edits/touched.ts';
import { type AnchorChange, anchorChanges } from '#store/comments.ts';
import { storeIntegrity } from '#store/store-errors.ts';
import type { Tables } from '#store/tables.ts';
import { type BranchMove, moveBranch } from './branches.ts';
import { commitStatement } from './commit-statement.ts';
import type { CachedDesign, DesignCache, News } from './design-cache.ts';
import { type Authorship, type Done, type LogEntry, longestTail, readTail, readTxs } from './design-log.ts';
import { type Difference, differenceOf, readDesign, type StoredDesign, withElements } from './design-rows.ts';

/** Further back the log is not read for a commit: whoever comes with so old a revision reads the design again. */
const farthestBase = 20_000;
/** Behind by more, a design is read afresh. */
const mostBehind = 200;
/** R11  A whole state is kept of each revision that is a multiple of this. */
export const snapshotEvery = 500;

/** How a design came into somebody's hands. */
interface Holding {
  /** What of the asked transactions was committed before. */
  readonly known: readonly LogEntry[];
  /** Another server was first, and was caught up with. */
  readonly caughtUp: boolean;
}

/**
 * A design in the hands of those who may change it: nobody else can until they are done, or what they did comes to nothing when
 * somebody else was first.
 */
export class HeldDesign {
  readonly #db: Kysely<Tables>;
  readonly #start: CachedDesign;
  readonly #known: Map<string, LogEntry>;
  readonly #shared: boolean;
  readonly #lines: LogEntry[] = [];
  readonly #revs = new Map<ElementKey, number>();
  readonly #snapshots: Design[] = [];
  readonly #anchors: AnchorChange[] = [];
  readonly #moves: BranchMove[] = [];
  #design: Design;

  constructor(db: Kysely<Tables>, start: CachedDesign, { known, caughtUp }: Holding) {
    this.#db = db;
    this.#start = start;
    this.#known = new Map(known.map((entry) => [entry.txId, entry]));
    this.#shared = caughtUp;
    this.#design = start.design;
  }

  /** As it is now, with what was added here. */
  get design(): Design {
    return this.#design;
  }

  /** The revision in which an element last changed; undefined when it is not there. */
  revOf(key: ElementKey): number | undefined {
    return this.#revs.get(key) ?? this.#start.revs.get(key);
  }

  /** What a transaction did that was committed before, or added here. */
  entry(txId: string): LogEntry | undefined {
    return this.#known.get(txId);
  }

  /** True when the other was held in the same state, and nothing that is asked for was committed before. */
  beganAs(other: HeldDesign): boolean {
    return this.#start === other.#start && other.#known.size === 0;
  }

  /** What was done after a revision, oldest first; undefined when that is too much to be read. */
  async since(rev: number): Promise<readonly LogEntry[] | undefined> {
    const { design, tail } = this.#start;
    // Neither has a gap: what was done after a revision is the end of it.
    const behind = design.rev - rev;
    if (behind <= 0) return this.#lines.slice(-behind);
    if (behind <= tail.length) return [...tail.slice(tail.length - behind), ...this.#lines];
    if (behind > farthestBase) return undefined;
    const before: LogEntry[] = [];
    for (let at = rev; at < design.rev; at = before.at(-1)?.rev ?? design.rev) {
      before.push(...(await readTail(this.#db, design.id, at, longestTail)));
    }
    return [...before, ...this.#lines];
  }

  /** Adds a line to the log, to be written with the others. */
  add(author: Authorship, design: Design, done: Done, at: string): LogEntry {
    const { id, rev, createdAt } = this.#design;
    const entry: LogEntry = { ...author, ...done, outcome: done.outcome ?? 'applied', rev: rev + 1, at };
    const touched = touchedBy(entry.edits, entry.inverse);
    this.#anchors.push(...anchorChanges(this.#design, design, touched));
    this.#design = { ...design, id, rev: rev + 1, createdAt, updatedAt: at };
    this.#lines.push(entry);
    this.#known.set(entry.txId, entry);
    for (const key of touched) this.#revs.set(key, entry.rev);
    if (entry.rev % snapshotEvery === 0) this.#snapshots.push(this.#design);
    return entry;
  }

  /** Has a branch start its next merge elsewhere, with what is added here. */
  moveBranch(move: BranchMove): void {
    this.#moves.push(move);
  }

  /**
   * Writes all that was added, within the transaction that holds the design: the rows that differ between first and last, and the
   * log. Undefined when nothing was added.
   */
  async write(tx: Kysely<Tables>): Promise<News | undefined> {
    for (const move of this.#moves) await moveBranch(tx, move);
    if (this.#lines.length === 0) return undefined;
    const revs = await this.#send(tx, true);
    if (revs === undefined)
      throw storeIntegrity({ detail: `design ${this.#design.id} is locked and not at the revision it had` });
    for (const state of this.#snapshots) await keepState(tx, state);
    return this.#news(revs);
  }

  /**
   * R8  The same without a transaction: one statement, which does nothing when another was first. Not where a whole state is to be kept or a branch moved,
   * which are seldom.
   *
   * @returns undefined when nothing was written.
   * @throws STORE_BUSY with the state `lock_not_available` when somebody is changing a thread that would follow.
   */
  async writeAtOnce(): Promise<News | undefined> {
    if (this.#lines.length === 0 || this.#snapshots.length > 0 || this.#moves.length > 0) return undefined;
    const revs = await this.#send(this.#db, false);
    return revs && this.#news(revs);
  }

  // What elements changed in; undefined when nothing was written.
  async #send(db: Kysely<Tables>, patient: boolean): Promise<News['revs'] | undefined> {
    const { id, rev } = this.#design;
    const difference = differenceOf(this.#start.design, this.#design, new Set(this.#revs.keys()));
    const revs = this.#changed(difference);
    const revOf = (key: ElementKey): number => revs.get(key) ?? rev;
    const [anchors, lines] = [this.#anchors, this.#lines];
    const commitment = { id, from: this.#start.design.rev, to: this.#design, difference, revOf, lines, anchors, patient };
    const { numAffectedRows } = await commitStatement(commitment).execute(db);
    return numAffectedRows !== undefined && numAffectedRows > 0n ? revs : undefined;
  }

  #news(revs: News['revs']): News {
    return { design: this.#design, revs, lines: this.#lines, shared: this.#shared };
  }

  #changed({ nodes, connections, groups, gone }: Difference): Map<ElementKey, number | undefined> {
    const { rev } = this.#design;
    const revs = new Map<ElementKey, number | undefined>();
    const tell = (kind: 'node' | 'connection' | 'group', ids: readonly string[], there: boolean): void => {
      for (const key of ids.map((id) => keyOf(kind, id))) revs.set(key, there ? (this.#revs.get(key) ?? rev) : undefined);
    };
    const idsOf = (some: readonly { readonly id: string }[]): string[] => some.map(({ id }) => id);
    tell('node', idsOf(nodes), true);
    tell('connection', idsOf(connections), true);
    tell('group', idsOf(groups), true);
    tell('node', gone.nodes, false);
    tell('connection', gone.connections, false);
    tell('group', gone.groups, false);
    return revs;
  }
}

/** Keeps the whole state of a design at its revision, once. */
export async function keepState(tx: Kysely<Tables>, { id, rev, updatedAt, createdAt: _, ...body }: Design): Promise<void> {
  await tx
    .insertInto('design_snapshots')
    .values({ design_id: id, rev, body: JSON.stringify(body), at: updatedAt })
    .onConflict((on) => on.columns(['design_id', 'rev']).doNothing())
    .execute();
}

/**
 * R8  A design as it is remembered, in nobody's way: what is made of it holds only if `writeAtOnce` wrote it. Undefined when it is not
 * remembered, or when another server works on it, too.
 */
export function rememberedDesign(db: Kysely<Tables>, cache: DesignCache, id: string): HeldDesign | undefined {
  const cached = cache.get(id);
  return cached === undefined || cached.shared ? undefined : new HeldDesign(db, cached, { known: [], caughtUp: false });
}

/**
 * Locks a design until the end of the transaction, and says how it is now; undefined when there is none.
 *
 * R8  What is cached is held against the revision under the lock. What others committed in between is caught up with from the
 *     lines of the log and the rows they touched, or the design is read afresh.
 */
export async function holdDesign(
  tx: Kysely<Tables>,
  cache: DesignCache,
  id: string,
  txIds: readonly string[],
): Promise<HeldDesign | undefined> {
  const cached = cache.get(id);
  const locked = await lockQuery(tx, id, txIds).executeTakeFirst();
  if (locked === undefined) return undefined;
  const behind = locked.rev - (cached?.design.rev ?? 0);
  if (cached === undefined || behind < 0 || behind > mostBehind) return await readHeld(tx, cache, id, txIds);
  // What the waiting statement saw of the log was committed when it began, and so was what is cached: between the two, nothing
  // is missed.
  const known = locked.known.length === 0 ? [] : await readTxs(tx, id, txIds);
  if (behind === 0) return new HeldDesign(tx, cached, { known, caughtUp: false });
  const lines = await readTail(tx, id, cached.design.rev, behind);
  const present = cache.advance(id, await catchUp(tx, cached, lines));
  if (present === undefined) return await readHeld(tx, cache, id, txIds);
  const meanwhile = lines.filter(({ txId }) => txIds.includes(txId));
  return new HeldDesign(tx, present, { known: [...known, ...meanwhile], caughtUp: true });
}

// In statements of their own: the one that waited for the lock saw the rows of before.
async function readHeld(
  tx: Kysely<Tables>,
  cache: DesignCache,
  id: string,
  txIds: readonly string[],
): Promise<HeldDesign | undefined> {
  const stored = await readDesign(tx, id);
  return stored && new HeldDesign(tx, cache.put(id, stored), { known: await readTxs(tx, id, txIds), caughtUp: false });
}

/** The statement that locks a design; apart so that a test can ask the database how it would run it. */
export function lockQuery(tx: Kysely<Tables>, id: string, txIds: readonly string[]) {
  return tx
    .selectFrom('designs')
    .select('rev')
    .select(
      sql<
        string[]
      >`ARRAY(SELECT e.tx_id::text FROM design_edits e WHERE e.design_id = ${id} AND e.tx_id = any(${txIds}::uuid[]))`.as(
        'known',
      ),
    )
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forUpdate();
}

async function catchUp(tx: Kysely<Tables>, cached: StoredDesign, lines: readonly LogEntry[]): Promise<News> {
  const keys = new Set(lines.flatMap(({ edits, inverse }) => [...touchedBy(edits, inverse)]));
  const idsOf = (kind: 'node' | 'connection' | 'group'): string[] =>
    [...keys].filter((key) => key.startsWith(`${kind}:`)).map((key) => key.slice(kind.length + 1));
  const only = { node: idsOf('node'), connection: idsOf('connection'), group: idsOf('group') };
  const some = await readDesign(tx, cached.design.id, only);
  if (some === undefined) throw storeIntegrity({ detail: `design ${cached.design.id} is locked and not there` });
  const revs = new Map([...keys].filter((key) => key !== 'design').map((key) => [key, some.revs.get(key)]));
  return { design: withElements(cached.design, keys, some), revs, lines, shared: true };
}

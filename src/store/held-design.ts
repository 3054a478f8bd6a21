import { type Kysely, sql } from 'kysely';
import type { Design } from '#model/design.ts';
import { type ElementKey, keyOf, touchedBy } from '#model/touched.ts';
import type { CachedDesign, DesignCache, News } from './design-cache.ts';
import { type Authorship, appending, type Done, type LogEntry, longestTail, readTail, readTxs } from './design-log.ts';
import {
  type Difference,
  deletions,
  differenceOf,
  readDesign,
  type StoredDesign,
  sendAll,
  withElements,
  writes,
} from './design-rows.ts';
import { storeIntegrity } from './store-errors.ts';
import type { Tables } from './tables.ts';

/** Further back the log is not read for a commit: whoever comes with so old a revision reads the design again. */
const farthestBase = 20_000;
/** Behind by more, a design is read afresh. */
const mostBehind = 200;
/** R11  A whole state is kept of each revision that is a multiple of this. */
export const snapshotEvery = 500;

/** A design in the hands of those who may change it: until they are done, nobody else can. */
export class HeldDesign {
  readonly #tx: Kysely<Tables>;
  readonly #start: CachedDesign;
  readonly #known: Map<string, LogEntry>;
  readonly #lines: LogEntry[] = [];
  readonly #revs = new Map<ElementKey, number>();
  readonly #snapshots: Design[] = [];
  #design: Design;

  constructor(tx: Kysely<Tables>, start: CachedDesign, known: readonly LogEntry[]) {
    this.#tx = tx;
    this.#start = start;
    this.#known = new Map(known.map((entry) => [entry.txId, entry]));
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

  /** What was done after a revision, oldest first; undefined when that is too much to be read. */
  async since(rev: number): Promise<readonly LogEntry[] | undefined> {
    const { design, tail } = this.#start;
    const after = (lines: readonly LogEntry[]): LogEntry[] => lines.filter((line) => line.rev > rev);
    if (rev >= design.rev - tail.length) return [...after(tail), ...after(this.#lines)];
    if (design.rev - rev > farthestBase) return undefined;
    const before: LogEntry[] = [];
    for (let at = rev; at < design.rev; at = before.at(-1)?.rev ?? design.rev) {
      before.push(...(await readTail(this.#tx, design.id, at, longestTail)));
    }
    return [...before, ...this.#lines];
  }

  /** Adds a line to the log, to be written with the others. */
  add(author: Authorship, design: Design, done: Done, at: string): LogEntry {
    const { id, rev, createdAt } = this.#design;
    const entry: LogEntry = { ...author, ...done, outcome: done.outcome ?? 'applied', rev: rev + 1, at };
    this.#design = { ...design, id, rev: rev + 1, createdAt, updatedAt: at };
    this.#lines.push(entry);
    this.#known.set(entry.txId, entry);
    for (const key of touchedBy(entry.edits, entry.inverse)) this.#revs.set(key, entry.rev);
    if (entry.rev % snapshotEvery === 0) this.#snapshots.push(this.#design);
    return entry;
  }

  /** Writes all that was added: the rows that differ between first and last, and the log. Undefined when nothing was added. */
  async write(): Promise<News | undefined> {
    if (this.#lines.length === 0) return undefined;
    const { id, rev, name, description, updatedAt } = this.#design;
    const difference = differenceOf(this.#start.design, this.#design);
    const revs = this.#changed(difference);
    for (const deletion of deletions(this.#tx, id, difference)) await deletion.execute();
    const rows = writes(this.#tx, id, difference, this.#design, (key) => revs.get(key) ?? rev);
    const row = { rev, name, description, updated_at: updatedAt };
    const update = this.#tx.updateTable('designs').set(row).where('id', '=', id);
    await sendAll(this.#tx, [...rows, update], appending(this.#tx, id, this.#lines));
    for (const state of this.#snapshots) await keepState(this.#tx, state);
    return { design: this.#design, revs, lines: this.#lines };
  }

  // What no edit names and yet differs has changed by the last line at the latest.
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
  if (behind === 0) return new HeldDesign(tx, cached, known);
  const lines = await readTail(tx, id, cached.design.rev, behind);
  const present = cache.advance(id, await catchUp(tx, cached, lines));
  if (present === undefined) return await readHeld(tx, cache, id, txIds);
  return new HeldDesign(tx, present, [...known, ...lines.filter(({ txId }) => txIds.includes(txId))]);
}

// In statements of their own: the one that waited for the lock saw the rows of before.
async function readHeld(
  tx: Kysely<Tables>,
  cache: DesignCache,
  id: string,
  txIds: readonly string[],
): Promise<HeldDesign | undefined> {
  const stored = await readDesign(tx, id);
  return stored && new HeldDesign(tx, cache.put(id, stored), await readTxs(tx, id, txIds));
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
  return { design: withElements(cached.design, keys, some), revs, lines };
}

import { type Kysely, type RawBuilder, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Clock } from '#base/clock.ts';
import { type Anchor, type Comment, mentionsIn, placeOf, type Thread, type ThreadState } from '#model/comment.ts';
import type { DesignBody } from '#model/design.ts';
import { type ElementKey, partsOfKey } from '#model/edits/touched.ts';
import { storeIntegrity } from './store-errors.ts';
import type { Tables } from './tables.ts';

/** A thread that is to be opened, with its first comment. */
export interface NewThread {
  readonly id: string;
  readonly designId: string;
  readonly anchor: Anchor;
  readonly comment: { readonly id: string; readonly actor: string; readonly text: string };
}

/** What became of it; all but the first left everything as it was. */
export type Opened =
  | { readonly is: 'opened'; readonly thread: Thread }
  | { readonly is: 'missing' }
  /** What it would be about is not there. */
  | { readonly is: 'unanchored' }
  | { readonly is: 'full' };

/** A comment of a thread that is to be; the store says when. */
export type WantedComment = Pick<Comment, 'id' | 'actor' | 'text'>;

/** A thread as it shall be: which state, which comments. Without any it is taken away. */
export interface WantedThread {
  readonly state: ThreadState;
  readonly resolvedBy?: string | undefined;
  readonly comments: readonly WantedComment[];
}

/** What became of a change. */
export type ChangedThread = { readonly is: 'changed' | 'same' | 'removed'; readonly thread: Thread };

/** Which threads are listed: those older than `before`, in a state, about an element. */
export interface ThreadsWanted {
  readonly limit: number;
  readonly before?: string | undefined;
  readonly state?: ThreadState | undefined;
  readonly about?: { readonly node: string } | { readonly connection: string } | undefined;
}

/** Threads of comments as they are kept. A thread changes under its own lock, so that of two who change it the second sees the first. */
export class Comments {
  readonly #db: Kysely<Tables>;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Opens a thread about what is there; a design has at most `most`. */
  async open({ id, designId, anchor, comment }: NewThread, most: number): Promise<Opened> {
    const at = this.#at();
    return await this.#db.transaction().execute(async (tx): Promise<Opened> => {
      // The lock of commits: what it is about is not taken away meanwhile, and threads are counted one after the other.
      const design = await tx
        .selectFrom('designs')
        .select('id')
        .where('id', '=', designId)
        .where('deleted_at', 'is', null)
        .forUpdate()
        .executeTakeFirst();
      if (design === undefined) return { is: 'missing' };
      if (!(await hasAnchor(tx, designId, anchor))) return { is: 'unanchored' };
      const { count } = await tx
        .selectFrom('comment_threads')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('design_id', '=', designId)
        .executeTakeFirstOrThrow();
      if (Number(count) >= most) return { is: 'full' };
      const begun = { id, design_id: designId, rev: 1, orphaned: false, state: 'open', created_at: at, changed_at: at };
      await tx
        .insertInto('comment_threads')
        .values({ ...begun, ...columnsOf(anchor) })
        .execute();
      await insertComments(tx, id, [comment], at);
      return { is: 'opened', thread: await present(tx, designId, id) };
    });
  }

  /**
   * Changes a thread: locks it, reads it, calls `change`, writes what differs.
   *
   * @param change pure: called with the thread as it is now, while nobody else can change it; what it throws is thrown on.
   * @returns the thread as it is then, or was before it was taken away; undefined when there is none.
   */
  async change(designId: string, id: string, change: (thread: Thread) => WantedThread): Promise<ChangedThread | undefined> {
    return await this.#db.transaction().execute(async (tx): Promise<ChangedThread | undefined> => {
      const locked = await tx.selectFrom('comment_threads').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
      const before = locked && (await read(tx, designId, id));
      if (before === undefined) return undefined;
      const wanted = change(before);
      if (wanted.comments.length === 0) {
        await tx.deleteFrom('comment_threads').where('id', '=', id).execute();
        return { is: 'removed', thread: before };
      }
      if (!(await this.#write(tx, before, wanted))) return { is: 'same', thread: before };
      return { is: 'changed', thread: await present(tx, designId, id) };
    });
  }

  /** A thread of a design; undefined when there is none. */
  async get(designId: string, id: string): Promise<Thread | undefined> {
    return await read(this.#db, designId, id);
  }

  /** The newest first. */
  async list(designId: string, wanted: ThreadsWanted): Promise<Thread[]> {
    return (await threadsQuery(this.#db, designId, wanted).execute()).map(threadOf);
  }

  async #write(tx: Kysely<Tables>, before: Thread, wanted: WantedThread): Promise<boolean> {
    const at = this.#at();
    const was = new Map(before.comments.map((comment) => [comment.id, comment]));
    const kept = new Set(wanted.comments.map(({ id }) => id));
    const fresh = wanted.comments.filter(({ id }) => !was.has(id));
    const gone = before.comments.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
    const edited = wanted.comments.filter(({ id, text }) => was.has(id) && was.get(id)?.text !== text);
    const { state, resolvedBy: resolved_by = null } = wanted;
    if (fresh.length + gone.length + edited.length === 0 && state === before.state) return false;
    await insertComments(tx, before.id, fresh, at);
    if (gone.length > 0) await tx.deleteFrom('comments').where('id', 'in', gone).execute();
    for (const { id, text } of edited)
      await tx.updateTable('comments').set({ body: text, edited_at: at }).where('id', '=', id).execute();
    const set = { rev: before.rev + 1, state, resolved_by, changed_at: at };
    await tx.updateTable('comment_threads').set(set).where('id', '=', before.id).execute();
    return true;
  }

  #at(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

/** What a commit does to a node or connection that threads may be about. */
export interface AnchorChange {
  readonly about: 'node' | 'connection';
  readonly element: string;
  /** It is gone, and was last at x and y; otherwise it is there again. */
  readonly orphaned: boolean;
  readonly x?: number;
  readonly y?: number;
}

/**
 * M8: what leads from one state of a design to the next, for threads. Nothing when nothing went or came.
 *
 * @param touched what the edits between the two touched (E15): nothing else went or came.
 */
export function anchorChanges(before: DesignBody, after: DesignBody, touched: Iterable<ElementKey>): AnchorChange[] {
  const changes: AnchorChange[] = [];
  for (const key of touched) {
    const [about, element] = partsOfKey(key);
    if (about !== 'node' && about !== 'connection') continue;
    const [was, is] = [hasElement(before, about, element), hasElement(after, about, element)];
    if (is && !was) changes.push({ about, element, orphaned: false });
    if (was && !is) changes.push({ about, element, orphaned: true, ...placeOf(before, anchorOf({ about, element })) });
  }
  return changes;
}

const hasElement = ({ nodes, connections }: DesignBody, about: AnchorChange['about'], id: string): boolean =>
  Object.hasOwn(about === 'node' ? nodes : connections, id);

/**
 * M8, M9: has the threads of a design follow a commit: those about what it takes away become orphans with the place that last had, those
 * about what is there again belong to it again. For the statement that writes the commit, under the lock of the design.
 *
 * @param changes of the states one after the other; of two about one element the last counts.
 * @param at ISO time of the commit.
 * @param patient wait for whoever is changing one of the threads; otherwise that is `lock_not_available`.
 */
export function followingAnchors(
  designId: RawBuilder<unknown>,
  changes: readonly AnchorChange[],
  at: string,
  patient: boolean,
): RawBuilder<unknown> {
  const last = new Map(changes.map((change) => [`${change.about} ${change.element}`, change]));
  return sql`follow_anchors(${designId}, ${JSON.stringify([...last.values()])}::jsonb, ${at}::timestamptz, ${patient}::boolean)`;
}

/** Takes the threads of a design away, within the transaction that takes the design away. */
export async function removeThreads(tx: Kysely<Tables>, designId: string): Promise<void> {
  await tx.deleteFrom('comment_threads').where('design_id', '=', designId).execute();
}

async function hasAnchor(tx: Kysely<Tables>, designId: string, anchor: Anchor): Promise<boolean> {
  if (!('node' in anchor || 'connection' in anchor)) return true;
  const [table, id] =
    'node' in anchor ? (['design_nodes', anchor.node] as const) : (['design_connections', anchor.connection] as const);
  const found = await tx.selectFrom(table).select('id').where('design_id', '=', designId).where('id', '=', id).executeTakeFirst();
  return found !== undefined;
}

async function insertComments(tx: Kysely<Tables>, threadId: string, comments: readonly WantedComment[], at: string) {
  if (comments.length === 0) return;
  const rows = comments.map(({ id, actor, text }) => ({ id, thread_id: threadId, actor, body: text, at }));
  await tx.insertInto('comments').values(rows).execute();
}

function columnsOf(anchor: Anchor) {
  if ('node' in anchor) return { about: 'node', element: anchor.node };
  if ('connection' in anchor) return { about: 'connection', element: anchor.connection };
  if ('point' in anchor) return { about: 'point', ...anchor.point };
  return { about: 'region', ...anchor.region.at, ...anchor.region.size };
}

const whole = (db: Kysely<Tables>) =>
  db
    .selectFrom('comment_threads as t')
    .selectAll('t')
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('comments as c')
          .select(['c.id', 'c.actor', 'c.body', 'c.at', 'c.edited_at'])
          .whereRef('c.thread_id', '=', 't.id')
          .orderBy('c.at')
          .orderBy('c.id'),
      ).as('comments'),
    );

/** The statement behind `list`. */
export function threadsQuery(db: Kysely<Tables>, designId: string, { limit, before, state, about }: ThreadsWanted) {
  let query = whole(db).where('t.design_id', '=', designId);
  if (about !== undefined) {
    const { about: kind, element = '' } = columnsOf(about);
    query = query.where('t.about', '=', kind).where('t.element', '=', element);
  }
  if (state !== undefined) query = query.where('t.state', '=', state);
  if (before !== undefined) query = query.where('t.id', '<', before);
  return query.orderBy('t.id', 'desc').limit(limit);
}

async function read(db: Kysely<Tables>, designId: string, id: string): Promise<Thread | undefined> {
  const row = await whole(db).where('t.id', '=', id).where('t.design_id', '=', designId).executeTakeFirst();
  return row && threadOf(row);
}

async function present(tx: Kysely<Tables>, designId: string, id: string): Promise<Thread> {
  const thread = await read(tx, designId, id);
  if (thread === undefined) throw storeIntegrity({ detail: `thread ${id} is not there right after it was written` });
  return thread;
}

type ThreadRow = Awaited<ReturnType<ReturnType<typeof threadsQuery>['executeTakeFirstOrThrow']>>;

function threadOf(row: ThreadRow): Thread {
  const { x, y } = row;
  return {
    id: row.id,
    designId: row.design_id,
    rev: row.rev,
    anchor: anchorOf(row),
    orphaned: row.orphaned,
    ...(row.orphaned && x !== null && y !== null && { place: { x, y } }),
    state: row.state as ThreadState,
    ...(row.resolved_by !== null && { resolvedBy: row.resolved_by }),
    comments: row.comments.map(commentOf),
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
  };
}

interface AnchorColumns {
  readonly about: string;
  readonly element: string | null;
  readonly x?: number | null;
  readonly y?: number | null;
  readonly width?: number | null;
  readonly height?: number | null;
}

function anchorOf({ about, element, x, y, width, height }: AnchorColumns): Anchor {
  const at = { x: x ?? 0, y: y ?? 0 };
  if (about === 'node') return { node: element ?? '' };
  if (about === 'connection') return { connection: element ?? '' };
  return about === 'point' ? { point: at } : { region: { at, size: { width: width ?? 0, height: height ?? 0 } } };
}

function commentOf({ id, actor, body, at, edited_at }: ThreadRow['comments'][number]): Comment {
  return {
    id,
    actor,
    text: body,
    mentions: mentionsIn(body),
    at: new Date(at).toISOString(),
    ...(edited_at !== null && { editedAt: new Date(edited_at).toISOString() }),
  };
}

import { type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import type { Clock } from '#base/clock.ts';
import { hasEnded, type Session, type SessionState } from '#model/sessions/session.ts';
import type { Tables } from './tables.ts';

/** What changes in a session; `null` takes a mark back, what is left out stays. */
export interface SessionChange {
  readonly state?: SessionState;
  readonly designRev?: number;
  /** With a revision: those of its parts. */
  readonly inner?: NonNullable<Session['inner']>;
  /** With a state that is an end: when that was, as an ISO time; now unless told. */
  readonly endedAt?: string;
  readonly fault?: NonNullable<Session['fault']>;
  readonly stuck?: NonNullable<Session['stuck']> | null;
}

export interface SessionCursor {
  readonly startedAt: string;
  readonly id: string;
}

/** Sessions as they are kept: what ran, which revision, how it ended. */
export class Sessions {
  readonly #db: Kysely<Tables>;
  readonly #clock: Clock;
  readonly #server: string;

  /** @param server the id of the server whose sessions are created here. */
  constructor(db: Kysely<Tables>, clock: Clock, server: string) {
    this.#db = db;
    this.#clock = clock;
    this.#server = server;
  }

  /** Stores a session that is about to start. */
  async create({
    id,
    designId,
    designRev,
    inner = [],
  }: Pick<Session, 'id' | 'designId' | 'designRev' | 'inner'>): Promise<Session> {
    const parts = inner.length === 0 ? null : JSON.stringify(inner);
    const what = { id, design_id: designId, design_rev: designRev, inner_designs: parts };
    const row = await this.#db
      .insertInto('execution_sessions')
      .values({ ...what, host: this.#server, state: 'starting', started_at: this.#at() })
      .returningAll()
      .executeTakeFirstOrThrow();
    return sessionOf(row);
  }

  /** S: a session that has ended stays ended: then, or when there is none, nothing changes and undefined is returned. */
  async update(id: string, change: SessionChange): Promise<Session | undefined> {
    const set: Updateable<Tables['execution_sessions']> = {
      ...(change.designRev !== undefined && { design_rev: change.designRev }),
      ...(change.inner !== undefined && { inner_designs: change.inner.length === 0 ? null : JSON.stringify(change.inner) }),
      ...(change.state !== undefined && {
        state: change.state,
        ended_at: hasEnded(change.state) ? (change.endedAt ?? this.#at()) : null,
      }),
      ...(change.fault !== undefined && { fault: JSON.stringify(change.fault) }),
      ...(change.stuck !== undefined && { stuck: change.stuck === null ? null : JSON.stringify(change.stuck) }),
      // Nobody waits in a session that has ended.
      ...(change.state !== undefined && hasEnded(change.state) && { stuck: null }),
    };
    if (Object.keys(set).length === 0) return await this.get(id);
    const row = await this.#db
      .updateTable('execution_sessions')
      .set(set)
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .returningAll()
      .executeTakeFirst();
    return row && sessionOf(row);
  }

  async get(id: string): Promise<Session | undefined> {
    const row = await this.#db.selectFrom('execution_sessions').selectAll().where('id', '=', id).executeTakeFirst();
    return row && sessionOf(row);
  }

  /** The newest first, `limit` at most, those behind `after`; of one design, or of all. */
  async list(which: SessionsWanted): Promise<Session[]> {
    return (await sessionsQuery(this.#db, which).execute()).map(sessionOf);
  }

  /**
   * S84  Ends, as failed, what servers left running that live no more: that are not in the list of servers, or have not said for too long
   * that they do; these are taken off the list. Whoever has just said that he lives is not among them.
   *
   * @returns the sessions as they are now.
   */
  async failThoseLeftRunning(): Promise<Session[]> {
    const at = this.#at();
    const fault = { code: 'SERVER_STOPPED', message: 'The server was stopped while this session ran.', at };
    const rows = await this.#db
      .with('dead', (db) => db.deleteFrom('servers').where(sql<boolean>`alive_until < now()`).returning('id'))
      .updateTable('execution_sessions as s')
      .set({ state: 'failed', ended_at: at, fault: JSON.stringify(fault), stuck: null })
      .where('ended_at', 'is', null)
      // Either is as of the moment when the statement began; a server is on the list before its first session is stored.
      .where(({ eb, exists, not, or, selectFrom }) =>
        or([
          eb('host', 'in', selectFrom('dead').select('id')),
          not(exists(selectFrom('servers').select('id').whereRef('id', '=', 's.host'))),
        ]),
      )
      .returningAll()
      .execute();
    return rows.map(sessionOf);
  }

  /** S86  Which of these sessions have ended, as far as is recorded. */
  async endedOf(ids: readonly string[]): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('execution_sessions')
      .select('id')
      .where(sql<boolean>`id = any(${ids}::uuid[])`)
      .where('ended_at', 'is not', null)
      .execute();
    return rows.map(({ id }) => id);
  }

  #at(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

export interface SessionsWanted {
  readonly designId?: string | undefined;
  readonly limit: number;
  readonly after?: SessionCursor | undefined;
}

/** The statement behind `list`, apart so that a test can ask the database how it would run it. */
export function sessionsQuery(db: Kysely<Tables>, { designId, limit, after }: SessionsWanted) {
  let query = db.selectFrom('execution_sessions').selectAll();
  if (designId !== undefined) query = query.where('design_id', '=', designId);
  if (after !== undefined) {
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('started_at', 'id'),
        '<',
        tuple(eb.cast<Date>(eb.val(after.startedAt), 'timestamptz'), eb.cast<string>(eb.val(after.id), 'uuid')),
      ),
    );
  }
  return query.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit);
}

function sessionOf(row: Selectable<Tables['execution_sessions']>): Session {
  return {
    id: row.id,
    designId: row.design_id,
    designRev: row.design_rev,
    state: row.state as SessionState,
    ...(row.inner_designs !== null && { inner: row.inner_designs as NonNullable<Session['inner']> }),
    startedAt: row.started_at.toISOString(),
    ...(row.ended_at !== null && { endedAt: row.ended_at.toISOString() }),
    ...(row.fault !== null && { fault: row.fault as NonNullable<Session['fault']> }),
    ...(row.stuck !== null && { stuck: row.stuck as NonNullable<Session['stuck']> }),
  };
}

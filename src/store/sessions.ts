import type { Kysely, Selectable, Updateable } from 'kysely';
import type { Clock } from '#base/clock.ts';
import { hasEnded, type Session, type SessionState } from '#model/session.ts';
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
  readonly #host: string;

  /** @param host names the server whose sessions these are, so that servers sharing a database leave each other's alone. */
  constructor(db: Kysely<Tables>, clock: Clock, host = 'local') {
    this.#db = db;
    this.#clock = clock;
    this.#host = host;
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
      .values({ ...what, host: this.#host, state: 'starting', started_at: this.#at() })
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

  /** Ends, as failed, what this host left running when it was stopped without a word; for the start. Returns how many. */
  async failThoseLeftRunning(): Promise<number> {
    const at = this.#at();
    const fault = { code: 'SERVER_STOPPED', message: 'The server was stopped while this session ran.', at };
    const rows = await this.#db
      .updateTable('execution_sessions')
      .set({ state: 'failed', ended_at: at, fault: JSON.stringify(fault), stuck: null })
      .where('host', '=', this.#host)
      .where('ended_at', 'is', null)
      .returning('id')
      .execute();
    return rows.length;
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

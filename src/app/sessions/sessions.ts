import { Type } from 'typebox';
import { connectionNotHeld, sessionUnknown } from '#app/app-errors.ts';
import { type Page, type PageWanted, pageOf } from '#app/page.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { RunningSession } from '#host/sessions/session-host.ts';
import { hasEnded, type Sample, type Session, type SessionSnapshot } from '#model/sessions/session.ts';

const Key = Type.Object({ startedAt: Type.String({ format: 'date-time' }), id: Type.String({ format: 'uuid' }) });

/** More than the nodes of any design: the last row of each is among them. */
const metricRows = 10_000;

/**
 * Sessions, newest first; of one design or of all.
 *
 * @throws APP_CURSOR_INVALID.
 */
export async function listSessions(
  work: Work,
  _caller: Caller,
  { designId, ...wanted }: PageWanted & { readonly designId?: string | undefined },
): Promise<Page<Session>> {
  return await pageOf(
    wanted,
    Key,
    ({ startedAt, id }: Session) => ({ startedAt, id }),
    async (limit, after) => (await work.sessions.list({ designId, limit, after })).map((session) => asShown(work, session)),
  );
}

/**
 * A session as it was last recorded.
 *
 * @throws APP_SESSION_UNKNOWN.
 */
export async function getSession(work: Work, _caller: Caller, id: string): Promise<Session> {
  const session = await work.sessions.get(id);
  if (session === undefined) throw sessionUnknown({ detail: `There is no session ${id}.`, facts: { sessionId: id } });
  return asShown(work, session);
}

/** The session with what is not stored of it: the breakpoint that holds it, whose message is only shown, and how its recording is. */
export function asShown({ held, recordings }: Work, session: Session): Session {
  const pausedAt = hasEnded(session.state) ? undefined : held.get(session.id)?.pausedAt;
  const recording = recordings.state(session.id);
  return { ...session, ...(pausedAt !== undefined && { pausedAt }), ...(recording !== undefined && { recording }) };
}

/**
 * Everything that is counted in a session, now; of one that ended long ago the counts of its nodes at the end.
 *
 * @throws APP_SESSION_UNKNOWN.
 */
export async function sessionMetrics(work: Work, caller: Caller, id: string): Promise<SessionSnapshot> {
  const running = work.held.get(id);
  if (running !== undefined) return await running.snapshot();
  const session = await getSession(work, caller, id);
  const rows = await work.metrics.read(id, { limit: metricRows });
  const last = new Map(rows.map((row) => [row.node, row]));
  const processes = [...last.values()].map(({ at: _at, ...counts }) => ({ ...counts, waitingFor: [] }));
  return { sessionId: id, at: session.endedAt ?? session.startedAt, state: session.state, processes, channels: [] };
}

/**
 * The last messages of a connection, oldest first; none of a session that ended long ago.
 *
 * @throws APP_SESSION_UNKNOWN, APP_CONNECTION_UNKNOWN.
 */
export async function sessionMessages(
  work: Work,
  caller: Caller,
  id: string,
  connection: string,
  limit: number,
): Promise<readonly Sample[]> {
  const running = work.held.get(id);
  if (running === undefined) {
    await getSession(work, caller, id);
    return [];
  }
  const { channels } = await running.snapshot();
  if (!channels.some((channel) => channel.connection === connection)) {
    throw connectionNotHeld({ detail: `The session ${id} has no connection ${connection}.`, facts: { connection } });
  }
  return (await running.samples(connection)).slice(-limit);
}

/** The session itself, for whoever looks at it again and again; undefined when it is not held here. */
export function watchSession(
  { held }: Work,
  _caller: Caller,
  id: string,
): Pick<RunningSession, 'state' | 'snapshot' | 'samples'> | undefined {
  return held.get(id);
}

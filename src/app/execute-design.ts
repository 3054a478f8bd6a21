import type { RunningSession, SessionOrder } from '#host/session-host.ts';
import type { Session } from '#model/session.ts';
import { followSession } from './follow-session.ts';
import { refuseUnready } from './force-design.ts';
import { getDesign } from './get-design.ts';
import type { Caller, Work } from './parts.ts';
import { asShown } from './sessions.ts';

/** What it may use, never more than the server allows; its priority; the breakpoints that are set from the start. */
export interface ExecuteOptions extends Pick<SessionOrder, 'limits' | 'priority' | 'breakpoints'> {
  /** Records what enters it (S17). */
  readonly record?: boolean;
}

/**
 * Starts a session of a design as it is now.
 *
 * @throws APP_DESIGN_UNKNOWN; APP_DESIGN_NOT_READY with the findings that forbid it; the host's errors, such as too many sessions.
 */
export async function executeDesign(
  work: Work,
  caller: Caller,
  designId: string,
  { record = false, ...wishes }: ExecuteOptions = {},
): Promise<Session> {
  const design = await getDesign(work, caller, designId);
  refuseUnready(work.lint(design));
  const sessionId = work.newId();
  // Started first: what the host refuses leaves no trace in the store.
  const running = await started(work, { sessionId, designId, rev: design.rev, body: design, ...wishes }, record);
  const begun = work.sessions.create({ id: sessionId, designId, designRev: design.rev });
  work.held.hold(sessionId, running);
  followSession(work, sessionId, begun, running);
  try {
    const session = asShown(work, await begun);
    work.feed.tell({ type: 'session.status', session });
    return session;
  } catch (thrown) {
    await running.stop();
    throw thrown;
  }
}

async function started({ host, recordings }: Work, order: SessionOrder, record: boolean): Promise<RunningSession> {
  if (!record) return await host.start(order);
  try {
    const running = await host.start({ ...order, recording: await recordings.begin(order.sessionId) });
    // Also when nobody asks for the session any more, such as when its design was deleted.
    void running.ended.then(() => recordings.finish(order.sessionId));
    return running;
  } catch (thrown) {
    await recordings.forget(order.sessionId);
    throw thrown;
  }
}

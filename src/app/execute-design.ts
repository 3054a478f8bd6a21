import type { Session, SessionLimits } from '#model/session.ts';
import { followSession } from './follow-session.ts';
import { refuseUnready } from './force-design.ts';
import { getDesign } from './get-design.ts';
import type { Caller, Work } from './parts.ts';

/**
 * Starts a session of a design as it is now.
 *
 * @param limits what it may use; never more than the server allows.
 * @throws APP_DESIGN_UNKNOWN; APP_DESIGN_NOT_READY with the findings that forbid it; the host's errors, such as too many sessions.
 */
export async function executeDesign(work: Work, caller: Caller, designId: string, limits: SessionLimits = {}): Promise<Session> {
  const design = await getDesign(work, caller, designId);
  refuseUnready(work.lint(design));
  const sessionId = work.newId();
  // Started first: what the host refuses leaves no trace in the store.
  const running = await work.host.start({ sessionId, designId, rev: design.rev, body: design, limits });
  const begun = work.sessions.create({ id: sessionId, designId, designRev: design.rev });
  work.held.hold(sessionId, running);
  followSession(work, begun, running);
  try {
    const session = await begun;
    work.feed.tell({ type: 'session.status', session });
    return session;
  } catch (thrown) {
    await running.stop();
    throw thrown;
  }
}

import type { SessionOrder } from '#host/session-host.ts';
import type { Session } from '#model/session.ts';
import { designNotReady } from './app-errors.ts';
import { followSession } from './follow-session.ts';
import { getDesign } from './get-design.ts';
import type { Caller, Work } from './parts.ts';

/**
 * Starts a session of a design as it is now.
 *
 * @param wishes what it may use, never more than the server allows; the breakpoints that are set from the start.
 * @throws APP_DESIGN_UNKNOWN; APP_DESIGN_NOT_READY with the findings that forbid it; the host's errors, such as too many sessions.
 */
export async function executeDesign(
  work: Work,
  caller: Caller,
  designId: string,
  wishes: Pick<SessionOrder, 'limits' | 'breakpoints'> = {},
): Promise<Session> {
  const design = await getDesign(work, caller, designId);
  const findings = work.lint(design).filter(({ severity }) => severity === 'error');
  const [first] = findings;
  if (first !== undefined)
    throw designNotReady({ detail: `The design cannot run as it is drawn: ${first.message}`, facts: { findings } });
  const sessionId = work.newId();
  // Started first: what the host refuses leaves no trace in the store.
  const running = await work.host.start({ sessionId, designId, rev: design.rev, body: design, ...wishes });
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

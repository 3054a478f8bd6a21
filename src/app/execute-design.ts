import type { SessionOrder } from '#host/session-host.ts';
import type { Session } from '#model/session.ts';
import { followSession } from './follow-session.ts';
import { getDesign } from './get-design.ts';
import type { Caller, Work } from './parts.ts';
import { readStored, storedKey } from './stored-parts.ts';
import { nestingFindings, refuseNotReady } from './whole-design.ts';

/**
 * Starts a session of a design as it is now, with its parts as they are now.
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
  const { expansion, parts } = await readStored(work, design, storedKey(designId, design.rev));
  const { flat, faults, used } = expansion;
  refuseNotReady(nestingFindings(faults));
  refuseNotReady(work.lint(flat).filter(({ severity }) => severity === 'error'));
  const inner = new Map(parts.filter(({ key }) => used.has(key)).map(({ key, ...part }) => [key, part]));
  const sessionId = work.newId();
  // Started first: what the host refuses leaves no trace in the store.
  const running = await work.host.start({ sessionId, designId, rev: design.rev, body: flat, ...wishes });
  const begun = work.sessions.create({
    id: sessionId,
    designId,
    designRev: design.rev,
    inner: [...inner.values()].map(({ designId: id, rev }) => ({ designId: id, rev })),
  });
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

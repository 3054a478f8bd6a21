import { sessionNotRunning, swapRefused, swapStale } from '#app/app-errors.ts';
import { getDesign } from '#app/designs/get-design.ts';
import { readStored, storedKey } from '#app/designs/stored-parts.ts';
import { nestingFindings, refuseNotReady } from '#app/designs/whole-design.ts';
import type { Caller, Work } from '#app/parts.ts';
import { hasEnded, type Session, type SwapReport } from '#model/sessions/session.ts';
import { asShown, getSession } from './sessions.ts';

/** A session that runs another revision than before. */
export interface SwappedSession {
  readonly session: Session;
  readonly report: SwapReport;
}

/**
 * Makes a running session one of its design as it is now, with its parts as they are now: what stays goes on, what goes drains, nothing is lost (S29).
 *
 * @param rev the revision that is to run; when the design has another one by now, that is said instead.
 * @throws APP_SESSION_UNKNOWN, APP_SESSION_NOT_RUNNING, APP_SWAP_STALE, APP_DESIGN_NOT_READY with the findings that forbid it,
 *   APP_SWAP_REFUSED with the nodes and connections that hinder it; what the host throws of the new version. The session goes on
 *   unchanged then.
 */
export async function swapSession(work: Work, caller: Caller, id: string, rev?: number): Promise<SwappedSession> {
  const before = await getSession(work, caller, id);
  const running = work.held.get(id);
  if (hasEnded(before.state) || running === undefined || hasEnded(running.state))
    throw sessionNotRunning({ detail: `The session ${id} has ended.`, facts: { sessionId: id, state: before.state } });
  return await work.swaps.run(id, async () => {
    const design = await getDesign(work, caller, before.designId);
    if (rev !== undefined && rev !== design.rev) {
      const detail = `The design has revision ${design.rev} now, not ${rev}.`;
      throw swapStale({ detail, facts: { rev: design.rev } });
    }
    const { expansion, parts } = await readStored(work, design, storedKey(before.designId, design.rev));
    refuseNotReady(nestingFindings(expansion.faults));
    refuseNotReady(work.lint(expansion.flat).filter(({ severity }) => severity === 'error'));
    const inner = parts.filter(({ key }) => expansion.used.has(key)).map(({ designId, rev: of }) => ({ designId, rev: of }));
    const answer = await running.swap(expansion.flat);
    if (!answer.ok) {
      const { message, nodes, connections } = answer;
      throw swapRefused({ detail: message, facts: { nodes, connections } });
    }
    const stored = await work.sessions.update(id, { designRev: design.rev, inner });
    const session = asShown(work, stored ?? { ...(await getSession(work, caller, id)), designRev: design.rev });
    work.feed.tell({ type: 'session.status', session });
    return { session: { ...session, state: running.state }, report: answer.report };
  });
}

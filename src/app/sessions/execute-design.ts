import { getDesign } from '#app/designs/get-design.ts';
import { expandRecorded, recordedDesign } from '#app/designs/same-design.ts';
import { readStored, storedKey } from '#app/designs/stored-parts.ts';
import { nestingFindings, refuseNotReady } from '#app/designs/whole-design.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { RunningSession } from '#host/sessions/session-host.ts';
import type { SessionOrder } from '#host/sessions/session-order.ts';
import type { WholeDesign } from '#model/expand.ts';
import type { Session } from '#model/sessions/session.ts';
import { followSession } from './follow-session.ts';
import { asShown } from './sessions.ts';

/** What it may use, never more than the server allows; its priority; the breakpoints that are set from the start; whether contracts are held to. */
export interface ExecuteOptions extends Pick<SessionOrder, 'limits' | 'priority' | 'breakpoints' | 'monitor'> {
  /** Records what enters it (S17). */
  readonly record?: boolean;
}

/**
 * Starts a session of a design as it is now, with its parts as they are now.
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
  const { whole, expansion, parts } = await readStored(work, design, storedKey(designId, design.rev));
  refuseNotReady(nestingFindings(expansion.faults));
  refuseNotReady(work.lint(expansion.flat).filter(({ severity }) => severity === 'error'));
  const inner = new Map(parts.filter(({ key }) => expansion.used.has(key)).map(({ key, ...part }) => [key, part]));
  const sessionId = work.newId();
  // Started first: what the host refuses leaves no trace in the store.
  const order = { sessionId, designId, rev: design.rev, body: expansion.flat, ...wishes };
  const running = await (record ? startedRecorded(work, order, whole) : work.host.start(order));
  const begun = work.sessions.create({
    id: sessionId,
    designId,
    designRev: design.rev,
    inner: [...inner.values()].map(({ designId: id, rev }) => ({ designId: id, rev })),
  });
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

async function startedRecorded(
  { host, recordings, catalog }: Work,
  order: SessionOrder,
  whole: WholeDesign,
): Promise<RunningSession> {
  const design = recordedDesign(whole);
  // Nodes start in the order of the recorded texts.
  const { flat } = expandRecorded(design, catalog);
  try {
    const place = await recordings.begin(order.sessionId);
    const running = await host.start({ ...order, body: flat, recording: { ...place, design } });
    // Also when nobody asks for the session any more, such as when its design was deleted.
    void running.ended.then(() => recordings.finish(order.sessionId));
    return running;
  } catch (thrown) {
    await recordings.forget(order.sessionId);
    throw thrown;
  }
}

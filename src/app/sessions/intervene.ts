import { sessionNotRunning } from '#app/app-errors.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Intervention, Stepped } from '#model/sessions/intervention.ts';
import { hasEnded, type Session } from '#model/sessions/session.ts';
import { getSession } from './sessions.ts';

/** What came of it: the session as it is now, and what a step did. */
export interface Intervened {
  readonly session: Session;
  readonly stepped?: Stepped;
}

/**
 * Does something to a part of a running session: pauses or resumes a node or a connection, sets or clears a breakpoint, takes one step.
 * Done when it answers.
 *
 * @throws APP_SESSION_UNKNOWN, APP_SESSION_NOT_RUNNING, and what the host refuses: HOST_NODE_UNKNOWN, HOST_CONNECTION_UNKNOWN,
 * HOST_SESSION_NOT_PAUSED, HOST_CONDITION_INVALID.
 */
export async function intervene(work: Work, caller: Caller, id: string, what: Intervention): Promise<Intervened> {
  const { state } = await getSession(work, caller, id);
  const running = work.held.get(id);
  if (hasEnded(state) || running === undefined || hasEnded(running.state)) throw ended(id, running?.state ?? state);
  const stepped = await running.intervene(what);
  if (what.do === 'step' && stepped === undefined) throw ended(id, running.state);
  const session = { ...(await getSession(work, caller, id)), state: running.state };
  return { session, ...(stepped !== undefined && { stepped }) };
}

function ended(id: string, state: Session['state']): Error {
  return sessionNotRunning({ detail: `The session ${id} has ended.`, facts: { sessionId: id, state } });
}

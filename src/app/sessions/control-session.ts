import { sessionNotRunning } from '#app/app-errors.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { RunningSession } from '#host/sessions/session-host.ts';
import { hasEnded, type Session } from '#model/sessions/session.ts';
import { getSession } from './sessions.ts';

/**
 * Asks a session to pause: every process stops at its next communication. The answer does not wait for that.
 *
 * @throws APP_SESSION_UNKNOWN, APP_SESSION_NOT_RUNNING.
 */
export async function pauseSession(work: Work, caller: Caller, id: string): Promise<Session> {
  return await ask(work, caller, id, (running) => running.pause());
}

/** Asks a paused session to go on; errors as with pausing. */
export async function resumeSession(work: Work, caller: Caller, id: string): Promise<Session> {
  return await ask(work, caller, id, (running) => running.resume());
}

/**
 * Asks a session to stop: every process ends within a second. A session that has ended is what was asked for.
 *
 * @throws APP_SESSION_UNKNOWN.
 */
export async function stopSession(work: Work, caller: Caller, id: string): Promise<Session> {
  const session = await getSession(work, caller, id);
  return hasEnded(session.state) ? session : await ask(work, caller, id, (running) => running.stop());
}

async function ask(
  work: Work,
  caller: Caller,
  id: string,
  what: (running: RunningSession) => void | Promise<void>,
): Promise<Session> {
  const session = await getSession(work, caller, id);
  const running = work.held.get(id);
  if (hasEnded(session.state) || running === undefined || hasEnded(running.state))
    throw sessionNotRunning({ detail: `The session ${id} has ended.`, facts: { sessionId: id, state: session.state } });
  // Nobody waits for the end of it: what comes of it is told as a change of state.
  Promise.resolve(what(running)).catch(work.report);
  return { ...session, state: running.state };
}

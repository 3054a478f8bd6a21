import { sessionNotRunning } from '#app/app-errors.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Profile } from '#model/sessions/profile.ts';
import { hasEnded } from '#model/sessions/session.ts';
import { getSession } from './sessions.ts';

/**
 * Looks for some seconds at who spends the processor in a session; a session that ends meanwhile ends the look.
 *
 * @param seconds 0.1 to 30.
 * @throws APP_SESSION_UNKNOWN, APP_SESSION_NOT_RUNNING, HOST_PROFILE_ENDED, HOST_PROFILE_UNDER_WAY, HOST_SESSION_UNRESPONSIVE.
 */
export async function profileSession(work: Work, caller: Caller, id: string, seconds: number): Promise<Profile> {
  const session = await getSession(work, caller, id);
  const running = work.held.get(id);
  if (running === undefined || hasEnded(running.state))
    throw sessionNotRunning({ detail: `The session ${id} has ended.`, facts: { sessionId: id, state: session.state } });
  return await running.profile(Math.round(seconds * 1_000));
}

import type { Work } from '#app/parts.ts';
import type { RunEvent, RunningSession } from '#host/sessions/session-host.ts';
import { type Fault, hasEnded, type Session, type SessionSnapshot } from '#model/sessions/session.ts';
import type { SessionChange } from '#store/sessions.ts';
import { SessionRecorder } from './session-recorder.ts';

/**
 * Records what a session says of itself, in order, and tells it on once it is stored; failures that end nothing are told at once.
 *
 * @param begun the session as it is first stored; nothing is recorded before.
 */
export function followSession(work: Work, id: string, begun: Promise<Session>, running: RunningSession): void {
  const recorder = new SessionRecorder(work, id, begun);
  let fault: Fault | undefined;
  let last: Promise<void> = Promise.resolve();
  const heard = (event: RunEvent): void => {
    if (event.is === 'fault') {
      fault = event.fault;
      work.feed.tell({ type: 'session.fault', sessionId: id, fault });
      return;
    }
    const change = changeOf(work, event, fault);
    const ended = event.is === 'state' && hasEnded(event.state);
    // What was counted is read now, so that it is what was counted at the end, however late it is recorded.
    last = last
      .then(async () => recorder.add(ended ? { change, snapshot: await endedSnapshot(work, id, running) } : { change }))
      .catch(work.report);
    work.held.recording(last);
  };
  running.onEvent(heard);
  // What happened before anybody listened.
  if (running.state !== 'starting') heard({ is: 'state', state: running.state });
}

async function endedSnapshot(work: Work, id: string, running: RunningSession): Promise<SessionSnapshot> {
  await running.ended;
  await work.recordings.finish(id);
  return await running.snapshot();
}

function changeOf({ clock }: Work, event: Exclude<RunEvent, { is: 'fault' }>, fault: Fault | undefined): SessionChange {
  const at = new Date(clock.now()).toISOString();
  if (event.is === 'unstuck') return { stuck: null };
  if (event.is === 'stuck') {
    const { nodes, connections, partly } = event;
    const since = partly === undefined ? at : new Date(partly.sinceMs).toISOString();
    return { stuck: { since, nodes: [...nodes], connections: [...connections], ...(partly !== undefined && { partly: true }) } };
  }
  const why = event.state === 'failed' ? (event.fault ?? fault) : undefined;
  return {
    state: event.state,
    ...(hasEnded(event.state) && { endedAt: at }),
    ...(why !== undefined && { fault: why }),
  };
}

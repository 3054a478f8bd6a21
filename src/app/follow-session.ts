import type { RunEvent, RunningSession } from '#host/session-host.ts';
import { type Fault, hasEnded, type Session } from '#model/session.ts';
import type { SessionChange } from '#store/sessions.ts';
import type { Work } from './parts.ts';
import { asShown } from './sessions.ts';

/**
 * Records what a session says of itself, in order, and tells it on once it is stored.
 *
 * @param begun the session as it is first stored; nothing is recorded before.
 */
export function followSession(work: Work, begun: Promise<Session>, running: RunningSession): void {
  let fault: Fault | undefined;
  let last: Promise<void> = Promise.resolve();
  const inOrder = (event: RunEvent): void => {
    last = last
      .then(async () => {
        const { id } = await begun;
        if (event.is === 'fault') {
          fault = event.fault;
          work.feed.tell({ type: 'session.fault', sessionId: id, fault: event.fault });
          return;
        }
        await record(work, id, changeOf(work, event, fault), running);
      })
      .catch(work.report);
    work.held.recording(last);
  };
  running.onEvent(inOrder);
  // What happened before anybody listened.
  if (running.state !== 'starting') inOrder({ is: 'state', state: running.state });
}

function changeOf({ clock }: Work, event: Exclude<RunEvent, { is: 'fault' }>, fault: Fault | undefined): SessionChange {
  if (event.is === 'unstuck') return { stuck: null };
  if (event.is === 'stuck') {
    const { nodes, connections } = event;
    const since = new Date(clock.now()).toISOString();
    return { stuck: { since, nodes: [...nodes], connections: [...connections] } };
  }
  const why = event.state === 'failed' ? (event.fault ?? fault) : undefined;
  return { state: event.state, ...(why !== undefined && { fault: why }) };
}

async function record(work: Work, id: string, change: SessionChange, running: RunningSession): Promise<void> {
  const session = await work.sessions.update(id, change);
  if (session === undefined) return;
  if (hasEnded(session.state)) {
    await running.ended;
    await work.recordings.finish(id);
    const { at, processes } = await running.snapshot();
    await work.metrics.append(id, at, processes);
    work.held.tidy();
  }
  work.feed.tell({ type: 'session.status', session: asShown(work, session) });
}

import { hasEnded } from '#model/sessions/session.ts';
import { usePart, useStore } from '../base/store.ts';
import { rateText } from '../run/frame.ts';
import { partlyStuckText, stateWord } from '../run/run.ts';
import { useDesk } from './desk.ts';

/** One line at the foot: the connection, the session, messages a second, errors. */
export function StatusLine() {
  const desk = useDesk();
  const reach = useStore(desk.live.reach);
  const session = useStore(desk.run.session);
  const rate = usePart(desk.run.frame, (frame) => (frame === null ? undefined : rateText(frame.rate)));
  const failures = usePart(desk.run.frame, (frame) => frame?.failures ?? 0);
  const received = usePart(desk.run.frame, (frame) => frame?.received ?? 0);
  const rev = usePart(desk.design.state, (state) => state.confirmed.rev);
  const live = session !== null && !hasEnded(session.state);
  const moving = live && session.state !== 'paused';
  return (
    <footer className="status-line">
      <span className={`reach ${reach}`}>
        <i aria-hidden="true" />
        {reach === 'online' ? 'Live' : reach === 'offline' ? 'Offline' : 'Connecting'}
      </span>
      {session !== null && (
        <>
          <span data-session={session.id} data-state={session.state}>
            <span className={`state-mark ${session.stuck !== undefined && live ? 'failed' : session.state}`} />{' '}
            {stateWord(session)}
            {session.designRev !== rev && ` · rev ${session.designRev}`}
          </span>
          <span data-rate>{moving ? `${rate ?? '0/s'} messages` : `${received.toLocaleString('en')} messages`}</span>
          <span className={failures > 0 ? 'has-errors' : ''}>
            {failures === 1 ? '1 error' : `${failures.toLocaleString('en')} errors`}
          </span>
          {partlyStuckText(session) !== undefined && <span className="has-errors fault-line">{partlyStuckText(session)}</span>}
          {session.fault !== undefined && <span className="has-errors fault-line">{session.fault.message}</span>}
        </>
      )}
      <span className="status-keys wide-only">
        <kbd>/</kbd> add <kbd>F</kbd> fit <kbd>?</kbd> keys
      </span>
    </footer>
  );
}

/** Says that the server is away, and that nothing is lost. */
export function OfflineBanner() {
  const desk = useDesk();
  const reach = useStore(desk.live.reach);
  const waiting = usePart(desk.design.state, (state) => state.waiting.length);
  const kept = useStore(desk.kept);
  if (reach !== 'offline') return null;
  const said = waiting === 1 ? '1 change' : `${waiting} changes`;
  return (
    <div className="banner" role="status">
      <b>The server cannot be reached.</b>{' '}
      {waiting === 0
        ? 'What you change is kept and sent when it is back.'
        : kept < waiting
          ? `${said} to be sent when it is back.`
          : `${said} ${waiting === 1 ? 'is' : 'are'} kept and sent when it is back.`}
    </div>
  );
}

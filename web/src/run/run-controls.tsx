import { hasEnded } from '#model/session.ts';
import { useStore } from '../base/store.ts';
import { control, start, step } from '../shell/actions.ts';
import { useDesk } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';

/** Run, pause, resume, step, stop. */
export function RunControls() {
  const desk = useDesk();
  const session = useStore(desk.run.session);
  if (session === null || hasEnded(session.state)) {
    return (
      <button type="button" className="button primary" onClick={() => void start(desk)} title="Run the design (Shift R)">
        <Icon name="play" size={14} />
        Run
      </button>
    );
  }
  const paused = session.state === 'paused' || session.state === 'pausing';
  return (
    <div className="run-controls">
      <button
        type="button"
        aria-label={paused ? 'Resume' : 'Pause'}
        className={`button${paused ? ' primary' : ''}`}
        disabled={session.state !== 'running' && session.state !== 'paused'}
        onClick={() => void control(desk, paused ? 'resume' : 'pause')}
      >
        <Icon name={paused ? 'play' : 'pause'} size={14} />
        <span>{paused ? 'Resume' : 'Pause'}</span>
      </button>
      {session.state === 'paused' && (
        <button type="button" aria-label="Step" className="button" title="One step (Shift S)" onClick={() => void step(desk)}>
          <Icon name="step" size={14} />
          <span>Step</span>
        </button>
      )}
      <button
        type="button"
        aria-label="Stop"
        className="button"
        disabled={session.state === 'stopping'}
        onClick={() => void control(desk, 'stop')}
      >
        <Icon name="stop" size={14} />
        <span>Stop</span>
      </button>
    </div>
  );
}

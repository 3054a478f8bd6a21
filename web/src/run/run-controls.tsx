import { useState } from 'react';
import { hasEnded, type Session } from '#model/sessions/session.ts';
import { usePart, useStore } from '../base/store.ts';
import { recordingAddress } from '../client/client.ts';
import { control, start, step, update } from '../shell/actions.ts';
import { useDesk, useUi } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';

/** Run, pause, resume, step, stop. */
export function RunControls() {
  const desk = useDesk();
  const session = useStore(desk.run.session);
  if (session === null || hasEnded(session.state)) {
    return (
      <div className="run-controls">
        <button type="button" className="button primary" onClick={() => void start(desk)} title="Run the design (Shift R)">
          <Icon name="play" size={14} />
          <span>Run</span>
        </button>
        <RecordToggle />
        {session !== null && <RecordingLink session={session} />}
      </div>
    );
  }
  const paused = session.state === 'paused' || session.state === 'pausing';
  return (
    <div className="run-controls">
      <UpdateRun session={session} />
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
      {session.recording === 'running' && (
        <span className="record-mark" title="This run is recorded">
          <Icon name="record" size={14} />
        </span>
      )}
    </div>
  );
}

/** There while the drawing is another revision than what runs. */
function UpdateRun({ session }: { readonly session: Session }) {
  const desk = useDesk();
  const rev = usePart(desk.design.state, (state) => state.confirmed.rev);
  const [asked, setAsked] = useState(false);
  if (session.designRev === rev || (session.state !== 'running' && session.state !== 'paused')) return null;
  const ask = async () => {
    setAsked(true);
    await update(desk);
    setAsked(false);
  };
  return (
    <button
      type="button"
      aria-label="Update the run"
      title={`Rev ${session.designRev} runs: go on with rev ${rev}, without stopping`}
      className="button primary"
      disabled={asked}
      onClick={() => void ask()}
    >
      <Icon name="restart" size={14} />
      <span>Update the run</span>
    </button>
  );
}

function RecordToggle() {
  const desk = useDesk();
  const record = useUi((ui) => ui.record);
  return (
    <button
      type="button"
      aria-label="Record"
      aria-pressed={record}
      className={`button plain icon-only record-toggle${record ? ' on' : ''}`}
      title={record ? 'The next run is recorded' : 'Record the next run, to replay it'}
      onClick={() => desk.ui.set((ui) => ({ ...ui, record: !ui.record }))}
    >
      <Icon name="record" size={14} />
    </button>
  );
}

/** Leads to the recording of a run that has ended, when there is one. */
export function RecordingLink({ session }: { readonly session: Session }) {
  if (session.recording !== 'complete' && session.recording !== 'cut') return null;
  const cut = session.recording === 'cut' ? '; it ends before the run does' : '';
  return (
    <a
      className="button plain icon-only"
      aria-label="Download recording"
      title={`Download the recording, for csp run --replay${cut}`}
      href={recordingAddress(session.id)}
      download={`${session.id}.rec`}
    >
      <Icon name="download" size={14} />
    </a>
  );
}

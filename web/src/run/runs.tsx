import { useQuery } from '@tanstack/react-query';
import { hasEnded, type Session } from '#model/sessions/session.ts';
import { usePart, useStore } from '../base/store.ts';
import { listExecutions } from '../client/client.ts';
import { useDesk } from '../shell/desk.ts';
import { ProfilePart } from './profile.tsx';
import { stateWord } from './run.ts';
import { RecordingLink } from './run-controls.tsx';

/** The sessions of this design; one can be looked at again. */
export function Runs() {
  const desk = useDesk();
  const designId = usePart(desk.design.state, ({ confirmed }) => confirmed.id);
  const now = useStore(desk.run.session);
  const { data, isError } = useQuery({
    queryKey: ['executions', designId, now?.id, now?.state],
    queryFn: () => listExecutions(designId),
  });
  if (isError) return <p className="nothing">The runs cannot be fetched now.</p>;
  const items = data?.items ?? [];
  return (
    <>
      {now !== null && <ProfilePart key={now.id} session={now} />}
      <ul className="run-list">
        {items.map((session) => (
          <li key={session.id} className="run-item">
            <RunLine session={session.id === now?.id ? now : session} looking={session.id === now?.id} />
            <RecordingLink session={session.id === now?.id ? now : session} />
          </li>
        ))}
        {data !== undefined && items.length === 0 && <p className="nothing">Not run yet.</p>}
      </ul>
    </>
  );
}

function RunLine({ session, looking }: { readonly session: Session; readonly looking: boolean }) {
  const desk = useDesk();
  const { state, startedAt, endedAt, designRev, fault, stuck } = session;
  return (
    <button
      type="button"
      className={`run-line${looking ? ' at' : ''}`}
      aria-current={looking}
      onClick={() => desk.run.attach(session)}
    >
      <span className={`state-mark ${stuck !== undefined && !hasEnded(state) ? 'failed' : state}`} />
      <span className="run-words">
        <span>
          {stateWord(session)} <span className="quiet">· rev {designRev}</span>
        </span>
        <span className="small quiet">
          {new Date(startedAt).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}
          {endedAt !== undefined && `, ${durationText(Date.parse(endedAt) - Date.parse(startedAt))}`}
        </span>
        {fault !== undefined && <span className="small run-fault">{fault.message}</span>}
      </span>
    </button>
  );
}

/** How long something took: 0.4 s, 12 s, 3 min. */
export function durationText(ms: number): string {
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}

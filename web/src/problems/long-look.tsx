import type { CheckJob } from '#model/checks/check-job.ts';
import type { Finding } from '#model/checks/finding.ts';
import { howMany } from '#model/how-many.ts';
import { useStore } from '../base/store.ts';
import { isUnderWay } from '../checks/long-check.ts';
import { cancelLook, lookFurther } from '../shell/actions.ts';
import { useDesk } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { statesText } from './about-finding.ts';
import { mayLookFurther } from './verdict.ts';

const usualSeconds = 60;

/** The longer look of the server: offered where the page ran out of time, with how far it is and a way to end it. */
export function LongLook({ open }: { readonly open: readonly Finding[] }) {
  const desk = useDesk();
  const job = useStore(desk.long.job);
  if (isUnderWay(job)) return <UnderWay job={job} />;
  const further = open.filter(mayLookFurther);
  const offered = further.length > 0;
  const said = endedWords(job);
  if (!offered && said === undefined) return null;
  return (
    <div className="long-look">
      <p className="small" role="status">
        {said ?? stoppedWords(further)}
      </p>
      {offered && (
        <p className="problem-actions">
          <button type="button" className="button slim" onClick={() => void lookFurther(desk, usualSeconds)}>
            <Icon name="search" size={12} /> Look further
          </button>
          <span className="small quiet">on the server, up to {usualSeconds} seconds</span>
        </p>
      )}
    </div>
  );
}

function stoppedWords(further: readonly Finding[]): string {
  return further.some(({ severity }) => severity !== 'info')
    ? 'The search stopped here before it was through.'
    : `The search stopped before it was through with ${howMany(further.length, 'question')} that nothing wrong is known of.`;
}

function endedWords(job: CheckJob | null): string | undefined {
  if (job?.state === 'cancelled') return 'The longer look was cancelled.';
  if (job?.state === 'failed') return `The longer look failed. ${job.reason ?? ''}`;
  if (job?.state !== 'done') return undefined;
  if (job.validation?.verdict === 'unknown') return 'The longer look did not find it out either.';
  if (job.validation?.findings.some(mayLookFurther)) return 'The longer look left questions open too.';
  return undefined;
}

function UnderWay({ job }: { readonly job: CheckJob }) {
  const desk = useDesk();
  const { states, seconds } = job.progress;
  const most = job.order.seconds ?? usualSeconds;
  return (
    <div className="long-look under-way" data-look={job.state}>
      <p className="small">
        <b>Looking further</b>
        {job.state === 'waiting' ? ' when those before are done' : `: ${statesText(states)}, ${Math.floor(seconds)} s`}
      </p>
      <progress aria-label="Longer look" max={most} value={Math.min(seconds, most)} />
      <p className="problem-actions">
        <button type="button" className="button slim" onClick={() => void cancelLook(desk)}>
          <Icon name="close" size={12} /> Cancel
        </button>
        <span className="small quiet">You can go on drawing.</span>
      </p>
    </div>
  );
}

import './problems.css';
import { outerOf } from '#model/design.ts';
import type { Finding } from '#model/finding.ts';
import { useStore } from '../base/store.ts';
import { showNodes } from '../canvas/view.ts';
import { lookAt } from '../shell/actions.ts';
import { travel, useDesk, useUi } from '../shell/desk.ts';
import { isNarrow } from '../shell/ui.ts';
import { Icon } from '../theme/icon.tsx';
import { problemsOf, verdictOf } from './checks.ts';
import { putBackLabel } from './put-back.ts';

/** What the checks say: the verdict in words, and everything that is wrong or not known. */
export function Problems() {
  const desk = useDesk();
  const { is, validation } = useStore(desk.checks.state);
  const said = verdictOf(validation);
  const problems = problemsOf(validation);
  const proof = validation?.findings.find(({ rule, verdict }) => rule === 'deadlock' && verdict === 'proved');
  return (
    <div className="problems">
      <div className={`verdict-card ${said.tone}`}>
        <Icon name={said.icon} size={22} />
        <div>
          <p className="verdict-text">{said.text}</p>
          <p className="small">
            {is === 'asking' && 'Looking again…'}
            {is === 'unanswered' && 'The checks did not answer; asking again.'}
            {is === 'told' && (proof?.message ?? (problems.length === 0 ? 'Nothing to report.' : countWords(problems.length)))}
          </p>
        </div>
      </div>
      <ul className="problem-list">
        {problems.map((finding) => (
          <li key={`${finding.rule} ${finding.message}`}>
            <Problem finding={finding} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const countWords = (count: number) => (count === 1 ? 'One finding.' : `${count} findings.`);

function Problem({ finding }: { readonly finding: Finding }) {
  const desk = useDesk();
  const open = useUi((ui) => ui.replay?.finding === finding);
  const putBack = usePutBack();
  const { severity, message, trace, verdict, tried } = finding;
  const look = () => {
    lookAt(desk, finding);
    showNodes((trace?.knot.nodes ?? finding.nodes).map(outerOf));
    if (isNarrow()) desk.ui.set((ui) => ({ ...ui, drawer: null }));
  };
  return (
    <article className={`problem ${severity}${open ? ' open' : ''}`}>
      <button type="button" className="problem-main" onClick={look}>
        <Icon name={verdict === 'unknown' ? 'unsure' : severity === 'error' ? 'cancel' : 'alert'} />
        <span>
          {message}
          {tried !== undefined && tried.length > 0 && <span className="small quiet"> Tried: {tried.join(', ')}.</span>}
        </span>
      </button>
      <p className="problem-actions">
        {trace !== undefined && (
          <button type="button" className="button slim" onClick={look}>
            <Icon name="step" size={12} /> Show how
          </button>
        )}
        {putBack !== undefined && (
          <button type="button" className="button slim primary" onClick={() => travel(desk, 'undo')}>
            <Icon name="undo" size={12} /> {putBack}
          </button>
        )}
      </p>
    </article>
  );
}

// A deletion just made is the likely reason: taking it back is one click away.
function usePutBack(): string | undefined {
  const desk = useDesk();
  const { undo } = useStore(desk.design.state);
  return putBackLabel(undo.at(-1));
}

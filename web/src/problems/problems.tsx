import './problems.css';
import type { Finding } from '#model/checks/finding.ts';
import { usePart, useStore } from '../base/store.ts';
import { isEmpty } from '../design/edits.ts';
import { useDesk } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { sentence, statesText } from './about-finding.ts';
import type { Checked } from './checks.ts';
import { LongLook } from './long-look.tsx';
import { Problem } from './problem.tsx';
import { type Groups, groupsOf, verdictOf } from './verdict.ts';

/** What the checks say: the verdict in words, what is wrong, what is not known, what is no problem, what is proved. */
export function Problems() {
  const desk = useDesk();
  const checked = useStore(desk.checks.state);
  const empty = usePart(desk.design.state, isEmpty);
  const said = verdictOf(checked.validation, empty);
  const groups = groupsOf(checked.validation);
  return (
    <div className="problems">
      <div className={`verdict-card ${said.tone}`}>
        <Icon name={said.icon} size={22} />
        <div>
          <p className="verdict-text">{said.text}</p>
          <p className="small">{empty ? 'Each change is checked as you draw.' : underVerdict(checked, groups)}</p>
        </div>
      </div>
      {!empty && <Findings groups={groups} />}
    </div>
  );
}

function Findings({ groups }: { readonly groups: Groups }) {
  return (
    <>
      <Group title="What is wrong" findings={groups.wrong} />
      <LongLook open={[...groups.unknown, ...groups.notes]} />
      <Group title="What is not known" findings={groups.unknown} />
      <Folded title="Open, but no problem" findings={groups.notes}>
        <p className="small quiet">
          Nothing wrong was found here. A schema or a contract leaves it open, the search ended before it could tell, or it is
          only worth knowing.
        </p>
      </Folded>
      <Folded title="What is proved" findings={groups.proved} />
    </>
  );
}

function underVerdict({ is, validation, states, more }: Checked, { wrong, unknown }: Groups): string {
  if (is === 'unanswered') return 'The checks did not answer; asking again.';
  const again = validation === null ? 'Looking' : 'Looking again';
  if (is === 'asking') return states === undefined ? `${again}…` : `${again}: ${statesText(states)}…`;
  const proof = validation?.findings.find(({ rule, verdict }) => rule === 'deadlock' && verdict === 'proved');
  const count = wrong.length + unknown.length;
  if (more) return 'Looking at the other questions…';
  if (proof !== undefined && count === 0) return sentence(proof.message.replace(/^deadlock-free: /, ''));
  return count === 0 ? 'No problems.' : count === 1 ? 'One problem.' : `${count} problems.`;
}

function Group({ title, findings }: { readonly title: string; readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <section className="problem-group">
      <h3 className="label">{title}</h3>
      <FindingList findings={findings} />
    </section>
  );
}

interface FoldedProps {
  readonly title: string;
  readonly findings: readonly Finding[];
  readonly children?: React.ReactNode;
}

function Folded({ title, findings, children }: FoldedProps) {
  if (findings.length === 0) return null;
  return (
    <details className="problem-group folded">
      <summary>
        {title} ({findings.length})
      </summary>
      {children}
      <FindingList findings={findings} />
    </details>
  );
}

function FindingList({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul className="problem-list">
      {findings.map((finding) => (
        <li key={`${finding.rule} ${finding.message}`}>
          <Problem finding={finding} />
        </li>
      ))}
    </ul>
  );
}

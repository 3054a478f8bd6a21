import './problems.css';
import type { Finding } from '#model/finding.ts';
import { useStore } from '../base/store.ts';
import { useDesk } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { statesText } from './about-finding.ts';
import type { Checked } from './checks.ts';
import { LongLook } from './long-look.tsx';
import { Problem } from './problem.tsx';
import { type Groups, groupsOf, verdictOf } from './verdict.ts';

/** What the checks say: the verdict in words, what is wrong, what is not known, what is proved. */
export function Problems() {
  const desk = useDesk();
  const checked = useStore(desk.checks.state);
  const said = verdictOf(checked.validation);
  const groups = groupsOf(checked.validation);
  return (
    <div className="problems">
      <div className={`verdict-card ${said.tone}`}>
        <Icon name={said.icon} size={22} />
        <div>
          <p className="verdict-text">{said.text}</p>
          <p className="small">{underVerdict(checked, groups)}</p>
        </div>
      </div>
      <Group title="What is wrong" findings={groups.wrong} />
      <LongLook unknown={groups.unknown} />
      <Group title="What is not known" findings={groups.unknown} />
      {groups.proved.length > 0 && (
        <details className="problem-group proved-list">
          <summary>What is proved ({groups.proved.length})</summary>
          <FindingList findings={groups.proved} />
        </details>
      )}
    </div>
  );
}

function underVerdict({ is, validation, states, more }: Checked, { wrong, unknown }: Groups): string {
  if (is === 'unanswered') return 'The checks did not answer; asking again.';
  const again = validation === null ? 'Looking' : 'Looking again';
  if (is === 'asking') return states === undefined ? `${again}…` : `${again}: ${statesText(states)}…`;
  const proof = validation?.findings.find(({ rule, verdict }) => rule === 'deadlock' && verdict === 'proved');
  const open = wrong.length + unknown.length;
  if (more) return 'Looking at the other questions…';
  if (proof !== undefined) return proof.message;
  return open === 0 ? 'Nothing to report.' : open === 1 ? 'One finding.' : `${open} findings.`;
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

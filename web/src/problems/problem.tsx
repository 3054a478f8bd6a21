import type { Finding } from '#model/checks/finding.ts';
import { outerOf } from '#model/design.ts';
import { useStore } from '../base/store.ts';
import { showNodes } from '../canvas/view.ts';
import { lookAt } from '../shell/actions.ts';
import { travel, useDesk, useUi } from '../shell/desk.ts';
import { isNarrow } from '../shell/ui.ts';
import { Icon } from '../theme/icon.tsx';
import { aboutFinding, recheckedWords, sentence } from './about-finding.ts';
import { putBackLabel } from './put-back.ts';
import { applyRepair, repairsOf } from './repair.ts';
import { useInNames } from './use-in-names.ts';

/** One finding: what was found, by whom, why it holds, and what would help. */
export function Problem({ finding }: { readonly finding: Finding }) {
  const desk = useDesk();
  const open = useUi((ui) => ui.replay?.finding === finding);
  const names = useInNames();
  const { severity, trace, verdict } = finding;
  const look = () => {
    lookAt(desk, finding);
    showNodes((trace?.knot.nodes ?? finding.nodes).map(outerOf));
    if (isNarrow()) desk.ui.set((ui) => ({ ...ui, drawer: null }));
  };
  const icon = verdict === 'proved' ? 'shield' : verdict === 'unknown' ? 'unsure' : severity === 'error' ? 'cancel' : 'alert';
  return (
    <article className={`problem ${verdict} ${severity}${open ? ' open' : ''}`} data-rule={finding.rule} data-verdict={verdict}>
      <button type="button" className="problem-main" onClick={look}>
        <Icon name={icon} />
        <span>
          {names.finding(finding)}
          <span className="problem-about small">{aboutFinding(finding)}</span>
        </span>
      </button>
      <Tried finding={finding} />
      <Proof finding={finding} />
      <Remedies finding={finding} look={look} />
    </article>
  );
}

function Tried({ finding: { tried = [] } }: { readonly finding: Finding }) {
  if (tried.length === 0) return null;
  return (
    <details className="problem-more">
      <summary>What was tried</summary>
      <ul>
        {tried.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </details>
  );
}

function Proof({ finding: { certificate, rechecked } }: { readonly finding: Finding }) {
  if (certificate === undefined) return null;
  return (
    <details className="problem-more certificate">
      <summary>Why it holds</summary>
      <ul>
        {certificate.words.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p className="small quiet">{recheckedWords(rechecked)}</p>
    </details>
  );
}

function Remedies({ finding, look }: { readonly finding: Finding; readonly look: () => void }) {
  const desk = useDesk();
  const putBack = usePutBack();
  const names = useInNames();
  const { trace, verdict, severity } = finding;
  const repairs = repairsOf(finding);
  if (verdict === 'proved') return null;
  return (
    <>
      <p className="problem-actions">
        {trace !== undefined && (
          <button type="button" className="button slim" onClick={look}>
            <Icon name="step" size={12} /> Show how
          </button>
        )}
        {putBack !== undefined && verdict === 'refuted' && severity === 'error' && (
          <button type="button" className="button slim primary" onClick={() => travel(desk, 'undo')}>
            <Icon name="undo" size={12} /> {putBack}
          </button>
        )}
      </p>
      {repairs.length > 0 && (
        <section className="repairs" aria-label="What would help">
          <h4 className="small quiet">What would help, the smallest change first</h4>
          <ul>
            {repairs
              .map((repair) => ({ ...repair, says: names.repair(repair) }))
              .map((repair) => (
                <li key={repair.says}>
                  <button type="button" className="button slim repair" onClick={() => applyRepair(desk, repair)}>
                    <Icon name="wand" size={12} /> <span>{sentence(repair.says)}</span>
                  </button>
                </li>
              ))}
          </ul>
        </section>
      )}
    </>
  );
}

// A deletion just made is the likely reason: taking it back is one click away.
function usePutBack(): string | undefined {
  const desk = useDesk();
  const { undo: steps } = useStore(desk.design.state);
  return putBackLabel(steps.at(-1));
}

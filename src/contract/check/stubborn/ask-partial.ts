import { recheckStuck } from '#contract/certify/recheck-stuck.ts';
import { confirmed } from '#contract/check/confirmed.ts';
import type { Asker } from '#contract/check/question.ts';
import { tellStuck } from '#contract/check/trace.ts';
import { graphBudget } from '#contract/check/whole-graph.ts';
import type { Finding } from '#model/finding.ts';
import { howMany } from '#model/how-many.ts';
import { frozen } from './frozen.ts';
import { type PartialOutcome, partialDeadlock, stuckAmong } from './partial.ts';

const rule = 'partial-deadlock';

/** V36  Whether some nodes can be stuck for ever while the rest of the design runs. Unknown is told, and does not change the verdict of the design. */
export const askPartial: Asker = ({ counted }, budget) => {
  const outcome = partialDeadlock(counted, { ...budget, maxStates: graphBudget(budget).maxStates });
  const said = { rule, engine: 'stubborn', states: outcome.states };
  switch (outcome.verdict) {
    case 'refuted':
      return [refuted(counted, outcome, said)];
    case 'proved':
      return [
        {
          ...said,
          verdict: 'proved',
          severity: 'info',
          message: `nothing can be stuck while the rest runs: ${howMany(outcome.states, 'state')} looked at, which stand for all`,
          nodes: [],
          connections: [],
        },
      ];
    case 'unknown':
      return [
        {
          ...said,
          verdict: 'unknown',
          severity: 'info',
          message: 'not known whether something can be stuck while the rest runs',
          nodes: [],
          connections: [],
          tried: [`stubborn: ${outcome.why}`],
        },
      ];
  }
};

type Refuted = Extract<PartialOutcome, { verdict: 'refuted' }>;

function refuted(
  network: Parameters<typeof tellStuck>[0],
  { trace: events, state }: Refuted,
  said: Pick<Finding, 'rule' | 'engine' | 'states'>,
): Finding {
  const stuck = stuckAmong(network, state, frozen(network, state));
  const { trace, words } = tellStuck(network, events, state, stuck);
  const { nodes, connections } = trace.knot;
  const finding: Finding = { ...said, verdict: 'refuted', severity: 'error', message: words, nodes, connections, trace };
  return confirmed(finding, recheckStuck(network, events, state, stuck));
}

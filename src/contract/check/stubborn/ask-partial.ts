import { recheckNobodyStuck } from '#contract/certify/nobody-stuck.ts';
import type { Work } from '#contract/certify/plain.ts';
import { recheckStuck } from '#contract/certify/recheck-stuck.ts';
import { confirmed, workFor } from '#contract/check/confirmed.ts';
import type { Asker } from '#contract/check/question.ts';
import { tellStuck } from '#contract/check/trace.ts';
import { graphBudget } from '#contract/check/whole-graph.ts';
import type { System } from '#contract/network.ts';
import type { Finding } from '#model/checks/finding.ts';
import { howMany } from '#model/how-many.ts';
import { frozen } from './frozen.ts';
import { Limits } from './limits.ts';
import { type PartialOutcome, partialDeadlock, stuckAmong } from './partial.ts';

const rule = 'partial-deadlock';

/** V36  Whether some nodes can be stuck for ever while the rest of the design runs. Unknown is told, and does not change the verdict of the design. */
export const askPartial: Asker = ({ counted }, budget) => {
  const limits = new Limits(budget);
  const outcome = partialDeadlock(counted, { ...budget, maxStates: graphBudget(budget).maxStates });
  const said = { rule, engine: 'stubborn', states: outcome.states };
  switch (outcome.verdict) {
    case 'refuted':
      return [refuted(counted, outcome, said, workFor({ ...budget, maxMs: limits.leftMs }))];
    case 'proved':
      return [proved(counted, outcome, said, workFor({ ...budget, maxMs: limits.leftMs }))];
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

type Said = Pick<Finding, 'rule' | 'engine' | 'states'>;

function proved(
  system: System,
  { states, certificate }: Extract<PartialOutcome, { verdict: 'proved' }>,
  said: Said,
  work: Work,
): Finding {
  const message = `nothing can be stuck while the rest runs: ${howMany(states, 'state')} looked at, which stand for all`;
  const finding: Finding = { ...said, verdict: 'proved', severity: 'info', message, nodes: [], connections: [], certificate };
  return confirmed(finding, recheckNobodyStuck(system, certificate, work));
}

type Refuted = Extract<PartialOutcome, { verdict: 'refuted' }>;

function refuted(network: Parameters<typeof tellStuck>[0], { trace: events, state }: Refuted, said: Said, work: Work): Finding {
  const stuck = stuckAmong(network, state, frozen(network, state));
  const { trace, words } = tellStuck(network, events, state, stuck);
  const { nodes, connections } = trace.knot;
  const finding: Finding = { ...said, verdict: 'refuted', severity: 'error', message: words, nodes, connections, trace };
  return confirmed(finding, recheckStuck(network, events, state, stuck, work));
}

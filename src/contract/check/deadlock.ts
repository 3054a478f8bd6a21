import type { Network } from '#contract/network.ts';
import type { Finding } from '#model/checks/finding.ts';
import { howMany } from '#model/how-many.ts';
import { confirmed, recheckOf, workFor } from './confirmed.ts';
import type { Budget, Counted, EngineName, Outcome } from './engine.ts';
import { type Climbed, climb } from './ladder.ts';
import type { Question } from './question.ts';
import { tell } from './trace.ts';

/** K9, K14  Whether a design can deadlock: the ladder on its network, first with rough buffers where there are large ones. */
export function deadlockOf({ counted, rough, doubt, open }: Question, budget: Budget, only?: EngineName): Finding {
  if (doubt !== undefined) return undecided(0, `not known whether it can deadlock: ${doubt}`, []);
  const networks = [...(rough === undefined ? [] : [{ network: rough, exact: false }]), { network: counted, exact: true }];
  const tried: string[] = [];
  const started = budget.now?.() ?? 0;
  const leftMs = (): number => Math.max(0, budget.maxMs - ((budget.now?.() ?? 0) - started));
  let states = 0;
  for (const { network, exact } of networks) {
    const climbed = climb(network, { ...budget, maxMs: leftMs() }, only);
    const { outcome } = climbed;
    states += outcome.states;
    if (outcome.verdict === 'proved')
      return confirmed(proved(climbed, open, exact), recheckOf(network, outcome, workFor({ ...budget, maxMs: leftMs() })));
    if (outcome.verdict === 'refuted' && exact)
      return confirmed(
        refuted(network, climbed.engine, outcome),
        recheckOf(network, outcome, workFor({ ...budget, maxMs: leftMs() })),
      );
    const why = outcome.verdict === 'refuted' ? [`${climbed.engine}: no proof, as the count matters`] : climbed.tried;
    tried.push(...(exact ? why : why.map((one) => `with buffers only empty, partly full or full, ${one}`)));
  }
  return undecided(states, `not known whether it can deadlock: ${howMany(states, 'state')} looked at, and there are more`, tried);
}

const rule = 'deadlock';

function refuted(network: Network, engine: EngineName, outcome: Refuted): Finding {
  const { trace, words } = tell(network, outcome.trace, outcome.dead);
  const { nodes, connections } = trace.knot;
  const where = { nodes, connections, engine, ...numbersOf(outcome) };
  return { rule, verdict: 'refuted', severity: 'error', message: words, ...where, trace };
}

function numbersOf({ states, transitions, peakBytes }: Counted): Pick<Finding, 'states' | 'transitions' | 'peakBytes'> {
  return { states, transitions, ...(peakBytes && { peakBytes }) };
}

type Refuted = Extract<Outcome, { verdict: 'refuted' }>;

function proved({ engine, outcome }: Climbed, open: number, exact: boolean): Finding {
  const { states } = outcome;
  const certificate = outcome.verdict === 'proved' ? outcome.certificate : undefined;
  const looked = `deadlock-free: ${proofWords(engine, states)}`;
  const buffers = exact ? '' : ', for buffers of any size above three';
  const assumed = open === 0 ? '' : ', taking what is not connected as always ready';
  return {
    rule,
    verdict: 'proved',
    severity: 'info',
    message: looked + buffers + assumed,
    nodes: [],
    connections: [],
    engine,
    ...numbersOf(outcome),
    ...(certificate !== undefined && { certificate }),
  };
}

function proofWords(engine: EngineName, states: number): string {
  switch (engine) {
    case 'rules':
      return 'by a rule about how its processes are connected, without a search';
    case 'pairs':
      return 'no two neighbours can block each other in a way that all could be stuck';
    case 'stubborn':
      return `${howMany(states, 'state')} looked at, which stand for all`;
    case 'compositional':
      return `put together part by part, ${howMany(states, 'state')} looked at`;
    case 'full':
      return states === 1 ? 'the only state looked at' : `all ${count(states)} reachable states looked at`;
  }
}

/** The finding of a question about deadlock that has no answer. */
export function undecided(states: number, message: string, tried: string[]): Finding {
  return {
    rule,
    verdict: 'unknown',
    severity: 'warning',
    message,
    nodes: [],
    connections: [],
    engine: 'full',
    states,
    tried,
  };
}

function count(number: number): string {
  return number.toLocaleString('en');
}

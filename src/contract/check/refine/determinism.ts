import { type Budget, usualBudget } from '#contract/check/engine.ts';
import type { Network } from '#contract/network.ts';
import type { Lookup } from '#contract/wiring.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { howMany } from '#model/how-many.ts';
import { afterText, eventName, isOf, modelWords, questionAbout, type SpecFault, setText, shownWay, some } from './design.ts';
import { deterministic } from './deterministic.ts';
import type { Counterexample, Model, Refinement } from './refinement.ts';

export interface DeterminismOptions {
  /** FD when left out. */
  readonly model?: Exclude<Model, 'T'>;
  /** Connections, open ports or single events that are looked at, all others being hidden; every event but own decisions when left out. */
  readonly over?: readonly string[];
}

/** A question about determinism made ready for the search: plain data that can be posted to a thread. */
export interface PreparedDeterminism {
  readonly network: Network;
  readonly labels: readonly string[];
  readonly hidden: Uint8Array;
  readonly model: Exclude<Model, 'T'>;
  /** Why an answer would not be exact. */
  readonly doubt?: string;
}

/** V125  Makes ready to ask whether a design is deterministic; a fault when a contract means nothing or it has no event of a name. */
export function prepareDeterminism(
  design: DesignBody,
  lookup: Lookup,
  { model = 'FD', over }: DeterminismOptions = {},
): { readonly ok: true; readonly determinism: PreparedDeterminism } | { readonly ok: false; readonly fault: SpecFault } {
  const asked = questionAbout(design, lookup);
  if (typeof asked === 'string') return { ok: false, fault: { message: asked, pointer: '' } };
  const { counted: network, doubt } = asked;
  const labels = network.events.map((event) => eventName(event) ?? '');
  const names = new Set(labels.filter((label) => label !== ''));
  for (const [at, name] of (over ?? []).entries())
    if (![...names].some((label) => isOf(label, name)))
      return { ok: false, fault: { message: `the design has no event ${name}; ${some(names)}`, pointer: `/over/${at}` } };
  const seen = (label: string): boolean => label !== '' && (over === undefined || over.some((name) => isOf(label, name)));
  const hidden = Uint8Array.from(labels, (label) => (seen(label) ? 0 : 1));
  return { ok: true, determinism: { network, labels, hidden, model, ...(doubt !== undefined && { doubt }) } };
}

/** V125  Answers a prepared question. Pure and synchronous: run it where it may take its time. */
export function searchDeterminism(prepared: PreparedDeterminism, budget: Budget = usualBudget): Finding {
  const { network, labels, hidden, model, doubt } = prepared;
  if (doubt !== undefined) return told(prepared, { verdict: 'unknown', why: doubt, states: 0, transitions: 0 });
  return told(prepared, deterministic({ system: network, labels, hidden }, { model }, budget));
}

function told({ network, model }: PreparedDeterminism, outcome: Refinement): Finding {
  const { verdict, states } = outcome;
  const base = { rule: 'determinism', verdict, engine: 'product', states } as const;
  const none: Pick<Finding, 'nodes' | 'connections'> = { nodes: [], connections: [] };
  const kind = `in ${modelWords[model]}`;
  switch (outcome.verdict) {
    case 'proved': {
      const looked = `${howMany(states, 'pair of states', 'pairs of states')} looked at`;
      return { ...base, ...none, severity: 'info', message: `deterministic, ${kind}: ${looked}` };
    }
    case 'unknown': {
      const message = `not known whether it is deterministic, ${kind}: ${outcome.why}`;
      return { ...base, ...none, severity: 'warning', message, tried: [`product: ${outcome.why}`] };
    }
    case 'refuted': {
      const message = `not deterministic, ${kind}: ${whatIsOpen(outcome)}`;
      return { ...base, severity: 'warning', message, ...shownWay(network, outcome) };
    }
  }
}

function whatIsOpen({ what, trace, offers = [], demands = [] }: Counterexample): string {
  const after = afterText(trace);
  if (what === 'divergence') return `${after} it can go on for ever without an event that is looked at`;
  const refused = (demands[0] ?? []).filter((label) => !offers.includes(label));
  const [first = 'something', ...more] = refused;
  return `${after} it can both do and refuse ${more.length === 0 ? setText([first]) : `each of ${setText(refused)}`}`;
}

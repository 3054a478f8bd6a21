import { confirmed, recheckCompared } from '#contract/check/confirmed.ts';
import { type Budget, usualBudget } from '#contract/check/engine.ts';
import { type Question, questionOf } from '#contract/check/question.ts';
import { stepsOf } from '#contract/check/trace.ts';
import { isReady } from '#contract/compose.ts';
import type { Lts } from '#contract/lts.ts';
import type { Network, NetworkEvent } from '#contract/network.ts';
import { faultText, type Place } from '#contract/term.ts';
import { type Lookup, wire } from '#contract/wiring.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { howMany } from '#model/how-many.ts';
import { explicit } from './explicit.ts';
import { type Counterexample, type Labelled, type Model, type Refinement, tickLabel } from './refinement.ts';
import { refines } from './refines.ts';
import { readSpec } from './spec-text.ts';

/** What a design is held against: a contract text whose events are names of connections and open ports, or another design. */
export type Specification = { readonly contract: string } | { readonly design: DesignBody };

export interface RefineOptions {
  /** FD when left out. */
  readonly model?: Model;
  /** Connections, open ports or single events that are not looked at. */
  readonly hide?: readonly string[];
  /** Those that are looked at although the specification does not speak of them. */
  readonly over?: readonly string[];
}

/** A refinement made ready for the search: plain data that can be posted to a thread. */
export interface PreparedRefinement {
  readonly network: Network;
  readonly labels: readonly string[];
  readonly hidden: Uint8Array;
  readonly spec: { readonly lts: Lts } | { readonly system: Labelled };
  readonly model: Model;
  /** Why an answer would not be exact. */
  readonly doubt?: string;
}

/** What is wrong with the question, with the place where it is asked; for a contract text also the place in the text. */
export interface SpecFault {
  readonly message: string;
  /** JSON Pointer into `{ spec, hide, over }`; empty for the design itself. */
  readonly pointer: string;
  readonly place?: Place;
}

export type Prepared =
  | { readonly ok: true; readonly refinement: PreparedRefinement }
  | { readonly ok: false; readonly fault: SpecFault };

/**
 * V53  Makes ready to hold a design against a specification.
 *
 * @returns a fault when a contract of a design means nothing, the text does not, or they have no event in common.
 */
export function prepareRefinement(
  design: DesignBody,
  lookup: Lookup,
  spec: Specification,
  options: RefineOptions = {},
): Prepared {
  const asked = questionAbout(design, lookup);
  if (typeof asked === 'string') return fault(asked, '');
  const { counted: network } = asked;
  const labels = network.events.map((event) => eventName(event) ?? '');
  const names = new Set(labels.filter((label) => label !== ''));
  const [hide, over] = [options.hide ?? [], options.over ?? []];
  for (const [field, list] of [['hide', hide] as const, ['over', over] as const])
    for (const [at, name] of list.entries())
      if (![...names].some((label) => isOf(label, name)))
        return fault(`the design has no event ${name}; ${some(names)}`, `/${field}/${at}`);
  const against = 'contract' in spec ? bySpec(spec.contract, names, hide) : byDesign(spec.design, lookup, asked, names, hide);
  if ('fault' in against) return { ok: false, fault: against.fault };
  const seen = (label: string): boolean => against.seen.has(label) || (label !== '' && over.some((name) => isOf(label, name)));
  const hidden = Uint8Array.from(labels, (label) => (seen(label) && !hide.some((name) => isOf(label, name)) ? 0 : 1));
  const doubt = asked.doubt ?? against.doubt;
  const model = options.model ?? 'FD';
  return { ok: true, refinement: { network, labels, hidden, spec: against.spec, model, ...(doubt !== undefined && { doubt }) } };
}

type Against =
  | { readonly spec: PreparedRefinement['spec']; readonly seen: ReadonlySet<string>; readonly doubt?: string | undefined }
  | { readonly fault: SpecFault };

function bySpec(text: string, names: ReadonlySet<string>, hide: readonly string[]): Against {
  const read = readSpec(text, (name) => whyNot(name, names, hide));
  if (!read.ok) return { fault: { ...read.fault, pointer: '/spec/contract' } };
  return { spec: { lts: read.lts }, seen: new Set(read.lts.labels) };
}

function whyNot(name: string, names: ReadonlySet<string>, hide: readonly string[]): string | undefined {
  if (hide.some((hidden) => isOf(name, hidden))) return `${name} is hidden`;
  if (names.has(name)) return undefined;
  if (names.has(`${name}.put`) || names.has(`${name}.take`)) return `${name} holds messages: say ${name}.put or ${name}.take`;
  return `the design has no event ${name}; ${some(names)}`;
}

function byDesign(
  design: DesignBody,
  lookup: Lookup,
  { counted }: Question,
  names: ReadonlySet<string>,
  hide: readonly string[],
): Against {
  const other = questionAbout(design, lookup);
  if (typeof other === 'string') return { fault: { message: other, pointer: '/spec' } };
  const system = other.counted;
  const labels = system.events.map((event) => eventName(event) ?? '');
  const mixed = Object.keys(design.connections).find(
    (id) => buffers(system, id) !== (buffers(counted, id) ?? buffers(system, id)),
  );
  if (mixed !== undefined && !hide.includes(mixed))
    return {
      fault: { message: `${mixed} holds messages in one of the designs and none in the other: hide it`, pointer: '/spec' },
    };
  const seen = new Set(labels.filter((label) => names.has(label) && !hide.some((name) => isOf(label, name))));
  if (seen.size === 0) return { fault: { message: `the designs have no event in common; ${some(names)}`, pointer: '/spec' } };
  const hidden = Uint8Array.from(labels, (label) => (seen.has(label) ? 0 : 1));
  return { spec: { system: { system, labels, hidden } }, seen, doubt: other.doubt };
}

function buffers({ events }: Network, connection: string): boolean | undefined {
  const own = events.filter((event) => event.connection === connection);
  return own.length === 0 ? undefined : own.some(({ is }) => is === 'put' || is === 'take');
}

/** The question about a design whose every open port is an event of its own (V53); else which contract means nothing. */
export function questionAbout(design: DesignBody, lookup: Lookup): Question | string {
  const nodes = wire(design, lookup);
  for (const { id, contract } of nodes)
    if (!contract.ok) return `the contract of ${id} means nothing: ${contract.faults.join('; ')}`;
  return questionOf(design, nodes.filter(isReady), 0, 'seen');
}

/** V53  What an event is called in a specification; undefined for a node's own decision, which is never seen. */
export function eventName({ is, connection = '', from }: NetworkEvent): string | undefined {
  switch (is) {
    case 'alone':
      return undefined;
    case 'free':
      return from;
    case 'message':
      return connection;
    case 'asks-gone':
      return `${connection}.asksGone`;
    case 'hears-gone':
      return `${connection}.hearsGone`;
    default:
      return `${connection}.${is}`;
  }
}

/** V53  A name stands for the event and for all events of that connection or port. */
export function isOf(label: string, name: string): boolean {
  return label === name || label.startsWith(`${name}.`);
}

/** Some of the events there are, in words. */
export function some(names: ReadonlySet<string>): string {
  const list = [...names];
  if (list.length === 0) return 'it has none at all';
  return `there are ${list.slice(0, 8).join(', ')}${list.length > 8 ? ` and ${list.length - 8} more` : ''}`;
}

function fault(message: string, pointer: string): Prepared {
  return { ok: false, fault: { message, pointer } };
}

/** V54  Answers a prepared refinement. Pure and synchronous: run it where it may take its time. */
export function searchRefinement(prepared: PreparedRefinement, budget: Budget = usualBudget): Finding {
  const { network, labels, hidden, spec, model, doubt } = prepared;
  if (doubt !== undefined) return told(prepared, { verdict: 'unknown', why: doubt, states: 0, transitions: 0 });
  const started = budget.now?.() ?? 0;
  const whole = 'lts' in spec ? { ok: true as const, lts: spec.lts } : explicit(spec.system, budget);
  if (!whole.ok)
    return told(prepared, { verdict: 'unknown', why: `the specification: ${whole.why}`, states: whole.states, transitions: 0 });
  const left = { ...budget, maxMs: Math.max(0, budget.maxMs - ((budget.now?.() ?? 0) - started)) };
  const impl = { system: network, labels, hidden };
  const outcome = refines(whole.lts, impl, { model }, left);
  const finding = told(prepared, outcome);
  if (outcome.verdict === 'unknown' || finding.verdict === 'unknown') return finding;
  const against = 'lts' in spec ? spec.lts : spec.system;
  return confirmed(finding, recheckCompared(outcome, against, impl, model));
}

/** V53  What a specification is about: one that names no event hides everything, and is then about the end of the design at most. */
function lookedAt({ hidden, spec }: PreparedRefinement): 'events' | 'the end' | 'nothing' {
  if (hidden.includes(0)) return 'events';
  return 'lts' in spec && spec.lts.final.includes(true) ? 'the end' : 'nothing';
}

export const modelWords: Readonly<Record<Model, string>> = {
  T: 'traces',
  F: 'stable failures',
  FD: 'failures and divergences',
};

function told(prepared: PreparedRefinement, outcome: Refinement): Finding {
  const { network, model } = prepared;
  const looksAt = lookedAt(prepared);
  const { verdict, states } = outcome;
  const base = { rule: 'refinement', verdict, engine: 'product', states } as const;
  const none: Pick<Finding, 'nodes' | 'connections'> = { nodes: [], connections: [] };
  const kind = `in ${modelWords[model]}`;
  if (outcome.verdict === 'proved') return { ...base, ...none, ...toldProved(looksAt, kind, states) };
  if (outcome.verdict === 'unknown') {
    const message = `not known whether it does what the specification allows, ${kind}: ${outcome.why}`;
    return { ...base, ...none, severity: 'warning', message, tried: [`product: ${outcome.why}`] };
  }
  const nothing = looksAt === 'events' ? '' : '. The specification names no event of the design, so everything is hidden';
  const message = `does not do what the specification allows, ${kind}: ${whatIsWrong(outcome)}${nothing}`;
  return { ...base, severity: 'error', message, ...shownWay(network, outcome) };
}

/** The steps of a counterexample, and the nodes and connections of its last one, or of the round at its end. */
export function shownWay(
  network: Network,
  { events, cycle }: Counterexample,
): Pick<Finding, 'nodes' | 'connections'> & Required<Pick<Finding, 'trace'>> {
  const steps = stepsOf(network, [...events, ...(cycle ?? [])]);
  const shown = cycle === undefined ? steps.slice(-1) : steps.slice(events.length);
  const nodes = [...new Set(shown.flatMap((step) => step.nodes))];
  const connections = [...new Set(shown.flatMap(({ connection }) => connection ?? []))];
  const loop = cycle === undefined ? {} : { cycle: events.length };
  return { nodes, connections, trace: { steps, waiting: [], knot: { nodes, connections }, ...loop } };
}

function toldProved(
  looksAt: ReturnType<typeof lookedAt>,
  kind: string,
  states: number,
): Pick<Finding, 'verdict' | 'severity' | 'message' | 'tried'> {
  const hidden = 'the specification names no event of the design, so everything is hidden';
  switch (looksAt) {
    case 'nothing': {
      const message = `not known whether it does what it should, ${kind}: ${hidden}, and nothing was held against it. Name what is to be looked at in the specification or in “over”`;
      return { verdict: 'unknown', severity: 'warning', message, tried: [`product: ${hidden}`] };
    }
    case 'the end': {
      const message = `ends as the specification allows, ${kind}, and no more is said: ${hidden}`;
      return { verdict: 'proved', severity: 'warning', message };
    }
    case 'events': {
      const message = `does what the specification allows, ${kind}: ${howMany(states, 'pair of states', 'pairs of states')} looked at`;
      return { verdict: 'proved', severity: 'info', message };
    }
  }
}

function whatIsWrong({ what, trace, offers = [], demands = [] }: Counterexample): string {
  const before = what === 'trace' ? trace.slice(0, -1) : trace;
  const after = afterText(before);
  if (what === 'divergence') return `${after} it can go on for ever without an event that is looked at`;
  if (what === 'trace') {
    const last = trace.at(-1) ?? '';
    return last === tickLabel
      ? `${after} it may end, which is not allowed there: where it may, write SKIP in the specification (… -> SKIP, or [] SKIP beside what else may follow)`
      : `${after} it may do ${last}, which is not allowed there`;
  }
  const offered = offers.length === 0 ? 'nothing' : setText(offers);
  const wanted = demands.map((set) => (set.length === 0 ? 'nothing' : setText(set))).join(' or ');
  return `${after} it may offer only ${offered}, where ${wanted || 'going on by itself'} is demanded`;
}

/** Where a trace has led, in words. */
export function afterText(trace: readonly string[]): string {
  if (trace.length === 0) return 'at the start';
  return `after ${trace.length > 12 ? `… ${trace.slice(-10).join(', ')}` : trace.join(', ')}`;
}

/** Events that are meant all at once, in words. */
export function setText(labels: readonly string[]): string {
  return labels.map((label) => (label === tickLabel ? 'to end' : label)).join(' and ');
}

/** V53, V54  Holds a design against a specification; a fault when the question makes no sense. */
export function refineDesign(
  design: DesignBody,
  lookup: Lookup,
  spec: Specification,
  options: RefineOptions = {},
  budget: Budget = usualBudget,
): { readonly ok: true; readonly finding: Finding } | Extract<Prepared, { ok: false }> {
  const prepared = prepareRefinement(design, lookup, spec, options);
  return prepared.ok ? { ok: true, finding: searchRefinement(prepared.refinement, budget) } : prepared;
}

/** The fault as one line, with line and column when it is in a text. */
export function specFaultText({ message, place }: SpecFault): string {
  return faultText({ message, ...(place !== undefined && { place }) });
}

import { recheckNobodyStarves } from '#contract/certify/no-rounds.ts';
import { shareOf, type Work } from '#contract/certify/plain.ts';
import { recheckLasso } from '#contract/certify/recheck-lasso.ts';
import { holds } from '#contract/certify/verdict.ts';
import { confirmed, workFor } from '#contract/check/confirmed.ts';
import { type Again, type Budget, whileDrawing } from '#contract/check/engine.ts';
import type { Reachable } from '#contract/check/full/graph.ts';
import type { Question } from '#contract/check/question.ts';
import { listed } from '#contract/check/questions/words.ts';
import { stepsOf } from '#contract/check/trace.ts';
import { wholeGraph } from '#contract/check/whole-graph.ts';
import type { Network, Shape, System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import type { Finding } from '#model/checks/finding.ts';
import { Cycles, type Goal, type Lasso } from './cycles.ts';
import { type Ranking, Rankings, type Taken } from './evidence.ts';
import { recurring } from './recurring.ts';

/** A process that can be passed over for ever. */
export interface Starving {
  readonly process: number;
  readonly lasso: Lasso;
  /** The processes that have the choice, and each time make another event. */
  readonly choosers: readonly number[];
  /** Whether it loses to choices of others alone: whoever chooses in turn among those who are ready would serve it. */
  readonly byChoice: boolean;
}

export type Starvation =
  | { readonly verdict: 'proved'; readonly states: number; readonly certificate: Certificate }
  | { readonly verdict: 'refuted'; readonly states: number; readonly starving: readonly Starving[] }
  | { readonly verdict: 'unknown'; readonly states: number; readonly why: string };

/**
 * V56  Which processes can starve: there is a reachable cycle, weakly fair to every process, in which it makes no event though it could in some
 *      of its states, and could not in others.
 *
 * @param isDecision whether an event is a process's own decision, which no choice of another can prevent.
 */
export function starvation(
  system: System,
  isDecision: (event: number) => boolean,
  whole: () => Reachable,
  budget: Budget,
): Starvation {
  const started = budget.now?.() ?? 0;
  const late = (): boolean => budget.now !== undefined && budget.now() - started > budget.maxMs;
  const suspects: number[] = [];
  const evidence: Evidence[] = [];
  for (let process = 0; process < system.processes; process++) {
    if (late()) return { verdict: 'unknown', states: 0, why: 'out of time' };
    const taken = neverLoses(system, process);
    if (taken === undefined) suspects.push(process);
    else evidence[process] = { taken };
  }
  const { again = whileDrawing } = budget;
  if (suspects.length === 0) return { verdict: 'proved', states: 0, certificate: certificateOf(0, evidence, again) };
  const reached = whole();
  if (!reached.complete) return { verdict: 'unknown', states: reached.states, why: reached.why };
  const { graph } = reached;
  const { states } = graph;
  if (graph.cut) return { verdict: 'unknown', states, why: 'a buffer can hold more messages than are counted' };
  const cycles = new Cycles(system, graph);
  const starving: Starving[] = [];
  let why: string | undefined;
  for (const [looks, process] of suspects.entries()) {
    if (late() || looks * graph.events.length > mostWork) why = 'out of time';
    else if (budget.goOn?.(states) === false) why = 'cancelled';
    if (why !== undefined) break;
    const found = starves(cycles, process, isDecision);
    if (found !== undefined) starving.push(found);
  }
  if (starving.length > 0) return { verdict: 'refuted', states, starving };
  if (why !== undefined) return { verdict: 'unknown', states, why };
  const rankings = new Rankings(system, graph, cycles, again);
  for (const process of suspects) evidence[process] = served(cycles, process, rankings);
  return { verdict: 'proved', states, certificate: certificateOf(states, evidence, again) };
}

/** V135  Why a process does not starve: with some events taken out nobody takes an offer of it away; or by ranks of all states. */
type Evidence = { readonly taken: Taken } | Ranking;

function certificateOf(states: number, of: readonly Evidence[], { numbers }: Again): Certificate {
  const listed = of.reduce((sum, one) => sum + ('taken' in one ? one.taken.reduce((all, list) => all + list.length, 0) : 0), 0);
  const words = [
    states === 0
      ? 'Whatever a node can do is not taken away from it again and again by what others do.'
      : `All ${states.toLocaleString('en')} reachable states were looked at: where one can go round without a node, some node that could go on all the time is left out, or it is ready all the time, or never.`,
  ];
  return { by: 'served', words, data: listed > numbers ? {} : { of } };
}

function served(cycles: Cycles, process: number, rankings: Rankings): Ranking {
  const without = (event: number): boolean => !cycles.takers(event).includes(process);
  return rankings.of(without, (group) => {
    const ready = cycles.ready(group, process).length;
    if (ready === 0) return -1;
    return ready === group.length ? process : (cycles.leftOut(group, without) ?? -1);
  });
}

/** Every suspect takes a look at all transitions; more looks than this take too long. */
const mostWork = 5_000_000;

// What a process could do it can no longer do only because another of the event's parts has moved on without it. And others must be able to go on for ever.
// Undefined when it may starve; otherwise which events do not recur, as far as that has to be known.
function neverLoses(system: System, process: number): Taken | undefined {
  const { events, parts, shapes } = system;
  const makes = (event: number): boolean => events[event]?.parts.includes(process) === true;
  const canLose = (goesOn: (event: number) => boolean): boolean =>
    [...new Set(parts[process]?.events)].filter(makes).some((event) =>
      events[event]?.parts.some((other) => {
        const part = parts[other];
        return other !== process && part !== undefined && losesOffer(shapes[part.shape] as Shape, part.events, event, goesOn);
      }),
    );
  // Without the events that cannot recur first, which costs more to find out.
  if (!canLose((event) => !makes(event))) return [];
  const taken: number[][] = [];
  const without = recurring(
    system,
    (event) => !makes(event),
    (part, out) => taken.push([part, ...out]),
  );
  return canLose((event) => without[event] === 1) ? undefined : taken;
}

// Whether some state of a part offers the event and a move by another one leads to a state that does not.
function losesOffer(shape: Shape, events: Int32Array, event: number, goesOn: (event: number) => boolean): boolean {
  const offers = new Uint8Array(shape.final.length);
  const each = (visit: (state: number, by: number, to: number) => void): void => {
    for (let state = 0; state < shape.final.length; state++)
      for (let move = shape.first[state] ?? 0; move < (shape.first[state + 1] ?? 0); move++)
        visit(state, events[shape.labels[move] ?? 0] ?? 0, shape.targets[move] ?? 0);
  };
  each((state, by) => {
    if (by === event) offers[state] = 1;
  });
  let loses = false;
  each((state, by, to) => {
    if (offers[state] === 1 && offers[to] === 0 && goesOn(by)) loses = true;
  });
  return loses;
}

function starves(cycles: Cycles, process: number, isDecision: (event: number) => boolean): Starving | undefined {
  const without = (event: number): boolean => !cycles.takers(event).includes(process);
  for (const group of cycles.groups(without)) {
    const ready = cycles.ready(group, process);
    const [first] = ready;
    if (first === undefined || ready.length === group.length) continue;
    const goals = cycles.fairGoals(group, without);
    if (goals === undefined) continue;
    const loses: Goal = { state: first };
    return {
      process,
      ...lostBy(cycles, group, process, new Set(ready), isDecision),
      lasso: cycles.lasso(group, without, [loses, ...goals]),
    };
  }
  return undefined;
}

// Who else had part in what the process could have done, and made another event after which it could not.
function lostBy(
  cycles: Cycles,
  group: readonly number[],
  process: number,
  ready: ReadonlySet<number>,
  isDecision: (event: number) => boolean,
): Pick<Starving, 'choosers' | 'byChoice'> {
  const members = new Set(group);
  const partners = new Map<number, Set<number>>();
  const losses: { readonly from: number; readonly event: number }[] = [];
  for (const { from, event, to } of cycles.transitions(group)) {
    const takers = cycles.takers(event);
    if (takers.includes(process)) {
      const set = partners.get(from) ?? new Set();
      for (const taker of takers) set.add(taker);
      partners.set(from, set);
    } else if (ready.has(from) && members.has(to) && !ready.has(to)) losses.push({ from, event });
  }
  const choosers = losses.flatMap(({ from, event }) =>
    cycles.takers(event).filter((taker) => partners.get(from)?.has(taker) === true),
  );
  return { choosers: [...new Set(choosers)], byChoice: losses.every(({ event }) => !isDecision(event)) };
}

/** V56  Asks a design. */
export function starvationFinding(question: Question, budget: Budget): readonly Finding[] {
  const { counted } = question;
  const isDecision = (event: number): boolean => counted.events[event]?.is === 'alone';
  const started = budget.now?.() ?? 0;
  const answer = starvation(counted, isDecision, () => wholeGraph(question, budget), budget);
  const work = workFor({ ...budget, maxMs: budget.maxMs - ((budget.now?.() ?? 0) - started) });
  return [told(counted, answer, work)];
}

function told(network: Network, answer: Starvation, work: Work): Finding {
  const { verdict, states } = answer;
  const base = { rule: 'starvation', verdict, severity: 'info', engine: 'cycles', states } as const;
  const none: Pick<Finding, 'nodes' | 'connections'> = { nodes: [], connections: [] };
  const provided = 'provided that no node that could go on all the time is left out for ever';
  if (answer.verdict === 'proved') {
    const { certificate } = answer;
    const message = `no node that is ready again and again can be passed over for ever, ${provided}`;
    return confirmed({ ...base, ...none, message, certificate }, recheckNobodyStarves(network, certificate, work));
  }
  if (answer.verdict === 'unknown') {
    const message = `not known whether a node can be passed over for ever: ${answer.why}`;
    return { ...base, ...none, message, tried: [`cycles: ${answer.why}`] };
  }
  const names = (list: readonly number[]): string[] => list.map((number) => network.parts[number]?.name ?? '');
  const { starving } = answer;
  const shown = starving.find(({ byChoice }) => !byChoice) ?? (starving[0] as Starving);
  const { way, cycle } = shown.lasso;
  const nodes = names(starving.map(({ process }) => process));
  const steps = stepsOf(network, [...way, ...cycle]);
  const trace = {
    steps,
    waiting: [],
    knot: { nodes: names([shown.process, ...shown.choosers]), connections: [] },
    cycle: way.length,
  };
  const who = listed(names(shown.choosers));
  const why = shown.byChoice
    ? `whenever ${names([shown.process]).join()} is ready, ${who} may choose another; a choice in turn among those who are ready removes this`
    : `whenever ${names([shown.process]).join()} is ready, ${who || 'its partner'} may go on without it by a decision of its own`;
  const rechecks = starving.map(({ process, lasso }) =>
    recheckLasso(network, lasso, { starves: process }, shareOf(work, starving.length)),
  );
  const recheck = rechecks.find(({ is }) => is === 'fails') ?? rechecks.find(({ is }) => is === 'open') ?? holds;
  const message = `${listed(nodes)} can be passed over for ever: ${why}`;
  const severity = shown.byChoice ? 'info' : 'warning';
  return confirmed({ ...base, severity, message, nodes, connections: [], trace }, recheck);
}

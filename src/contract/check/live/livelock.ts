import { recheckNoLivelock } from '#contract/certify/no-rounds.ts';
import type { Work } from '#contract/certify/plain.ts';
import { recheckLasso } from '#contract/certify/recheck-lasso.ts';
import { confirmed, workFor } from '#contract/check/confirmed.ts';
import { type Again, type Budget, whileDrawing } from '#contract/check/engine.ts';
import type { Reachable } from '#contract/check/full/graph.ts';
import type { Question } from '#contract/check/question.ts';
import { listed } from '#contract/check/questions/words.ts';
import { stepsOf } from '#contract/check/trace.ts';
import { wholeGraph } from '#contract/check/whole-graph.ts';
import type { ReadyNode } from '#contract/compose.ts';
import type { Network, System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import type { Finding } from '#model/checks/finding.ts';
import { Cycles, type Lasso } from './cycles.ts';
import { Rankings } from './evidence.ts';
import { recurring } from './recurring.ts';

/** The answer about a livelock. Unfair: one is possible only if some process that could go on all the time never gets its turn. */
export type Livelock =
  | { readonly verdict: 'proved'; readonly states: number; readonly unfair: boolean; readonly certificate: Certificate }
  | { readonly verdict: 'refuted'; readonly states: number; readonly lasso: Lasso }
  | { readonly verdict: 'unknown'; readonly states: number; readonly why: string };

/**
 * V55  Whether a system can be busy for ever without progress: a reachable cycle, weakly fair to every process, that has no event of progress.
 *
 * First by a rule that needs no states, then by the strongly connected components of the reachable states without the events of progress.
 *
 * @param whole gives the graph of all states; asked only when the rule cannot tell.
 */
export function livelock(system: System, progress: Uint8Array, whole: () => Reachable, again: Again = whileDrawing): Livelock {
  const loose = (event: number): boolean => progress[event] !== 1;
  const ruled = byRule(system, loose, again);
  if (ruled !== undefined) return ruled;
  const reached = whole();
  if (!reached.complete) return { verdict: 'unknown', states: reached.states, why: reached.why };
  const { graph } = reached;
  const cycles = new Cycles(system, graph);
  const groups = cycles.groups(loose);
  for (const group of groups) {
    const goals = cycles.fairGoals(group, loose);
    if (goals !== undefined && !graph.cut)
      return { verdict: 'refuted', states: graph.states, lasso: cycles.lasso(group, loose, goals) };
  }
  if (graph.cut) return { verdict: 'unknown', states: graph.states, why: 'a buffer can hold more messages than are counted' };
  const ranking = new Rankings(system, graph, cycles, again).of(loose, (group) => cycles.leftOut(group, loose) ?? -1);
  const words = [
    `Each of the ${graph.states.toLocaleString('en')} reachable states has a rank, and what is no progress never leads to a higher one.`,
    groups.length > 0
      ? 'Where one can go round within a rank, some node could go on all the time and is left out.'
      : 'Nor does it stay in one: sooner or later there is progress, or nothing can happen.',
  ];
  const certificate = { by: 'ranks', words, data: { states: graph.states, ...ranking } };
  return { verdict: 'proved', states: graph.states, unfair: groups.length > 0, certificate };
}

// V55  Without states: nothing can be made again and again.
function byRule(system: System, loose: (event: number) => boolean, again: Again): Livelock | undefined {
  const taken: number[][] = [];
  const left = recurring(system, loose, (part, events) => taken.push([part, ...events]));
  if (left.includes(1)) return undefined;
  const numbers = taken.reduce((sum, list) => sum + list.length, 0);
  const words = [
    'Whatever is no progress is, for one of those who make it, on no round of what is no progress: nothing can go round without progress.',
  ];
  const certificate = { by: 'no-rounds', words, data: numbers > again.numbers ? {} : { taken } };
  return { verdict: 'proved', states: 0, unfair: false, certificate };
}

/** V55  Where a design makes progress: sources, sinks, nodes with a mandatory port that is not connected, and those that are marked or within one that is; by number. */
export function progressNodes(nodes: readonly ReadyNode[], marks: readonly string[] = []): Set<number> {
  const makes = ({ id, ends }: ReadyNode): boolean => {
    const all = [...ends.values()];
    const connected = (direction: 'in' | 'out'): boolean =>
      all.some(({ port, connection }) => port.direction === direction && connection !== undefined);
    const open = all.some(({ port, connection }) => !port.optional && connection === undefined);
    return open || !connected('in') || !connected('out') || marks.some((mark) => id === mark || id.startsWith(`${mark}/`));
  };
  return new Set(nodes.keys().filter((number) => makes(nodes[number] as ReadyNode)));
}

/** 1 for each event that a node of progress takes part in; its own decisions are none. */
export function progressEvents({ events }: Network, nodes: ReadonlySet<number>): Uint8Array {
  return Uint8Array.from(events, ({ is, parts }) => (is !== 'alone' && parts.some((part) => nodes.has(part)) ? 1 : 0));
}

/** V55  Asks a design; nothing is said of a closed loop in which nothing is progress. */
export function livelockFinding(question: Question, budget: Budget): readonly Finding[] {
  const { nodes, counted, rough, progress: marks = [] } = question;
  const where = progressNodes(nodes, marks);
  if (where.size === 0) return [];
  const marked = progressEvents(counted, where);
  const started = budget.now?.() ?? 0;
  const work = (): Work => workFor({ ...budget, maxMs: budget.maxMs - ((budget.now?.() ?? 0) - started) });
  const answer = livelock(counted, marked, () => wholeGraph(question, budget), budget.again);
  const finding = told(counted, answer, marks.length > 0);
  if (answer.verdict === 'refuted')
    return [confirmed(finding, recheckLasso(counted, answer.lasso, { progress: marked }, work()))];
  if (answer.verdict === 'proved') return [confirmed(finding, recheckNoLivelock(counted, marked, answer.certificate, work()))];
  if (rough === undefined) return [finding];
  // A rough buffer can do whatever a counted one can, so what it cannot do for ever no other can.
  const progress = progressEvents(rough, where);
  const ruled = byRule(rough, (event) => progress[event] !== 1, budget.again ?? whileDrawing);
  if (ruled?.verdict !== 'proved') return [finding];
  return [confirmed(told(counted, ruled, marks.length > 0), recheckNoLivelock(rough, progress, ruled.certificate, work()))];
}

function told(network: Network, answer: Livelock, marked: boolean): Finding {
  const { verdict, states } = answer;
  const base = { rule: 'livelock', verdict, severity: 'info', engine: 'cycles', states } as const;
  const none: Pick<Finding, 'nodes' | 'connections'> = { nodes: [], connections: [] };
  switch (answer.verdict) {
    case 'proved':
      return {
        ...base,
        ...none,
        certificate: answer.certificate,
        message: answer.unfair
          ? 'cannot be busy for ever without progress, provided that no node that could go on all the time is left out for ever'
          : 'cannot be busy for ever without progress',
      };
    case 'unknown':
      return {
        ...base,
        ...none,
        message: `not known whether it can be busy for ever without progress: ${answer.why}`,
        tried: [`cycles: ${answer.why}`],
      };
    case 'refuted': {
      const { way, cycle } = answer.lasso;
      const steps = stepsOf(network, [...way, ...cycle]);
      const round = steps.slice(way.length);
      const [busy, used] = [
        new Set(round.flatMap((step) => step.nodes)),
        new Set(round.flatMap(({ connection }) => connection ?? [])),
      ];
      const trace = { steps, waiting: [], knot: { nodes: [...busy], connections: [...used] }, cycle: way.length };
      const message = `can be busy for ever without progress: ${listed([...busy])} can go round and round, and nothing that is progress takes part: no source, no sink${marked ? ', no marked node' : ''}`;
      return { ...base, severity: 'warning', message, nodes: [...busy], connections: [...used], trace };
    }
  }
}

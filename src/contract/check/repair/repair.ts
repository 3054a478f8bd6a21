import { deadlockOf } from '#contract/check/deadlock.ts';
import type { Budget } from '#contract/check/engine.ts';
import { type Question, questionOf } from '#contract/check/question.ts';
import type { Finding, Repair } from '#model/checks/finding.ts';
import { candidates } from './candidates.ts';
import type { Candidate } from './changed.ts';

const most = { repairs: 4, ofSort: 2, tried: 120, states: 50_000 };

/**
 * V91  Changes after which the design is proved free of deadlock, at most four, two of a sort, the smallest first. Each was checked before it is offered, with
 *      at most 50,000 states; a change that is not proved to help is not offered.
 *
 * @param refuted the finding about deadlock, with its trace.
 */
export function repairsOf(question: Question, refuted: Finding, budget: Budget): readonly Repair[] {
  if (refuted.trace === undefined) return [];
  const started = budget.now?.() ?? 0;
  const found: Candidate[] = [];
  const helped = new Set<string>();
  let tried = 0;
  for (const candidate of candidates(question, refuted.trace)) {
    const leftMs = budget.maxMs - ((budget.now?.() ?? 0) - started);
    if (found.length === most.repairs || tried === most.tried || leftMs <= 0) break;
    const { touches, sort } = candidate;
    if (touches.some((one) => helped.has(one))) continue;
    if (found.filter((one) => one.sort === sort).length === most.ofSort) continue;
    if (budget.goOn?.(0) === false) break;
    tried++;
    const changed = candidate.changed();
    const next = questionOf(changed.design, changed.nodes, question.open, question.environment);
    const small = { ...budget, maxMs: leftMs, maxStates: Math.min(budget.maxStates, most.states) };
    if (deadlockOf(next, small).verdict !== 'proved') continue;
    found.push(candidate);
    for (const one of touches) helped.add(one);
  }
  return found.sort((a, b) => a.changes - b.changes).map(({ says, edits, changes }) => ({ says, edits, changes }));
}

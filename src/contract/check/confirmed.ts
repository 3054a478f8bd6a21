import type { Work } from '#contract/certify/plain.ts';
import { recheckCounterexample } from '#contract/certify/recheck-counterexample.ts';
import { recheckProof } from '#contract/certify/recheck-proof.ts';
import { recheckRefinement } from '#contract/certify/recheck-refinement.ts';
import { recheckTrace } from '#contract/certify/recheck-trace.ts';
import type { Against, WordedSystem } from '#contract/certify/seen.ts';
import { open as notTried, type Recheck } from '#contract/certify/verdict.ts';
import type { System } from '#contract/network.ts';
import type { Finding, Verdict } from '#model/checks/finding.ts';
import { type Budget, type Outcome, whileDrawing } from './engine.ts';
import type { Climbed } from './ladder.ts';
import type { Model, Refinement } from './refine/refinement.ts';

/** V70  Checks what an engine decided about deadlock again: a proof by its certificate, a refutation by its trace. */
export function recheckOf(system: System, outcome: Exclude<Outcome, { verdict: 'unknown' }>, work: Work): Recheck {
  if (outcome.verdict === 'refuted') return recheckTrace(system, outcome.trace, outcome.dead, work);
  return outcome.certificate === undefined
    ? notTried('there is no certificate')
    : recheckProof(system, outcome.certificate, work);
}

/** So long may a check last that began when time was up. */
const leastMs = 500;

/** V132  What checking again may take: as many looks as the budget says, and what is left of all the time there is. While a page draws, a fixed number of looks. */
export function workFor({ again = whileDrawing, againUntilMs = 0, maxMs, now }: Budget): Work {
  if (again === whileDrawing || now === undefined) return again.looks;
  const end = Math.max(now() + Math.max(leastMs, maxMs), againUntilMs);
  return { looks: again.looks, isLate: () => now() > end };
}

/** V59  Checks what was decided about refinement or determinism again. */
export function recheckCompared(
  outcome: Exclude<Refinement, { verdict: 'unknown' }>,
  against: Against,
  impl: WordedSystem,
  model: Model,
): Recheck {
  if (outcome.verdict === 'refuted') return recheckCounterexample(against, impl, model, outcome);
  return recheckRefinement(against, impl, model);
}

/** V70  What is said where two programs disagree: one of them is wrong. */
export function disagreement(engine: string, verdict: Verdict, why: string): string {
  return `two programs disagree: ${engine} says ${verdict}, and checking it again says that ${why}. This is a fault of the checker; please report it`;
}

/** V70  What a program of its own agrees with. Where two programs disagree one of them is wrong: then nothing is claimed. */
export function confirmed(finding: Finding, recheck: Recheck): Finding {
  if (recheck.is === 'open') return finding;
  if (recheck.is === 'holds') return { ...finding, rechecked: true };
  const { trace: _, certificate: __, ...rest } = finding;
  return {
    ...rest,
    verdict: 'unknown',
    severity: 'error',
    message: disagreement(finding.engine, finding.verdict, recheck.why),
    nodes: [],
    connections: [],
    rechecked: false,
    tried: [`${finding.engine}: ${finding.message}`],
  };
}

/** The answer of the ladder, and whether a second program agrees; null where nothing was decided, or that would take too long. */
export interface ConfirmedClimb extends Climbed {
  readonly rechecked: boolean | null;
}

/** V70  The same of a system that is no design. */
export function confirmedClimb(system: System, climbed: Climbed, work: Work): ConfirmedClimb {
  const { engine, outcome, tried } = climbed;
  if (outcome.verdict === 'unknown') return { ...climbed, rechecked: null };
  const recheck = recheckOf(system, outcome, work);
  if (recheck.is !== 'fails') return { ...climbed, rechecked: recheck.is === 'holds' ? true : null };
  const { states, transitions } = outcome;
  const why = disagreement(engine, outcome.verdict, recheck.why);
  return { engine, outcome: { verdict: 'unknown', why, states, transitions }, tried: [...tried, why], rechecked: false };
}

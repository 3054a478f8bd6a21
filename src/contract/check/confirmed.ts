import { recheckProof } from '#contract/certify/recheck-proof.ts';
import { recheckTrace } from '#contract/certify/recheck-trace.ts';
import { open as notTried, type Recheck } from '#contract/certify/verdict.ts';
import type { System } from '#contract/network.ts';
import type { Finding, Verdict } from '#model/finding.ts';
import type { Outcome } from './engine.ts';

/** V70  Checks what an engine decided about deadlock again: a proof by its certificate, a refutation by its trace. */
export function recheckOf(system: System, outcome: Exclude<Outcome, { verdict: 'unknown' }>): Recheck {
  if (outcome.verdict === 'refuted') return recheckTrace(system, outcome.trace, outcome.dead);
  return outcome.certificate === undefined ? notTried('there is no certificate') : recheckProof(system, outcome.certificate);
}

/** V70  What is said where two programs disagree: one of them is wrong. */
export function disagreement(engine: string, verdict: Verdict, why: string): string {
  return `two programs disagree: ${engine} says ${verdict}, and checking it again says that ${why}. This is a fault of the checker; please report it`;
}

/** V70  What a program of its own agrees with. Where two programs disagree one of them is wrong: then nothing is claimed. */
export function confirmed(finding: Finding, recheck: Recheck): Finding {
  if (recheck.is !== 'fails') return { ...finding, rechecked: recheck.is === 'holds' };
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

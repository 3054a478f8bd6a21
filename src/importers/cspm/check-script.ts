import type { Against } from '#contract/certify/seen.ts';
import { confirmedClimb, disagreement, recheckCompared, workFor } from '#contract/check/confirmed.ts';
import { type Budget, usualBudget } from '#contract/check/engine.ts';
import { climb } from '#contract/check/ladder.ts';
import { deterministic } from '#contract/check/refine/deterministic.ts';
import type { Model, Refinement } from '#contract/check/refine/refinement.ts';
import { refines } from '#contract/check/refine/refines.ts';
import { type Lts, tau } from '#contract/lts.ts';
import type { ContractFault } from '#contract/term.ts';
import { faultText } from '#contract/term.ts';
import type { Verdict } from '#model/checks/finding.ts';
import { type Answered, answerOf, type ScriptAnswer, type ScriptOptions } from './answer.ts';
import { OutOfBudget, ScriptFault } from './fault.ts';
import { type LoadedScript, loadScript } from './load.ts';
import type { ScriptNetwork } from './network.ts';
import type { Assertion, Claim } from './tree.ts';

/** What came of a script: an answer for each assertion, in their order; or why it means nothing. */
export type ScriptResult =
  | { readonly ok: true; readonly verdict: Verdict; readonly answers: readonly ScriptAnswer[] }
  | { readonly ok: false; readonly fault: ContractFault };

/**
 * V100, V104, V105  Reads a CSPm script and answers its assertions. Pure and synchronous; total: any text gives a result, and within the budget, which
 * each assertion has for itself. Without assertions nothing is known, and the verdict is unknown.
 */
export function checkScript(text: string, budget: Budget = usualBudget, options: ScriptOptions = {}): ScriptResult {
  const loaded = loadScript(text, budget);
  if (!loaded.ok) return loaded;
  const { script } = loaded;
  const answers = script.assertions.map((assertion) => checked(script, assertion, options));
  const verdicts = answers.map(({ verdict }) => verdict);
  const worst = (['refuted', 'unknown'] as const).find((verdict) => verdicts.includes(verdict));
  return { ok: true, verdict: worst ?? (answers.length === 0 ? 'unknown' : 'proved'), answers };
}

function checked(script: LoadedScript, assertion: Assertion, options: ScriptOptions): ScriptAnswer {
  try {
    script.restart();
    return answerOf(assertion, answered(script, assertion.claim, options));
  } catch (thrown) {
    if (thrown instanceof OutOfBudget) return answerOf(assertion, unknown(thrown.message));
    if (thrown instanceof ScriptFault) return answerOf(assertion, unknown(faultText(thrown.fault)));
    if (thrown instanceof RangeError) return answerOf(assertion, unknown('it is nested too deep to be worked out'));
    throw thrown;
  }
}

function unknown(why: string): Answered {
  return { verdict: 'unknown', why, states: 0 };
}

function answered(script: LoadedScript, claim: Claim, options: ScriptOptions): Answered {
  switch (claim.is) {
    case 'truth':
      return { verdict: script.truth(claim.condition) ? 'proved' : 'refuted', states: 0, engine: 'values' };
    case 'deadlock free': {
      const network = script.network(claim.process);
      const found = deadlock(network, script, options);
      if (found.verdict !== 'proved' || claim.model === 'F') return found;
      const diverging = divergence(network, script);
      if (diverging.verdict !== 'proved') return diverging;
      const { rechecked, ...rest } = found;
      const both = rechecked === true && diverging.rechecked === true;
      return { ...rest, states: found.states + diverging.states, ...(both && { rechecked: true }) };
    }
    case 'divergence free':
      return divergence(script.network(claim.process), script);
    case 'deterministic': {
      const network = script.network(claim.process);
      const { model } = claim;
      return compared(network, deterministic(network, { model }, script.allowance.rest()), 'itself', model);
    }
    case 'refines': {
      const spec = script.lts(claim.spec);
      const network = script.network(claim.process);
      const { model } = claim;
      return compared(network, refines(spec, network, { model }, script.allowance.rest()), spec, model);
    }
  }
}

function deadlock(network: ScriptNetwork, { allowance }: LoadedScript, { engine }: ScriptOptions): Answered {
  const climbing = climb(network.system, allowance.rest(), engine);
  const climbed = confirmedClimb(network.system, climbing, workFor(allowance.rest()));
  const { engine: by, outcome, tried, rechecked } = climbed;
  const { states, transitions, verdict } = outcome;
  const common = { engine: by, states, transitions, outside: network.outside, ...(rechecked !== null && { rechecked }) };
  if (verdict === 'unknown') return { ...common, verdict, why: outcome.why, tried };
  if (verdict === 'proved')
    return { ...common, verdict, ...(outcome.certificate !== undefined && { certificate: outcome.certificate }) };
  const trace = outcome.trace.map((event) => eventText(network, event));
  return { ...common, verdict, what: 'deadlock', trace, waiting: waitingIn(network, outcome.dead) };
}

/** V106  What may do and refuse anything and end at any time, and never goes on by itself for ever: only a divergence is against it in FD. */
function divergence(network: ScriptNetwork, { allowance }: LoadedScript): Answered {
  const labels = [...new Set(network.labels)];
  const anything: Lts = {
    labels,
    moves: [[{ label: tau, to: 1 }, { label: tau, to: 2 }, ...labels.map((_, label) => ({ label, to: 0 }))], [], []],
    final: [false, false, true],
  };
  return compared(network, refines(anything, network, { model: 'FD' }, allowance.rest()), anything, 'FD');
}

function compared(network: ScriptNetwork, refinement: Refinement, against: Against, model: Model): Answered {
  const { states, transitions, verdict } = refinement;
  const engine = 'refinement';
  const counted = { engine, states, transitions, outside: network.outside };
  if (verdict === 'unknown') return { ...counted, verdict, why: refinement.why };
  const recheck = recheckCompared(refinement, against, network, model);
  if (recheck.is === 'fails')
    return { ...counted, verdict: 'unknown', why: disagreement(engine, verdict, recheck.why), rechecked: false };
  const common = { ...counted, ...(recheck.is === 'holds' && { rechecked: true }) };
  if (verdict === 'proved') return { ...common, verdict };
  const { what, events, cycle, offers, demands } = refinement;
  const trace = events.map((event) => eventText(network, event));
  const visible = refinement.trace;
  // The end is no event of the system.
  if (visible.at(-1) === '✓') trace.push('✓');
  return {
    ...common,
    verdict,
    what,
    trace,
    ...(cycle !== undefined && { cycle: cycle.map((event) => eventText(network, event)) }),
    ...(offers !== undefined && { offers }),
    ...(demands !== undefined && { demands }),
  };
}

function eventText({ labels, hidden }: ScriptNetwork, event: number): string {
  const label = labels[event] ?? '';
  if (!hidden.has(event)) return label;
  return label === 'τ' ? label : `τ(${label})`;
}

// Each part that has not ended and what it would do.
function waitingIn({ system, labels }: ScriptNetwork, dead: readonly number[]): { part: string; offers: string[] }[] {
  return system.parts.flatMap(({ name, shape: number, events }, part) => {
    const shape = system.shapes[number];
    const state = dead[part] ?? 0;
    if (shape === undefined || shape.final[state] === 1) return [];
    const own = shape.labels.subarray(shape.first[state], shape.first[state + 1]);
    return [{ part: name, offers: [...new Set(Array.from(own, (label) => labels[events[label] ?? 0] ?? ''))] }];
  });
}

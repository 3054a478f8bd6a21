import { expect } from 'vitest';
import { type Engine, usualBudget } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import { allEnded, naiveSearch, naiveSteps } from './naive.ts';

/** Runs an engine on a system and holds its answer against the plainest search; gives the verdict, undefined where that takes too long. */
export function heldAgainst(engine: Engine, system: System, truth: System = system): string | undefined {
  const naive = naiveSearch(truth);
  if (naive === undefined) return undefined;
  const outcome = engine.run(system, usualBudget);
  if (outcome.verdict === 'proved') expect(naive.dead).toBe(undefined);
  if (outcome.verdict === 'refuted') expectDead(truth, outcome.trace, outcome.dead);
  return outcome.verdict === 'unknown' ? `unknown ${naive.dead === undefined ? 'free' : 'dead'}` : outcome.verdict;
}

/** Replays a trace: it leads to the state, in which nothing is possible and somebody has not ended. */
export function expectDead(system: System, trace: readonly number[], dead: readonly number[]): void {
  let states = new Map([['', system.parts.map(() => 0)]]);
  for (const event of trace) {
    const next = new Map<string, number[]>();
    for (const state of states.values())
      for (const { event: made, to } of naiveSteps(system, state)) if (made === event) next.set(to.join(), to);
    states = next;
  }
  expect([...states.values()]).toContainEqual(dead);
  expect(naiveSteps(system, dead)).toEqual([]);
  expect(allEnded(system, dead)).toBe(false);
}

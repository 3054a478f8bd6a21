import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { System } from '#contract/network.ts';
import { naiveReplay, naiveSteps } from '#contract/testing/naive.ts';
import { after, naiveFrozen, naivePartial, type Plain, plainGraph } from '#contract/testing/naive-stuck.ts';
import { anyNetwork, anySystem } from '#contract/testing/random-networks.ts';
import { frozen } from './frozen.ts';
import { partialDeadlock, stuckAmong } from './partial.ts';

// The seed is printed with a failure; CHECK_SEED repeats it.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 300), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { maxStates: 100_000, maxMs: 1e9 };

const hasCut = ({ shapes }: System): boolean => shapes.some(({ cutAt }) => cutAt !== undefined);

function movesNoMore(system: System, graph: Plain, state: number, parts: readonly number[]): boolean {
  const moved = [...after(graph, state)].flatMap((later) => graph.next[later] ?? []).map(({ event }) => event);
  return !moved.some((event) => parts.some((part) => system.events[event]?.parts.includes(part)));
}

test('[V33] the parts that are frozen are the greatest set of the definition, and none of them moves in any state that follows', () => {
  let some = 0;
  fc.assert(
    fc.property(anySystem, (system) => {
      const graph = plainGraph(system);
      for (const [number, state] of graph?.states.slice(0, 40).entries() ?? []) {
        const parts = frozen(system, state);
        expect(parts).toEqual(naiveFrozen(system, state));
        if (parts.length > 0 && parts.length < system.parts.length) some++;
        if (graph !== undefined) expect(movesNoMore(system, graph, number, parts)).toBe(true);
      }
    }),
    runs,
  );
  expect(some).toBeGreaterThan(10);
});

function holds(system: System, seen: Record<string, number>): void {
  const graph = plainGraph(system);
  if (graph === undefined) return;
  const outcome = partialDeadlock(system, budget);
  seen[outcome.verdict] = (seen[outcome.verdict] ?? 0) + 1;
  if (outcome.verdict === 'unknown') expect(hasCut(system)).toBe(true);
  else if (!hasCut(system) || outcome.verdict === 'proved')
    expect(outcome.verdict).toBe(naivePartial(system, graph) ? 'refuted' : 'proved');
  if (outcome.verdict !== 'refuted') return;
  expect(stuckAmong(system, outcome.state, frozen(system, outcome.state))).not.toEqual([]);
  expect(naiveSteps(system, outcome.state)).not.toEqual([]);
  expect(naiveReplay(system, outcome.trace)).toContainEqual(outcome.state);
}

test('[V34] [V35] whether somebody can be stuck while the rest runs is what looking at all states says, and the trace leads there', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(anySystem, (system) => holds(system, seen)),
    { ...runs, numRuns: 2 * runs.numRuns },
  );
  expect(Math.min(seen['proved'] ?? 0, seen['refuted'] ?? 0)).toBeGreaterThan(6);
}, 60_000);

test('[V34] [V35] [V36] and for designs', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(anyNetwork, (system) => holds(system, seen)),
    runs,
  );
  expect(Math.min(seen['proved'] ?? 0, seen['refuted'] ?? 0)).toBeGreaterThan(1);
}, 60_000);

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemOf } from './automata.ts';
import { usualBudget } from './check/engine.ts';
import { full } from './check/full/full.ts';
import { dataflow, milner, philosophers, pipeline } from './testing/models.ts';
import { naiveSearch, naiveSteps } from './testing/naive.ts';
import { randomSystem } from './testing/random-system.ts';

test('[V80] an event happens when all that have it in their alphabet make it, and equal components share a shape', () => {
  const { system, labels } = systemOf([
    { name: 'a', initial: 1, states: 2, transitions: [[1, 'x', 0]] },
    { name: 'b', initial: 0, states: 2, transitions: [[0, 'y', 1]], alphabet: ['x'] },
    { name: 'c', initial: 0, states: 2, transitions: [[0, 'z', 1]] },
  ]);
  expect(labels).toEqual(['x', 'y', 'z']);
  expect(system.events.map(({ parts }) => parts)).toEqual([[0, 1], [1], [2]]);
  expect(system.parts.map(({ shape }) => shape)).toEqual([0, 0, 0]);
  expect(naiveSearch(system)).toEqual({ states: 4, dead: 2 });
});

test.each([
  ['5 philosophers', philosophers(5), 'refuted', 242],
  ['5 philosophers, one of them left-handed', philosophers(5, true), 'proved', 243],
  ['Milner 5', milner(5), 'proved', 240],
  ['a line of 6', pipeline(6), 'proved', 729],
  ['a dataflow design', dataflow(6, () => 0.1), 'proved', undefined],
] as const)('%s: the published verdict and number of states', (_, { system }, verdict, states) => {
  expect(full.run(system, usualBudget).verdict).toBe(verdict);
  if (states !== undefined) expect(naiveSearch(system)?.states).toBe(states);
});

test('[V10] random systems of many-party events: the full search finds what the plainest search finds', () => {
  const seen = { proved: 0, refuted: 0 };
  fc.assert(
    fc.property(randomSystem, ({ system }) => {
      const naive = naiveSearch(system);
      if (naive === undefined) return;
      const outcome = full.run(system, usualBudget);
      expect(outcome.verdict).toBe(naive.dead === undefined ? 'proved' : 'refuted');
      if (outcome.verdict === 'unknown') return;
      seen[outcome.verdict]++;
      if (outcome.verdict === 'proved') expect(outcome.states).toBe(naive.states);
      else expect(outcome.trace.length).toBe(naive.dead);
    }),
    { numRuns: 500, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) },
  );
  expect(Math.min(seen.proved, seen.refuted)).toBeGreaterThan(10);
});

test('[V152] a transition that stands there twice is there once; another target or event is another one', () => {
  const transitions = [
    [0, 'on', 1],
    [0, 'on', 1],
    [0, 'on', 0],
    [1, 'on', 1],
    [0, 'off', 1],
    [0, 'on', 1],
  ] as const;
  const { system, labels } = systemOf([{ name: 'a', initial: 0, states: 2, transitions }]);
  expect(labels).toEqual(['on', 'off']);
  expect(system.shapes.map(({ targets }) => [...targets])).toEqual([[1, 0, 1, 1]]);
  expect(naiveSteps(system, [0])).toHaveLength(3);
});

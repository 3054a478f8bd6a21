import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Automaton, systemOf } from '#contract/automata.ts';
import { usualBudget } from '#contract/check/engine.ts';
import type { ConservedSum, Elimination } from '#contract/check/pairs/elimination.ts';
import { pairs } from '#contract/check/pairs/pairs.ts';
import type { System } from '#contract/network.ts';
import { bentTokens, naiveVerdict } from '#contract/testing/bent-system.ts';
import { withMoveChanged } from '#contract/testing/move-changed.ts';
import { permits, ring, tokenSystem } from '#contract/testing/token-system.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { recheckProof } from './recheck-proof.ts';

// The seed is printed with a failure; CHECK_SEED repeats it, CHECK_RUNS makes more of them.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 200), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const patienceMs = 60_000 + 100 * runs.numRuns;

function certificateOf(system: System): Certificate | undefined {
  const outcome = pairs.run(system, usualBudget);
  return outcome.verdict === 'proved' ? outcome.certificate : undefined;
}

const isWith = (system: System, data: unknown): string => recheckProof(system, { by: 'elimination', words: [], data }).is;

test(
  '[V130] sums that pairs rests a proof on hold; of a system that was changed and can deadlock they do not',
  () => {
    let [held, refused] = [0, 0];
    fc.assert(
      fc.property(bentTokens, fc.nat(), fc.nat(), fc.nat(), (system, shape, move, target) => {
        const certificate = certificateOf(system);
        if (certificate === undefined) return;
        expect(recheckProof(system, certificate)).toEqual({ is: 'holds' });
        if ((certificate.data as Elimination).sums === undefined) return;
        held++;
        const other = withMoveChanged(system, shape, move, target);
        if (naiveVerdict(other) !== 'refuted') return;
        refused++;
        expect(recheckProof(other, certificate).is).toBe('fails');
      }),
      { ...runs, numRuns: 2 * runs.numRuns },
    );
    expect(held).toBeGreaterThan(runs.numRuns / 6);
    expect(refused).toBeGreaterThan(runs.numRuns / 50);
  },
  patienceMs,
);

test(
  '[V130] no made-up sum proves a system that can deadlock',
  () => {
    let tried = 0;
    const small = fc.nat(4);
    const sum = fc.record({
      parts: fc.array(fc.tuple(small, fc.nat(1)), { minLength: 1, maxLength: 4 }),
      weights: fc.array(fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 4, maxLength: 4 }), {
        minLength: 2,
        maxLength: 2,
      }),
      total: fc.integer({ min: -1, max: 3 }),
    });
    // By the sum alone all states of a part are taken away, or as many as there may be.
    const steps = fc
      .record({ part: small, states: fc.integer({ min: 1, max: 4 }) })
      .map(({ part, states }) => Array.from({ length: states }, (_, state) => ({ part, state, sum: 0 })));
    fc.assert(
      fc.property(tokenSystem, fc.array(fc.tuple(sum, steps), { minLength: 30, maxLength: 30 }), (system, forged) => {
        if (naiveVerdict(system) !== 'refuted') return;
        for (const [one, taken] of forged) {
          tried++;
          expect(isWith(system, { never: [], sums: [one], steps: taken, empty: taken[0]?.part })).toBe('fails');
        }
      }),
      runs,
    );
    expect(tried).toBeGreaterThan(runs.numRuns);
  },
  patienceMs,
);

const three = systemOf(ring('s', 3, 1)).system;
const data = certificateOf(three)?.data as Elimination;
const [sum] = data.sums as readonly [ConservedSum];
const withSum = (changed: Partial<ConservedSum>): unknown => ({ ...data, sums: [{ ...sum, ...changed }] });

test('[V130] a sum with another total, other weights, a part left out or named twice is refused', () => {
  expect(isWith(three, data)).toBe('holds');
  expect(isWith(three, withSum({ total: sum.total + 1 }))).toBe('fails');
  expect(isWith(three, withSum({ weights: sum.weights.map((list) => list.map((weight) => 2 * weight)) }))).toBe('fails');
  expect(isWith(three, withSum({ weights: sum.weights.map(([first = 0]) => [first]) }))).toBe('fails');
  expect(isWith(three, withSum({ weights: sum.weights.map((list) => list.map(() => Number.NaN)) }))).toBe('fails');
  expect(isWith(three, withSum({ parts: sum.parts.slice(1) }))).toBe('fails');
  expect(isWith(three, withSum({ parts: [...sum.parts, ...sum.parts.slice(0, 1)] }))).toBe('fails');
  expect(isWith(three, { ...data, sums: [] })).toBe('fails');
  expect(isWith(three, { never: data.never, steps: data.steps, empty: data.empty })).toBe('fails');
});

test('[V130] a sum may be told in other numbers that say the same', () => {
  const twice = { weights: sum.weights.map((list) => list.map((weight) => 2 * weight - 7)), total: 2 * sum.total - 21 };
  expect(isWith(three, withSum(twice))).toBe('holds');
});

test('[V130] a sum that one of the ways to make an event changes is none', () => {
  const [home, user] = permits(1, 1) as [Automaton, Automaton];
  // Takes the permit, or only looks whether there is one: both by the same event.
  const doubtful = systemOf([home, { ...user, transitions: [...user.transitions, [0, 'take0.', 0]] }]).system;
  const parts = [
    [0, 0],
    [1, 1],
  ];
  const weights = [
    [1, 0],
    [0, 1],
  ];
  const claim = { never: [], sums: [{ parts, weights, total: 1 }], steps: [], empty: 0 };
  const refused = recheckProof(doubtful, { by: 'elimination', words: [], data: claim });
  expect(refused).toMatchObject({ is: 'fails', why: expect.stringContaining('may change a sum') });
  const lacking = recheckProof(systemOf([home, user]).system, { by: 'elimination', words: [], data: claim });
  expect(lacking).toEqual({ is: 'fails', why: 'part 0 may still be stuck' });
});

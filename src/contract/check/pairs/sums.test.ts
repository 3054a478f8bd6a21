import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Automaton, systemOf } from '#contract/automata.ts';
import { recheckProof } from '#contract/certify/recheck-proof.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { Known } from '#contract/check/structure/known.ts';
import type { System } from '#contract/network.ts';
import { bentTokens, naiveVerdict } from '#contract/testing/bent-system.ts';
import { followElimination } from '#contract/testing/follow-elimination.ts';
import { heldAgainst } from '#contract/testing/held-against.ts';
import { milner } from '#contract/testing/models.ts';
import { plainGraph } from '#contract/testing/naive-stuck.ts';
import { permits, ring, tokenSystem } from '#contract/testing/token-system.ts';
import { twistedSystem } from '#contract/testing/twisted-system.ts';
import type { Elimination } from './elimination.ts';
import { pairs } from './pairs.ts';
import { addsUp, type Sum, sumsOf } from './sums.ts';

// The seed is printed with a failure; CHECK_SEED repeats it, CHECK_RUNS makes more of them.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 200), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const patienceMs = 60_000 + 100 * runs.numRuns;

const sumsIn = (system: System): Sum[] => sumsOf(new Known().structureOf(system), Int32Array.from(system.parts.keys()));

function proofOf(system: System): { readonly data: Elimination; readonly words: readonly string[] } {
  const outcome = pairs.run(system, usualBudget);
  if (outcome.verdict !== 'proved' || outcome.certificate === undefined) throw new Error(outcome.verdict);
  return { data: outcome.certificate.data as Elimination, words: outcome.certificate.words };
}

test(
  '[V128] what is said to add up does so in every state that can be reached',
  () => {
    let held = 0;
    const whole = fc.oneof(
      { weight: 3, arbitrary: tokenSystem },
      { weight: 2, arbitrary: twistedSystem.map((one) => one.whole) },
    );
    fc.assert(
      fc.property(whole, (system) => {
        const sums = sumsIn(system);
        const graph = plainGraph(system);
        if (graph === undefined) return;
        for (const sum of sums) {
          expect(new Set(sum.parts).size).toBe(sum.parts.length);
          expect(sum.weights.every((list) => list.every((weight) => weight >= 0))).toBe(true);
          for (const state of graph.states) expect(addsUp(sum, Int32Array.from(state))).toBe(true);
          held++;
        }
      }),
      runs,
    );
    expect(held).toBeGreaterThan(runs.numRuns / 2);
  },
  patienceMs,
);

const automaton = (name: string, states: number, transitions: Automaton['transitions'], initial = 0): Automaton => ({
  name,
  initial,
  states,
  transitions,
});

test('[V128] a ring keeps its tokens, permits are with the users or at home, and both at once are two sums', () => {
  const both = systemOf([...ring('r', 4, 0b0101), ...permits(2, 3)]).system;
  const found = sumsIn(both).map(({ parts, total }) => ({ parts: parts.map((part) => both.parts[part]?.name), total }));
  expect(found).toEqual([
    { parts: ['r0', 'r1', 'r2', 'r3'], total: 2 },
    { parts: ['home', 'user0', 'user1', 'user2'], total: 2 },
  ]);
});

test('[V128] where two are made of one, the one counts twice', () => {
  const press = automaton('press', 3, [
    [0, 'half', 1],
    [1, 'half', 2],
    [2, 'whole', 0],
  ]);
  const saw = automaton('saw', 3, [
    [0, 'half', 1],
    [1, 'half', 2],
    [2, 'whole', 0],
  ]);
  const [sum, ...more] = sumsIn(systemOf([press, saw]).system);
  expect(more).toEqual([]);
  expect(sum?.weights.map((list) => [...list])).toEqual([
    [0, 1, 2],
    [2, 1, 0],
  ]);
  expect(sum?.total).toBe(2);
});

test('[V128] where an event may or may not take a token, or a token is lost, nothing is said to add up', () => {
  const keeps = automaton('keeps', 2, [
    [0, 'there', 1],
    [1, 'back', 0],
  ]);
  const doubtful = automaton(
    'doubtful',
    2,
    [
      [1, 'there', 0],
      [1, 'there', 1],
      [0, 'back', 1],
    ],
    1,
  );
  expect(sumsIn(systemOf([keeps, doubtful]).system)).toEqual([]);
  const loses = automaton(
    'loses',
    2,
    [
      [1, 'there', 0],
      [0, 'back', 1],
      [1, 'lost', 0],
    ],
    1,
  );
  expect(sumsIn(systemOf([keeps, loses]).system)).toEqual([]);
});

test(
  '[V129] where tokens go round pairs is never wrong, and mostly knows',
  () => {
    const seen = new Map<string, number>();
    let withSums = 0;
    fc.assert(
      fc.property(tokenSystem, (system) => {
        const verdict = heldAgainst(pairs, system) ?? 'too large';
        seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
        if (verdict !== 'proved') return;
        const { data } = proofOf(system);
        if (data.sums === undefined) return;
        withSums++;
        expect(followElimination(system, data)).toBe(undefined);
        expect(
          followElimination(system, { ...data, sums: data.sums.map((sum) => ({ ...sum, total: sum.total + 1 })) }),
        ).toContain('not conserved');
      }),
      runs,
    );
    expect(withSums).toBeGreaterThan(runs.numRuns / 6);
    expect(seen.get('refuted') ?? 0).toBeGreaterThan(runs.numRuns / 20);
    expect((seen.get('unknown free') ?? 0) + (seen.get('unknown dead') ?? 0)).toBeLessThan(runs.numRuns / 8);
  },
  patienceMs,
);

test(
  '[V129] nor with parts that only remember, events nobody makes, and shapes that say less than the truth',
  () => {
    let proved = 0;
    fc.assert(
      fc.property(bentTokens, (system) => {
        const truth = naiveVerdict(system);
        const { verdict } = pairs.run(system, usualBudget);
        if (verdict === 'unknown' || truth === undefined) return;
        if (verdict === 'proved') proved++;
        expect(verdict).toBe(truth);
      }),
      runs,
    );
    expect(proved).toBeGreaterThan(runs.numRuns / 5);
  },
  patienceMs,
);

test('[V129] ten thousand stations who wait for one token are not stuck, as somebody has it', () => {
  const { data } = proofOf(systemOf(ring('s', 10_000, 1, 1)).system);
  expect(data.sums).toMatchObject([{ total: 1 }]);
  expect(data.sums?.[0]?.parts).toHaveLength(10_000);
  // Without a token all of them wait for ever.
  expect(pairs.run(systemOf(ring('s', 10, 0)).system, usualBudget)).toMatchObject({ verdict: 'refuted', trace: [] });
});

test('[V130] a certificate names the sums that its steps rest on, no others, and the second program accepts it', () => {
  const { system } = systemOf([...ring('idle', 3, 0), ...permits(1, 3), ...permits(2, 2, 'b')]);
  const free: System = { ...system, processes: system.parts.length };
  const outcome = pairs.run(free, usualBudget);
  if (outcome.verdict !== 'proved' || outcome.certificate === undefined) throw new Error(outcome.verdict);
  const { sums = [], steps } = outcome.certificate.data as Elimination;
  const named = new Set(JSON.stringify(steps).match(/"sum":\d+/g));
  expect(named).toEqual(new Set(sums.map((_, place) => `"sum":${place}`)));
  expect(sums.length).toBeLessThan(sumsIn(free).length);
  expect(recheckProof(free, outcome.certificate)).toEqual({ is: 'holds' });
  expect(JSON.parse(JSON.stringify(outcome.certificate))).toEqual(outcome.certificate);
});

test('[V130] what was proved without sums has none in its certificate', () => {
  expect('sums' in proofOf(systemOf([automaton('a', 1, [[0, 'x', 0]]), automaton('b', 1, [[0, 'x', 0]])]).system).data).toBe(
    false,
  );
});

test('[V131] a sum is told as the tokens of a loop, in the direction in which they go, or of several parts', () => {
  expect(proofOf(systemOf(ring('s', 3, 0b010)).system).words).toContain(
    'The tokens in the loop s0 → s1 → s2 always add up to 1.',
  );
  expect(proofOf(milner(9).system).words[1]).toBe(
    'The tokens in the loop cell0 → cell1 → cell2 → cell3 → … (4 more) → cell8 always add up to 1.',
  );
  const { words } = proofOf(systemOf(permits(2, 3)).system);
  expect(words).toContain('The tokens in home, user0, user1 and user2 always add up to 2.');
  expect(words.some((one) => one.endsWith('the tokens in home, user0, user1 and user2 would not add up.'))).toBe(true);
});

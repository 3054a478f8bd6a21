import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Lts, tau } from '#contract/lts.ts';
import {
  naiveDeterministic,
  naiveDiverges,
  naiveNearest,
  naiveRefines,
  naiveRefuses,
  naiveWords,
  type PlainProcess,
  plainOf,
  plainSystem,
  statesAfter,
} from '#contract/testing/naive-refine.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import { deterministic } from './deterministic.ts';
import { explicit, labelledOf } from './explicit.ts';
import { type Counterexample, type Labelled, models, tickLabel } from './refinement.ts';
import { refines } from './refines.ts';

// The seed is printed with a failure; CHECK_SEED repeats it, CHECK_RUNS makes it longer.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 400), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { maxStates: 1_000_000, maxMs: 10_000 };

const randomLts = (most: number, labels: readonly string[]): fc.Arbitrary<Lts> =>
  fc.integer({ min: 1, max: most }).chain((states) => {
    const state = fc.nat(states - 1);
    const move = fc.record({ from: state, label: fc.integer({ min: tau, max: labels.length - 1 }), to: state });
    return fc
      .record({
        moves: fc.array(move, { maxLength: 3 * states }),
        final: fc.array(fc.nat(9), { minLength: states, maxLength: states }),
      })
      .map(({ moves, final }) => ({
        labels,
        moves: Array.from({ length: states }, (_, at) => moves.filter(({ from }) => from === at)),
        final: final.map((dice) => dice === 0),
      }));
  });

/** A process and one that differs from it in little: unrelated ones hardly ever refine each other. */
const pair: fc.Arbitrary<readonly [Lts, Lts]> = fc.oneof(
  fc.tuple(randomLts(4, ['a', 'b']), randomLts(4, ['b', 'a'])),
  fc
    .tuple(randomLts(5, ['a', 'b', 'c']), fc.nat(), fc.nat(4))
    .map(([spec, which, to]) => [spec, changed(spec, which, to)] as const),
);

function changed(lts: Lts, which: number, to: number): Lts {
  const all = lts.moves.flatMap((list, from) => list.map((move) => ({ from, ...move })));
  const target = to % lts.moves.length;
  const moves = all
    .map((move, at) => (at === which % (all.length + 2) ? { ...move, to: target } : move))
    .filter((_, at) => at !== to);
  return { ...lts, moves: lts.moves.map((_, state) => moves.filter(({ from }) => from === state)) };
}

/** A random system of parts with some events hidden and some of one name. */
const labelled: fc.Arbitrary<Labelled> = fc
  .tuple(randomSystem, fc.array(fc.nat(4), { minLength: 7, maxLength: 7 }))
  .map(([{ system }, dice]) => ({
    system,
    labels: system.events.map((_, event) => ['a', 'b', 'c'][(dice[event] ?? 0) % 3] ?? ''),
    hidden: new Set(system.events.keys().filter((event) => (dice[event] ?? 0) > 2)),
  }));

function holdsUp(spec: PlainProcess, impl: PlainProcess, { what, trace, offers = [], demands = [] }: Counterexample): void {
  const [last, before] = [trace.at(-1) ?? '', what === 'trace' ? trace.slice(0, -1) : trace];
  const [allowed, here] = [statesAfter(spec, before), statesAfter(impl, before)];
  expect(here.length).toBeGreaterThan(0);
  if (what === 'trace') {
    expect(naiveWords(impl, here)).toContain(last);
    expect(naiveWords(spec, allowed)).not.toContain(last);
  } else if (what === 'divergence') {
    expect(naiveDiverges(impl, here)).toBe(true);
    expect(naiveDiverges(spec, allowed)).toBe(false);
  } else {
    const all = new Set([...naiveWords(spec, allowed), ...naiveWords(impl, here), tickLabel]);
    const refused = [...all].filter((word) => !offers.includes(word));
    expect(naiveRefuses(impl, here, refused)).toBe(true);
    expect(naiveRefuses(spec, allowed, refused)).toBe(false);
    for (const set of demands) expect(new Set(set).isSubsetOf(new Set(offers))).toBe(false);
  }
}

test('[V50] [V51] the answer about two processes is that of the definitions, and its counterexample holds up', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(pair, fc.constantFrom(...models), ([spec, impl], model) => {
      const [left, right] = [plainOf(spec), plainOf(impl)];
      const outcome = refines(spec, labelledOf(impl), { model }, budget);
      expect(outcome.verdict).toBe(naiveRefines(left, right, model) ? 'proved' : 'refuted');
      const kind = outcome.verdict === 'refuted' ? outcome.what : outcome.verdict;
      seen[`${model} ${kind}`] = (seen[`${model} ${kind}`] ?? 0) + 1;
      if (outcome.verdict === 'refuted') holdsUp(left, right, outcome);
    }),
    { ...runs, numRuns: 3 * runs.numRuns },
  );
  for (const kind of ['T proved', 'F proved', 'FD proved', 'T trace', 'F trace', 'F refusal', 'FD refusal', 'FD divergence'])
    expect(seen[kind] ?? 0, kind).toBeGreaterThan(1);
}, 60_000);

test('[V50] the answer about a system of parts is that of the definitions, its events lead there, and no nearer state is wrong', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(
      labelled,
      randomLts(3, ['a', 'b', 'c']),
      fc.boolean(),
      fc.constantFrom(...models),
      (impl, random, itself, model) => {
        const right = plainSystem(impl);
        const whole = explicit(impl, budget);
        if (right === undefined || !whole.ok) return;
        const spec = itself ? changed(whole.lts, random.moves.length * 7, 99) : random;
        const left = plainOf(spec);
        const outcome = refines(spec, impl, { model }, budget);
        expect(outcome.verdict).toBe(naiveRefines(left, right, model) ? 'proved' : 'refuted');
        seen[`${outcome.verdict}`] = (seen[`${outcome.verdict}`] ?? 0) + 1;
        if (outcome.verdict !== 'refuted') return;
        holdsUp(left, right, outcome);
        const words = outcome.events.flatMap((event) =>
          'has' in impl.hidden && impl.hidden.has(event) ? [] : [impl.labels[event]],
        );
        expect(words).toEqual(outcome.trace.filter((word) => word !== tickLabel));
        if (model === 'FD') return;
        const last = outcome.what === 'trace' && outcome.trace.at(-1) !== tickLabel ? 1 : 0;
        expect(outcome.events.length - last).toBe(naiveNearest(left, right, model));
      },
    ),
    runs,
  );
  expect(seen.proved).toBeGreaterThan(4);
  expect(seen.refuted).toBeGreaterThan(4);
}, 60_000);

test('[V52] deterministic is what is never both done and refused after one trace', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(
      fc.oneof(
        randomLts(4, ['a', 'b']).map((lts) => labelledOf(lts)),
        labelled,
      ),
      fc.constantFrom('F' as const, 'FD' as const),
      (impl, model) => {
        const plain = plainSystem(impl);
        if (plain === undefined) return;
        const outcome = deterministic(impl, { model }, budget);
        expect(outcome.verdict).toBe(naiveDeterministic(plain, model) ? 'proved' : 'refuted');
        seen[outcome.verdict] = (seen[outcome.verdict] ?? 0) + 1;
        if (outcome.verdict !== 'refuted') return;
        const here = statesAfter(plain, outcome.trace);
        if (outcome.what === 'divergence') expect(naiveDiverges(plain, here)).toBe(true);
        else {
          const both = outcome.demands?.[0]?.filter((word) => !outcome.offers?.includes(word)) ?? [];
          expect(both.length).toBeGreaterThan(0);
          for (const word of both) {
            expect(naiveWords(plain, here)).toContain(word);
            expect(naiveRefuses(plain, here, [word])).toBe(true);
          }
        }
      },
    ),
    { ...runs, numRuns: 2 * runs.numRuns },
  );
  expect(seen.proved).toBeGreaterThan(4);
  expect(seen.refuted).toBeGreaterThan(4);
}, 60_000);

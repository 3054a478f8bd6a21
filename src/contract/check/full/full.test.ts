import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { type Automaton, systemOf } from '#contract/automata.ts';
import { type Budget, usualBudget } from '#contract/check/engine.ts';
import { climb } from '#contract/check/ladder.ts';
import { compose, isReady } from '#contract/compose.ts';
import type { System } from '#contract/network.ts';
import { counters, spread, spreadBy } from '#contract/testing/counters.ts';
import { milner, philosophers, pipeline } from '#contract/testing/models.ts';
import { allEnded, naiveReplay, naiveSearch, naiveSteps } from '#contract/testing/naive.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import { wire } from '#contract/wiring.ts';
import { countStates, explore, full } from './full.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

// The seed is printed with a failure; CHECK_SEED repeats it.
const runs = { numRuns: 300, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { ...usualBudget, maxMs: Number.POSITIVE_INFINITY };

/** One word, and many. */
const forms: readonly (readonly [string, (system: System) => System, number])[] = [
  ['one word', (system) => system, 1],
  ['many words', spread, spreadBy],
];

/** What the plainest reading makes of a system, all at once. */
function plain(system: System) {
  const start = system.parts.map(() => 0);
  const seen = new Map([[start.join(), start]]);
  const made = new Set<number>();
  let [transitions, deadlocks] = [0, 0];
  const isCut = (state: readonly number[]): boolean =>
    system.parts.some(({ shape }, part) => system.shapes[shape]?.cutAt === state[part]);
  for (const state of seen.values()) {
    const steps = naiveSteps(system, state);
    if (steps.length === 0 && !allEnded(system, state) && !isCut(state)) deadlocks++;
    for (const { event, to } of steps) {
      made.add(event);
      transitions++;
      if (!seen.has(to.join())) seen.set(to.join(), to);
    }
  }
  const states = [...seen.values()];
  return { states, transitions, deadlocks, made, cut: states.some(isCut) };
}

function holds(system: System, form: (system: System) => System, every: number): 'proved' | 'refuted' | undefined {
  const naive = naiveSearch(system);
  if (naive === undefined) return undefined;
  const outcome = full.run(form(system), budget);
  expect(outcome.verdict).toBe(naive.dead === undefined ? 'proved' : 'refuted');
  if (outcome.verdict === 'proved') expect(outcome.states).toBe(naive.states);
  if (outcome.verdict !== 'refuted') return 'proved';
  expect(outcome.trace.length).toBe(naive.dead);
  const dead = outcome.dead.filter((_, part) => part % every === 0);
  expect(naiveReplay(system, outcome.trace)).toContainEqual(dead);
  expect(naiveSteps(system, dead)).toEqual([]);
  expect(allEnded(system, dead)).toBe(false);
  return 'refuted';
}

test.each(forms)(
  '[V10] [V13] [V15] %s: the verdict, as many states and as short a trace as the plainest search, on random systems',
  (_, form, every) => {
    const seen = { proved: 0, refuted: 0 };
    fc.assert(
      fc.property(randomSystem, ({ system }) => {
        const verdict = holds(system, form, every);
        if (verdict !== undefined) seen[verdict]++;
      }),
      runs,
    );
    expect(Math.min(seen.proved, seen.refuted)).toBeGreaterThan(6);
  },
  60_000,
);

test.each(forms)(
  '[V10] %s: the same on random designs, with links that need not end',
  (_, form, every) => {
    fc.assert(
      fc.property(randomDesign, ({ body, lookup }) => {
        const nodes = wire(body, lookup);
        if (nodes.every(isReady)) holds(compose(nodes, false), form, every);
      }),
      { ...runs, numRuns: 150 },
    );
  },
  60_000,
);

test.each(forms)(
  '[V16] [V17] %s: exactly the states, transitions, events, local states and deadlocks there are',
  (_, form, every) => {
    fc.assert(
      fc.property(randomSystem, fc.option(fc.nat(3)), ({ system: whole }, cutAt) => {
        const system = cutAt === null ? whole : { ...whole, shapes: whole.shapes.map((shape) => ({ ...shape, cutAt })) };
        const naive = plain(system);
        const { reached, events, firstDeadlock, peakBytes, ...told } = explore(form(system), budget);
        const { states, transitions, deadlocks, cut } = naive;
        expect(told).toEqual({ complete: true, states: states.length, transitions, deadlocks, cut });
        expect([...events].flatMap((made, event) => (made ? [event] : [])).sort()).toEqual([...naive.made].sort());
        for (const [part, { shape }] of system.parts.entries()) {
          const local = Array.from({ length: system.shapes[shape]!.final.length }, (_, at) => states.some((s) => s[part] === at));
          expect([...reached[part * every]!].map(Boolean)).toEqual(local);
        }
        expect(firstDeadlock !== undefined).toBe(deadlocks > 0);
        expect(countStates(form(system), budget)).toEqual({ complete: true, states: states.length, transitions, peakBytes });
        const { verdict } = full.run(form(system), budget);
        expect(verdict).toBe(deadlocks > 0 ? 'refuted' : cut ? 'unknown' : 'proved');
      }),
      { ...runs, numRuns: every > 1 ? 80 : 300 },
    );
  },
  60_000,
);

test.each([
  [philosophers(9), 3 ** 9 - 1, 1],
  [milner(9), 9 * 2 ** 9 * 1.5, 0],
  [pipeline(12), 3 ** 12, 0],
] as const)('[V16] models of many states have as many as are known', ({ system }, states, deadlocks) => {
  expect(explore(system, budget)).toMatchObject({ complete: true, states, deadlocks });
});

test('[V15] a proof by looking at everything says how much that was, so that it can be counted again', () => {
  const outcome = full.run(pipeline(5).system, budget);
  expect(outcome).toMatchObject({ verdict: 'proved', states: 243, certificate: { by: 'exhaustive', data: { states: 243 } } });
  if (outcome.verdict === 'proved') expect(outcome.certificate?.data).toEqual({ states: 243, transitions: outcome.transitions });
});

test('[V10] parts of tens of thousands of states, in one word and in several; a trace as long as the system is deep', () => {
  expect(countStates(counters([2, 40_000, 2, 2]), budget).states).toBe(320_000);
  expect(countStates(counters([70_000, 2, 1, 70_000]), { ...budget, maxStates: 1000 }).complete).toBe(false);
  const deep = full.run(counters([70_000, 1]), budget);
  expect(deep).toMatchObject({ verdict: 'refuted', states: 70_000, dead: [69_999, 0] });
  if (deep.verdict === 'refuted') expect(deep.trace).toEqual(new Array(69_999).fill(0));
  expect(full.run(counters([3, 2, 2, 3, 2, 2, 3, 3, 3, 2, 2, 2]), budget)).toMatchObject({
    verdict: 'refuted',
    states: 2 ** 7 * 3 ** 5,
  });
});

test('[V13] the way to a state far off is a shortest one, whatever else was found between', () => {
  const outcome = full.run(counters([300, 300]), budget);
  expect(outcome).toMatchObject({ verdict: 'refuted', states: 90_000 });
  if (outcome.verdict === 'refuted')
    expect(outcome.trace.toSorted()).toEqual([...new Array(299).fill(0), ...new Array(299).fill(1)]);
});

const part = (name: string, states: number, transitions: Automaton['transitions'], final: number[] = []): Automaton => ({
  name,
  initial: 0,
  states,
  transitions,
  final,
});

test('[V10] an event of twenty parts, each of which can make it in two ways', () => {
  const two = (n: number) => part(`p${n}`, 3, [[0, 'all', 1], ...(n < 8 ? [[0, 'all', 2] as const] : [])], [1]);
  const { system } = systemOf(Array.from({ length: 20 }, (_, n) => two(n)));
  for (const [, form] of forms)
    expect(explore(form(system), budget)).toMatchObject({ states: 257, transitions: 256, deadlocks: 255 });
  const lacking = systemOf([...Array.from({ length: 20 }, (_, n) => two(n)), { ...part('never', 1, []), alphabet: ['all'] }]);
  expect(full.run(lacking.system, budget)).toMatchObject({ verdict: 'refuted', states: 1, trace: [] });
});

test('[V10] nothing at all, one part that rests, one that has ended, and events nobody makes', () => {
  const nobody: System = { shapes: [], parts: [], processes: 0, events: [] };
  expect(full.run(nobody, budget)).toMatchObject({ verdict: 'proved', states: 1, transitions: 0 });
  expect(full.run(systemOf([part('rests', 1, [])]).system, budget)).toMatchObject({ verdict: 'refuted', trace: [], dead: [0] });
  expect(full.run(systemOf([part('over', 1, [], [0])]).system, budget)).toMatchObject({ verdict: 'proved', states: 1 });
  expect(full.run(systemOf([part('turns', 1, [[0, 'a', 0]])]).system, budget)).toMatchObject({ states: 1, transitions: 1 });
  const { system } = systemOf([part('turns', 1, [[0, 'a', 0]])]);
  for (const parts of [[], [0, -1], [-1]])
    expect(full.run({ ...system, events: [{ parts }] }, budget)).toMatchObject({ verdict: 'refuted', states: 1, transitions: 0 });
});

test('[V14] states of the budget are exact: as many as there are is enough, one less is not', () => {
  const { system } = pipeline(7);
  expect(full.run(system, { ...budget, maxStates: 2187 })).toMatchObject({ verdict: 'proved', states: 2187 });
  expect(full.run(system, { ...budget, maxStates: 2186 })).toMatchObject({
    verdict: 'unknown',
    why: 'stopped after 2,186 states',
  });
  const few = full.run(pipeline(12).system, { ...budget, maxStates: 1000 });
  expect(few).toMatchObject({ verdict: 'unknown' });
  expect(few.states).toBeLessThan(2000);
});

test('[V12] [V14] memory stays under the budget, whatever that is', () => {
  for (const [, form] of forms)
    for (let maxBytes = 50_000; maxBytes < 40e6; maxBytes *= 1.7) {
      const outcome = full.run(form(pipeline(10).system), { ...budget, maxBytes });
      expect(outcome.peakBytes).toBeLessThanOrEqual(maxBytes);
      if (outcome.verdict !== 'proved')
        expect(outcome).toMatchObject({ verdict: 'unknown', why: expect.stringMatching(/memory/) });
    }
});

test('[V12] a state in one word takes at most sixteen bytes with all that goes with it', () => {
  for (const maxStates of [180_000, 230_000, 300_000, 400_000]) {
    const { states, peakBytes = 0 } = countStates(pipeline(12).system, { ...budget, maxStates });
    // A quarter of a megabyte is for the states met of late.
    expect((peakBytes - 2 ** 18 - 2 ** 16) / states).toBeLessThan(16);
  }
});

test('[V14] the clock and the wish to go on are asked while it runs; a search that is cancelled ends soon', () => {
  let time = 0;
  const slow: Budget = { ...budget, maxMs: 50, now: () => (time += 10) };
  expect(full.run(pipeline(9).system, slow)).toMatchObject({
    verdict: 'unknown',
    why: expect.stringMatching(/^stopped after 50 ms/),
  });
  const asked: number[] = [];
  const goOn = (states: number): boolean => asked.push(states) < 3;
  expect(full.run(pipeline(11).system, { ...budget, goOn })).toMatchObject({ verdict: 'unknown', why: 'cancelled' });
  expect(asked).toHaveLength(3);
  expect(asked).toEqual(asked.toSorted((a, b) => a - b));
  time = 0;
  const often: number[] = [];
  full.run(pipeline(9).system, { ...budget, now: () => (time += 100), goOn: (states) => often.push(states) > 0 });
  expect(often.length).toBeGreaterThan(0);
});

test('[V11] what is too wide, or cannot run here, is unknown and says why', () => {
  const why = (system: System): string => {
    const outcome = full.run(system, budget);
    return outcome.verdict === 'unknown' ? outcome.why : outcome.verdict;
  };
  expect(why(spread(counters(new Array(600).fill(2))))).toMatch(/too wide: one state takes 4,/);
  const many = systemOf(
    Array.from({ length: 20 }, (_, n) =>
      part(`p${n}`, 2, [
        [0, 'all', 1],
        [0, 'all', 0],
      ]),
    ),
  );
  expect(why(many.system)).toBe('too wide: one state may have 1,048,576 successors');
  vi.stubGlobal('WebAssembly', undefined);
  expect(why(pipeline(3).system)).toBe('cannot be compiled here: WebAssembly is not there');
});

/** Everybody makes one event together and comes back by it; the first few may also stay, and some may give up. */
function together(parts: number, staying: number, givesUp?: number): System {
  return systemOf(
    Array.from({ length: parts }, (_, n) =>
      part(`p${n}`, 3, [
        [0, 'all', 1],
        [1, 'all', 0],
        ...(n < staying ? [[0, 'all', 0] as const] : []),
        ...(n === givesUp ? [[1, 'gives up', 2] as const] : []),
      ]),
    ),
  ).system;
}

test.each([1_000, 10_000])('[V10] [V11] one event of %i parts is followed in each way, by itself and on the ladder', (parts) => {
  expect(full.run(together(parts, 0), budget)).toMatchObject({ verdict: 'proved', states: 2, transitions: 2 });
  expect(full.run(together(parts, 3), budget)).toMatchObject({ verdict: 'proved', states: 16 });
  expect(full.run(together(parts, 0, parts - 1), budget)).toMatchObject({ verdict: 'refuted', trace: [0, 1] });
  for (const system of [together(parts, 3), together(parts, 0)]) expect(climb(system, budget).outcome.verdict).toBe('proved');
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Automaton, systemOf } from '#contract/automata.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { compose, isReady } from '#contract/compose.ts';
import type { System } from '#contract/network.ts';
import { design, kind, lookupOf } from '#contract/testing/designs.ts';
import { followElimination } from '#contract/testing/follow-elimination.ts';
import { expectDead, heldAgainst } from '#contract/testing/held-against.ts';
import { philosophers } from '#contract/testing/models.ts';
import { naiveSearch } from '#contract/testing/naive.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import { twistedSystem } from '#contract/testing/twisted-system.ts';
import { wire } from '#contract/wiring.ts';
import type { Elimination } from './elimination.ts';
import { pairs } from './pairs.ts';

// The seed is printed with a failure; CHECK_SEED repeats it, CHECK_RUNS makes more of them.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 200), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const patienceMs = 60_000 + 100 * runs.numRuns;

function countsOf(list: fc.Arbitrary<readonly [System, System]>): Map<string, number> {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(list, ([system, truth]) => {
      const verdict = heldAgainst(pairs, system, truth) ?? 'too large';
      seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
    }),
    runs,
  );
  return seen;
}

test(
  '[V21] [V25] on random systems pairs is never wrong, and mostly knows',
  () => {
    const seen = countsOf(randomSystem.map(({ system }) => [system, system] as const));
    expect(seen.get('proved') ?? 0).toBeGreaterThan(runs.numRuns / 15);
    expect(seen.get('refuted') ?? 0).toBeGreaterThan(runs.numRuns / 50);
    expect((seen.get('unknown free') ?? 0) + (seen.get('unknown dead') ?? 0)).toBeLessThan(runs.numRuns / 20);
  },
  patienceMs,
);

test(
  '[V21] [V25] on random designs pairs is never wrong, and mostly knows',
  () => {
    const network = randomDesign.map(({ body, lookup }) => compose(wire(body, lookup).filter(isReady), false));
    const seen = countsOf(network.map((system) => [system, system] as const));
    expect(seen.get('proved') ?? 0).toBeGreaterThan(runs.numRuns / 60);
    expect(seen.get('refuted') ?? 0).toBeGreaterThan(runs.numRuns / 20);
  },
  patienceMs,
);

test(
  '[V20] [V23] parts that only remember and events nobody makes are as the plainest search has them',
  () => {
    const seen = countsOf(twistedSystem.map(({ whole }) => [whole, whole] as const));
    expect(seen.get('proved') ?? 0).toBeGreaterThan(runs.numRuns / 50);
  },
  patienceMs,
);

test(
  '[V22] no proof rests on a shape that says less than the truth, and no trace ends in one',
  () => {
    const seen = countsOf(twistedSystem.map(({ whole, cut }) => [cut, whole] as const));
    expect(seen.get('proved') ?? 0).toBeGreaterThan(runs.numRuns / 100);
  },
  patienceMs,
);

test('[V22] what lies beyond a state that says less than the truth is not taken for free', () => {
  const counter: Automaton = {
    name: 'counter',
    initial: 0,
    states: 2,
    transitions: [
      [0, 'put', 1],
      [1, 'tick', 1],
    ],
  };
  const writer: Automaton = { name: 'writer', initial: 0, states: 1, transitions: [[0, 'put', 0]] };
  const { system } = systemOf([counter, writer]);
  expect(pairs.run(system, usualBudget).verdict).toBe('proved');
  const cut = { ...system, shapes: system.shapes.map((shape) => (shape.final.length === 2 ? { ...shape, cutAt: 1 } : shape)) };
  expect(pairs.run(cut, usualBudget)).toMatchObject({
    verdict: 'unknown',
    why: 'a buffer can hold more messages than are counted',
  });
  // Where its neighbour does not let it come so far, nothing is lost.
  const { system: few } = systemOf([counter, { ...writer, transitions: [[0, 'other', 0]], alphabet: ['put'] }]);
  const never = { ...few, shapes: few.shapes.map((shape) => (shape.final.length === 2 ? { ...shape, cutAt: 1 } : shape)) };
  expect(pairs.run(never, usualBudget).verdict).toBe('proved');
});

test('[V21] a thousand philosophers are free when one of them reaches right first', () => {
  const outcome = pairs.run(philosophers(1_000, true).system, usualBudget);
  expect(outcome).toMatchObject({ verdict: 'proved', states: 0, certificate: { by: 'elimination' } });
});

test('[V25] a thousand philosophers who all reach left first hold a fork each after a thousand steps', () => {
  const { system } = philosophers(1_000);
  const outcome = pairs.run(system, usualBudget);
  expect(outcome.verdict === 'refuted' && outcome.trace.length).toBe(1_000);
  const few = philosophers(5).system;
  const small = pairs.run(few, usualBudget);
  if (small.verdict !== 'refuted') throw new Error(small.verdict);
  expectDead(few, small.trace, small.dead);
});

test('[V24] what could be stuck and is not reached is not known', () => {
  // Tokens go from cell to cell, two of them come and two of them go at once: that there is always an odd number no sum says.
  const cells = [0, 1, 2].map((at): Automaton => {
    const others = [0, 1, 2].filter((other) => other !== at);
    const transitions = others.flatMap((other): Automaton['transitions'] => [
      [0, `from${other}to${at}`, 1],
      [1, `from${at}to${other}`, 0],
      [1, `without${3 - at - other}`, 0],
      [0, `two${other}`, 1],
    ]);
    return { name: `cell${at}`, initial: at === 0 ? 1 : 0, states: 2, transitions: [...transitions, [1, `two${at}`, 1]] };
  });
  const { system } = systemOf(cells);
  expect(naiveSearch(system)).toEqual({ states: 4, dead: undefined });
  expect(pairs.run(system, usualBudget)).toMatchObject({ verdict: 'unknown', why: expect.stringContaining('cell') });
});

test('[V23] an event of many parts is stuck only as long as one of them refuses it', () => {
  const cell = (name: string, ...more: Automaton['transitions']): Automaton => ({
    name,
    initial: 0,
    states: 2,
    transitions: [[0, 'all', 0], ...more],
  });
  expect(pairs.run(systemOf([cell('a'), cell('b'), cell('c')]).system, usualBudget).verdict).toBe('proved');
  const stops = systemOf([cell('a'), cell('b'), cell('c', [0, 'stop', 1])]);
  expect(pairs.run(stops.system, usualBudget)).toMatchObject({ verdict: 'refuted', dead: [0, 0, 1] });
});

test('[V23] where all processes can only have ended there is no deadlock', () => {
  const ends = (name: string, event: string): Automaton => ({
    name,
    initial: 0,
    states: 2,
    transitions: [[0, event, 1]],
    final: [1],
  });
  const outcome = pairs.run(systemOf([ends('a', 'x'), ends('b', 'x')]).system, usualBudget);
  expect(outcome).toMatchObject({ verdict: 'proved', certificate: { data: { empty: -1 } } });
});

test(
  '[V26] every certificate holds for a program that only follows it',
  () => {
    let [followed, refused] = [0, 0];
    fc.assert(
      fc.property(twistedSystem, ({ whole }) => {
        const outcome = pairs.run(whole, usualBudget);
        if (outcome.verdict !== 'proved') return;
        const data = outcome.certificate?.data as Elimination;
        expect(followElimination(whole, data)).toBe(undefined);
        if (followElimination(whole, { ...data, steps: [] }) !== undefined) refused++;
        followed++;
      }),
      runs,
    );
    expect(followed).toBeGreaterThan(runs.numRuns / 50);
    // Without its steps it says nothing.
    expect(refused).toBeGreaterThan(followed / 50);
  },
  patienceMs,
);

test('[V24] a merge that only counts which of its streams have ended is seen together with what remembers it', () => {
  const kinds = lookupOf(
    kind('t.source', 'out:out', 'S = out -> S |~| out.end -> SKIP'),
    kind('t.all', 'in:in out:out*', 'B = in -> ((out.0 -> SKIP ||| out.1 -> SKIP ||| out.2 -> SKIP) ; B) [] in.end -> SKIP'),
    kind('t.map', 'in:in out:out', 'M = in -> out -> M [] in.end -> out.end -> SKIP'),
    kind(
      't.merge',
      'in:in* out:out',
      `M = OPEN(0)
       OPEN(k) = if k == 3 then out.end -> SKIP else ([] i:{0..2} @ (in.i -> out -> OPEN(k) [] in.i.end -> OPEN(k + 1)))`,
    ),
    kind('t.sink', 'in:in', 'S = in -> S [] in.end -> SKIP'),
  );
  const body = design({ s: 't.source', b: 't.all', m: 't.map', g: 't.merge', k: 't.sink' }, [
    's.out -> b.in',
    'b.out[0] -> m.in',
    'm.out -> g.in[0]',
    'b.out[1] -> g.in[1] | 2',
    'b.out[2] -> g.in[2]',
    'g.out -> k.in',
  ]);
  const network = compose(wire(body, kinds).filter(isReady), false);
  const outcome = pairs.run(network, usualBudget);
  if (outcome.verdict !== 'proved') throw new Error(outcome.verdict);
  expect(JSON.stringify(outcome.certificate)).toContain('among');
  expect(followElimination(network, outcome.certificate?.data as Elimination)).toBe(undefined);
});

test('[V26] each step of a certificate takes out a state that is still there, and names a neighbour or an event of the part', () => {
  const { system } = philosophers(6, true);
  const outcome = pairs.run(system, usualBudget);
  if (outcome.verdict !== 'proved' || outcome.certificate === undefined) throw new Error(outcome.verdict);
  const { certificate } = outcome;
  const { steps, never, empty } = certificate.data as Elimination;
  expect(never).toEqual([]);
  expect(new Set(steps.map(({ part, state }) => `${part} ${state}`)).size).toBe(steps.length);
  for (const step of steps) {
    if (!('against' in step)) throw new Error('not by a neighbour');
    expect(system.events.some(({ parts }) => parts.includes(step.part) && parts.includes(step.against))).toBe(true);
  }
  const left = system.shapes[system.parts[empty]?.shape ?? 0]?.final.length ?? 0;
  expect(steps.filter(({ part }) => part === empty)).toHaveLength(left);
  expect(certificate.words.at(-1)).toContain(system.parts[empty]?.name);
  expect(JSON.parse(JSON.stringify(certificate))).toEqual(certificate);
});

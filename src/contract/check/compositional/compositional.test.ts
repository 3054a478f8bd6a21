import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemOf } from '#contract/automata.ts';
import { type Outcome, usualBudget } from '#contract/check/engine.ts';
import { compose, isReady } from '#contract/compose.ts';
import type { System } from '#contract/network.ts';
import { bentSystem, naiveVerdict } from '#contract/testing/bent-system.ts';
import { dataflow, milner, philosophers, pipeline } from '#contract/testing/models.ts';
import { allEnded, naiveSteps } from '#contract/testing/naive.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { wire } from '#contract/wiring.ts';
import { compositional } from './compositional.ts';
import { scopesOf } from './order.ts';

// The seed is printed with a failure; CHECK_SEED repeats it.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 400), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

function expectDeadlock(system: System, trace: readonly number[], dead: readonly number[]): void {
  let states = [system.parts.map(() => 0)];
  for (const event of trace) {
    const next = states.flatMap((state) => after(system, state, event));
    states = [...new Map(next.map((state) => [state.join(), state])).values()];
  }
  expect(states).toContainEqual(dead);
  expect(naiveSteps(system, dead)).toEqual([]);
  expect(allEnded(system, dead)).toBe(false);
}

// The same steps, of one event alone.
function after(system: System, state: readonly number[], event: number): number[][] {
  const others = { ...system, events: system.events.map((one, number) => (number === event ? one : { parts: [-1] })) };
  return naiveSteps(others, state).map(({ to }) => to);
}

test('[V40] [V42] [V44] [V45] [V46] the verdict is that of the plainest search, and every trace replays to a deadlock', () => {
  const seen = { proved: 0, refuted: 0, unknown: 0 };
  fc.assert(
    fc.property(bentSystem, (system) => {
      const verdict = naiveVerdict(system);
      if (verdict === undefined) return;
      const outcome = compositional.run(system, usualBudget);
      seen[outcome.verdict]++;
      if (outcome.verdict === 'refuted') expectDeadlock(system, outcome.trace, outcome.dead);
      // Where some parts can always go on by themselves, it does not matter that others say less than the truth.
      if (outcome.verdict === 'proved' && verdict === 'unknown') expect(partsIn(outcome)).toBeLessThan(system.parts.length);
      else expect(outcome.verdict).toBe(verdict);
    }),
    runs,
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(runs.numRuns / 50);
}, 60_000);

function partsIn(outcome: Outcome): number {
  if (outcome.verdict !== 'proved' || outcome.certificate === undefined) return 0;
  const { steps } = outcome.certificate.data as { readonly steps: readonly (readonly number[])[] };
  return steps.filter(({ length }) => length === 2).length;
}

test('[V44] [V46] designs with buffers, calls, ends and decisions get the verdict of the plainest search', () => {
  fc.assert(
    fc.property(randomDesign, fc.boolean(), ({ body, lookup }, rough) => {
      const system = compose(wire(body, lookup).filter(isReady), rough);
      const verdict = naiveVerdict(system);
      if (verdict === undefined) return;
      const outcome = compositional.run(system, usualBudget);
      expect(outcome.verdict).toBe(verdict);
      if (outcome.verdict === 'refuted') expectDeadlock(system, outcome.trace, outcome.dead);
    }),
    { ...runs, numRuns: Math.ceil(runs.numRuns / 4) },
  );
}, 60_000);

test('[V44] a thousand philosophers, a thousand stages, a hundred cells: exact', () => {
  const dead = compositional.run(philosophers(1_000).system, usualBudget);
  expect(dead.verdict === 'refuted' && dead.trace.length).toBe(1_000);
  for (const { system } of [philosophers(1_000, true), pipeline(1_000), milner(100)])
    expect(compositional.run(system, usualBudget).verdict).toBe('proved');
});

test('[V43] equal joins are worked out once: a ring twice as long takes a few states more', () => {
  const [short, long] = [256, 512].map((size) => compositional.run(philosophers(size).system, usualBudget).states);
  expect(long! - short!).toBeLessThan(20);
});

test('[V43] the parts of a nested design are put together first, by their names', () => {
  expect(scopesOf(['a', 'farm/x', 'farm/y', 'farm/deep/z', 'b'])).toEqual([
    { parts: [3], inner: [] },
    { parts: [1, 2], inner: [0] },
    { parts: [0, 4], inner: [1] },
  ]);
  const nested = philosophers(12).system;
  const named = { ...nested, parts: nested.parts.map((part, at) => ({ ...part, name: `${at % 3}/${at % 2}/${part.name}` })) };
  const outcome = compositional.run(named, usualBudget);
  expect(outcome.verdict).toBe('refuted');
  if (outcome.verdict === 'refuted') expectDeadlock(named, outcome.trace, outcome.dead);
});

test('[V45] parts that can always go on by themselves prove the whole, whatever the others do', () => {
  const clock = { name: 'clock', initial: 0, states: 1, transitions: [[0, 'tick', 0] as const] };
  const stuck = { name: 'stuck', initial: 0, states: 1, transitions: [] };
  expect(compositional.run(systemOf([stuck, clock]).system, usualBudget).verdict).toBe('proved');
  expect(compositional.run(systemOf([stuck]).system, usualBudget).verdict).toBe('refuted');
});

test('[V48] states, bytes, time and a cancelled check end it as unknown, and it says why', () => {
  const { system } = dataflow(60, dice(1));
  const small = { ...usualBudget, maxStates: 200 };
  expect(compositional.run(system, small)).toMatchObject({ verdict: 'unknown', why: expect.stringContaining('200 states') });
  expect(compositional.run(system, { ...usualBudget, maxBytes: 5_000 })).toMatchObject({
    verdict: 'unknown',
    why: 'stopped after 5,000 bytes of parts put together',
  });
  let now = 0;
  expect(compositional.run(system, { ...usualBudget, maxMs: 3, now: () => now++ })).toMatchObject({
    verdict: 'unknown',
    why: 'stopped after 3 ms',
  });
  expect(compositional.run(system, { ...usualBudget, goOn: () => false })).toMatchObject({
    verdict: 'unknown',
    why: 'cancelled',
  });
});

function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}

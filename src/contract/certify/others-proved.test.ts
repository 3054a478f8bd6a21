import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usualBudget } from '#contract/check/engine.ts';
import { reachable } from '#contract/check/full/graph.ts';
import { livelock } from '#contract/check/live/livelock.ts';
import { starvation } from '#contract/check/live/starvation.ts';
import { partialDeadlock } from '#contract/check/stubborn/partial.ts';
import type { System } from '#contract/network.ts';
import { naivePartial, plainGraph } from '#contract/testing/naive-stuck.ts';
import { anyNetwork, anySystem } from '#contract/testing/random-networks.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import type { Certificate } from '#model/certificate.ts';
import { recheckNobodyStarves, recheckNoLivelock } from './no-rounds.ts';
import { recheckNobodyStuck } from './nobody-stuck.ts';

// The seed is printed with a failure; CHECK_SEED repeats it, CHECK_RUNS makes it longer.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 250), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { ...usualBudget, maxStates: 20_000 };

test('[V133] what the engine proves of partial deadlock, the checker agrees with', () => {
  let [held, some] = [0, 0];
  fc.assert(
    fc.property(fc.oneof(anySystem, anyNetwork), (system) => {
      const outcome = partialDeadlock(system, budget);
      if (outcome.verdict !== 'proved') return;
      held++;
      if (outcome.states > 8) some++;
      expect(recheckNobodyStuck(system, outcome.certificate)).toEqual({ is: 'holds' });
    }),
    { ...runs, numRuns: 2 * runs.numRuns },
  );
  expect(held).toBeGreaterThan(runs.numRuns / 4);
  expect(some).toBeGreaterThan(3);
}, 60_000);

const dice = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 7, maxLength: 7 });

test('[V134] [V135] and of livelock and starvation', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(randomSystem, dice, ({ system }, thrown) => {
      const whole = () => reachable(system, budget);
      const progress = Uint8Array.from(system.events, (_, event) => (thrown[event] === 0 ? 1 : 0));
      const live = livelock(system, progress, whole);
      if (live.verdict === 'proved') {
        const kind = `${live.certificate.by} ${live.unfair}`;
        seen[kind] = (seen[kind] ?? 0) + 1;
        expect(recheckNoLivelock(system, progress, live.certificate)).toEqual({ is: 'holds' });
      }
      const served = starvation(system, () => false, whole, budget);
      if (served.verdict !== 'proved') return;
      const kind = served.states > 0 ? 'served by ranks' : 'served';
      seen[kind] = (seen[kind] ?? 0) + 1;
      expect(recheckNobodyStarves(system, served.certificate)).toEqual({ is: 'holds' });
    }),
    { ...runs, numRuns: 2 * runs.numRuns },
  );
  for (const kind of ['no-rounds false', 'ranks false', 'ranks true', 'served', 'served by ranks'])
    expect(seen[kind] ?? 0, kind).toBeGreaterThan(2);
}, 60_000);

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemOf } from '#contract/automata.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { reachable } from '#contract/check/full/graph.ts';
import { livelock } from '#contract/check/live/livelock.ts';
import { starvation } from '#contract/check/live/starvation.ts';
import { partialDeadlock } from '#contract/check/stubborn/partial.ts';
import type { System } from '#contract/network.ts';
import { withMoveChanged } from '#contract/testing/move-changed.ts';
import { naivePartial, plainGraph } from '#contract/testing/naive-stuck.ts';
import { anyNetwork, anySystem } from '#contract/testing/random-networks.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { recheckNobodyStarves, recheckNoLivelock } from './no-rounds.ts';
import { recheckNobodyStuck } from './nobody-stuck.ts';
import { recheckProof } from './recheck-proof.ts';

// The seed is printed with a failure; CHECK_SEED repeats it, CHECK_RUNS makes it longer.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 150), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { ...usualBudget, maxStates: 20_000 };

const isStuckFree = (system: System, data: unknown): string =>
  recheckNobodyStuck(system, { by: 'stubborn-fair', words: [], data }).is;
const isServed = (system: System, data: unknown): string => recheckNobodyStarves(system, { by: 'served', words: [], data }).is;
const isLive = (system: System, progress: ArrayLike<number>, by: string, data: unknown): string =>
  recheckNoLivelock(system, progress, { by, words: [], data }).is;

const dice = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 7, maxLength: 7 });
const progressOf = ({ events }: System, thrown: readonly number[]): Uint8Array =>
  Uint8Array.from(events, (_, event) => (thrown[event] === 0 ? 1 : 0));

const asked = {
  livelock: (system: System, progress: Uint8Array) => livelock(system, progress, () => reachable(system, budget)),
  starvation: (system: System) =>
    starvation(
      system,
      () => false,
      () => reachable(system, budget),
      budget,
    ),
};

test('[V133] what the engine proves of partial deadlock, the checker agrees with', () => {
  let [held, some] = [0, 0];
  fc.assert(
    fc.property(fc.oneof(anySystem, anyNetwork), (system) => {
      const outcome = partialDeadlock(system, budget);
      if (outcome.verdict !== 'proved') return;
      const again = recheckNobodyStuck(system, outcome.certificate);
      if (outcome.states > 2_000) expect(again.is).not.toBe('fails');
      else expect(again).toEqual({ is: 'holds' });
      held++;
      if (outcome.states > 8) some++;
    }),
    runs,
  );
  expect(held).toBeGreaterThan(runs.numRuns / 4);
  expect(some).toBeGreaterThan(3);
}, 60_000);

test('[V133] a proof of one system is none of another in which somebody can be stuck, nor is one that is made up', () => {
  let tried = 0;
  fc.assert(
    fc.property(anySystem, fc.nat(), fc.nat(), fc.nat(), (system, shape, move, target) => {
      const other = withMoveChanged(system, shape, move, target);
      const graph = plainGraph(other);
      if (graph === undefined || !naivePartial(other, graph)) return;
      const outcome = partialDeadlock(system, budget);
      if (outcome.verdict === 'proved') {
        tried++;
        expect(recheckNobodyStuck(other, outcome.certificate).is).not.toBe('holds');
      }
      const all = [...system.events.keys()];
      const of = graph.states.map(() => 0);
      tried++;
      for (const ends of [[...of.keys()], [0], [target % of.length]])
        for (const sets of [[all], [all.filter((event) => event !== move % all.length)]])
          expect(isStuckFree(other, { groups: [{ states: of.length, sets, of, ends }] })).not.toBe('holds');
    }),
    { ...runs, numRuns: 6 * runs.numRuns },
  );
  expect(tried).toBeGreaterThan(runs.numRuns / 50);
}, 60_000);

/** One goes round by `a`; the others go on with `b` when it has left them with `s`, and then each waits for the other. */
const waits = systemOf([
  {
    name: 'runs',
    initial: 0,
    states: 2,
    transitions: [
      [0, 'a', 0],
      [0, 's', 1],
      [1, 'a', 1],
    ],
    final: [],
  },
  {
    name: 'one',
    initial: 0,
    states: 3,
    transitions: [
      [0, 's', 1],
      [1, 'b', 2],
      [2, 'w', 0],
    ],
    final: [],
    alphabet: ['y'],
  },
  {
    name: 'other',
    initial: 0,
    states: 2,
    transitions: [
      [0, 'b', 1],
      [1, 'y', 0],
    ],
    final: [],
    alphabet: ['w'],
  },
]);

test('[V133] what is left out for ever, a state that leads to no end, or an end in which somebody waits is noticed', () => {
  const { system, labels } = waits;
  const [a = 0, s = 0, b = 0] = ['a', 's', 'b'].map((label) => labels.indexOf(label));
  const both = { states: 2, sets: [[a, s], [a]], of: [0, 1] };
  // As a proof of deadlock it holds: the rest may be left out, since it takes nothing away.
  expect(recheckProof(system, { by: 'stubborn', words: [], data: both })).toEqual({ is: 'holds' });
  const told = (group: object): unknown =>
    recheckNobodyStuck(system, { by: 'stubborn-fair', words: [], data: { groups: [group] } });
  expect(told({ ...both, ends: [1] })).toMatchObject({ is: 'fails', why: expect.stringContaining('left out for ever') });
  expect(told({ ...both, ends: [] })).toMatchObject({ is: 'fails', why: expect.stringContaining('none of the ends') });
  expect(told({ ...both, ends: [0] })).toMatchObject({ is: 'fails', why: expect.stringContaining('none of the ends') });
  // As many as there are states, but one of them is none.
  expect(told({ ...both, ends: [0, 7] })).toMatchObject({ is: 'fails', why: expect.stringContaining('no state') });
  const three = { states: 3, sets: [[a, s], [a, b], [a]], of: [0, 1, 2], ends: [2] };
  expect(told(three)).toMatchObject({ is: 'fails', why: expect.stringContaining('can be stuck') });
  expect(told({ states: 2, ends: [1] })).toMatchObject({ is: 'open' });
});

test('[V133] what is possible must stay so after every way of an event of a set, not after one of them', () => {
  // After one way of k the other event t is gone; a deadlock is not missed for that.
  const { system, labels } = systemOf([
    {
      name: 'chooses',
      initial: 0,
      states: 5,
      transitions: [
        [0, 'k', 1],
        [0, 'k', 2],
        [0, 't', 3],
        [1, 't', 4],
        [3, 'k', 4],
        [2, 'z', 2],
        [4, 'z', 4],
      ],
      final: [],
    },
  ]);
  const [k = 0, t = 0, z = 0] = ['k', 't', 'z'].map((label) => labels.indexOf(label));
  const data = { states: 4, sets: [[k], [t], [z]], of: [0, 1, 2, 2], ends: [2, 3] };
  expect(recheckProof(system, { by: 'stubborn', words: [], data })).toEqual({ is: 'holds' });
  expect(recheckNobodyStuck(system, { by: 'stubborn-fair', words: [], data: { groups: [data] } })).toMatchObject({
    is: 'fails',
    why: expect.stringContaining('outside a set'),
  });
});

test('[V133] parts that have nothing to do with each other are looked at apart, and one that stops is stuck while another runs', () => {
  const runner = { name: 'runs', initial: 0, states: 1, transitions: [[0, 'a', 0]] as [number, string, number][], final: [] };
  const stops = { name: 'stops', initial: 0, states: 2, transitions: [[0, 'b', 1]] as [number, string, number][] };
  const runs = { states: 1, sets: [[0]], of: [0], ends: [0] };
  const stopped = { states: 2, sets: [[1]], of: [0, 0], ends: [1] };
  const ended = systemOf([runner, { ...stops, final: [1] }]).system;
  expect(isStuckFree(ended, { groups: [runs, stopped] })).toBe('holds');
  expect(isStuckFree(ended, { groups: [runs] })).toBe('fails');
  const stuck = systemOf([runner, { ...stops, final: [] }]).system;
  expect(isStuckFree(stuck, { groups: [runs, stopped] })).toBe('fails');
});

test('[V134] [V135] what the engines prove of livelock and starvation, the checker agrees with', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(randomSystem, dice, ({ system }, thrown) => {
      const progress = progressOf(system, thrown);
      const live = asked.livelock(system, progress);
      if (live.verdict === 'proved') {
        const kind = `${live.certificate.by} ${live.unfair}`;
        seen[kind] = (seen[kind] ?? 0) + 1;
        expect(recheckNoLivelock(system, progress, live.certificate)).toEqual({ is: 'holds' });
      }
      const served = asked.starvation(system);
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

test('[V134] [V135] a proof of one system is none of another with a livelock or somebody who starves', () => {
  const seen = { livelock: 0, starvation: 0 };
  const proofs: Certificate[] = [];
  fc.assert(
    fc.property(randomSystem, dice, dice, fc.nat(), fc.nat(), fc.nat(), ({ system }, thrown, again, shape, move, target) => {
      const live = asked.livelock(system, progressOf(system, thrown));
      const other = withMoveChanged(system, shape, move, target);
      for (const [about, progress] of [
        [system, progressOf(system, again)],
        [other, progressOf(system, thrown)],
      ] as const) {
        if (live.verdict !== 'proved' || asked.livelock(about, progress).verdict !== 'refuted') continue;
        seen.livelock++;
        expect(recheckNoLivelock(about, progress, live.certificate).is).not.toBe('holds');
      }
      const served = asked.starvation(system);
      if (served.verdict === 'proved' && proofs.length < 20) proofs.push(served.certificate);
      const starving = asked.starvation(other).verdict === 'refuted';
      for (const proof of served.verdict === 'proved' ? [served.certificate] : proofs) {
        if (!starving) break;
        seen.starvation++;
        expect(recheckNobodyStarves(other, proof).is).not.toBe('holds');
      }
    }),
    { ...runs, numRuns: 2 * runs.numRuns },
  );
  expect(Math.min(seen.livelock, seen.starvation)).toBeGreaterThan(3);
}, 60_000);

test('[V134] [V135] no made-up ranks or lists of events prove what is not so', () => {
  let tried = 0;
  const numbers = fc.array(fc.nat(2), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(
      randomSystem,
      dice,
      numbers,
      fc.array(fc.integer({ min: -1, max: 5 }), { minLength: 3, maxLength: 3 }),
      (named, thrown, made, who) => {
        const { system } = named;
        const progress = progressOf(system, thrown);
        const states = plainGraph(system)?.states.length ?? 0;
        if (states > made.length) return;
        const held = who.map((process, rank) => [rank, process]);
        const flat = { ranks: made.slice(0, states).map(() => 0), held };
        const ranked = { ranks: made.slice(0, states), held };
        const taken = { taken: who.map((part) => [part, ...system.events.keys()]) };
        if (asked.livelock(system, progress).verdict === 'refuted') {
          tried++;
          for (const data of [flat, ranked]) expect(isLive(system, progress, 'ranks', data)).not.toBe('holds');
          expect(isLive(system, progress, 'no-rounds', taken)).not.toBe('holds');
          expect(isLive(system, progress, 'no-rounds', { taken: [] })).not.toBe('holds');
        }
        if (asked.starvation(system).verdict !== 'refuted') return;
        tried++;
        for (const entry of [flat, ranked, taken, { taken: [] }])
          expect(isServed(system, { of: system.parts.slice(0, system.processes).map(() => entry) })).not.toBe('holds');
      },
    ),
    { ...runs, numRuns: 2 * runs.numRuns },
  );
  expect(tried).toBeGreaterThan(runs.numRuns / 8);
}, 60_000);

test('[V134] each thing that a ranking says is looked at', () => {
  // From 0 by p or b to 1 or 2; 1 goes round by u while v could always happen.
  const { system, labels } = systemOf([
    {
      name: 'goes',
      initial: 0,
      states: 3,
      transitions: [
        [0, 'b', 1],
        [1, 'u', 1],
        [1, 'p', 2],
        [2, 'p', 0],
      ],
      final: [],
    },
    { name: 'could', initial: 0, states: 1, transitions: [[0, 'v', 0]], final: [] },
  ]);
  const isProgress = Uint8Array.from(labels, (label) => (label === 'p' || label === 'v' ? 1 : 0));
  const isHeld = (ranks: readonly number[], held: readonly (readonly number[])[]): string =>
    isLive(system, isProgress, 'ranks', { ranks, held });
  expect(isHeld([1, 0, 0], [[0, 1]])).toBe('holds');
  expect(
    isHeld(
      [0, 1, 0],
      [
        [0, 1],
        [1, 1],
      ],
    ),
  ).toBe('fails');
  expect(isHeld([1, 0, 0], [])).toBe('fails');
  expect(isHeld([1, 0, 0], [[0, 0]])).toBe('fails');
  expect(isHeld([1, 0, 0], [[0, -1]])).toBe('fails');
  expect(isHeld([1, 0, 0], [[0, 5]])).toBe('fails');
  expect(isHeld([1, 0], [[0, 1]])).toBe('fails');
  expect(isLive(system, isProgress, 'ranks', {})).toBe('open');
  expect(isLive(system, isProgress, 'no-rounds', { taken: [] })).toBe('fails');
  expect(isLive(system, isProgress, 'no-rounds', {})).toBe('open');
  expect(isLive(system, isProgress, 'another', {})).toBe('open');
});

test('[V132] what would take too long, or too much room, is left open', () => {
  fc.assert(
    fc.property(randomSystem, dice, ({ system }, thrown) => {
      const progress = progressOf(system, thrown);
      const live = asked.livelock(system, progress);
      if (live.verdict === 'proved') expect(recheckNoLivelock(system, progress, live.certificate, 0).is).toBe('open');
      const served = asked.starvation(system);
      if (served.verdict === 'proved') expect(recheckNobodyStarves(system, served.certificate, 0).is).not.toBe('fails');
      const stuck = partialDeadlock(system, budget);
      if (stuck.verdict === 'proved') expect(recheckNobodyStuck(system, stuck.certificate, 0).is).toBe('open');
      const little = { looks: 1_000_000, states: 1, numbers: 1 };
      const small = partialDeadlock(system, { ...budget, again: little });
      if (small.verdict === 'proved' && small.states > system.parts.length)
        expect(recheckNobodyStuck(system, small.certificate).is).toBe('open');
    }),
    runs,
  );
});

test('[V132] a check that is late is left open', () => {
  const philosophers = systemOf(
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((name) => ({
      name: `p${name}`,
      initial: 0,
      states: 3,
      transitions: [
        [0, `a${name}`, 1],
        [1, `b${name}`, 2],
        [2, `c${name}`, 0],
      ] as [number, string, number][],
      final: [],
    })),
  ).system;
  const certificate = { by: 'exhaustive', words: [], data: { states: 3 ** 12, transitions: 12 * 3 ** 12 } };
  let looks = 0;
  const isLate = (): boolean => ++looks > 2;
  expect(recheckProof(philosophers, certificate, { looks: 1e9, isLate })).toMatchObject({ is: 'open' });
  expect(looks).toBe(3);
});

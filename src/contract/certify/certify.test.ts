import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Automaton, systemOf } from '#contract/automata.ts';
import { check } from '#contract/check/check.ts';
import { confirmed } from '#contract/check/confirmed.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { engines } from '#contract/check/ladder.ts';
import type { System } from '#contract/network.ts';
import { bentSystem, naiveVerdict } from '#contract/testing/bent-system.ts';
import { dining, philosophers as diningDesign } from '#contract/testing/designs.ts';
import { milner, philosophers, pipeline } from '#contract/testing/models.ts';
import { withMoveChanged } from '#contract/testing/move-changed.ts';
import { naiveSearch } from '#contract/testing/naive.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { recheckProof } from './recheck-proof.ts';
import { recheckTrace } from './recheck-trace.ts';

const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 250), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

const isOf = (system: System, by: string, data: unknown): string => recheckProof(system, { by, words: [], data }).is;

/** All answers that the engines have for a system. */
const answers = (system: System) => engines.map((engine) => engine.run(system, usualBudget));

function proofsOf(system: System): Certificate[] {
  return answers(system).flatMap((outcome) => (outcome.verdict === 'proved' && outcome.certificate ? [outcome.certificate] : []));
}

test('[V70] [V71] what an engine proves or refutes, the checker agrees with', () => {
  let held = 0;
  fc.assert(
    fc.property(bentSystem, (system) => {
      for (const outcome of answers(system)) {
        if (outcome.verdict === 'refuted') expect(recheckTrace(system, outcome.trace, outcome.dead)).toEqual({ is: 'holds' });
        if (outcome.verdict !== 'proved' || outcome.certificate === undefined) continue;
        expect(recheckProof(system, outcome.certificate)).toEqual({ is: 'holds' });
        held++;
      }
    }),
    runs,
  );
  expect(held).toBeGreaterThan(runs.numRuns / 4);
}, 60_000);

test('[V70] a proof of one system is none of another that can deadlock, however alike they are', () => {
  let tried = 0;
  fc.assert(
    fc.property(bentSystem, fc.nat(), fc.nat(), fc.nat(), (system, shape, move, target) => {
      const other = withMoveChanged(system, shape, move, target);
      if (naiveVerdict(other) !== 'refuted') return;
      for (const certificate of proofsOf(system)) {
        tried++;
        expect(recheckProof(other, certificate).is).not.toBe('holds');
      }
    }),
    { ...runs, numRuns: 4 * runs.numRuns },
  );
  expect(tried).toBeGreaterThan(runs.numRuns / 25);
}, 60_000);

test('[V70] no made-up certificate proves a system that can deadlock', () => {
  let tried = 0;
  const small = fc.nat(6);
  const list = fc.array(small, { maxLength: 7 });
  const step = fc.oneof(
    fc.record({ part: small, state: fc.nat(3), against: small }),
    fc.record({ part: small, state: fc.nat(3), event: small }),
    fc.record({ part: small, state: fc.nat(3), steps: fc.constant([]), empty: fc.integer({ min: -1, max: 4 }) }),
  );
  const forged = fc.oneof(
    fc.record({ by: fc.constant('io-order'), data: fc.record({ order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6]) }) }),
    fc.record({
      by: fc.constant('resource-order'),
      data: fc.record({ order: fc.shuffledSubarray([0, 1, 2, 3, 4]), lives: fc.boolean() }),
    }),
    fc.record({
      by: fc.constant('client-server'),
      data: fc.record({
        kinds: fc.array(fc.record({ busy: list, open: list }), { minLength: 1, maxLength: 3 }),
        rank: fc
          .shuffledSubarray([0, 1, 2, 3, 4])
          .chain((parts) => fc.tuple(...parts.map((part) => fc.tuple(fc.constant(part), fc.nat(2))))),
        lives: fc.boolean(),
      }),
    }),
    fc.record({
      by: fc.constant('elimination'),
      data: fc.record({
        never: fc.constant([]),
        steps: fc.array(step, { maxLength: 6 }),
        empty: fc.integer({ min: -1, max: 4 }),
      }),
    }),
  );
  fc.assert(
    fc.property(bentSystem, fc.array(forged, { minLength: 20, maxLength: 20 }), (system, certificates) => {
      if (naiveVerdict(system) !== 'refuted') return;
      for (const { by, data } of certificates) {
        tried++;
        expect(isOf(system, by, data)).not.toBe('holds');
      }
    }),
    runs,
  );
  expect(tried).toBeGreaterThan(runs.numRuns);
}, 60_000);

const cycle = (name: string, ...events: readonly string[]): Automaton => ({
  name,
  initial: 0,
  states: events.length,
  transitions: events.map((event, at) => [at, event, (at + 1) % events.length] as const),
});
const asked = systemOf([cycle('client', 'ask', 'reply'), cycle('server', 'ask', 'reply')]).system;

test('[V76] clients before servers hold; a row turned round, a wrong role or a part left out does not', () => {
  const kinds = [
    { busy: [0, 1], open: [] },
    { busy: [], open: [0, 1] },
  ];
  const rank = [
    [0, 0],
    [1, 1],
  ];
  expect(isOf(asked, 'client-server', { kinds, rank, lives: true })).toBe('holds');
  expect(isOf(asked, 'client-server', { kinds, rank: rank.toReversed(), lives: true })).toBe('fails');
  expect(isOf(asked, 'client-server', { kinds, rank: [[0, 0]], lives: true })).toBe('fails');
  expect(isOf(asked, 'client-server', { kinds, rank: [...rank, [0, 0]], lives: true })).toBe('fails');
  expect(isOf(asked, 'client-server', { kinds: [{ busy: [0], open: [1] }, kinds[1]], rank, lives: true })).toBe('fails');
  expect(isOf(asked, 'client-server', { kinds: [{ busy: [0], open: [] }, kinds[1]], rank, lives: false })).toBe('fails');
  expect(
    isOf(asked, 'client-server', {
      kinds,
      rank: [
        [0, 0],
        [1, 2],
      ],
      lives: true,
    }),
  ).toBe('fails');
});

test('[V77] rounds in order hold; an order with two events exchanged, doubled or left out does not', () => {
  const { system } = pipeline(3);
  const order = [0, 1, 2, 3, 4, 5, 6];
  expect(isOf(system, 'io-order', { order })).toBe('holds');
  for (let at = 0; at < 6; at++) {
    expect(isOf(system, 'io-order', { order: order.with(at, at + 1).with(at + 1, at) })).toBe('fails');
    expect(isOf(system, 'io-order', { order: order.filter((event) => event !== at) })).toBe('fails');
    expect(isOf(system, 'io-order', { order: order.with(at, 6) })).toBe('fails');
  }
  expect(isOf(milner(3).system, 'io-order', { order })).toBe('fails');
});

test('[V78] forks in order hold; in another order, with one left out, or of those who all take left first they do not', () => {
  const { system } = philosophers(3, true);
  expect(isOf(system, 'resource-order', { order: [1, 3, 5], lives: true })).toBe('holds');
  for (const order of [[3, 1, 5], [5, 3, 1], [1, 5, 3], [1, 3], [0, 2, 4], []])
    expect([order, isOf(system, 'resource-order', { order, lives: true })]).toEqual([order, 'fails']);
  expect(isOf(system, 'resource-order', { order: [1, 3, 5], lives: false })).toBe('fails');
  expect(isOf(philosophers(3).system, 'resource-order', { order: [1, 3, 5], lives: true })).toBe('fails');
});

test('[V74] [V75] an elimination holds in its order; a step left out, or for a wrong reason, does not', () => {
  const steps = [
    { part: 0, state: 0, against: 1 },
    { part: 0, state: 1, event: 1 },
  ];
  const twice = [
    { part: 0, state: 0, against: 1 },
    { part: 0, state: 1, against: 1 },
  ];
  expect(isOf(asked, 'elimination', { never: [], steps: twice, empty: 0 })).toBe('holds');
  expect(
    isOf(asked, 'elimination', {
      never: [],
      steps: [
        steps[0],
        {
          part: 0,
          state: 1,
          steps: [
            { part: 1, state: 1, against: 0 },
            { part: 1, state: 0, against: 0 },
          ],
          empty: 1,
        },
      ],
      empty: 0,
    }),
  ).toBe('holds');
  expect(isOf(asked, 'elimination', { never: [], steps, empty: 0 })).toBe('fails');
  expect(isOf(asked, 'elimination', { never: [], steps: twice.slice(1), empty: 0 })).toBe('fails');
  expect(isOf(asked, 'elimination', { never: [], steps: [...twice, twice[0]], empty: 0 })).toBe('fails');
  expect(isOf(asked, 'elimination', { never: [], steps: twice, empty: 1 })).toBe('fails');
  expect(isOf(asked, 'elimination', { never: [], steps: twice, empty: -1 })).toBe('fails');
  expect(isOf(asked, 'elimination', { never: [[0, 1]], steps: twice, empty: 0 })).toBe('fails');
  expect(isOf(asked, 'elimination', { never: [], steps: [{ part: 0, state: 0, against: 0 }, twice[1]], empty: 0 })).toBe('fails');
});

test('[V73] sets of all events hold; an empty set, too few of them or a wrong number of states does not', () => {
  const { system } = philosophers(3, true);
  const all = [...system.events.keys()];
  const states = naiveSearch(system)?.states ?? 0;
  const sets = [all, [], [0]];
  const of = Array.from({ length: states }, () => 0);
  expect(isOf(system, 'stubborn', { states, sets, of })).toBe('holds');
  expect(isOf(system, 'stubborn', { states, sets, of: of.slice(1) })).toBe('fails');
  expect(isOf(system, 'stubborn', { states, sets, of: [...of, 0] })).toBe('fails');
  expect(isOf(system, 'stubborn', { states: states + 1, sets, of })).toBe('fails');
  expect(isOf(system, 'stubborn', { states, sets, of: of.with(3, 1) })).toBe('fails');
  expect(isOf(system, 'stubborn', { states, sets, of: of.with(3, 7) })).toBe('fails');
  // Who takes the first fork next matters to both of those who may.
  expect(isOf(system, 'stubborn', { states, sets, of: of.with(0, 2) })).toBe('fails');
  expect(isOf(system, 'stubborn', { states })).toBe('open');
  expect(isOf(philosophers(3).system, 'stubborn', { states: 26, sets, of: Array.from({ length: 26 }, () => 0) })).toBe('fails');
});

test('[V72] all states counted again are as many as said', () => {
  const { system } = philosophers(4, true);
  const states = naiveSearch(system)?.states ?? 0;
  const found = engines.find(({ name }) => name === 'full')?.run(system, usualBudget);
  const data = { states, transitions: found?.transitions ?? 0 };
  expect(isOf(system, 'exhaustive', data)).toBe('holds');
  expect(isOf(system, 'exhaustive', { ...data, states: states - 1 })).toBe('fails');
  expect(isOf(system, 'exhaustive', { ...data, transitions: data.transitions + 1 })).toBe('fails');
  expect(isOf(philosophers(4).system, 'exhaustive', data)).toBe('fails');
  expect(recheckProof(philosophers(12, true).system, { by: 'exhaustive', words: [], data })).toMatchObject({ is: 'open' });
});

test('[V49] [V79] what was put together holds; with a class altered, a state or a step left out it does not', () => {
  const certificate = proofsOf(philosophers(4, true).system).find(({ by }) => by === 'compositional');
  if (certificate === undefined) throw new Error('orderly philosophers must be proved');
  const { steps, partitions } = certificate.data as { steps: number[][]; partitions: number[][] };
  const { system } = philosophers(4, true);
  const again = (changed: object): string => isOf(system, 'compositional', { steps, partitions, ...changed });
  expect(again({})).toBe('holds');
  for (const at of steps.keys()) expect([at, again({ steps: steps.toSpliced(at, 1) })]).toEqual([at, 'fails']);
  for (const [at, list] of partitions.entries()) {
    expect(again({ partitions: partitions.with(at, list.slice(0, -1)) })).toBe('fails');
    expect(again({ partitions: partitions.with(at, list.with(list.length - 1, 99)) })).toBe('fails');
    expect(again({ partitions: partitions.with(at, [...list, ...list]) })).toBe('fails');
  }
  const all = partitions.map((list, at) => {
    const width = steps.find((step) => step.at(-1) === at)?.length ?? 2;
    return list.map((value, place) => (place % width === width - 1 ? 0 : value));
  });
  expect(all.some((list, at) => again({ partitions: partitions.with(at, list) }) === 'fails')).toBe(true);
  expect(again({ partitions: partitions.with(0, { states: 4 } as never) })).toBe('open');
  expect(isOf(philosophers(4).system, 'compositional', { steps, partitions })).toBe('fails');
});

test('[V79] a state of a real certificate that is given to another class is noticed', () => {
  let tried = 0;
  fc.assert(
    fc.property(bentSystem, fc.nat(), fc.nat(), fc.nat(), (system, partition, state, other) => {
      const certificate = proofsOf(system).find(({ by }) => by === 'compositional');
      if (certificate === undefined) return;
      const { steps, partitions } = certificate.data as { steps: number[][]; partitions: number[][] };
      const widthOf = (at: number): number => steps.find((step) => step.at(-1) === at)?.length ?? 2;
      const classesIn = (at: number): number[] => [
        ...new Set(partitions[at]?.filter((_, place) => place % widthOf(at) === widthOf(at) - 1)),
      ];
      const several = [...partitions.keys()].filter((at) => classesIn(at).length > 1);
      const at = several[partition % several.length] ?? -1;
      const list = partitions[at];
      if (list === undefined) return;
      const place = (state % (list.length / widthOf(at))) * widthOf(at) + widthOf(at) - 1;
      const others = classesIn(at).filter((one) => one !== list[place]);
      const wrong = others[other % others.length] ?? 0;
      tried++;
      expect(isOf(system, 'compositional', { steps, partitions: partitions.with(at, list.with(place, wrong)) })).toBe('fails');
    }),
    { ...runs, numRuns: 4 * runs.numRuns },
  );
  expect(tried).toBeGreaterThan(runs.numRuns / 20);
}, 60_000);

test('[V70] each part by itself: what is apart holds together, and not with one left out', () => {
  const two = systemOf([
    cycle('client', 'ask', 'reply'),
    cycle('server', 'ask', 'reply'),
    { name: 'done', initial: 0, states: 1, transitions: [], final: [0] },
  ]).system;
  const clients = {
    by: 'client-server',
    data: {
      kinds: [
        { busy: [0, 1], open: [] },
        { busy: [], open: [0, 1] },
      ],
      rank: [
        [0, 0],
        [1, 1],
      ],
      lives: false,
    },
  };
  const done = { by: 'client-server', data: { kinds: [{ busy: [], open: [] }], rank: [[2, 0]], lives: false } };
  expect(isOf(two, 'apart', { of: [clients, done] })).toBe('holds');
  expect(isOf(two, 'apart', { of: [clients] })).toBe('fails');
  expect(isOf(two, 'apart', { of: [] })).toBe('fails');
});

test('[V137] [V70] a certificate of any other form is refused or left open, and never breaks the checker', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        'exhaustive',
        'stubborn',
        'elimination',
        'compositional',
        'client-server',
        'io-order',
        'resource-order',
        'apart',
        'faith',
      ),
      fc.jsonValue(),
      (by, data) => {
        expect(isOf(philosophers(2).system, by, data)).not.toBe('holds');
      },
    ),
    runs,
  );
});

test('[V71] a trace that leads elsewhere, is not possible, or after which something can happen is refused', () => {
  const { system } = philosophers(3);
  const outcome = engines.find(({ name }) => name === 'full')?.run(system, usualBudget);
  if (outcome?.verdict !== 'refuted') throw new Error('philosophers must deadlock');
  const { trace, dead } = outcome;
  expect(recheckTrace(system, trace, dead)).toEqual({ is: 'holds' });
  expect(recheckTrace(system, trace.slice(1), dead).is).toBe('fails');
  expect(recheckTrace(system, [...trace, 0], dead).is).toBe('fails');
  expect(recheckTrace(system, trace, dead.with(0, 0)).is).toBe('fails');
  expect(
    recheckTrace(
      system,
      [],
      dead.map(() => 0),
    ).is,
  ).toBe('fails');
  expect(recheckTrace(philosophers(3, true).system, trace, dead).is).toBe('fails');
});

/** Automata that all go along with one event, each in `ways` ways, and are stuck then. */
const together = (parts: number, ways: number) => {
  const targets = Array.from({ length: ways }, (_, way) => way + 1);
  const transitions = targets.map((to) => [0, 'all', to] as const);
  const automata = Array.from({ length: parts }, (_, part) => ({ name: `p${part}`, initial: 0, states: ways + 1, transitions }));
  return systemOf(automata).system;
};

test('[V151] an event that can be made in more ways than there is work or memory for is left open before the first is made', () => {
  const stuck = (parts: number, ways: number, looks: number) =>
    recheckTrace(
      together(parts, ways),
      [0],
      Array.from({ length: parts }, () => 1),
      { looks, isLate: () => false },
    ).is;
  expect([stuck(3, 10, 1e6), stuck(6, 100, 1e8), stuck(6, 100, 1e15)]).toEqual(['holds', 'open', 'open']);
});

test('[V71] [V46] the thousand steps to a thousand stuck philosophers lead there', () => {
  const { system } = philosophers(1_000);
  const outcome = engines.find(({ name }) => name === 'compositional')?.run(system, usualBudget);
  expect(outcome?.verdict === 'refuted' && recheckTrace(system, outcome.trace, outcome.dead)).toEqual({ is: 'holds' });
});

test('[V70] findings about deadlock say whether they were checked again; where two programs disagree nothing is claimed', () => {
  for (const waiter of [false, true]) {
    const found = check(diningDesign(3, waiter), dining).findings.find(({ rule }) => rule === 'deadlock');
    expect(found).toMatchObject({ verdict: waiter ? 'proved' : 'refuted', rechecked: true });
    if (found === undefined) throw new Error('nothing said of deadlock');
    const doubted = confirmed(found, { is: 'fails', why: 'event 3 may happen' });
    expect(doubted).toMatchObject({ verdict: 'unknown', severity: 'error', rechecked: false });
    expect(doubted.message).toContain('two programs disagree');
    expect([doubted.certificate, doubted.trace]).toEqual([undefined, undefined]);
    expect(confirmed(found, { is: 'open', why: '' })).toEqual(found);
  }
});

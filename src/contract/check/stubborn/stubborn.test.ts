import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFrom } from '#base/random.ts';
import { systemOf } from '#contract/automata.ts';
import { type System, shapeOf } from '#contract/network.ts';
import { dataflow, milner, philosophers, pipeline } from '#contract/testing/models.ts';
import { allEnded, naiveReplay, naiveSearch, naiveSteps } from '#contract/testing/naive.ts';
import { anyNetwork, anySystem } from '#contract/testing/random-networks.ts';
import { faultOfSets } from '#contract/testing/witness.ts';
import { partialDeadlock } from './partial.ts';
import { stubborn } from './stubborn.ts';

// The seed is printed with a failure; CHECK_SEED repeats it.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 400), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { maxStates: 100_000, maxMs: 1e9 };

const isCut = ({ parts, shapes }: System, state: readonly number[]): boolean =>
  parts.some(({ shape }, part) => shapes[shape]?.cutAt !== undefined && shapes[shape]?.cutAt === state[part]);

function holds(system: System, seen: Record<string, number>): void {
  const naive = naiveSearch(system);
  if (naive === undefined) return;
  const outcome = stubborn.run(system, budget);
  seen[outcome.verdict] = (seen[outcome.verdict] ?? 0) + 1;
  if (outcome.verdict === 'refuted') {
    expect(naive.dead).toBeDefined();
    const shapes = system.shapes.some(({ cutAt }) => cutAt !== undefined);
    if (!shapes) expect(outcome.trace.length).toBe(naive.dead);
    expect(naiveReplay(system, outcome.trace)).toContainEqual(outcome.dead);
    expect(naiveSteps(system, outcome.dead)).toEqual([]);
    expect(allEnded(system, outcome.dead) || isCut(system, outcome.dead)).toBe(false);
  } else if (outcome.verdict === 'proved') {
    expect(naive.dead).toBeUndefined();
    expect(outcome.states).toBeLessThanOrEqual(naive.states);
    const { sets, of } = (outcome.certificate ?? { data: { sets: [], of: [] } }).data as { sets: number[][]; of: number[] };
    expect(
      faultOfSets(
        system,
        of.map((set) => sets[set] ?? []),
      ),
    ).toBeUndefined();
  } else expect(system.shapes.some(({ cutAt }) => cutAt !== undefined)).toBe(true);
}

test('[V30] [V31] [V32] verdict, shortest trace and certificate are those of the plainest search, for systems of many-party events', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(anySystem, (system) => holds(system, seen)),
    runs,
  );
  expect(Math.min(seen['proved'] ?? 0, seen['refuted'] ?? 0)).toBeGreaterThan(10);
}, 60_000);

/** A system and the same one cut: a state of its first shape, not the start, has lost some of its moves and says so. */
const cutSystem = fc
  .record({ system: anySystem, at: fc.integer({ min: 1, max: 3 }), from: fc.nat(2) })
  .map(({ system, at, from }) => {
    const [shape, ...others] = system.shapes.map(({ cutAt: _, ...rest }) => rest);
    if (shape === undefined || shape.final.length <= at) return undefined;
    const [start = 0, end = 0] = [(shape.first[at] ?? 0) + from, shape.first[at + 1]];
    const lost = Math.max(0, end - start);
    const kept = (list: Int32Array): Int32Array => list.filter((_, move) => move < start || move >= end);
    const first = shape.first.map((move, state) => (state > at ? move - lost : move));
    const cut = { ...shape, first, labels: kept(shape.labels), targets: kept(shape.targets), cutAt: at };
    return { truth: { ...system, shapes: [shape, ...others] }, cut: { ...system, shapes: [cut, ...others] } };
  });

test('[V30] what a part may do beyond what is known of it never makes a proof wrong, nor a deadlock', () => {
  const seen = { proved: 0, refuted: 0, unknown: 0 };
  fc.assert(
    fc.property(cutSystem, (both) => {
      const naive = both === undefined ? undefined : naiveSearch(both.truth);
      if (both === undefined || naive === undefined) return;
      const outcome = stubborn.run(both.cut, budget);
      seen[outcome.verdict]++;
      if (outcome.verdict !== 'unknown') expect(naive.dead === undefined).toBe(outcome.verdict === 'proved');
    }),
    { ...runs, numRuns: 2 * runs.numRuns },
  );
  expect(Math.min(seen.proved, seen.refuted, seen.unknown)).toBeGreaterThan(2);
}, 60_000);

test('[V30] a part that may do more than is said where another order of its events leads is looked at there', () => {
  // After f, before e, it may in truth do something else and stop.
  const { shape } = shapeOf({
    moves: [
      [
        { label: 'e', to: 1 },
        { label: 'f', to: 2 },
      ],
      [{ label: 'f', to: 3 }],
      [{ label: 'e', to: 3 }],
      [{ label: 'h', to: 3 }],
    ],
    final: new Set(),
  });
  const part = { name: 'p', shape: 0, events: Int32Array.of(0, 1, 2) };
  const events = [{ parts: [0] }, { parts: [0] }, { parts: [0] }];
  const system = { shapes: [shape], parts: [part], processes: 1, events };
  expect(stubborn.run(system, budget)).toMatchObject({ verdict: 'proved', states: 3 });
  expect(stubborn.run({ ...system, shapes: [{ ...shape, cutAt: 2 }] }, budget).verdict).toBe('unknown');
});

test('[V30] [V31] [V32] and for designs', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(anyNetwork, (system) => holds(system, seen)),
    runs,
  );
  expect(Math.min(seen['proved'] ?? 0, seen['refuted'] ?? 0)).toBeGreaterThan(10);
}, 60_000);

test('[V30] designs too large for a full search are decided exactly', () => {
  const verdict = ({ system }: { readonly system: System }): string => {
    const { verdict, states } = stubborn.run(system, budget);
    expect(states).toBeLessThan(10_000);
    return verdict;
  };
  expect(verdict(philosophers(40))).toBe('refuted');
  expect(verdict(philosophers(8, true))).toBe('proved');
  expect(verdict(milner(60))).toBe('proved');
  expect(verdict(pipeline(200))).toBe('proved');
  expect(verdict(dataflow(300, randomFrom(1)))).toBe('proved');
});

test('[V31] of philosophers, each takes one fork and no more', () => {
  const outcome = stubborn.run(philosophers(20).system, budget);
  expect(outcome.verdict === 'refuted' && outcome.trace.length).toBe(20);
});

test('[V30] a search that may not look at enough states, or is cancelled, says unknown', () => {
  const { system } = philosophers(12, true);
  expect(stubborn.run(system, { ...budget, maxStates: 50 })).toMatchObject({ verdict: 'unknown', states: 50 });
  expect(stubborn.run(system, { ...budget, goOn: () => false })).toMatchObject({ verdict: 'unknown', why: 'cancelled' });
  let ms = 0;
  expect(stubborn.run(system, { ...budget, maxMs: 1, now: () => ms++ }).verdict).toBe('unknown');
  expect(stubborn.run(system, { ...budget, maxBytes: 1000 }).verdict).toBe('unknown');
});

test('[V32] a certificate of more states than are kept says only how many they were', () => {
  const { system } = milner(3000);
  const outcome = stubborn.run(system, budget);
  expect(outcome.verdict === 'proved' && outcome.certificate?.data).toEqual({ states: outcome.states });
});

/** `parts` automata that make one event together, each in `ways` ways, and then go back each by itself. */
function wide(parts: number, ways: number): System {
  const targets = Array.from({ length: ways }, (_, way) => way + 1);
  const automata = Array.from({ length: parts }, (_, part) => ({
    name: `p${part}`,
    initial: 0,
    states: ways + 1,
    transitions: targets.flatMap((to) => [[0, 'all', to] as const, [to, `own ${part}`, 0] as const]),
  }));
  return systemOf(automata).system;
}

test('[V151] an event of too many ways is not followed: unknown at once, here and where parts are asked about alone', () => {
  expect(stubborn.run(wide(2, 100), budget).verdict).toBe('proved');
  for (const engine of [stubborn.run, partialDeadlock])
    expect(engine(wide(6, 100), budget)).toMatchObject({
      verdict: 'unknown',
      states: 1,
      why: expect.stringContaining('too wide'),
    });
});

test('[V151] memory is looked at after each state, for one may have very many steps', () => {
  const outcome = stubborn.run(wide(5, 12), { ...budget, maxBytes: 4_000_000 });
  expect(outcome).toMatchObject({ verdict: 'unknown', states: 1, why: expect.stringContaining('bytes') });
});

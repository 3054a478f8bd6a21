import process from 'node:process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Lts, tau } from '#contract/lts.ts';
import type { System } from '#contract/network.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import { Normal } from './normal.ts';
import { Product, type Sides } from './product.ts';
import { numbered } from './refines.ts';
import { provedByWatching } from './watching.ts';

const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 200), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { maxStates: 100_000, maxMs: 60_000 };
const words = ['a', 'b', 'c'];

const spec: fc.Arbitrary<Lts> = fc
  .array(fc.record({ from: fc.nat(2), label: fc.integer({ min: tau, max: 2 }), to: fc.nat(2) }), { maxLength: 9 })
  .map((moves) => ({
    labels: words,
    moves: [0, 1, 2].map((state) => moves.filter(({ from }) => from === state)),
    final: [false, false, false],
  }));

/** Whose first process never ends, if it is so; some events hidden, some of one name. */
const implementation = fc.record({
  system: randomSystem.map(({ system }) => system),
  endless: fc.integer({ min: 0, max: 3 }).map((dice) => dice > 0),
  dice: fc.array(fc.nat(5), { minLength: 7, maxLength: 7 }),
});

function withoutEnd(system: System): System {
  const [first] = system.parts;
  if (first === undefined) return system;
  const shape = system.shapes[first.shape] as System['shapes'][number];
  const endless = { ...shape, final: new Uint8Array(shape.final.length) };
  const parts = system.parts.with(0, { ...first, shape: system.shapes.length });
  return { ...system, shapes: [...system.shapes, endless], parts };
}

function sidesOf(lts: Lts, system: System, dice: readonly number[]): Sides {
  const labels = system.events.map((_, event) => words[(dice[event] ?? 0) % 3] ?? '');
  const hidden = new Set(system.events.keys().filter((event) => (dice[event] ?? 0) > 3));
  const { names, visible } = numbered({ labels, hidden }, lts.labels);
  return { system, visible, names, normal: new Normal(lts, [0, 1, 2], names.length), model: 'T', exactly: false };
}

test('[V145] who watches proves exactly what looking at each pair proves, with as many pairs', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(spec, implementation, (lts, { system: random, endless, dice }) => {
      const system = endless ? withoutEnd(random) : random;
      const plain = new Product(sidesOf(lts, system, dice), budget).run();
      const watched = provedByWatching(sidesOf(lts, system, dice), budget, 0);
      if (watched !== undefined) expect(watched).toMatchObject({ verdict: plain.verdict, states: plain.states });
      if (endless && system.processes > 0) expect(watched?.verdict).toBe(plain.verdict === 'proved' ? 'proved' : undefined);
      seen[`${plain.verdict} ${watched?.verdict}`] = (seen[`${plain.verdict} ${watched?.verdict}`] ?? 0) + 1;
    }),
    runs,
  );
  expect(seen['proved proved'] ?? 0).toBeGreaterThan(5);
  expect(seen['refuted undefined'] ?? 0).toBeGreaterThan(5);
});

test('[V145] where it cannot be asked it says nothing', () => {
  const one = { first: Int32Array.of(0, 1), labels: Int32Array.of(0), targets: Int32Array.of(0), final: new Uint8Array(1) };
  const system: System = {
    shapes: [one],
    parts: [{ name: 'p', shape: 0, events: Int32Array.of(0) }],
    processes: 1,
    events: [{ parts: [0] }],
  };
  const allows: Lts = { labels: words, moves: [[{ label: 0, to: 0 }]], final: [false] };
  const asked = (changed: System, most = budget) => provedByWatching(sidesOf(allows, changed, [0]), most, 0)?.verdict;
  expect(asked(system)).toBe('proved');
  expect(asked({ ...system, shapes: [{ ...one, final: Uint8Array.of(1) }] })).toBeUndefined();
  expect(asked({ ...system, shapes: [{ ...one, cutAt: 0 }] })).toBeUndefined();
  expect(asked(system, { ...budget, maxStates: 0 })).toBeUndefined();
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, prepareCheck, searchDeadlock } from '#contract/check/check.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { design, dining, kind, lookupOf, philosophers } from '#contract/testing/designs.ts';
import { randomDesign } from '#contract/testing/random.ts';
import type { Lookup } from '#contract/wiring.ts';
import { applyAll } from '#model/apply.ts';
import type { DesignBody } from '#model/design.ts';
import type { Repair } from '#model/finding.ts';
import { repairsOf } from './repair.ts';

const lookup = lookupOf(
  kind('a.speaker', 'in:in out:out', 'S = out -> in -> S'),
  kind('a.map', 'in:in out:out', 'M = in -> out -> M'),
  kind('a.both', 'out:a out:b', 'B = a -> b -> B'),
  kind('a.either', 'in:a in:b', 'E = b -> a -> E'),
  kind('flow.buffer', 'in:in out:out', ({ initial, capacity }) => {
    const [held, most] = [(initial as unknown[]).length, Number(capacity)];
    return `B = H(${held})\nH(n) = (if n < ${most} then in -> H(n+1) else STOP) [] (if n > 0 then out -> H(n-1) else STOP)`;
  }),
);

function repaired(body: DesignBody, known: Lookup = lookup): readonly Repair[] {
  return check(body, known).findings.find(({ rule }) => rule === 'deadlock')?.repairs ?? [];
}

/** As a person would: by the edits, and then the check. */
function verdictAfter(body: DesignBody, { edits }: Repair, known: Lookup): string {
  const applied = applyAll(body, edits, { get: (name) => known(name)?.spec });
  if (!applied.ok) throw new Error(`${applied.refusal.code}: ${applied.refusal.message}`);
  return searchDeadlock(prepareCheck(applied.design, known)).verdict;
}

describe('[V90] what helps', () => {
  test('a capacity, where two that speak first wait for each other', () => {
    const body = design({ a: 'a.speaker', b: 'a.speaker' }, ['a.out -> b.in', 'b.out -> a.in']);
    const [first] = repaired(body);
    expect(first).toMatchObject({
      says: expect.stringMatching(/^give [ab]\.out → [ab]\.in a capacity of 1$/),
      edits: [{ do: 'connection.set', capacity: 1 }],
      changes: 1,
    });
    expect(verdictAfter(body, first as Repair, lookup)).toBe('proved');
  });

  test('two ends that change places, where one reads in another order than is sent', () => {
    const body = design({ a: 'a.both', b: 'a.either' }, ['a.a -> b.a', 'a.b -> b.b']);
    const swap = repaired(body).find(({ changes }) => changes === 2);
    expect(swap?.says).toMatch(/ change places$/);
    expect(verdictAfter(body, swap as Repair, lookup)).toBe('proved');
  });

  test('a first message, where a loop waits for one', () => {
    const body = design({ a: 'a.map', b: 'a.map' }, ['a.out -> b.in', 'b.out -> a.in | 2']);
    const repairs = repaired(body);
    expect(repairs[0]).toMatchObject({ changes: 3, says: expect.stringContaining('begin with a message') });
    expect(verdictAfter(body, repairs[0] as Repair, lookup)).toBe('proved');
  });

  test('nothing is offered that was not proved to help, nor for a design that is free', () => {
    const hopeless = lookupOf(
      kind('a.mute', 'in:in out:out', 'M = in -> out -> STOP'),
      kind('a.map', 'in:in out:out', 'M = in -> out -> M'),
    );
    expect(repaired(design({ a: 'a.mute', b: 'a.map' }, ['a.out -> b.in', 'b.out -> a.in']), hopeless)).toEqual([]);
    expect(repaired(philosophers(3, true), dining)).toEqual([]);
  });
});

/** Rings of those that speak first and those that hear first, some with a capacity. */
const ring: fc.Arbitrary<DesignBody> = fc
  .array(fc.record({ what: fc.constantFrom('a.speaker', 'a.map'), capacity: fc.constantFrom(0, 0, 1) }), {
    minLength: 2,
    maxLength: 5,
  })
  .map((list) =>
    design(
      Object.fromEntries(list.map(({ what }, at) => [`n${at}`, what])),
      list.map(({ capacity }, at) => `n${at}.out -> n${(at + 1) % list.length}.in | ${capacity}`),
    ),
  );
const rings = ring.map((body) => ({ body, lookup }));

test('[V91] every repair proves the design by its edits alone; the smallest comes first', () => {
  let offered = 0;
  fc.assert(
    fc.property(fc.oneof(rings, randomDesign), ({ body, lookup: known }) => {
      const prepared = prepareCheck(body, known);
      const finding = searchDeadlock(prepared, { ...usualBudget, maxStates: 5_000 });
      if (prepared.question === undefined || finding.trace === undefined) return;
      const repairs = repairsOf(prepared.question, finding, usualBudget);
      expect(repairs.map(({ changes }) => changes)).toEqual(repairs.map(({ changes }) => changes).sort());
      for (const repair of repairs) expect(verdictAfter(body, repair, known)).toBe('proved');
      offered += repairs.length;
    }),
    { numRuns: 200, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) },
  );
  expect(offered).toBeGreaterThan(4);
}, 120_000);

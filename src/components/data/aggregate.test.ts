import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allows } from '#contract/monitor.ts';
import { pause, type Ran, rig } from '#kit/testing.ts';
import { ExactSum } from './aggregate/sum.ts';
import { aggregate } from './aggregate.ts';

async function run(settings: Record<string, unknown>, given: Record<string, readonly unknown[]>): Promise<Ran> {
  const ran = await rig(aggregate, { settings, arity: { err: 1 } }).run(given);
  expect(ran.ended).toEqual({ state: 'completed' });
  expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  return ran;
}
const reasons = (ran: Ran): string[] => (ran.gives['err'] as { error: { message: string } }[]).map(({ error }) => error.message);
const of = (measure: string, more: object = {}): object => ({ name: measure, measure, field: 'v', ...more });

describe('measures', () => {
  test('each of them, with what is null or missing left out', async () => {
    const measures = ['count', 'sum', 'avg', 'min', 'max', 'distinct', 'percentile'].map((name) => of(name));
    const values = [3, 1, null, 2, 2, undefined];
    const messages = values.map((v) => (v === undefined ? {} : { v }));
    const ran = await run({ measures }, { 'in[0]': messages });
    expect(ran.gives['out']).toEqual([{ count: 4, sum: 8, avg: 2, min: 1, max: 3, distinct: 3, percentile: 2 }]);
  });

  test('[AG2] a group without a value has null, and counts nothing', async () => {
    const measures = ['count', 'sum', 'avg', 'min', 'max', 'distinct', 'percentile'].map((name) => of(name));
    const ran = await run({ measures: [...measures, { name: 'all', measure: 'count' }] }, { 'in[0]': [{ w: 1 }, { v: null }] });
    expect(ran.gives['out']).toEqual([
      { count: 0, sum: 0, avg: null, min: null, max: null, distinct: 0, percentile: null, all: 2 },
    ]);
  });

  test('percentiles lie on the line between the nearest ranks', async () => {
    const measures = [0, 25, 50, 90, 100].map((percent) => ({ name: `p${percent}`, measure: 'percentile', field: '', percent }));
    const ran = await run({ measures }, { 'in[0]': [40, 10, 30, 20] });
    expect(ran.gives['out']).toEqual([{ p0: 10, p25: 17.5, p50: 25, p90: 37, p100: 40 }]);
  });

  test('results are rounded where that is asked for', async () => {
    const measures = [of('avg', { digits: 1 }), of('max', { digits: 0 }), of('min')];
    const ran = await run({ measures }, { 'in[0]': [{ v: 0.25 }, { v: 2.5 }, { v: -1.126 }] });
    expect(ran.gives['out']).toEqual([{ avg: 0.5, max: 3, min: -1.126 }]);
  });

  test('least and greatest of texts, such as dates', async () => {
    const measures = [of('min'), of('max')];
    const ran = await run({ measures }, { 'in[0]': [{ v: '2012-03-01' }, { v: '2011-12-31' }, { v: 5 }] });
    expect(ran.gives['out']).toEqual([{ min: '2011-12-31', max: '2012-03-01' }]);
    expect(reasons(ran)).toEqual(['field v is 5, while others of the group are texts']);
  });

  test('[AG1] a message that one measure refuses is counted by none', async () => {
    const ran = await run({ measures: [of('count'), of('sum')] }, { 'in[0]': [{ v: 1 }, { v: '2' }, { v: true }, { v: [3] }] });
    expect(ran.gives['out']).toEqual([{ count: 1, sum: 1 }]);
    expect(reasons(ran)).toEqual([
      'field v is the text "2", not a number',
      'field v is true, not a number',
      'field v is [3], not a number',
    ]);
  });

  test('[AG1] a sum that would leave the numbers is refused', async () => {
    const ran = await run({ measures: [of('sum')] }, { 'in[0]': [{ v: 1e308 }, { v: 1e308 }, { v: -1e308 }] });
    expect(ran.gives['out']).toEqual([{ sum: 0 }]);
    expect(reasons(ran)).toEqual(['field v is 1e+308: the sum would be too large']);
  });

  const sumOf = (terms: readonly number[]): number => {
    const sum = new ExactSum();
    for (const term of terms) sum.add(term);
    return sum.total;
  };

  test('[AG3] decimals are summed as decimals', () => {
    expect(sumOf([0.1, 0.2])).toBe(0.3);
    expect(sumOf(Array(1_000_000).fill(0.1))).toBe(100_000);
    expect(sumOf([1e15, 0.001, -1e15])).toBe(0.001);
    expect(sumOf([2 ** 53 - 1, 2 ** 53 - 1, 0.5, -(2 ** 53 - 1), -(2 ** 53 - 1)])).toBe(0.5);
    expect(sumOf([-0.25, 0.125])).toBe(-0.125);
    expect(sumOf([])).toBe(0);
  });

  test('[AG3] other numbers do not lose what is small beside what is large', () => {
    expect(sumOf([1 / 3, 1e100, 1 / 3, -1e100])).toBe(2 / 3);
    expect(sumOf([1e-300, 1e-300])).toBe(2e-300);
    expect(sumOf([1 / 3, 0.5])).toBe(1 / 3 + 0.5);
  });

  test('[AG3] a sum of decimals is that of their whole units, in any order', () => {
    const digits = fc.integer({ min: 0, max: 6 });
    const terms = fc.array(fc.tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), digits), { maxLength: 300 });
    fc.assert(
      fc.property(terms, (pairs) => {
        const units = pairs.reduce((sum, [value, places]) => sum + value * 10 ** (6 - places), 0);
        const decimals = pairs.map(([value, places]) => value / 10 ** places);
        expect(sumOf(decimals)).toBe(units / 1e6);
        expect(sumOf(decimals.toReversed())).toBe(units / 1e6);
      }),
    );
  });
});

describe('groups', () => {
  const byTown = { groupBy: ['town', 'at.year'], measures: [of('count', { field: '' })] };

  test('[AG4] groups leave in the order they came, a missing field is null', async () => {
    const messages = [{ town: 'b', at: { year: 1 } }, { town: 'a' }, { town: 'b', at: { year: 1 } }, { town: 1 }, { town: '1' }];
    expect((await run(byTown, { 'in[0]': messages })).gives['out']).toEqual([
      { town: 'b', 'at.year': 1, count: 2 },
      { town: 'a', 'at.year': null, count: 1 },
      { town: 1, 'at.year': null, count: 1 },
      { town: '1', 'at.year': null, count: 1 },
    ]);
  });

  test('[AG6] one group too many, or one value too many, is rejected', async () => {
    const many = await run({ groupBy: ['g'], maxGroups: 2 }, { 'in[0]': [{ g: 1 }, { g: 2 }, { g: 3 }, { g: 1 }] });
    expect(reasons(many)).toEqual(['it would be group 3, and at most 2 are kept']);
    expect(many.gives['out']).toEqual([
      { g: 1, count: 2 },
      { g: 2, count: 1 },
    ]);
    const held = await run({ measures: [of('percentile')], maxHeld: 2 }, { 'in[0]': [{ v: 1 }, { v: 3 }, { v: 9 }] });
    expect(reasons(held)).toEqual(['2 values are kept for distinct and percentile, and no more may be']);
    expect(held.gives['out']).toEqual([{ percentile: 2 }]);
  });
});

describe('when they leave', () => {
  test('several inputs together, at the end of all', async () => {
    const ran = await run({}, { 'in[0]': [1, 2], 'in[1]': [], 'in[2]': [3] });
    expect(ran.gives['out']).toEqual([{ count: 3 }]);
  });

  test('[AG5] every so many, each time anew; what was rejected does not count', async () => {
    const ran = await run({ emit: 'every', every: 2, measures: [of('sum', { field: '' })] }, { 'in[0]': [1, 'x', 2, 3, 4, 5] });
    expect(ran.gives['out']).toEqual([{ sum: 3 }, { sum: 7 }, { sum: 5 }]);
  });

  test('[AG4] a window lasts from its first message; one without messages gives nothing', async () => {
    const given = { 'in[0]': [pause(500), 'a', pause(900), 'b', pause(200), 'c', pause(5_000), 'd'] };
    const ran = await run({ emit: 'window', windowMs: 1_000 }, given);
    expect(ran.gives['out']).toEqual([{ count: 2 }, { count: 1 }, { count: 1 }]);
    expect(ran.timesMs['out']).toEqual([1_500, 2_600, 6_600]);
    expect(ran.tools.clock.pending).toBe(0);
  });

  test('when nobody reads any more, counting ends', async () => {
    const settings = { emit: 'every', every: 1 };
    const ran = await rig(aggregate, { settings, takes: { out: 1 } }).run({ 'in[0]': [1, 2, 3], 'in[1]': [4, 5, 6] });
    expect(ran.ended).toEqual({ state: 'completed' });
    expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  });
});

test.each([
  [{ groupBy: ['a', 'a'] }, '/groupBy/1'],
  [{ groupBy: ['a'], measures: [of('sum', { name: 'a' })] }, '/measures/0/name'],
  [{ groupBy: ['a'], measures: [of('sum')] }, undefined],
])('settings %j are at fault in %s', (settings, pointer) => {
  expect(aggregate.check(settings)?.pointer).toBe(pointer);
});

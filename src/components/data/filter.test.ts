import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allows } from '#contract/monitor.ts';
import { type Ran, rig } from '#kit/testing.ts';
import { type Operator, ruleFault } from './filter/rule.ts';
import { filter } from './filter.ts';

async function run(settings: Record<string, unknown>, messages: readonly unknown[]): Promise<Ran> {
  const ran = await rig(filter, { settings, arity: { err: 1 } }).run({ in: messages });
  expect(ran.ended).toEqual({ state: 'completed' });
  expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  return ran;
}
const matches = async (
  settings: Record<string, unknown>,
  messages: readonly unknown[],
): Promise<readonly unknown[] | undefined> => (await run(settings, messages)).gives['match'];

describe('conditions', () => {
  test('[FI1] every message leaves once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.integer(), fc.string())), async (messages) => {
        const ran = await run({ condition: 'message > 0' }, messages);
        expect(ran.gives['match']).toEqual(messages.filter((one) => typeof one === 'number' && one > 0));
        expect(ran.gives['rest']).toEqual(messages.filter((one) => typeof one === 'number' && one <= 0));
        expect(ran.gives['err']).toHaveLength(messages.filter((one) => typeof one === 'string').length);
      }),
      { numRuns: 40 },
    );
  });

  test('[FI2] no value, or one that is neither true nor false, rejects', async () => {
    const ran = await run({ condition: 'message.a' }, [{ a: true }, { a: 1 }, {}]);
    expect(ran.gives['match']).toEqual([{ a: true }]);
    expect(ran.gives['err']).toMatchObject([{ original: { a: 1 } }, { original: {} }]);
  });

  test('with err unconnected that fails the process', async () => {
    const ran = await rig(filter, { settings: { condition: 'message.a > 1' } }).run({ in: [{}] });
    expect(ran.ended).toMatchObject({ state: 'failed', fault: { code: 'KIT_EXPRESSION_FAILED' } });
  });
});

describe('rules', () => {
  test.each<[Operator, unknown, readonly unknown[]]>([
    ['=', 5, [5]],
    ['!=', 5, ['abc', '', null, [1, 'b'], 7]],
    ['<', 6, [5]],
    ['<=', 5, [5]],
    ['>', 5, [7]],
    ['>=', 'abc', ['abc']],
    ['contains', 'b', ['abc', [1, 'b']]],
    ['starts with', 'ab', ['abc']],
    ['ends with', 'bc', ['abc']],
    ['matches', '^A', []],
    ['matches', '(?i)^A', ['abc']],
    ['is one of', [7, [1, 'b']], [[1, 'b'], 7]],
    ['is empty', undefined, ['', null]],
    ['is not empty', undefined, [5, 'abc', [1, 'b'], 7]],
  ])('[FI2] %s %j', async (op, value, expected) => {
    const values = [5, 'abc', '', null, [1, 'b'], 7];
    const rules = [{ field: 'v', op, ...(value !== undefined && { value }) }];
    const found = await matches(
      { by: 'rules', rules },
      values.map((v) => ({ v })),
    );
    expect(found).toEqual(expected.map((v) => ({ v })));
  });

  test('all of them, one of them, none at all', async () => {
    const rules = [
      { op: '>', value: 1 },
      { op: '<', value: 5 },
    ];
    expect(await matches({ by: 'rules', rules }, [0, 3, 9])).toEqual([3]);
    expect(await matches({ by: 'rules', need: 'any', rules }, [0, 3, 9])).toEqual([0, 3, 9]);
    expect(await matches({ by: 'rules', need: 'any' }, [0])).toEqual([0]);
  });

  test('a value that makes no sense with its operator is told', () => {
    for (const op of ['<', '<=', '>', '>=', 'contains', 'starts with', 'ends with', 'matches', 'is one of', '=', '!='] as const)
      expect(ruleFault({ field: '', op })).toBeDefined();
    expect(ruleFault({ field: '', op: 'matches', value: '(a)\\1' })).toMatch(/RE2/);
    expect(ruleFault({ field: '', op: 'is empty' })).toBeUndefined();
  });
});

describe('unique and sample', () => {
  test('[FI3] the first of each key, of the field or the message itself', async () => {
    expect(await matches({ by: 'unique' }, [1, '1', 1, { a: 1 }, { a: 1 }, null, null])).toEqual([1, '1', { a: 1 }, null]);
    expect(await matches({ by: 'unique', key: 'k.x' }, [{ k: { x: 1 } }, { k: { x: 1 } }, {}])).toEqual([{ k: { x: 1 } }, {}]);
  });

  test('[FI3] with as many keys as may be, the one not seen for longest is forgotten, or one more is rejected', async () => {
    const settings = { by: 'unique', maxKeys: 2 };
    expect(await matches(settings, ['a', 'b', 'a', 'c', 'a', 'b'])).toEqual(['a', 'b', 'c', 'b']);
    const ran = await run({ ...settings, whenFull: 'reject' }, ['a', 'b', 'c', 'a']);
    expect(ran.gives['match']).toEqual(['a', 'b']);
    expect(ran.gives['err']).toMatchObject([{ error: { code: 'DATA_FILTER_KEYS_FULL' }, original: 'c' }]);
    expect(ran.gives['rest']).toEqual(['a']);
  });

  test('[FI4] the first of each so many', async () => {
    expect(await matches({ by: 'sample', every: 2 }, [1, 2, 3, 4, 5])).toEqual([1, 3, 5]);
    expect(await matches({ by: 'sample', every: 1 }, [1, 2])).toEqual([1, 2]);
  });
});

describe('readers', () => {
  test('rest unconnected: the others are dropped', async () => {
    const ran = await rig(filter, { settings: { condition: 'message > 1' }, arity: { rest: 0 } }).run({ in: [1, 2] });
    expect(ran.gives).toEqual({ match: [2] });
  });

  test('one reader gone, the other is still served; both gone, it ends', async () => {
    const settings = { condition: 'message > 0' };
    const one = await rig(filter, { settings, takes: { match: 1 } }).run({ in: [1, 2, 3, -1, -2] });
    expect(one.gives['rest']).toEqual([-1, -2]);
    const both = await rig(filter, { settings, takes: { match: 0, rest: 0 } }).run({ in: [1, -1, 2, -2, 3] });
    expect(both.ended).toEqual({ state: 'completed' });
    expect(both.trace.filter((event) => event === 'in')).toHaveLength(2);
    expect(allows(both.contract, both.trace)).toEqual({ ok: true });
  });
});

test.each([
  [{ condition: 'message >' }, '/condition'],
  [{ condition: 'x > 1' }, '/condition'],
  [{ by: 'rules', rules: [{ op: 'is empty' }, { op: '<', value: null }] }, '/rules/1/value'],
  [{ by: 'sample', condition: 'not looked at (' }, undefined],
])('settings %j are at fault in %s', (settings, pointer) => {
  expect(filter.check(settings)?.pointer).toBe(pointer);
});

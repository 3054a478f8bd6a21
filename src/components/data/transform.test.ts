import { describe, expect, test } from 'vitest';
import { allows } from '#contract/monitor.ts';
import { manualTools, type Ran, rig } from '#kit/testing.ts';
import { transform } from './transform.ts';

async function run(settings: Record<string, unknown>, messages: readonly unknown[]): Promise<Ran> {
  const ran = await rig(transform, { settings, arity: { err: 1 } }).run({ in: messages });
  expect(ran.ended).toEqual({ state: 'completed' });
  expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  return ran;
}
const results = async (settings: Record<string, unknown>, messages: readonly unknown[]) =>
  (await run(settings, messages)).gives['out'];
const failures = (ran: Ran): { code: string; message: string }[] =>
  (ran.gives['err'] as { error: { code: string; message: string } }[]).map(({ error }) => error);

describe('mapping', () => {
  test.each([
    ['$', { a: [1] }, { a: [1] }],
    ['{ "sum": $sum(n), "first": n[0] }', { n: [1, 2] }, { sum: 3, first: 1 }],
    ['n[$ > 1]', { n: [1, 2, 3] }, [2, 3]],
    ['$uppercase(name)', { name: 'é' }, 'É'],
    ['null', {}, null],
    ['$match("a1b22", /[0-9]+/).match', {}, ['1', '22']],
    ['$replace(t, /(\\w)(\\d)/, "$2$1")', { t: 'a1 b2' }, '1a 2b'],
    ['$contains(t, /^B$/im)', { t: 'a\nb' }, true],
    ['$split(t, /, */)', { t: 'a,b,  c' }, ['a', 'b', 'c']],
  ])('[TR1] %s of %j', async (mapping, message, expected) => {
    expect(await results({ mapping }, [message])).toEqual([expected]);
  });

  test('[TR1] order holds, and the result shares nothing with the message', async () => {
    const message = { a: { b: 1 } };
    const [result] = (await results({ mapping: 'a' }, [message])) as object[];
    expect(result).toEqual({ b: 1 });
    expect(result).not.toBe(message.a);
    expect(await results({ mapping: '$ * 2' }, [1, 2, 3])).toEqual([2, 4, 6]);
  });

  test('[TR3] nothing rejects, or drops when lenient', async () => {
    const strict = await run({ mapping: 'a' }, [{ a: 1 }, { b: 2 }]);
    expect(strict.gives['out']).toEqual([1]);
    expect(failures(strict)).toEqual([{ code: 'DATA_TRANSFORM_FAILED', message: 'the mapping gives nothing for this message' }]);
    expect((await run({ mapping: 'a', mode: 'lenient' }, [{ a: 1 }, { b: 2 }])).gives).toMatchObject({ out: [1], err: [] });
  });

  test.each([
    ['$number(a)', { a: 'x' }, /Unable to cast value to a number/],
    ['$error("no good")', {}, /no good at character/],
    ['$sum', {}, /a function, which cannot be a message/],
    ['1 + "a"', {}, /must evaluate to a number/],
  ])('[TR2] %s is rejected', async (mapping, message, reason) => {
    expect(failures(await run({ mapping }, [message]))[0]?.message).toMatch(reason);
  });

  test.each([
    ['without end', '($f := function($n) { $f($n) }; $f(1))', {}],
    ['too deep', '($f := function($n) { 1 + $f($n) }; $f(1))', {}],
    ['too many', '[1..5000]', { maxItems: 1_000 }],
  ])('[TR4] %s ends', async (_, mapping, more) => {
    const ran = await run({ mapping, timeoutMs: 50, ...more }, ['x']);
    expect(failures(ran)).toMatchObject([{ code: 'DATA_TRANSFORM_FAILED' }]);
  });

  test('[TR4] a pattern that hangs others ends at once', async () => {
    const message = { t: `${'a'.repeat(5_000)}!` };
    expect(await results({ mapping: '$contains(t, /^(a+)+$/)' }, [message])).toEqual([false]);
  });

  test('time and chance are those of the run', async () => {
    const tools = manualTools({ random: () => 0.25 });
    tools.clock.advance(1_000);
    const settings = { mapping: '[$millis(), $now(), $random()]' };
    const ran = await rig(transform, { settings, tools }).run({ in: [0] });
    expect(ran.gives['out']).toEqual([[1_000, '1970-01-01T00:00:01.000Z', 0.25]]);
  });
});

describe('cleaning', () => {
  const message = { a: ' x  y ', b: ['', ' z '], c: { d: '  ', e: null }, n: 1 };

  test.each([
    [['trim'], { a: 'x  y', b: ['', 'z'], c: { d: '', e: null }, n: 1 }],
    [['collapse-spaces'], { a: ' x y ', b: ['', ' z '], c: { d: ' ', e: null }, n: 1 }],
    [['trim', 'empty-to-null'], { a: 'x  y', b: [null, 'z'], c: { d: null, e: null }, n: 1 }],
    [['trim', 'empty-to-null', 'drop-nulls'], { a: 'x  y', b: [null, 'z'], c: {}, n: 1 }],
  ])('[TR1] %j', async (clean, expected) => {
    expect(await results({ clean }, [message])).toEqual([expected]);
    expect(message.a).toBe(' x  y ');
  });
});

describe('schemas', () => {
  const person = {
    type: 'object',
    required: ['id'],
    additionalProperties: false,
    properties: {
      id: { type: 'integer' },
      role: { type: 'string', default: 'guest', pattern: '^(g+)+' },
      mail: { format: 'email' },
    },
  };

  test('[TR2] strict: the place and the reason, for the message and for the result', async () => {
    const ran = await run({ inSchema: person }, [{ id: 1 }, { id: '1' }, {}, { id: 2, x: 1 }, { id: 3, mail: 'no' }, 4]);
    expect(ran.gives['out']).toEqual([{ id: 1 }]);
    expect(failures(ran).map(({ message }) => message)).toEqual([
      'the message at /id must be integer',
      "the message must have required property 'id'",
      'the message must NOT have additional properties',
      'the message at /mail must match format "email"',
      'the message must be object',
    ]);
    const out = await run({ mapping: '{ "id": id & "" }', outSchema: person }, [{ id: 1 }]);
    expect(failures(out)[0]?.message).toBe('the result at /id must be integer');
  });

  test('lenient: types are converted, defaults filled in, surplus left out, on a copy', async () => {
    const message = { id: '1', x: 2 };
    expect(await results({ inSchema: person, mode: 'lenient' }, [message])).toEqual([{ id: 1, role: 'guest' }]);
    expect(message).toEqual({ id: '1', x: 2 });
    expect(failures(await run({ inSchema: person, mode: 'lenient' }, [{ id: 'x' }]))).toHaveLength(1);
  });

  test('[TR4] patterns of a schema are linear too', async () => {
    const schema = { type: 'string', pattern: '^(a+)+$' };
    expect(failures(await run({ inSchema: schema }, [`${'a'.repeat(5_000)}!`]))).toMatchObject([
      { code: 'DATA_TRANSFORM_UNFIT' },
    ]);
  });

  test('several patterns in one schema are each their own', async () => {
    const schema = { type: 'array', prefixItems: [{ pattern: '^a$' }, { pattern: '^b$' }] };
    const ran = await run({ inSchema: schema }, [
      ['a', 'b'],
      ['a', 'a'],
    ]);
    expect(ran.gives['out']).toEqual([['a', 'b']]);
    expect(failures(ran)[0]?.message).toBe('the message at /1 must match pattern "^b$"');
  });

  test('a schema with definitions', async () => {
    const schema = { $defs: { n: { type: 'number' } }, type: 'array', items: { $ref: '#/$defs/n' } };
    const ran = await run({ inSchema: schema }, [
      [1, 2],
      [1, 'x'],
    ]);
    expect(ran.gives['out']).toEqual([[1, 2]]);
    expect(failures(ran)[0]?.message).toBe('the message at /1 must be number');
  });
});

test.each([
  [{ mapping: '{ "a": ' }, '/mapping', /before end of expression at character 7/],
  [{ mapping: '$match(a, /(?=x)/)' }, '/mapping', /RE2/],
  [{ inSchema: { type: 'nonsense' } }, '/inSchema', /not a JSON Schema/],
  [{ outSchema: { $ref: 'http://example.com/other' } }, '/outSchema', /not a JSON Schema/],
])('settings %j are at fault in %s', (settings, pointer, message) => {
  expect(transform.check(settings)).toMatchObject({ pointer, message: expect.stringMatching(message) });
});

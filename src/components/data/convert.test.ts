import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allows } from '#contract/monitor.ts';
import { type Ran, rig } from '#kit/testing.ts';
import { convert } from './convert.ts';

async function run(settings: Record<string, unknown>, messages: readonly unknown[]): Promise<Ran> {
  const ran = await rig(convert, { settings, arity: { err: 1 } }).run({ in: messages });
  expect(ran.ended).toEqual({ state: 'completed' });
  expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  return ran;
}

interface Failed {
  readonly error: { readonly code: string; readonly message: string };
  readonly original: unknown;
}
const failures = (ran: Ran): Failed[] => ran.gives['err'] as Failed[];
const reasons = (ran: Ran): string[] => failures(ran).map(({ error }) => error.message);

/** The text cut at the given places. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, number) => text.slice(from, at[number] ?? text.length));
}
const places = fc.array(fc.nat(200), { maxLength: 6 });
const cell = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ',', '"', '\n', ' ', ';', '0') });

describe('reading CSV', () => {
  test('[CV1] what was written is read, however the text is cut', async () => {
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(table, places, async (rows, at) => {
        const values = rows.map(([a, b]) => ({ 'the a': a, b }));
        const text = (await run({ from: 'values', to: 'csv' }, values)).gives['out'] as string[];
        const read = await run({ from: 'csv', detectTypes: false }, cut(text.join(''), at));
        expect(read.gives['out']).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });

  test('line ends of every kind, empty lines, a byte order mark, a last row without an end', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = `\uFEFFa,b${end}1,2${end}${end}3,4`;
      expect((await run({}, [...text])).gives['out']).toEqual([
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ]);
    }
  });

  test('numbers, booleans and nothing are detected; codes and long numbers stay text', async () => {
    const cells = [
      '0',
      '-1.50',
      '1e3',
      '007',
      '+1',
      '1.',
      '.5',
      '12345678901234567890',
      'true',
      'False',
      '',
      'NaN',
      '0x10',
      ' 1',
    ];
    const ran = await run({ header: false }, [`${cells.join(',')}\n`]);
    expect(ran.gives['out']).toEqual([
      [0, -1.5, 1000, '007', '+1', '1.', '.5', '12345678901234567890', true, 'False', null, 'NaN', '0x10', ' 1'],
    ]);
    const text = await run({ header: false, detectTypes: false }, ['1,,true\n']);
    expect(text.gives['out']).toEqual([['1', '', 'true']]);
  });

  test('[CV2] ragged rows are told with row, line and counts, and the others are read', async () => {
    const ran = await run({}, ['a,b\n"x\ny",1\n2\n3,4,5\n6,7\n']);
    expect(reasons(ran)).toEqual([
      'row 2 (line 4) has 1 field, the header names 2',
      'row 3 (line 5) has 3 fields, the header names 2',
    ]);
    expect(failures(ran)[1]?.original).toEqual(['3', '4', '5']);
    expect(ran.gives['out']).toEqual([
      { a: 'x\ny', b: 1 },
      { a: 6, b: 7 },
    ]);
    expect(reasons(await run({ header: false }, ['1,2\n3\n']))).toEqual(['row 2 (line 2) has 1 field, the first row has 2']);
  });

  test('[CV5] lenient makes ragged rows fit, and a quote in a field is just a quote', async () => {
    const ran = await run({ mode: 'lenient' }, ['a,b\n1\n2,3,4\n5" pipe,6\n']);
    expect(ran.gives['out']).toEqual([
      { a: 1, b: null },
      { a: 2, b: 3 },
      { a: '5" pipe', b: 6 },
    ]);
  });

  test('[CV3] a quote left open ends the reading with where it opened', async () => {
    const ran = await run({}, ['a,b\n1,2\n', '3,"four\n5,6\n']);
    expect(ran.gives['out']).toEqual([{ a: 1, b: 2 }]);
    expect(reasons(ran)).toEqual(['row 2 (from line 3) opens a quote that is not closed before the text ends']);
  });

  test('[CV3] a quote in the wrong place ends the reading', async () => {
    for (const bad of ['3,"a"b\n', '3,a"b\n']) {
      const ran = await run({}, ['a,b\n1,2\n', bad, '5,6\n']);
      expect(ran.gives['out']).toEqual([{ a: 1, b: 2 }]);
      expect(reasons(ran)).toEqual([
        'row 2 (from line 3) has a quote where none may be; one inside a quoted field is written twice',
      ]);
    }
  });

  test('[CV4] a row over the limit ends the reading, and no more of it is taken', async () => {
    let taken = 0;
    const pieces = (function* () {
      yield 'a,b\n1,2\n"';
      for (; taken < 10_000; taken++) yield 'x'.repeat(65_536);
    })();
    const ran = await rig(convert, { arity: { err: 1 } }).run({ in: pieces as unknown as unknown[] });
    expect(reasons(ran)).toEqual(['row 2 (from line 3) is longer than 1048576 bytes (setting maxRecordBytes)']);
    expect(ran.gives['out']).toEqual([{ a: 1, b: 2 }]);
    expect(taken).toBeLessThan(20);
  });

  test('a header that names a field twice is refused; empty names are filled in', async () => {
    expect(reasons(await run({}, ['a,b,a\n1,2,3\n']))).toEqual(['the header names the field a twice']);
    expect((await run({}, [',b\n1,2\n'])).gives['out']).toEqual([{ column1: 1, b: 2 }]);
  });

  test('a field named __proto__ is a field', async () => {
    const [row] = (await run({}, ['__proto__,a\nx,1\n'])).gives['out'] as object[];
    expect(Object.keys(row as object)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  test('other delimiters', async () => {
    expect((await run({ delimiter: ';' }, ['a;b\n1,5;2\n'])).gives['out']).toEqual([{ a: '1,5', b: 2 }]);
    expect((await run({ delimiter: '\\t' }, ['a\tb\n1\t2\n'])).gives['out']).toEqual([{ a: 1, b: 2 }]);
  });

  test('no text, only a header, and what is no text', async () => {
    expect((await run({}, [])).gives['out']).toEqual([]);
    expect((await run({}, ['', 'a,b\n'])).gives['out']).toEqual([]);
    expect(reasons(await run({}, [7, null, ['a']]))).toEqual([
      'the message is of type number; csv is read from texts',
      'the message is null; csv is read from texts',
      'the message is a list; csv is read from texts',
    ]);
  });

  test('with err unconnected the first fault fails the process', async () => {
    const ran = await rig(convert).run({ in: ['a,b\n1,2\n3\n4,5\n'] });
    expect(ran.ended).toMatchObject({ state: 'failed', fault: { code: 'DATA_CONVERT_MALFORMED', node: 'component' } });
  });
});

describe('writing CSV', () => {
  const csv = { from: 'values', to: 'csv' };

  test('[CV6] columns are those of the settings or of the first message; the header comes once', async () => {
    const values = [{ b: 1, a: null }, { a: { x: 1 } }];
    expect((await run(csv, values)).gives['out']).toEqual(['b,a\n1,\n', ',"{""x"":1}"\n']);
    expect((await run({ ...csv, columns: ['a'], mode: 'lenient' }, values)).gives['out']).toEqual(['a\n\n', '"{""x"":1}"\n']);
    expect((await run({ ...csv, header: false }, [[1, 'a;b'], [2]])).gives['out']).toEqual(['1,a;b\n', '2\n']);
    expect((await run({ ...csv, columns: ['a', 'b'] }, [])).gives['out']).toEqual(['a,b\n']);
    expect((await run(csv, [])).gives['out']).toEqual([]);
  });

  test('[CV5] strict refuses a field that has no column, and what is no row', async () => {
    const ran = await run(csv, [{ a: 1 }, { a: 2, b: 3 }, 'text', null, { a: 4 }]);
    expect(reasons(ran)).toEqual([
      'the field b is not one of the columns a',
      'a CSV row is made of an object or a list, not of a string',
      'a CSV row is made of an object or a list, not of a null',
    ]);
    expect(ran.gives['out']).toEqual(['a\n1\n', '4\n']);
  });
});

describe('JSON', () => {
  const json = { from: 'json', to: 'values' };

  test('[CV1] what was written is read, however the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 4 }), places, async (values, at) => {
        const written = (await run({ from: 'values', to: 'json' }, values)).gives['out'] as string[];
        expect(JSON.parse(written.join(''))).toEqual(JSON.parse(JSON.stringify(values)));
        const read = await run(json, cut(written.join(''), at));
        expect(read.gives['out']).toEqual(JSON.parse(JSON.stringify(values)));
      }),
      { numRuns: 80 },
    );
  });

  test('values one after another, whole arrays when asked for', async () => {
    const text = ['{"a":[1,"]"]} ', '2\n"x,\\"y"[3,', '[4]]true'];
    expect((await run(json, text)).gives['out']).toEqual([{ a: [1, ']'] }, 2, 'x,"y', 3, [4], true]);
    expect((await run({ ...json, elements: false }, text)).gives['out']).toEqual([{ a: [1, ']'] }, 2, 'x,"y', [3, [4]], true]);
  });

  test('[CV2] an element that is not JSON is told with its number; the next is read', async () => {
    const ran = await run(json, ['[1, {bad}, 3, nul, 5]']);
    expect(ran.gives['out']).toEqual([1, 3, 5]);
    expect(reasons(ran).map((reason) => reason.split(':')[0])).toEqual(['element 2 is not JSON', 'element 4 is not JSON']);
  });

  test.each([
    ['[1 2]', 'the JSON text has "2" at character 4, where , or ] is expected'],
    ['[1,]', 'the JSON text has "]" at character 4, where a value is expected'],
    ['[,1]', 'the JSON text has "," at character 2, where a value is expected'],
    ['}', 'the JSON text has "}" at character 1, where a value is expected'],
    ['[1', 'the JSON text ends within an array: a ] is missing'],
    ['{"a":', 'the JSON text ends within value 1'],
    ['"abc', 'the JSON text ends within value 1'],
    ['[1] , 2', 'the JSON text has "," at character 5, where a value is expected'],
  ])('[CV3] %s ends the reading: %s', async (text, reason) => {
    expect(reasons(await run(json, [...text]))).toEqual([reason]);
  });

  test('[CV2] a value that nests too deep to be handled is rejected here, not where it arrives', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(reasons(await run(json, [`[1,${deep},2]`]))).toEqual(['element 2 is not JSON: it nests deeper than 500 levels']);
    expect(reasons(await run({ from: 'ndjson' }, [deep]))).toEqual(['line 1 is not JSON: it nests deeper than 500 levels']);
  });

  test('[CV4] a value over the limit ends the reading', async () => {
    const ran = await run({ ...json, maxRecordBytes: 16 }, ['["short", "', 'é'.repeat(8), 'x"]']);
    expect(ran.gives['out']).toEqual(['short']);
    expect(reasons(ran)).toEqual(['element 2 is longer than 16 bytes (setting maxRecordBytes)']);
  });
});

describe('NDJSON and text', () => {
  test('[CV2] a bad line is told with its number', async () => {
    const ran = await run({ from: 'ndjson' }, ['{"a":1}\n\nnot json\r\n', '2']);
    expect(ran.gives['out']).toEqual([{ a: 1 }, 2]);
    expect(reasons(ran)[0]).toMatch(/^line 3 is not JSON: /);
    expect(failures(ran)[0]?.original).toBe('not json');
  });

  test('[CV4] a line over the limit ends the reading', async () => {
    const ran = await run({ from: 'text', maxRecordBytes: 16 }, ['short\n', 'x'.repeat(10), 'x'.repeat(10), '\nmore\n']);
    expect(ran.gives['out']).toEqual(['short']);
    expect(reasons(ran)).toEqual(['line 2 is longer than 16 bytes (setting maxRecordBytes)']);
  });

  test('[CV5] a template names a field that is not there: refused, or empty when lenient', async () => {
    const settings = { from: 'values', to: 'text', template: '{{a}}-{{ b.c }}' };
    const ran = await run(settings, [{ a: 1 }, { a: 'x', b: { c: [2] } }]);
    expect(ran.gives['out']).toEqual(['x-[2]\n']);
    expect(reasons(ran)).toEqual(['the template names the field b.c, which is not there']);
    expect((await run({ ...settings, mode: 'lenient' }, [{ a: 1 }])).gives['out']).toEqual(['1-\n']);
  });

  test('from any format to any other', async () => {
    expect((await run({ from: 'csv', to: 'ndjson' }, ['a\n1\n'])).gives['out']).toEqual(['{"a":1}\n']);
    expect((await run({ from: 'ndjson', to: 'csv' }, ['{"a":"x"}\n{"a":"y"}'])).gives['out']).toEqual(['a\nx\n', 'y\n']);
    expect((await run({ from: 'text', to: 'json' }, ['a\nb'])).gives['out']).toEqual(['[\n"a"', ',\n"b"', '\n]\n']);
  });
});

describe('framing', () => {
  test('each message a text of its own: a fault concerns that one alone', async () => {
    const ran = await run({ framing: 'message' }, ['a\n1\n', 'b\n"open', 'c,d\n3,4']);
    expect(ran.gives['out']).toEqual([{ a: 1 }, { c: 3, d: 4 }]);
    expect(failures(ran)).toMatchObject([{ original: 'b\n"open' }]);
  });

  test('values become a JSON text each', async () => {
    const ran = await run({ from: 'values', to: 'json', framing: 'message' }, [{ a: 1 }, [2]]);
    expect(ran.gives['out']).toEqual(['{"a":1}', '[2]']);
  });
});

test.each([
  [{ template: '{{a' }, '/template'],
  [{ delimiter: '\\' }, '/delimiter'],
  [{ template: '{{a}} {', delimiter: '\\t' }, undefined],
])('settings %j are at fault in %s', (settings, pointer) => {
  expect(convert.check(settings)?.pointer).toBe(pointer);
});

test('when nobody reads any more, reading ends', async () => {
  const ran = await rig(convert, { takes: { out: 1 } }).run({ in: ['a\n1\n2\n', '3\n', '4\n'] });
  expect(ran.ended).toEqual({ state: 'completed' });
  expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
});

test.each([
  [{ from: 'csv' }, 'town,rain\r\n"Bergen,\n west",30\r\n\r\nOslo,12.5\r\nÅs ☂,\r\nx\r\n'],
  [{ from: 'csv', header: false, detectTypes: false }, '\uFEFFa,"b""c"\n1,2\n3\n'],
  [{ from: 'json' }, '[{"a":"x]\\"y"}, 2,\n [3, {"b": null}], "😀"] 7 '],
  [{ from: 'ndjson', to: 'csv' }, '{"a":1}\n\n{"a":"😀"}\n{"b":1}\n{"a":3}'],
  [{ from: 'text', to: 'json' }, 'one\ntwo\r\nthree'],
])('[CV1] [P8] %j: cut anywhere and saved between any pieces, it reads the same', async (settings, text) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(text.length), { maxLength: 8 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
      async (places, points) => {
        const messages = cut(text, places);
        const plain = await run(settings, messages);
        const restoreAfter = points.toSorted((a, b) => a - b);
        const restored = await rig(convert, { settings, arity: { err: 1 }, restoreAfter }).run({ in: messages });
        expect(restored.gives).toEqual(plain.gives);
      },
    ),
    { numRuns: 100 },
  );
});

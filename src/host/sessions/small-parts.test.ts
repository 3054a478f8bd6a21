import { describe, expect, test } from 'vitest';
import { randomFrom } from '#host/outside/tools.ts';
import { logLines } from './log-lines.ts';
import { NodeMetrics } from './node-metrics.ts';
import { Rates } from './rates.ts';
import { sampleOf } from './sampling.ts';

describe('rates', () => {
  test('messages a second since the last look; nothing is known at the first', () => {
    const rates = new Rates();
    expect([rates.look('c', 100, 1_000), rates.look('c', 150, 1_500), rates.look('c', 150, 2_500)]).toEqual([0, 100, 0]);
  });

  test('two who look at almost the same time see the same', () => {
    const rates = new Rates();
    rates.look('c', 0, 0);
    expect([rates.look('c', 10, 100), rates.look('c', 11, 149), rates.look('c', 20, 200)]).toEqual([100, 100, 100]);
  });

  test('counters do not know each other', () => {
    const rates = new Rates();
    rates.look('a', 0, 0);
    rates.look('b', 0, 500);
    expect([rates.look('a', 10, 1_000), rates.look('b', 10, 1_000)]).toEqual([10, 20]);
  });

  test('a clock that is set back gives no negative rate, and the next look counts again', () => {
    const rates = new Rates();
    rates.look('c', 0, 100_000);
    expect([rates.look('c', 10, 50_000), rates.look('c', 20, 51_000)]).toEqual([0, 10]);
  });
});

describe('samples', () => {
  const seen = (value: unknown): ReturnType<typeof sampleOf> => sampleOf({ number: 3, atMs: 1_500, value });

  test('a message as it is, with its time and its size in bytes', () => {
    expect(seen({ town: 'Malmö' })).toEqual({
      number: 3,
      at: '1970-01-01T00:00:01.500Z',
      value: { town: 'Malmö' },
      sizeBytes: 17,
      cut: false,
    });
  });

  test('what is later changed in the message does not change the sample', () => {
    const message = { list: [1] };
    const sample = seen(message);
    message.list.push(2);
    expect(sample.value).toEqual({ list: [1] });
  });

  test('16 KiB of text are shown whole, one byte more is cut', () => {
    const [fits, over] = [seen('x'.repeat(16_382)), seen('x'.repeat(16_383))];
    expect([fits.cut, fits.sizeBytes, (fits.value as string).length]).toEqual([false, 16_384, 16_382]);
    expect([over.cut, over.sizeBytes, (over.value as string).length]).toEqual([true, 16_385, 16_385]);
  });

  test.each(['é', '猫', '😀'])('a cut goes by bytes and never through %s', (letter) => {
    const { cut, value, sizeBytes } = seen(letter.repeat(16_384));
    const bytes = new TextEncoder().encode(value as string).length;
    expect(cut).toBe(true);
    expect(bytes).toBeLessThanOrEqual(16 * 1024 + 3);
    expect(value).not.toContain('\uFFFD');
    expect(sizeBytes).toBe(2 + 16_384 * new TextEncoder().encode(letter).length);
  });

  test.each([
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [1n, 'not JSON: [object BigInt]'],
    [
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
      'not JSON: [object Object]',
    ],
    [Number.NaN, null],
    [new Map([[1, 2]]), {}],
  ])('what is not JSON is told in words (%#)', (value, told) => {
    expect(seen(value).value).toEqual(told);
  });

  test('a ring, and a depth no stack can walk, are told in words', () => {
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    let deep: unknown = 0;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect([seen(ring).value, seen(deep).value]).toEqual(['not JSON: [object Object]', 'not JSON: [object Array]']);
  });
});

describe('the numbers of a node', () => {
  test('counters grow, gauges are set, nodes do not know each other', () => {
    const metrics = new NodeMetrics();
    const [a, b] = [metrics.of('a'), metrics.of('b')];
    a.count('rows');
    a.count('rows', 4);
    b.gauge('queue', 7);
    b.gauge('queue', 3);
    expect([metrics.read('a'), metrics.read('b'), metrics.read('c')]).toEqual([{ rows: 5 }, { queue: 3 }, undefined]);
  });

  test('a restarted node goes on with its numbers', () => {
    const metrics = new NodeMetrics();
    metrics.of('a').count('rows');
    metrics.of('a').count('rows');
    expect(metrics.read('a')).toEqual({ rows: 2 });
  });

  test('what is not a finite number is left out, and names cannot fill the memory', () => {
    const metrics = new NodeMetrics();
    const a = metrics.of('a');
    a.gauge('nan', Number.NaN);
    a.count('rows', Number.POSITIVE_INFINITY);
    expect(metrics.read('a')).toBeUndefined();
    for (let name = 0; name < 1_000; name++) a.gauge(`n${name}`, name);
    expect(Object.keys(metrics.read('a') ?? {})).toHaveLength(100);
    a.gauge('n99', -1);
    expect(metrics.read('a')?.['n99']).toBe(-1);
  });
});

describe('log lines', () => {
  function logged(least: Parameters<typeof logLines>[1], ...entry: Parameters<ReturnType<typeof logLines>>): unknown[] {
    const lines: string[] = [];
    logLines(
      (line) => lines.push(line),
      least,
      () => 0,
    )(...entry);
    expect(lines.every((line) => line.endsWith('\n') && !line.slice(0, -1).includes('\n'))).toBe(true);
    return lines.map((line) => JSON.parse(line) as unknown);
  }
  const head = { at: '1970-01-01T00:00:00.000Z', level: 'warn', session: 's', node: 'n', message: 'two\nlines' };

  test('one entry is one line of JSON, with its facts', () => {
    expect(logged('info', 's', 'n', 'warn', 'two\nlines', { row: 7 })).toEqual([{ ...head, row: 7 }]);
  });

  test('facts cannot pass as what the host says', () => {
    expect(logged('info', 's', 'n', 'warn', 'two\nlines', { node: 'another', level: 'error' })).toEqual([head]);
  });

  test('facts that are not JSON are left out, the entry is not', () => {
    expect(logged('info', 's', 'n', 'warn', 'two\nlines', { big: 1n })).toEqual([head]);
  });

  test('what is below the level is not written, and silent writes nothing', () => {
    expect([logged('error', 's', 'n', 'warn', 'x'), logged('silent', 's', 'n', 'error', 'x')]).toEqual([[], []]);
  });
});

describe('random numbers', () => {
  test('the same seed gives the same numbers, another gives others', () => {
    const take = (seed: string): number[] => Array.from({ length: 20 }, randomFrom(seed));
    expect(take('session a')).toEqual(take('session a'));
    expect(take('session a')).not.toEqual(take('session b'));
  });

  test('they lie in [0, 1) and are spread over it', () => {
    const next = randomFrom('spread');
    const bins = new Array<number>(10).fill(0);
    for (let n = 0; n < 10_000; n++) {
      const bin = Math.floor(next() * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    expect(bins).toHaveLength(10);
    // Ten deviations of a fair die: a generator that is right never gets there.
    for (const count of bins) expect(Math.abs(count - 1_000)).toBeLessThan(300);
  });
});

import { expect, test } from 'vitest';
import { always, priAlt } from './alt.ts';
import type { Operation } from './port.ts';
import { Bench, type Body } from './testing.ts';

/** Says so each time it gets its turn; never waits. */
function busy(name: string, log: string[]): Body {
  return function* (): Operation<void> {
    for (let round = 0; round < 5_000; round++) {
      log.push(name);
      yield* priAlt([always]);
    }
  };
}

const runs = (log: readonly string[]): [string, number][] => {
  const runs: [string, number][] = [];
  for (const name of log) {
    const last = runs.at(-1);
    if (last?.[0] === name) last[1]++;
    else runs.push([name, 1]);
  }
  return runs;
};

test('[S60] of those that can go on a higher priority goes first, and nobody is passed over for ever', () => {
  const log: string[] = [];
  const bench = new Bench({
    bodies: { low: busy('low', log), usual: busy('usual', log), high: busy('high', log) },
    rankings: { low: { priority: 'low', weight: 1 }, high: { priority: 'high', weight: 1 } },
  }).start();
  expect(bench.network.state).toBe('completed');
  const last = Object.fromEntries(['low', 'usual', 'high'].map((name) => [name, log.lastIndexOf(name)]));
  expect(last['high']).toBeLessThan(last['usual'] as number);
  expect(last['usual']).toBeLessThan(last['low'] as number);
  const whileHigh = runs(log.slice(0, last['high']));
  expect(whileHigh.filter(([name]) => name === 'low').length).toBeGreaterThan(0);
  for (const [name, length] of whileHigh.slice(1)) if (name === 'high') expect(length).toBeLessThanOrEqual(66 * 33);
});

test('[S61] a weight is a multiple of the communications in a row', () => {
  const log: string[] = [];
  new Bench({
    bodies: { one: busy('one', log), three: busy('three', log) },
    rankings: { three: { priority: 'normal', weight: 3 } },
  }).start();
  // With the one it queued for.
  const [[, first] = ['', 0], [, second] = ['', 0]] = runs(log).slice(2, 4);
  expect([first, second]).toEqual([32 + 1, 96 + 1]);
});

test('[S60] [S61] the same run twice takes the same turns', () => {
  const logs = [0, 1].map(() => {
    const log: string[] = [];
    new Bench({
      bodies: { a: busy('a', log), b: busy('b', log), c: busy('c', log) },
      rankings: { a: { priority: 'low', weight: 2 }, c: { priority: 'high', weight: 5 } },
    }).start();
    return log;
  });
  expect(logs[0]).toEqual(logs[1]);
});

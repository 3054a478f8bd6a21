import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

/** A thread on which designs are told, each always with something to tell; telling one takes `costMs`. */
function busy(designs: number, costMs: number, forMs: number) {
  let now = 0;
  const pace = new Pace(() => now);
  const toldMs = Array.from({ length: designs }, () => Number.NEGATIVE_INFINITY);
  const gaps: number[] = [];
  let spentMs = 0;
  while (now < forMs) {
    const waits = toldMs.map((told) => pace.waitMs(told));
    const next = waits.indexOf(Math.min(...waits));
    now += waits[next] ?? 0;
    const before = toldMs[next] ?? 0;
    toldMs[next] = pace.tell(() => {
      now += costMs;
      spentMs += costMs;
    });
    if (before >= 0) gaps.push((toldMs[next] ?? 0) - before);
  }
  return { gaps, share: spentMs / now };
}

describe('[W44] the pace of telling', () => {
  it('a design of which nothing was told for 16 ms is told at once, whatever the server does', () => {
    let now = 0;
    const pace = new Pace(() => now);
    expect(pace.waitMs(Number.NEGATIVE_INFINITY)).toBe(0);
    const toldMs = pace.tell(() => {
      now += 1_000;
    });
    expect([toldMs, pace.waitMs(toldMs), pace.waitMs(now)]).toEqual([0, 0, 16]);
  });

  it('a server that has time tells every 8 ms, one that has none every 16', () => {
    expect(new Set(busy(1, 1, 1_000).gaps)).toEqual(new Set([8]));
    expect(new Set(busy(1, 3, 1_000).gaps)).toEqual(new Set([15]));
    expect(new Set(busy(1, 8, 1_000).gaps)).toEqual(new Set([16]));
    expect(Math.max(...busy(8, 1, 1_000).gaps)).toBe(16);
  });

  it('is between the two, and takes about a fifth of the time where that is possible', () => {
    const designs = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(designs, fc.double({ min: 0.01, max: 30, noNaN: true }), (count, costMs) => {
        const { gaps, share } = busy(count, costMs, 2_000);
        expect(Math.min(...gaps)).toBeGreaterThan(7.99);
        // One waits for the others' tellings, too: they share a thread.
        expect(Math.max(...gaps)).toBeLessThan(16.01 + count * costMs);
        // Those who have waited for 16 ms are told however little rest there was, so it may be a little more.
        expect(share).toBeLessThan(Math.max(0.2, (count * costMs) / 16) + 0.05);
      }),
    );
  });
});

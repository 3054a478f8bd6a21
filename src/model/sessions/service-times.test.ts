import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundText, serviceBoundsMs, serviceQuantileMs } from './service-times.ts';

/** The buckets of exact times. */
function bucketsOf(times: readonly number[]): number[] {
  const buckets = Array.from({ length: serviceBoundsMs.length + 1 }, () => 0);
  for (const ms of times) {
    const at = serviceBoundsMs.findIndex((bound) => ms <= bound);
    const bucket = at < 0 ? serviceBoundsMs.length : at;
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  return buckets;
}

describe('[S65] quantiles of service times', () => {
  it('[S65] are the bound of the exact quantile', () => {
    const times = fc.array(fc.double({ min: 0, max: 300_000, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(times, fc.constantFrom(0, 0.5, 0.95, 0.99, 1), (given, share) => {
        const sorted = given.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
        const bound = serviceBoundsMs.find((ms) => exact <= ms) ?? Number.POSITIVE_INFINITY;
        expect(serviceQuantileMs(bucketsOf(given), share)).toBe(bound);
      }),
    );
  });

  it('[S65] are none when nothing was timed', () => {
    expect(serviceQuantileMs([], 0.5)).toBeUndefined();
    expect(serviceQuantileMs(bucketsOf([]), 0.5)).toBeUndefined();
  });

  it('[S65] are said with the unit that reads best', () => {
    expect([1 / 64, 0.25, 2, 1_024, 131_072, Number.POSITIVE_INFINITY].map(boundText)).toEqual([
      '≤ 0.016 ms',
      '≤ 0.25 ms',
      '≤ 2 ms',
      '≤ 1 s',
      '≤ 131 s',
      '> 131 s',
    ]);
  });
});

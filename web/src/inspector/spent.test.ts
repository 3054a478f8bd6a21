import { expect, it } from 'vitest';
import { lengthText, serviceText, shareText, waitText } from './spent.ts';

it('says parts of the time, lengths and waits shortly', () => {
  expect([0, 0.004, 0.345, 1].map(shareText)).toEqual(['0 %', '< 1 %', '35 %', '100 %']);
  expect([0.4, 320, 2_440, 30_000, 600_000].map(lengthText)).toEqual(['0 ms', '320 ms', '2.4 s', '30 s', '10 min']);
  expect(waitText(0.5, 1_200, 12_345)).toBe('50 % · 1.2 s, 12.3k×');
  expect(waitText(undefined, 1_200, 3)).toBe('1.2 s, 3×');
  expect(waitText(0, 0, 0)).toBe('never');
});

it('[S65] says what the middle, 95 and 99 of 100 services took', () => {
  expect(serviceText([90, 0, 5, 4, 1])).toBe('≤ 0.016 · 0.063 · 0.13 ms');
  const slow = Array.from({ length: 25 }, (_, bucket) => (bucket === 0 || bucket === 20 || bucket === 24 ? 40 : 0));
  expect(serviceText(slow)).toBe('≤ 16 s · > 131 s · > 131 s');
});

import { expect, test } from 'vitest';
import { randomFrom } from './random.ts';

test('random numbers repeat, and fill [0, 1)', () => {
  const [a, b] = [randomFrom(7), randomFrom(7)];
  const list = Array.from({ length: 1_000 }, a);
  expect(list).toEqual(Array.from({ length: 1_000 }, b));
  expect(Math.min(...list)).toBeLessThan(0.01);
  expect(Math.max(...list)).toBeGreaterThan(0.99);
  expect(list.every((number) => number >= 0 && number < 1)).toBe(true);
});

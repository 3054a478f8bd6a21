import { expect, test } from 'vitest';
import { howMany } from './how-many.ts';

test('one is one thing, all else are several, told by thousands', () => {
  expect([0, 1, 2, 12_345].map((number) => howMany(number, 'state'))).toEqual([
    '0 states',
    '1 state',
    '2 states',
    '12,345 states',
  ]);
  expect(howMany(1, 'pair of states', 'pairs of states')).toBe('1 pair of states');
});

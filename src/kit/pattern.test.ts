import { expect, test } from 'vitest';
import { pattern } from './pattern.ts';

test('finds, with groups and from a place on', () => {
  const found = pattern('(\\d+)-(\\w)?').find('a1-b 22-', 3);
  expect(found).toEqual({ text: '22-', start: 5, end: 8, groups: ['22', undefined] });
  expect(pattern('x').find('a')).toBeUndefined();
  expect(pattern('x').find('a', 9)).toBeUndefined();
  expect(pattern('^É$', { ignoreCase: true }).test('é')).toBe(true);
});

test('[X1] what hangs a backtracking engine ends here', () => {
  expect(pattern('^(a+)+$').test(`${'a'.repeat(50_000)}!`)).toBe(false);
});

test('what is not linear, not an expression or far too long is refused with the reason', () => {
  expect(() => pattern('(')).toThrowError(/not a regular expression.*missing closing/);
  expect(() => pattern('(a)\\1')).toThrowError(expect.objectContaining({ code: 'KIT_PATTERN_INVALID' }));
  expect(() => pattern('(?=a)')).toThrowError(expect.objectContaining({ code: 'KIT_PATTERN_INVALID' }));
  expect(() => pattern('a'.repeat(2_001))).toThrowError(/at most 2000/);
});

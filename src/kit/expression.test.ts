import { describe, expect, test } from 'vitest';
import { expression, expressionFault } from './expression.ts';

describe('expressions', () => {
  test.each([
    ['message.x > 1', { x: 1.5 }, true],
    ['message.x * 2 + 1 == 7', { x: 3 }, true],
    ['1 - message.x < 0', { x: 3 }, true],
    ['message.x % 2 == 1', { x: 3 }, true],
    ['has(message.y) && message.y > 1', { x: 3 }, false],
    ['message.tags.exists(t, t == "b")', { tags: ['a', 'b'] }, true],
    ['message["a b"] == null', { 'a b': null }, true],
    ['message in [1, "a"]', 'a', true],
    ['message == null', undefined, true],
  ])('[X2] %s of %j is %j', (text, message, result) => {
    expect(expression(text).holds(message)).toBe(result);
  });

  test('whole numbers come out as numbers', () => {
    expect(expression('size(message)').value([1, 2])).toBe(2);
  });

  test('[X3] a field that is not there is an error that names it', () => {
    expect(() => expression('message.y > 1').holds({ x: 1 })).toThrowError(/No such key: y, in: message\.y > 1/);
    expect(() => expression('message.constructor == 1').holds({})).toThrowError(/No such key/);
  });

  test('a condition that is neither true nor false is an error', () => {
    expect(() => expression('message.x').holds({ x: 1 })).toThrowError(/must be true or false; this gave a number/);
  });

  test('[X1] matches() is linear', () => {
    const bad = expression('message.matches("^(a+)+$")');
    expect(bad.holds(`${'a'.repeat(20_000)}!`)).toBe(false);
    expect(bad.holds('aaa')).toBe(true);
    expect(expression('["b"].exists(t, t.matches(message))').holds('^b$')).toBe(true);
  });

  test('what does not parse or type-check is told with the place', () => {
    expect(expressionFault('message.x >')).toMatch(/Unexpected token.*at character 12/);
    expect(expressionFault('x > 1')).toMatch(/Unknown variable: x at character 1/);
    expect(expressionFault('"a" + 1 == 2')).toMatch(/no such overload/);
    expect(expressionFault('message.x > 1')).toBeUndefined();
  });
});

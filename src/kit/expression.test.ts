import { describe, expect, it } from 'vitest';
import { condition, conditionFault, greatestExpression, measure, trustedCondition } from './expression.ts';

const ask = (text: string, message: unknown): boolean => trustedCondition(text)(message);

describe('[X1] an expression ends', () => {
  it('[X1] a pattern that stalls other engines is answered', () => {
    expect(ask('message.matches("^(a+)+$")', `${'a'.repeat(50_000)}!`)).toBe(false);
    expect(ask('(message.s).matches("^a") && message.s.matches("b$")', { s: 'ab' })).toBe(true);
    expect(ask('message.s.matches("x") || message.matches.matches("y") || "matches".matches("m")', { s: '', matches: '' })).toBe(
      true,
    );
    expect(ask('message.exists(s, s.matches("^b"))', ['a', 'b'])).toBe(true);
  });

  it('[X1] a comment cannot hide a call from that', () => {
    expect(conditionFault('message // matches\n.matches("a")')).toBeDefined();
  });

  it('[X1] long texts and deep trees are refused', () => {
    expect(conditionFault('1'.repeat(greatestExpression + 1))).toContain('longer');
    expect(conditionFault(`${'('.repeat(500)}true${')'.repeat(500)}`)).toBeDefined();
  });
});

describe('[X2] it sees the message and nothing else', () => {
  it.each(['process', 'globalThis == null', 'foo.bar'])('[X2] %s is refused', (text) => {
    expect(conditionFault(text)).toContain('Unknown variable');
  });

  it('[X2] what objects inherit is not there', () => {
    expect(() => ask('message.constructor == 1', {})).toThrow('No such key: constructor');
  });
});

describe('[X3] numbers mix', () => {
  it.each([
    ['message.n % 2 == 0', { n: 4 }, true],
    ['message.n + 1 > 4.5', { n: 4 }, true],
    ['2 * message.n == 8', { n: 4 }, true],
    ['message.n / 8 == 0.5', { n: 4 }, true],
    ['message in [1, 2, "x"]', 2, true],
    ['has(message.a) && message.a == 1', {}, false],
    ['message == null', null, true],
  ])('[X3] %s of %j is %s', (text, message, answer) => {
    expect(ask(text, message)).toBe(answer);
  });

  it('[X3] a measure is a number, also when the text says a whole one', () => {
    const whole = measure('5');
    const field = measure('message.waitMs');
    expect(whole.ok && whole.ask(undefined)).toBe(5);
    expect(field.ok && field.ask({ waitMs: 7 })).toBe(7);
    expect(() => field.ok && field.ask({ waitMs: 'x' })).toThrow('gives string, where a number is wanted');
  });
});

describe('[X4] what is wrong is said before', () => {
  it.each([
    ['message +', 'Unexpected'],
    ['', 'Unexpected'],
    ['1 + 1', 'gives int, where a bool is wanted'],
    ['message.matches("(")', 'missing closing'],
  ])('[X4] %j: %s', (text, words) => {
    expect(conditionFault(text)).toContain(words);
  });

  it('[X4] what only the message shows is said with the expression', () => {
    const answer = condition('message.a.b > 1');
    expect(() => answer.ok && answer.ask({})).toThrow('message.a.b > 1: No such key: a');
    expect(() => trustedCondition('message')('text')).toThrow('gives string, where a bool is wanted');
  });
});

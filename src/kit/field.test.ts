import { expect, test } from 'vitest';
import { fieldAt } from './field.ts';

test('a field, a field within a field, a place in a list', () => {
  const message = { a: { b: [1, { c: 2 }] }, 'a.b': 3, n: null };
  expect(fieldAt(message, 'a.b')).toBe(3);
  expect(fieldAt(message, 'a.b.2.c')).toBeUndefined();
  expect(fieldAt({ a: { b: [1, { c: 2 }] } }, 'a.b.1.c')).toBe(2);
  expect(fieldAt(message, '')).toBe(message);
  expect(fieldAt(message, 'n.x')).toBeUndefined();
});

test('only own fields are seen', () => {
  expect(fieldAt({}, 'constructor')).toBeUndefined();
  expect(fieldAt('text', 'length')).toBeUndefined();
  expect(fieldAt({ a: 'x' }, 'a.constructor.name')).toBeUndefined();
});

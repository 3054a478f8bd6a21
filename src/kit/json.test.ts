import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deepestMessage, readJson } from './json.ts';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(readJson(text)).toEqual(JSON.parse(text));
    }),
  );
  expect(readJson(JSON.stringify(`${'["\\{'.repeat(1_000)}`))).toHaveLength(4_000);
});

test('what is not JSON is told with the reason', () => {
  expect(() => readJson('{bad}')).toThrowError(expect.objectContaining({ code: 'KIT_JSON_INVALID', blame: 'input' }));
  expect(() => readJson(`"${'x'.repeat(1_000)}`)).toThrowError(/[Uu]nterminated/);
});

test('what nests too deep is refused, and up to there it is read', () => {
  expect(JSON.stringify(readJson(nested(deepestMessage)))).toBe(nested(deepestMessage));
  expect(() => readJson(nested(deepestMessage + 1))).toThrowError('it nests deeper than 500 levels');
  expect(() => readJson('{"a":'.repeat(600))).toThrowError('nests deeper');
});

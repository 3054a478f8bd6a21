import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { fits } from './schema-check.ts';
import { greatestBytes, schemaFit } from './schema-fit.ts';

const open = (properties: Record<string, TSchema>): TSchema => Type.Object(properties);
const closed = (properties: Record<string, TSchema>): TSchema => Type.Object(properties, { additionalProperties: false });

describe('[V64] whether every message sent is one that is taken', () => {
  test.each([
    ['anything into anything', Type.Unknown(), Type.Unknown()],
    ['a number into anything', Type.Number(), Type.Unknown()],
    ['an integer into a number', Type.Integer(), Type.Number()],
    ['a narrower range', Type.Integer({ minimum: 3, maximum: 5 }), Type.Number({ minimum: 0, maximum: 10 })],
    ['one of two', Type.String(), Type.Union([Type.String(), Type.Null()])],
    ['both of two', Type.Union([Type.Literal('a'), Type.Literal('b')]), Type.String()],
    ['more fields than asked for', open({ a: Type.String(), b: Type.Number() }), open({ a: Type.String() })],
    ['a list of integers into one of numbers', Type.Array(Type.Integer()), Type.Array(Type.Number())],
    ['the same closed object', closed({ a: Type.String() }), closed({ a: Type.String() })],
  ])('yes: %s', (_, sent, expected) => expect(schemaFit(sent, expected)).toEqual({ is: 'yes' }));

  test.each([
    ['a number into an integer', Type.Number(), Type.Integer(), 0.5],
    ['a text that may be long', Type.String(), Type.String({ maxLength: 10 }), 'a'.repeat(1_000)],
    ['a field that may be missing', open({ a: Type.Optional(Type.Null()) }), open({ a: Type.Null() }), {}],
    ['one of two that is not taken', Type.Union([Type.Null(), Type.Literal(7)]), Type.Null(), 7],
    ['a field of another type', open({ a: Type.Boolean() }), open({ a: Type.Null() }), { a: true }],
  ])('no, with an example: %s', (_, sent, expected, example) => expect(schemaFit(sent, expected)).toEqual({ is: 'no', example }));

  test.each([
    ['nothing is said of what is sent', Type.Unknown(), Type.String()],
    ['an open object into a closed one', open({ a: Type.Null() }), closed({ a: Type.Null() })],
    ['an unnamed field into one of some type', open({}), open({ a: Type.Optional(Type.Null()) })],
    ['a field of which nothing is said', open({ a: Type.Unknown() }), open({ a: Type.String() })],
    ['a keyword that is not reasoned about', Type.String({ pattern: '^bb' }), Type.String({ pattern: '^b' })],
  ])('unknown, never guessed: %s', (_, sent, expected) => expect(schemaFit(sent, expected).is).toBe('unknown'));
});

const small = fc.integer({ min: -2, max: 3 });
const { schema: randomSchema } = fc.letrec<{ schema: TSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<TSchema>(Type.Unknown(), Type.Null(), Type.Boolean(), Type.Integer(), Type.Number(), Type.Literal('a')),
    fc.record({ minimum: small, maximum: small }, { requiredKeys: [] }).map((limits) => Type.Number(limits)),
    fc.record({ exclusiveMinimum: small, exclusiveMaximum: small }, { requiredKeys: [] }).map((limits) => Type.Integer(limits)),
    fc.record({ minLength: fc.nat(2), maxLength: fc.nat(3) }, { requiredKeys: [] }).map((limits) => Type.String(limits)),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((parts) => Type.Union(parts)),
    fc
      .tuple(tie('schema'), fc.record({ minItems: fc.nat(2), maxItems: fc.nat(2) }, { requiredKeys: [] }))
      .map(([items, limits]) => Type.Array(items, limits)),
    fc
      .tuple(
        fc.dictionary(fc.constantFrom('a', 'b'), fc.tuple(tie('schema'), fc.boolean())),
        fc.constantFrom({}, { additionalProperties: false }),
      )
      .map(([fields, more]) =>
        Type.Object(
          Object.fromEntries(Object.entries(fields).map(([name, [one, needed]]) => [name, needed ? one : Type.Optional(one)])),
          more,
        ),
      ),
  ),
}));

const { value: randomValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, 0, 1, -1, 2, 0.5, 3, '', 'a', 'aa', 'aaaa'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
  ),
}));

const runs = { numRuns: 1_500, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

test('[V64] with yes no value of the one is refused by the other; the example of a no shows it', () => {
  const seen = { yes: 0, no: 0, unknown: 0 };
  fc.assert(
    fc.property(randomSchema, randomSchema, fc.array(randomValue, { minLength: 20, maxLength: 20 }), (sent, expected, values) => {
      const fit = schemaFit(sent, expected);
      seen[fit.is]++;
      if (fit.is === 'no') expect([fits(sent, fit.example), fits(expected, fit.example)]).toEqual([true, false]);
      if (fit.is === 'yes') for (const value of values) if (fits(sent, value)) expect(fits(expected, value)).toBe(true);
    }),
    runs,
  );
  expect(Math.min(seen.yes, seen.no, seen.unknown)).toBeGreaterThan(10);
});

test('[V63] no value of a schema is longer than its greatest number of bytes', () => {
  let bounded = 0;
  fc.assert(
    fc.property(randomSchema, fc.array(randomValue, { minLength: 20, maxLength: 20 }), (schema, values) => {
      const bytes = greatestBytes(schema);
      if (bytes === undefined) return;
      bounded++;
      for (const value of values)
        if (fits(schema, value)) expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(bytes);
    }),
    runs,
  );
  expect(bounded).toBeGreaterThan(20);
  expect(greatestBytes(Type.String())).toBeUndefined();
  expect(greatestBytes(closed({ a: Type.Boolean() }))).toBe(12);
  for (const text of ['\u0000', '\ud800', 'ü', '😀'])
    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThanOrEqual(greatestBytes(Type.String({ maxLength: 1 })) ?? 0);
});

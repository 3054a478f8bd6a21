import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Few, less, listOf, more } from './few.ts';

describe('few', () => {
  test('is a list, whatever is added and taken away', () => {
    const items = Array.from({ length: 4 }, (_, id) => ({ id }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(3))), (steps) => {
        let few: Few<{ id: number }>;
        let model: { id: number }[] = [];
        for (const [adds, index] of steps) {
          const item = items[index] as { id: number };
          few = adds ? more(few, item) : less(few, item);
          model = adds ? [...model, item] : model.filter((other) => other !== item);
          expect(listOf(few)).toEqual(model);
        }
      }),
    );
  });

  test('one item takes no list', () => {
    const item = {};
    expect([more(undefined, item), less(more(more(undefined, {}), item), {}), less(item, item)]).toEqual([
      item,
      [{}, {}],
      undefined,
    ]);
    expect(more(undefined, item)).toBe(item);
  });
});

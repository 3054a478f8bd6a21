import { describe, expect, it } from 'vitest';
import { mergeValues } from './merge-values.ts';

describe('[E21] one value that both sides changed', () => {
  it('[E21] texts are merged by words and lists by items, where the changes are apart', () => {
    expect(mergeValues('keep the first of all', 'keep the last of all', 'keep the first of them all')).toEqual({
      value: 'keep the last of them all',
    });
    expect(mergeValues('a\nb\nc\n', 'a\nB\nc\n', 'A\nb\nc\n')).toEqual({ value: 'A\nB\nc\n' });
    expect(mergeValues([1, 2, 3], [1, 2, 3, 4], [0, 1, 2, 3])).toEqual({ value: [0, 1, 2, 3, 4] });
    expect(mergeValues([1], [1, 2], [1, 3])).toEqual({ value: [1, 2, 3] });
    expect(mergeValues({ a: 1, b: [1] }, { a: 2, b: [1] }, { a: 1, b: [1, 2], c: 0 })).toEqual({
      value: { a: 2, b: [1, 2], c: 0 },
    });
    // Never a text that nobody wrote: not `n * 34`, not `b.out`.
    expect(mergeValues('n * 2', 'n * 3', 'n * 4')).toBeUndefined();
    expect(mergeValues('a.in', 'b.in', 'a.out')).toBeUndefined();
    expect(mergeValues('a + b', 'a * b', 'a + c')).toBeUndefined();
    expect(mergeValues([1, 2], [1], [1, 9])).toBeUndefined();
    expect(mergeValues({ a: 1 }, { a: 2 }, { a: 3 })).toBeUndefined();
    expect(mergeValues(undefined, 1, 2)).toBeUndefined();
  });

  it('[E21] two texts with nothing in common are at odds, without a long search', () => {
    const words = (mark: string): string => Array.from({ length: 20_000 }, (_, at) => mark + at).join(' ');
    expect(mergeValues(words('a'), words('b'), words('c'))).toBeUndefined();
  });
});

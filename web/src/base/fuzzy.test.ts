import { describe, expect, it } from 'vitest';
import { fuzzy } from './fuzzy.ts';

const best = (query: string, texts: readonly string[]) =>
  texts
    .flatMap((text) => {
      const match = fuzzy(query, text);
      return match === undefined ? [] : [{ text, score: match.score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ text }) => text);

describe('finding by a few letters', () => {
  it('finds letters in order, apart or together, without regard to case', () => {
    expect(fuzzy('FLT', 'data.filter')?.at).toEqual([5, 7, 8]);
    expect(fuzzy('filter', 'data.filter')?.at).toEqual([5, 6, 7, 8, 9, 10]);
    expect(fuzzy('xyz', 'data.filter')).toBeUndefined();
  });

  it('puts the start of a word before the middle of one', () => {
    expect(best('buf', ['Rebuffer', 'Buffer', 'Big unused file'])).toEqual(['Buffer', 'Rebuffer', 'Big unused file']);
    expect(best('fb', ['offbeat', 'Flow Buffer'])[0]).toBe('offbeat');
    expect(best('fbu', ['xfabcu', 'Flow Buffer'])[0]).toBe('Flow Buffer');
  });

  it('finds everything with nothing asked, and ignores spaces in the question', () => {
    expect(fuzzy('', 'anything')).toEqual({ score: 0, at: [] });
    expect(fuzzy('flow buf', 'flow.buffer')).toBeDefined();
  });
});

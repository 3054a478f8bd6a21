import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit } from '#model/edits/edit.ts';
import { listEdits, mergedList } from './list-edits.ts';

const done = (was: readonly unknown[], edits: readonly Edit[]): unknown[] => {
  const list = [...was];
  for (const edit of edits) {
    if (edit.do === 'list.insert') list.splice(edit.at, 0, edit.item);
    if (edit.do === 'list.set') list[edit.at] = edit.item;
    if (edit.do === 'list.delete') list.splice(edit.at, 1);
    if (edit.do === 'list.move') list.splice(edit.to, 0, ...list.splice(edit.from, 1));
  }
  return list;
};
const ways = (was: readonly unknown[], is: readonly unknown[]) => listEdits('n', 'list', was, is)?.map(({ do: does }) => does);

describe('[E13] a list in the form', () => {
  it('is changed by one edit for one gesture', () => {
    expect(ways([1, 2], [1, 3, 2])).toEqual(['list.insert']);
    expect(ways([1, 2, 3], [1, 3])).toEqual(['list.delete']);
    expect(ways([1, 2, 3], [1, 5, 3])).toEqual(['list.set']);
    expect(ways([1, 2, 3, 4], [2, 3, 1, 4])).toEqual(['list.move']);
    expect(ways([1, 2, 3, 4], [1, 4, 2, 3])).toEqual(['list.move']);
    expect(ways([1, 2], [1, 2])).toEqual([]);
  });

  it('becomes what was asked for, whatever that is', () => {
    const list = fc.array(fc.nat(3), { maxLength: 7 });
    fc.assert(
      fc.property(list, list, (was, is) => {
        expect(done(was, listEdits('n', 'l', was, is) ?? [])).toEqual(is);
      }),
    );
  });

  it('is set as a whole when nearly all of it is another', () => {
    const many = Array.from({ length: 101 }, (_, at) => at);
    expect(listEdits('n', 'l', [], many)).toBeUndefined();
  });

  it('keeps what others do to other items meanwhile', () => {
    expect(mergedList([1, 2, 3], [1, 2, 4], [0, 1, 2, 3])).toEqual([0, 1, 2, 4]);
    expect(mergedList([1], [2], [3])).toEqual([2]);
    expect(mergedList(undefined, [1], [2])).toEqual([1]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import { empty, kinds } from '../design/testing/sea.ts';
import { settingEdits, textEdit } from './setting-edits.ts';
import { movedPlace, onTop } from './typed-text.ts';

describe('[E35] what is typed while others change it', () => {
  it('stays, and what they changed stays', () => {
    expect(onTop({ base: 'one two', text: 'one big two' }, 'zero one two three')).toEqual({
      base: 'zero one two three',
      text: 'zero one big two three',
    });
    expect(onTop({ base: 'a', text: 'ab' }, 'a')).toEqual({ base: 'a', text: 'ab' });
    expect(onTop({ base: 'old words', text: 'old and new words' }, '')).toEqual({ base: '', text: 'and new ' });
  });

  it('leaves the cursor where it was in the words', () => {
    const at = (before: string, after: string) => (marked: string) => movedPlace(before, after, marked.indexOf('|'));
    expect(at('one two', 'zero one two')('one |two')).toBe('zero one '.length);
    expect(at('one two', 'one two three')('one |two')).toBe(4);
    expect(at('one two three', 'one three')('one t|wo three')).toBe('one t'.length);
    expect(at('same', 'same')('sa|me')).toBe(2);
  });

  it('never moves the cursor out of the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), fc.nat(8), (before, after, at) => {
        const place = movedPlace(before, after, Math.min(at, before.length));
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThanOrEqual(after.length);
      }),
    );
  });
});

describe('[E35] the edits of a form', () => {
  const defaults = { size: 1, says: '', list: [] };

  it('change texts and single items from within, and set the rest; null where it is as it would be anyway', () => {
    const before = { size: 2, says: 'one two', list: [1, 2, 3], other: { a: 1 } };
    const edits = (change: object) => settingEdits('a', before, { ...before, ...change }, defaults);
    expect(edits({})).toEqual([]);
    expect(edits({ says: 'one and two' })).toEqual([
      { do: 'text.edit', node: 'a', name: 'says', change: [4, 'and '], unset: true },
    ]);
    expect(edits({ list: [1, 9, 2, 3] })).toEqual([{ do: 'list.insert', node: 'a', name: 'list', at: 1, item: 9, unset: true }]);
    expect(edits({ list: [1, 2] })).toEqual([{ do: 'list.delete', node: 'a', name: 'list', at: 2, unset: true }]);
    expect(edits({ list: [1, 7, 3] })).toEqual([{ do: 'list.set', node: 'a', name: 'list', at: 1, item: 7, unset: true }]);
    expect(edits({ list: [2, 3, 1] })).toEqual([{ do: 'list.move', node: 'a', name: 'list', from: 0, to: 2, unset: true }]);
    expect(edits({ size: 1, other: undefined })).toEqual([{ do: 'node.set', id: 'a', settings: { size: null, other: null } }]);
  });

  it('lead to the settings wanted, and back at its default a text is as if never written', () => {
    const design: Design = empty;
    const says = fc.string({ maxLength: 6 });
    fc.assert(
      fc.property(says, says, (first, second) => {
        const node = {
          do: 'node.add' as const,
          node: { id: 'a', kind: 'test.pipe', settings: first === '' ? {} : { says: first } },
        };
        const edits = settingEdits('a', { size: 1, says: first }, { size: 1, says: second }, { size: 1, says: '' });
        const applied = applyAll(design, [node, ...edits], kinds);
        expect(applied.ok && applied.design.nodes['a']?.settings).toEqual(second === '' ? {} : { says: second });
      }),
    );
  });

  it('of a description have no node', () => {
    expect(textEdit(undefined, 'description', '', 'x')).toEqual({ do: 'text.edit', name: 'description', change: ['x'] });
  });
});

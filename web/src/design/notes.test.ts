import { describe, expect, it } from 'vitest';
import type { Edit } from '#model/edits/edit.ts';
import { carryOffers, mostNotes, type Note, withNotes } from './notes.ts';
import { add, connect, type Person, remove, says, shown, size, sizeOf, takeAll, told, two, type } from './testing/sea.ts';

const notes = ({ store }: Person) => store.state.get().notes;
const rename = (id: string, label: string): Edit => ({ do: 'node.set', id, label });

describe('[E47] what came of my edits', () => {
  it('is listed with the time, the newest first, until it is seen and over a reload', () => {
    const { sea, ann, bea } = two(add('a'), add('b'));
    bea.store.commit('delete a', [remove('a')]);
    sea.up(bea);
    ann.store.commit('size a', [size('a', 5)]);
    sea.flow();
    sea.pass(60_000);
    ann.store.commit('size b', [size('b', 5)]);
    sea.flow();
    bea.store.commit('size b', [size('b', 7)]);
    sea.flow();
    expect(notes(ann)).toMatchObject([
      { is: 'overtaken', text: 'Bea changed size of Pipe to 7.', about: ['b'], offer: { word: 'Undo' }, atMs: sea.nowMs },
      { is: 'taken-back', about: ['a'], offer: { word: 'Restore with my edit' }, atMs: sea.nowMs - 60_000 },
    ]);
    expect(notes(ann).map(({ text }) => text)).toEqual(told(ann).toReversed());
    ann.store.tend('seen');
    ann.reload();
    ann.connect();
    sea.flow();
    expect(notes(ann).map(({ seen }) => seen)).toEqual([true, true]);
    takeAll(ann);
    takeAll(ann);
    sea.flow();
    expect([sizeOf(sea.design, 'a'), sizeOf(sea.design, 'b')]).toEqual([5, 5]);
    expect(notes(ann).map(({ taken }) => taken)).toEqual([true, true]);
    expect(ann.store.state.get().undo.map(({ label }) => label)).toEqual(['size b', 'restore with 2 changes']);
    ann.store.tend('forget');
    expect(notes(ann)).toEqual([]);
  });

  it('is listed piece by piece where one line tells of many', () => {
    const { sea, ann, bea } = two(add('a'));
    ann.cut();
    bea.store.commit('delete a', [remove('a')]);
    for (const label of ['one', 'two', 'three']) ann.store.commit(label, [rename('a', label)]);
    sea.flow();
    ann.connect();
    sea.flow();
    expect(told(ann)).toHaveLength(1);
    expect(notes(ann).map(({ text }) => /your “(\w+)”/.exec(text)?.[1])).toEqual(['three', 'two', 'one']);
    takeAll(ann);
    sea.flow();
    expect(sea.design.nodes['a']?.label).toBe('three');
  });

  it('holds what an undo could not take back, with the words that were said', () => {
    const { sea, ann, bea } = two(add('a'), add('b'), connect('ab', 'a', 'b'));
    ann.store.commit('delete a', [remove('a')]);
    sea.flow();
    bea.store.commit('delete b', [remove('b')]);
    sea.flow();
    ann.store.undo();
    const text = 'Undone: delete a; the wire to b could not be restored: b is gone';
    expect(notes(ann)).toMatchObject([{ is: 'left', text }]);
    expect(told(ann)).toEqual([]);
    sea.flow();
    bea.store.commit('delete a', [remove('a')]);
    sea.flow();
    ann.store.redo();
    expect(notes(ann)[0]?.text).toMatch(/^Cannot redo delete a/);
  });

  it('holds nothing of what stands again where it was typed, and no more than it can', () => {
    const { sea, ann, bea } = two(add('a'));
    ann.settles = true;
    bea.store.commit('delete a', [remove('a')]);
    sea.up(bea);
    ann.store.commit('size', [size('a', 5)]);
    sea.flow();
    expect([notes(ann), told(ann)]).toEqual([[], []]);
    const many = Array.from(
      { length: mostNotes + 2 },
      (_, at): Note => ({ id: `${at}`, is: 'left', text: '', atMs: at, about: [] }),
    );
    expect(withNotes([], many)).toHaveLength(mostNotes);
    expect(withNotes([], many)[0]?.id).toBe(`${mostNotes + 1}`);
  });
});

describe('[E48] what a note offers', () => {
  it('fits what the text has become meanwhile, by others and by me', () => {
    const { sea, ann, bea } = two(add('a'), type('a', 0, 'prompt'));
    bea.store.commit('delete a', [remove('a')]);
    sea.up(bea);
    ann.store.commit('type', [type('a', 6, ' for Ann')]);
    sea.flow();
    bea.store.undo();
    sea.flow();
    bea.store.commit('type', [type('a', 0, 'the ')]);
    sea.flow();
    ann.store.commit('type', [type('a', 0, 'This is ')]);
    sea.flow();
    takeAll(ann);
    sea.flow();
    expect(says(sea.design)).toBe('This is the prompt for Ann');
    expect(shown(bea)).toEqual(shown(ann));
  });

  it('is no more when nothing of it is left to do', () => {
    const offer = { word: 'Undo', label: 'x', edits: [type('a', 2, 'x')] };
    const note: Note = { id: '1', is: 'left', text: '', atMs: 0, about: [], offer };
    expect(carryOffers([note], [{ do: 'node.set', id: 'a', settings: { says: '' } }])[0]?.offer).toBeUndefined();
    expect(carryOffers([note], [size('a', 1)])[0]).toBe(note);
    const taken: Note = { ...note, taken: true };
    expect(carryOffers([taken], [type('a', 0, 'y')])[0]).toBe(taken);
  });

  it('says what of it cannot be done any more', () => {
    const { sea, ann, bea } = two(add('a'));
    ann.store.commit('size', [size('a', 5)]);
    sea.flow();
    bea.store.commit('size', [size('a', 20)]);
    bea.store.commit('delete a', [remove('a')]);
    sea.flow();
    takeAll(ann);
    expect(told(ann).at(-1)).toBe('Not done; a is gone');
    expect(notes(ann)[0]).toMatchObject({ is: 'left', text: 'Not done; a is gone' });
  });
});

describe('[E49] a transaction of mine that goes another way', () => {
  const txId = 'another-way';
  it('is a step of mine with its name, undone before those that were there, which are as they were', () => {
    const { sea, ann } = two(add('a'));
    ann.store.commit('size five', [size('a', 5)]);
    ann.store.commit('size six', [size('a', 6)]);
    sea.flow();
    ann.store.expect(txId, 'take back “size five”');
    sea.commit({ txId, edits: [size('a', 1)] }, 'Ann');
    sea.flow();
    expect(told(ann)).toEqual([]);
    expect(ann.store.state.get().undo.map(({ label }) => label)).toEqual(['size five', 'size six', 'take back “size five”']);
    const sizes = [1, 2, 3].map(() => {
      ann.store.undo();
      sea.flow();
      return sizeOf(sea.design);
    });
    expect(sizes).toEqual([6, 5, undefined]);
    for (let step = 0; step < 3; step++) ann.store.redo();
    sea.flow();
    expect(sizeOf(sea.design)).toBe(1);
  });

  it('goes below what waits, and is nobody’s when it was called off', () => {
    const { sea, ann } = two(add('a'), add('b'));
    ann.store.expect(txId, 'take back');
    ann.store.commit('size b', [size('b', 3)]);
    sea.commit({ txId, edits: [size('a', 1)] }, 'Ann');
    sea.flow();
    expect(ann.store.state.get().undo.map(({ label }) => label)).toEqual(['take back', 'size b']);
    ann.store.expect('other', 'take back')();
    sea.commit({ txId: 'other', edits: [size('a', 2)] }, 'Ann');
    sea.flow();
    expect(ann.store.state.get().undo).toHaveLength(2);
    ann.store.undo();
    ann.store.undo();
    sea.flow();
    expect([sizeOf(sea.design, 'a'), sizeOf(sea.design, 'b')]).toEqual([2, undefined]);
  });
});

describe('[E50] what came as a whole', () => {
  const away = (...by: string[]) => {
    const { sea, ann } = two(add('a'));
    sea.longestTail = 0;
    ann.cut();
    for (const name of by) sea.commit({ edits: [rename('a', name)] }, name);
    sea.commit({ edits: [remove('a')] }, by.at(-1) ?? 'Bea');
    ann.store.commit('size', [size('a', 5)]);
    ann.connect();
    sea.flow();
    return told(ann)[0]?.split(' came first')[0];
  };

  it('is by those who did it, as far as they are known', () => {
    expect(away('Bea')).toBe('Bea');
    expect(away('Bea', 'Cem')).toBe('Bea and Cem');
    expect(away('Bea', 'Cem', 'Dee')).toBe('Several people');
    expect(away('Ann', 'Bea')).toBe('Bea');
    expect(away('Ann')).toBe('Ann');
    expect(away(...Array.from({ length: 1_000 }, () => 'Bea'))).toBe('Bea and perhaps others');
  });
});

import { describe, expect, it } from 'vitest';
import { add, remove, says, shown, size, sizeOf, told, two, type } from './testing/sea.ts';

describe('away for long', () => {
  it('[E39] finds what waited, and every step, over a reload of the page', () => {
    const { sea, ann, bea } = two(add('a'), type('a', 0, 'text'));
    ann.store.commit('size', [size('a', 3)]);
    sea.flow();
    ann.cut();
    ann.store.commit('type', [type('a', 4, ' mine')]);
    bea.store.commit('type', [type('a', 0, 'their ')]);
    sea.flow();
    ann.reload();
    expect(says(shown(ann))).toBe('text mine');
    expect(ann.store.state.get()).toMatchObject({ saving: 'kept', waiting: [{ label: 'type' }] });
    ann.connect();
    sea.flow();
    expect(says(sea.design)).toBe('their text mine');
    ann.store.undo();
    ann.store.undo();
    sea.flow();
    expect(sea.design.nodes['a']?.settings).toEqual({ says: 'their text' });
  });

  it('[E39] a tab that was hidden and has missed much overwrites nothing', () => {
    const { sea, ann, bea } = two(add('a'));
    ann.cut();
    for (let round = 0; round < 200; round++) bea.store.commit(`size ${round}`, [size('a', round)]);
    bea.store.commit('name', [{ do: 'design.set', name: 'New' }]);
    sea.flow();
    ann.connect();
    sea.flow();
    expect(shown(ann)).toEqual(shown(bea));
    expect(sea.design).toMatchObject({ name: 'New', rev: 203 });
  });

  it('[E37] with much that does not all fit any more sends nothing until told what becomes of it', () => {
    const { sea, ann, bea } = two(add('a'), add('b'));
    ann.cut();
    for (let round = 1; round <= 60; round++) ann.store.commit(`size ${round}`, [size(round % 2 === 0 ? 'a' : 'b', round)]);
    bea.store.commit('delete a', [remove('a')]);
    sea.flow();
    ann.connect();
    sea.flow();
    expect(ann.news).toMatchObject([{ is: 'aside', text: '60 changes made while away do not all fit any more.' }]);
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [], undo: [], aside: { rev: 2 } });
    expect(sizeOf(sea.design, 'b')).toBeUndefined();
    ann.store.commit('add c', [add('c')]);
    ann.reload();
    ann.connect();
    sea.flow();
    expect(ann.store.state.get().aside?.made).toHaveLength(60);
    ann.store.settleAside('send');
    sea.flow();
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [], confirmed: { name: 'Test' } });
    expect(ann.store.state.get().aside).toBeUndefined();
    expect(sizeOf(sea.design, 'b')).toBe(59);
    expect(told(ann).at(-1)).toMatch(/^Taken back: size 2\. There is no node a in this design\. So are 29 more\.$/);
  });

  it('[E37] with much that fits sends it as ever', () => {
    const { sea, ann, bea } = two(add('a'));
    ann.cut();
    for (let round = 1; round <= 60; round++) ann.store.commit(`add ${round}`, [add(`n${round}`)]);
    bea.store.commit('add b', [add('b')]);
    sea.flow();
    ann.connect();
    sea.flow();
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [] });
    expect(Object.keys(sea.design.nodes)).toHaveLength(62);
  });
});

import { describe, expect, it } from 'vitest';
import { add, connect, names, remove, says, shown, size, sizeOf, told, two, type } from './testing/sea.ts';

describe('undo and redo', () => {
  it('[E34] by name, without touching what others did since', () => {
    const { sea, ann, bea } = two();
    ann.store.commit('add a', [add('a')]);
    sea.flow();
    bea.store.commit('add x', [add('x')]);
    sea.flow();
    expect(ann.store.undo()).toEqual({ is: 'done', label: 'add a', left: [] });
    sea.flow();
    expect(names(sea.design)).toBe('x');
    expect(ann.store.redo()).toEqual({ is: 'done', label: 'add a', left: [] });
    sea.flow();
    expect(names(sea.design)).toBe('a x');
    expect(ann.store.state.get().undo.map(({ label }) => label)).toEqual(['add a']);
    expect(sea.log.at(-2)?.undoOf).toBe(sea.log[0]?.txId);
    expect(sea.log.at(-1)?.undoOf).toBe(sea.log.at(-2)?.txId);
  });

  it('[E34] never destroys what somebody else has made of it since', () => {
    const { sea, ann, bea } = two(add('b'));
    ann.store.commit('add a', [add('a')]);
    ann.store.commit('size of b', [size('b', 3)]);
    sea.flow();
    sea.pass(60_000);
    bea.store.commit('size of b', [size('b', 9)]);
    bea.store.commit('connect', [connect('ab', 'a', 'b')]);
    sea.flow();
    expect(ann.store.undo()).toMatchObject({ is: 'impossible', label: 'size of b' });
    expect(ann.store.undo()).toEqual({ is: 'impossible', label: 'add a', left: ['a stays as it is: Bea has changed it since'] });
    sea.flow();
    expect(sizeOf(sea.design, 'b')).toBe(9);
    expect(Object.keys(sea.design.connections)).toEqual(['ab']);
  });

  it('[E34] brings a node back with the wires that still can be, and says which cannot', () => {
    const { sea, ann, bea } = two(add('a'), add('b'), add('c'), connect('ab', 'a', 'b'), connect('ca', 'c', 'a'));
    ann.store.commit('delete a', [remove('a')]);
    sea.flow();
    bea.store.commit('delete b', [remove('b')]);
    sea.flow();
    expect(ann.store.undo()).toEqual({
      is: 'done',
      label: 'delete a',
      left: ['the wire to b could not be restored: b is gone'],
    });
    sea.flow();
    expect(Object.keys(sea.design.connections)).toEqual(['ca']);
    expect(shown(ann)).toEqual(shown(bea));
  });

  it('[E34] A deletes a wire, B deletes its node, A undoes: nothing dangles', () => {
    const { sea, ann, bea } = two(add('a'), add('b'), connect('ab', 'a', 'b'));
    ann.store.commit('delete wire', [{ do: 'disconnect', id: 'ab' }]);
    sea.flow();
    bea.store.commit('delete b', [remove('b')]);
    sea.flow();
    expect(ann.store.undo()).toMatchObject({ is: 'impossible', left: ['the wire to b could not be restored: b is gone'] });
    sea.flow();
    expect(sea.design.connections).toEqual({});
  });

  it('[E34] makes the redo of what the undo has found, not of what once was', () => {
    const { sea, ann, bea } = two(add('a'), type('a', 0, 'one three'));
    ann.store.commit('type two', [type('a', 4, 'two ')]);
    sea.flow();
    bea.store.commit('type zero', [type('a', 0, 'zero ')]);
    sea.flow();
    ann.store.undo();
    sea.flow();
    expect(says(sea.design)).toBe('zero one three');
    bea.store.commit('type so', [type('a', 0, 'so: ')]);
    bea.store.commit('type four', [type('a', 18, ' four')]);
    sea.flow();
    ann.store.redo();
    sea.flow();
    expect(says(sea.design)).toBe('so: zero one two three four');
    expect(shown(ann)).toEqual(shown(bea));
  });

  it('[E34] of a value goes back to what it replaced, which may be what somebody else set before', () => {
    const { sea, ann, bea } = two(add('a'), size('a', 1));
    ann.store.commit('size', [size('a', 5)]);
    bea.store.commit('size', [size('a', 20)]);
    sea.up(bea);
    sea.flow();
    expect(sizeOf(sea.design)).toBe(5);
    ann.store.undo();
    sea.flow();
    expect(sizeOf(sea.design)).toBe(20);
  });

  it('[E34] of what is still on its way too', () => {
    const { sea, ann, bea } = two(add('a'), size('a', 1));
    ann.store.commit('size', [size('a', 5)]);
    bea.store.commit('size', [size('a', 20)]);
    sea.up(bea);
    sea.down(ann);
    expect(ann.store.undo()).toEqual({ is: 'done', label: 'size', left: [] });
    expect(sizeOf(shown(ann))).toBe(20);
    sea.flow();
    expect(sizeOf(sea.design)).toBe(20);
    ann.store.redo();
    sea.flow();
    expect(sizeOf(sea.design)).toBe(5);
  });

  it('[E34] of everything and redo of everything leads back, while others work', () => {
    const { sea, ann, bea } = two();
    ann.store.commit('add a', [add('a')]);
    ann.store.commit('add b', [add('b')]);
    ann.store.commit('connect', [connect('ab', 'a', 'b')]);
    ann.store.commit('type', [type('a', 0, 'text')]);
    ann.store.commit('delete b', [remove('b')]);
    sea.flow();
    bea.store.commit('add x', [add('x')]);
    sea.flow();
    const before = sea.design;
    for (let round = 0; round < 5; round++) ann.store.undo();
    sea.flow();
    expect(names(sea.design)).toBe('x');
    for (let round = 0; round < 5; round++) ann.store.redo();
    sea.flow();
    expect({ ...sea.design, rev: 0, updatedAt: '' }).toEqual({ ...before, rev: 0, updatedAt: '' });
  });

  it('[E34] says with the answer what the server had to leave out', () => {
    const { sea, ann, bea } = two(add('a'), add('b'), connect('ab', 'a', 'b'));
    ann.store.commit('delete a', [remove('a')]);
    sea.flow();
    bea.store.commit('delete b', [remove('b')]);
    sea.up(bea);
    expect(ann.store.undo()).toEqual({ is: 'done', label: 'delete a', left: [] });
    sea.flow();
    expect(told(ann)).toEqual(['undo delete a: the wire to b could not be restored: b is gone']);
    expect(names(sea.design)).toBe('a');
    expect(shown(ann)).toEqual(sea.design);
  });
});

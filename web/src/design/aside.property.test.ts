import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit } from '#model/edits/edit.ts';
import { lengthOf } from '#model/edits/text-change.ts';
import { add, remove, says, shown, size, two, type } from './testing/sea.ts';

/** Typing at a part of a text's length, whatever that is. */
const typing = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  put: fc.constantFrom('x', 'yz', '🙂', 'long words '),
});
type Typing = { readonly at: number; readonly put: string };

const typed = (text: string, { at, put }: Typing): Edit => type('a', Math.floor(at * lengthOf(text)), put);

describe('[E51] what was made after something that is refused', () => {
  it('stands where it was made, at once and when the word of the server comes', () => {
    const many = fc.array(typing, { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
        typing,
        many,
        many,
        fc.boolean(),
        (text, own, before, after, early) => {
          const { sea, ann, bea } = two(add('a'), add('b'), ...(text === '' ? [] : [type('a', 0, text)]));
          const says_ = () => String(says(shown(ann)) ?? '');
          // Bea is first, and her deletion makes the whole of what Ann does here impossible.
          bea.store.commit('delete b', [remove('b')]);
          if (early) sea.up(bea);
          ann.store.commit('both', [typed(says_(), own), size('b', 5)]);
          if (!early) sea.up(bea);
          sea.up(ann);
          const [refusal, ...told] = ann.in.splice(0).toSorted((one) => (one.type === 'refused' ? -1 : 1));
          for (const [at, wish] of before.entries()) ann.store.commit(`type ${at}`, [typed(says_(), wish)]);
          ann.in.push(...told);
          sea.down(ann);
          const between = after.map((wish, at) => {
            const was = says_();
            const edit = typed(was, wish);
            ann.store.commit(`more ${at}`, [edit]);
            const place = edit.do === 'text.edit' && typeof edit.change[0] === 'number' ? edit.change[0] : 0;
            const chars = [...was];
            return [says_(), [...chars.slice(0, place), wish.put, ...chars.slice(place)].join('')];
          });
          for (const [is, meant] of between) expect(is).toBe(meant);
          const stands = says_();
          if (refusal !== undefined) ann.in.push(refusal);
          sea.down(ann);
          expect(says_()).toBe(stands);
          sea.flow();
          expect([says(sea.design) ?? '', Object.keys(sea.design.nodes)]).toEqual([stands, ['a']]);
          expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [] });
          // What others never did is not there; what was typed is, each piece once.
          expect(lengthOf(stands)).toBe(lengthOf(text) + [...before, ...after].reduce((sum, { put }) => sum + lengthOf(put), 0));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is told in the order in which it was made, with what it needed', () => {
    const { sea, ann, bea } = two(add('b'));
    bea.store.commit('delete b', [remove('b')]);
    sea.up(bea);
    ann.store.commit('both', [add('a'), size('b', 5)]);
    sea.up(ann);
    const [refusal] = ann.in.splice(
      ann.in.findIndex(({ type: is }) => is === 'refused'),
      1,
    );
    ann.store.commit('size a', [size('a', 2)]);
    sea.down(ann);
    expect([Object.keys(shown(ann).nodes), ann.news]).toEqual([[], []]);
    expect(ann.store.state.get().waiting.map(({ label, lost }) => `${label} ${lost !== undefined}`)).toEqual([
      'both true',
      'size a true',
    ]);
    if (refusal !== undefined) ann.in.push(refusal);
    sea.flow();
    expect(ann.news.map(({ text }) => text)).toEqual([
      'Bea came first with “delete b”, so your “both” is taken back.',
      'Taken back: size a. There is no node a in this design.',
    ]);
    expect(ann.store.state.get()).toMatchObject({ saving: 'saved', waiting: [], undo: [] });
  });

  it('and all that is on top of it, when the server takes it after all', () => {
    const { sea, ann, bea } = two(add('a'), add('b'), type('a', 0, 'text'));
    bea.store.commit('delete b', [remove('b')]);
    bea.store.undo();
    ann.store.commit('both', [type('a', 0, 'my '), size('b', 5)]);
    const [first, second] = bea.out.splice(0);
    if (first !== undefined) bea.out.push(first);
    sea.up(bea);
    sea.down(ann);
    ann.store.commit('type', [type('a', 4, ' more')]);
    expect(says(shown(ann))).toBe('text more');
    if (second !== undefined) bea.out.push(second);
    sea.up(bea);
    sea.flow();
    expect(says(sea.design)).toBe('my text more');
    expect(shown(ann)).toEqual(shown(bea));
    expect(ann.news).toEqual([]);
    for (let step = 0; step < 2; step++) ann.store.undo();
    sea.flow();
    expect(says(sea.design)).toBe('text');
  });
});

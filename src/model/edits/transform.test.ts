import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import { anyDesign, anyEdit, anyEditOf, editKinds, testKinds } from '#model/testing.ts';
import { applyAll, applySome } from './apply.ts';
import { compose } from './compose.ts';
import { Edit } from './edit.ts';
import { isRefusal, rebase, type Transformed, transform } from './transform.ts';
import { undoEdits } from './undo.ts';

const drawn = (design: DesignBody | undefined, ...edits: readonly Edit[]): DesignBody | undefined => {
  if (design === undefined) return undefined;
  const applied = applyAll(design, edits, testKinds);
  return applied.ok ? applied.design : undefined;
};

const listed = (now: Transformed): readonly Edit[] => (now === undefined || isRefusal(now) ? [] : [now]);

/** Both orders of two edits of one design: what the server comes to, and what one comes to who had the later one first. */
function bothWays(design: DesignBody, first: Edit, then: Edit): [DesignBody, DesignBody] | 'refused' | undefined {
  const [one, other] = [applyAll(design, [first], testKinds), applyAll(design, [then], testKinds)];
  if (!one.ok || !other.ok) return undefined;
  // As the page sends them: with the index they were drawn at.
  const [[earlier = first], [filled = then]] = [one.edits, other.edits];
  const later = transform(filled, earlier, 'after');
  const there = isRefusal(later) ? undefined : drawn(one.design, ...listed(later));
  if (there === undefined) return 'refused';
  // What has gone with its node or kind meanwhile is not there to be changed any more.
  const here = applySome(other.design, listed(transform(earlier, filled, 'before')), testKinds).design;
  return [there, here];
}

/** Whether an edit takes connections with it: then the order decides what is left, and only the server's counts. */
function cascades(design: DesignBody, edit: Edit): boolean {
  const applied = applyAll(design, [edit], testKinds);
  return applied.ok && applied.inverse.some((back) => back.do === 'connect' && edit.do !== 'disconnect');
}

const orderDecides = (design: DesignBody, a: Edit, b: Edit): boolean => {
  if (![a, b].some(({ do: does }) => does === 'connection.rewire' || does === 'node.kind')) return false;
  const either = (from: DesignBody | undefined, edit: Edit): boolean => from !== undefined && cascades(from, edit);
  return either(design, a) || either(design, b) || either(drawn(design, a), b) || either(drawn(design, b), a);
};

describe('[E40] an edit over another', () => {
  test('[E40] both orders of any two edits lead to the same design, or the later one is refused', () => {
    fc.assert(
      fc.property(anyDesign, anyEdit, anyEdit, (design, first, then) => {
        if (orderDecides(design, first, then)) return;
        const ways = bothWays(design, first, then);
        if (ways === undefined || ways === 'refused') return;
        expect(ways[1]).toEqual(ways[0]);
      }),
      { numRuns: 4_000 },
    );
  });

  // A small design in which every kind of edit finds something to do, so that every pair is met.
  const rich = drawn(
    emptyDesign('d'),
    { do: 'node.add', node: { id: 'a', kind: 'test.pass', settings: { note: 'hello', items: [1, 2, 3] } }, at: { x: 0, y: 0 } },
    { do: 'node.add', node: { id: 'b', kind: 'test.pass' } },
    { do: 'node.add', node: { id: 'c', kind: 'test.join' } },
    { do: 'connect', connection: { id: 'a', from: { node: 'a', port: 'out' }, to: { node: 'b', port: 'in' } } },
    { do: 'connect', connection: { id: 'b', from: { node: 'b', port: 'out' }, to: { node: 'c', port: 'in' } } },
    { do: 'group.add', group: { id: 'g', title: 'G' } },
    { do: 'group.add', group: { id: 'h', title: 'H', parent: 'g' } },
    { do: 'group.assign', node: 'a', group: 'g' },
  );
  if (rich === undefined) throw new Error('the design is refused');
  // Few of those made at random can be drawn.
  const wires = ['c', '7'].map(
    (id, index): Edit => ({
      do: 'connect',
      connection: { id, from: { node: 'a', port: 'err' }, to: { node: 'c', port: 'in', index: index + 1 } },
    }),
  );
  const seed = Number(process.env['CHECK_SEED'] ?? Date.now() % 2 ** 31);
  const pools = new Map(
    editKinds.map((does) => {
      const some = fc.sample(anyEditOf(does), { numRuns: 2_000, seed });
      const fitting = some.filter((edit) => drawn(rich, edit) !== undefined);
      return [does, does === 'connect' ? [...wires, ...fitting.slice(0, 8)] : fitting.slice(0, 10)];
    }),
  );
  const pairs = editKinds.flatMap((a) => editKinds.map((b): [Edit['do'], Edit['do']] => [a, b]));

  test('[E40] every pair of kinds of edit is met', () => {
    expect(pairs).toHaveLength(Edit.anyOf.length ** 2);
    for (const [does, pool] of pools) expect(pool.length, `${does}, seed ${seed}`).toBeGreaterThan(0);
  });

  it.each(pairs)('[E40] %s, then %s', (one, other) => {
    for (const first of pools.get(one) ?? []) {
      for (const then of pools.get(other) ?? []) {
        if (orderDecides(rich, first, then)) continue;
        const ways = bothWays(rich, first, then);
        if (ways === undefined || ways === 'refused') continue;
        expect(ways[1], `${JSON.stringify([first, then])}, seed ${seed}`).toEqual(ways[0]);
      }
    }
  });
});

describe('[E40] of two who', () => {
  it.each<Edit>([
    { do: 'node.delete', id: 'a' },
    { do: 'disconnect', id: 'a' },
    { do: 'group.delete', id: 'g' },
  ])('[E40] delete the same ($do), the later one has nothing left to do and is not refused', (edit) => {
    expect(rebase([edit], [edit], 'after')).toEqual({ edits: [], left: [], over: [] });
  });

  test('[E40] move a node to another group and delete that group, both orders leave it in none', () => {
    const design = drawn(
      emptyDesign('d'),
      { do: 'node.add', node: { id: 'a', kind: 'test.pass' } },
      { do: 'group.add', group: { id: 'g', title: 'G' } },
      { do: 'group.add', group: { id: 'h', title: 'H' } },
      { do: 'group.assign', node: 'a', group: 'g' },
    );
    if (design === undefined) throw new Error('refused');
    const ways = bothWays(design, { do: 'group.assign', node: 'a', group: 'h' }, { do: 'group.delete', id: 'h' });
    if (ways === undefined || ways === 'refused') throw new Error('refused');
    expect(ways.map(({ canvas }) => canvas.members)).toEqual([undefined, undefined]);
  });
});

describe('[E41] composed edits', () => {
  test('[E41] lead to the same design as one by one, and are never more', () => {
    // Few kinds and few ids, so that much follows on the same thing.
    const few = fc.array(
      fc.oneof(...['node.set', 'node.move', 'text.edit', 'node.add'].map((does) => anyEditOf(does as Edit['do'])), anyEdit),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(anyDesign, few, (design, edits) => {
        const done = applySome(design, edits, testKinds);
        const fewer = compose(done.edits);
        expect(fewer.length).toBeLessThanOrEqual(done.edits.length);
        expect(drawn(design, ...fewer)).toEqual(done.design);
      }),
      { numRuns: 600 },
    );
  });

  test('[E41] typing is one edit, with one way back', () => {
    const design = drawn(emptyDesign('d'), { do: 'node.add', node: { id: 'a', kind: 'test.pass' } });
    if (design === undefined) throw new Error('refused');
    const typed = [...'hello'].map(
      (letter, at): Edit => ({
        do: 'text.edit',
        node: 'a',
        name: 'note',
        change: at === 0 ? [letter] : [at, letter],
      }),
    );
    const [one, ...more] = compose(typed);
    expect([one, more]).toEqual([{ do: 'text.edit', node: 'a', name: 'note', change: ['hello'] }, []]);
    const applied = applyAll(design, typed, testKinds);
    if (!applied.ok) throw new Error(applied.refusal.message);
    expect(drawn(applied.design, ...compose(applied.inverse))).toEqual(design);
  });
});

describe('[E42] taking back after others went on', () => {
  const design = drawn(
    emptyDesign('d'),
    { do: 'node.add', node: { id: 'a', kind: 'test.pass' } },
    { do: 'node.add', node: { id: 'b', kind: 'test.pass' } },
  );
  if (design === undefined) throw new Error('refused');
  const did = (from: DesignBody, ...edits: Edit[]) => {
    const applied = applyAll(from, edits, testKinds);
    if (!applied.ok) throw new Error(applied.refusal.message);
    return applied;
  };
  const wire: Edit = { do: 'connect', connection: { id: 'w', from: { node: 'a', port: 'out' }, to: { node: 'b', port: 'in' } } };

  test('[E42] with nobody between, it is the design from before', () => {
    fc.assert(
      fc.property(anyDesign, fc.array(anyEdit, { maxLength: 8 }), (before, edits) => {
        const mine = applySome(before, edits, testKinds);
        expect(drawn(mine.design, ...undoEdits(mine.inverse, []).edits.map(({ edit }) => edit))).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  test('[E42] a setting that another has set since stays', () => {
    const mine = did(design, { do: 'node.set', id: 'a', settings: { size: 5, rule: 'mine' } });
    const theirs = did(mine.design, { do: 'node.set', id: 'a', settings: { size: 7 } });
    const { edits, left } = undoEdits(mine.inverse, [theirs.edits]);
    const undone = did(theirs.design, ...edits.map(({ edit }) => edit));
    expect(undone.design.nodes['a']?.settings).toEqual({ size: 7 });
    expect(left).toEqual([]);
  });

  test('[E42] a node that another has wired since is not taken away, and it is told', () => {
    const mine = did(design, { do: 'node.add', node: { id: 'c', kind: 'test.join' } });
    const theirs = did(mine.design, {
      do: 'connect',
      connection: { id: 'v', from: { node: 'a', port: 'out' }, to: { node: 'c', port: 'in' } },
    });
    expect(undoEdits(mine.inverse, [theirs.edits])).toMatchObject({
      edits: [],
      left: [{ number: 0, refusal: { code: 'REPLACED' } }],
    });
  });

  test('[E42] what another typed in a text I set stays', () => {
    const mine = did(design, { do: 'node.set', id: 'a', settings: { note: 'new' } });
    const theirs = did(mine.design, { do: 'text.edit', node: 'a', name: 'note', change: [3, 'er'] });
    expect(undoEdits(mine.inverse, [theirs.edits])).toMatchObject({ edits: [], left: [{ number: 0 }] });
  });

  test('[E42] what I typed goes, what another typed beside it stays', () => {
    const mine = did(design, { do: 'text.edit', node: 'a', name: 'note', change: [5, ' mine'] });
    const theirs = did(mine.design, { do: 'text.edit', node: 'a', name: 'note', change: ['theirs '] });
    const { edits } = undoEdits(mine.inverse, [theirs.edits]);
    expect(did(theirs.design, ...edits.map(({ edit }) => edit)).design.nodes['a']?.settings).toEqual({ note: 'theirs usual' });
  });

  test('[E42] a deletes a wire, b deletes its node, a undoes: the wire does not come back to nothing', () => {
    const wired = did(design, wire);
    const mine = did(wired.design, { do: 'disconnect', id: 'w' });
    const theirs = did(mine.design, { do: 'node.delete', id: 'b' });
    const { edits } = undoEdits(mine.inverse, [theirs.edits]);
    const undone = applySome(
      theirs.design,
      edits.map(({ edit }) => edit),
      testKinds,
    );
    expect(undone.design).toEqual(theirs.design);
    expect(undone.left).toMatchObject([{ refusal: { code: 'UNKNOWN_NODE' } }]);
  });

  test('[E42] undoing a whole stack and doing it again is the same design, whoever types between', () => {
    const step = fc.array(anyEdit, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyDesign, fc.array(step, { maxLength: 6 }), (before, steps) => {
        let at = before;
        const stack: (readonly Edit[])[] = [];
        for (const edits of steps) {
          const done = applySome(at, edits, testKinds);
          at = done.design;
          stack.push(done.inverse);
        }
        const top = at;
        const again: (readonly Edit[])[] = [];
        for (const back of stack.reverse()) {
          const done = applySome(
            at,
            undoEdits(back, []).edits.map(({ edit }) => edit),
            testKinds,
          );
          expect(done.left).toEqual([]);
          at = done.design;
          again.push(done.inverse);
        }
        expect(at).toEqual(before);
        for (const forth of again.reverse()) at = applySome(at, forth, testKinds).design;
        expect(at).toEqual(top);
      }),
      { numRuns: 200 },
    );
  });
});

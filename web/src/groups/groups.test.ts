import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesignBody } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';
import { shapesOf } from '../canvas/shapes.ts';
import { deleteEdits, duplicateEdits } from '../design/edits.ts';
import { empty, kinds } from '../design/testing/sea.ts';
import { emptiedBy, framesOf, nodesIn } from './frames.ts';
import { frameColour, groupEdits, ungroupEdits } from './group-edits.ts';
import { sizeWanted } from './resize-grip.tsx';

const drawn = (edits: readonly Edit[], from: DesignBody = empty): DesignBody => {
  const applied = applyAll(from, edits, kinds);
  if (!applied.ok) throw new Error(applied.refusal.message);
  return applied.design;
};
const nodes = drawn(
  ['a', 'b', 'c', 'd'].map((id, at): Edit => ({ do: 'node.add', node: { id, kind: 'test.pipe' }, at: { x: at * 300, y: 0 } })),
);
const grouped = (design: DesignBody, ...ids: string[]) => drawn(groupEdits(design, ids)?.edits ?? [], design);
const frames = (design: DesignBody) =>
  framesOf(design, shapesOf(design, kinds), (id) => design.canvas.positions[id] ?? { x: 0, y: 0 });

describe('[D22] groups', () => {
  it('enclose their members and the frames within, outer ones first', () => {
    const design = grouped(grouped(nodes, 'a', 'b'), 'a', 'b', 'c');
    const [outer, inner] = frames(design);
    expect([outer?.id, inner?.id]).toEqual(['group-2', 'group']);
    expect([outer?.depth, inner?.depth]).toEqual([0, 1]);
    expect(outer?.x).toBeLessThan(inner?.x ?? 0);
    expect((outer?.x ?? 0) + (outer?.width ?? 0)).toBeGreaterThan(600 + 208);
    expect(nodesIn(design, 'group-2').toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('are not drawn while they hold nothing', () => {
    expect(frames(drawn([{ do: 'group.add', group: { id: 'g', title: 'Empty' } }], nodes))).toEqual([]);
  });

  it('made within a group are in it; what is one group already is not put into another', () => {
    const outer = grouped(nodes, 'a', 'b', 'c');
    const inner = grouped(outer, 'a', 'b');
    expect(inner.canvas.groups?.['group-2']?.parent).toBe('group');
    expect(inner.canvas.members).toEqual({ a: 'group-2', b: 'group-2', c: 'group' });
    expect(groupEdits(outer, ['a', 'b', 'c'])).toBeUndefined();
    expect(groupEdits(outer, [])).toBeUndefined();
  });

  it('taken away leave what they held where they were', () => {
    const nested = grouped(grouped(nodes, 'a', 'b', 'c'), 'a', 'b');
    const left = drawn(ungroupEdits(nested, 'group-2'), nested);
    expect(left.canvas.members).toEqual({ a: 'group', b: 'group', c: 'group' });
    expect(drawn(ungroupEdits(left, 'group'), left).canvas.members).toBeUndefined();
  });

  it('go with the last of their nodes', () => {
    const design = grouped(nodes, 'a', 'b');
    expect(emptiedBy(design, ['a'])).toEqual([]);
    expect(drawn(deleteEdits(design, ['a', 'b'], []), design).canvas.groups).toBeUndefined();
  });

  it('take copies of their nodes in', () => {
    const design = grouped(nodes, 'a', 'b');
    expect(drawn(duplicateEdits(design, ['a']).edits, design).canvas.members).toEqual({ a: 'group', b: 'group', 'a-2': 'group' });
  });

  it('are always made of edits that apply, whatever is selected', () => {
    const few = fc.subarray(['a', 'b', 'c', 'd']);
    fc.assert(
      fc.property(fc.array(few, { maxLength: 6 }), (selections) => {
        const end = selections.reduce((design, selected) => grouped(design, ...selected), nodes);
        const held = Object.keys(end.canvas.groups ?? {}).filter((id) => nodesIn(end, id).length > 0);
        expect(new Set(frames(end).map(({ id }) => id))).toEqual(new Set(held));
        for (const id of held) drawn(ungroupEdits(end, id), end);
      }),
    );
  });

  it('have a colour of the page, grey when it knows it not', () => {
    expect(frameColour({ colour: 'teal' })).toBe('var(--frame-teal)');
    expect(frameColour({ colour: 'puce' })).toBe('var(--frame-grey)');
  });
});

describe('[D21] how large a node is drawn', () => {
  it('is what the canvas says, at least what it needs, and its spots are at its edges', () => {
    const shape = (width: number, height: number) =>
      shapesOf(drawn([{ do: 'node.resize', id: 'a', size: { width, height } }], nodes), kinds).get('a');
    expect(shape(400, 200)).toMatchObject({ width: 400, height: 200 });
    expect(shape(400, 200)?.spots.find(({ port }) => port === 'out')).toMatchObject({ x: 400, y: 100 });
    expect(shape(8, 8)).toMatchObject({ width: 208, height: 64 });
  });

  it('is on the grid, and nothing to keep when it is the least', () => {
    expect(sizeWanted(301, 99)).toEqual({ width: 304, height: 96 });
    expect(sizeWanted(10, 10)).toBeUndefined();
    expect(sizeWanted(1e9, 10)).toEqual({ width: 10_000, height: 64 });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import { difference } from '#model/edits/diff.ts';
import type { Edit } from '#model/edits/edit.ts';
import { anyDesign, testKinds } from '#model/testing.ts';
import { compare, isSame } from './compare.ts';
import type { Comparison } from './history.ts';
import { bodyOf, itemsOf } from './items.ts';

function edited(design: DesignBody, ...edits: readonly Edit[]): DesignBody {
  const applied = applyAll(design, edits, testKinds);
  if (!applied.ok) throw new Error(applied.refusal.message);
  return applied.design;
}

const base = edited(
  emptyDesign('d'),
  { do: 'node.add', node: { id: 'source', kind: 'test.source' }, at: { x: 0, y: 0 } },
  { do: 'node.add', node: { id: 'pass', kind: 'test.pass', settings: { size: 3 } }, at: { x: 100, y: 0 } },
  { do: 'node.add', node: { id: 'join', kind: 'test.join' } },
  {
    do: 'connect',
    connection: { id: 'w', from: { node: 'source', port: 'out' }, to: { node: 'pass', port: 'in' }, capacity: 4 },
  },
  { do: 'group.add', group: { id: 'g', title: 'G' } },
);

const same: Comparison = compare(base, base);

describe('[E20] what differs between two designs', () => {
  it('[E20] is nothing between equal ones and something between any others', () => {
    fc.assert(
      fc.property(anyDesign, anyDesign, (a, b) => {
        expect(isSame(compare(a, structuredClone(a)))).toBe(true);
        expect(isSame(compare(a, b))).toBe(difference(a, b).length === 0);
        expect(difference(bodyOf(itemsOf(a)), a)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('[E20] is told by id: a change of one field is that field, from and to', () => {
    const to = edited(
      base,
      { do: 'node.set', id: 'pass', label: 'Through', settings: { size: null, rule: 'x' } },
      { do: 'connection.set', id: 'w', capacity: 8 },
      { do: 'group.set', id: 'g', colour: 'blue' },
      { do: 'group.assign', node: 'join', group: 'g' },
      { do: 'design.set', description: 'More.' },
    );
    const comparison = compare(base, to);
    expect(comparison).toEqual({
      ...same,
      nodes: {
        ...same.nodes,
        changed: [
          {
            id: 'pass',
            fields: expect.arrayContaining([
              { field: 'label', from: '', to: 'Through' },
              { field: 'settings/size', from: 3 },
              { field: 'settings/rule', to: 'x' },
            ]),
          },
        ],
      },
      connections: { ...same.connections, changed: [{ id: 'w', fields: [{ field: 'capacity', from: 4, to: 8 }] }] },
      groups: {
        ...same.groups,
        changed: [{ id: 'g', fields: [{ field: 'colour', to: 'blue' }] }],
        assigned: [{ node: 'join', to: 'g' }],
      },
      design: [{ field: 'description', from: '', to: 'More.' }],
    });
  });

  it('[E20] is a move, a rewiring, a change of kind, and not something that goes and comes back', () => {
    const to = edited(
      base,
      { do: 'node.move', id: 'source', at: { x: 5, y: 5 } },
      { do: 'node.resize', id: 'join', size: { width: 50, height: 60 } },
      { do: 'connection.rewire', id: 'w', to: { node: 'join', port: 'in' } },
      { do: 'node.kind', id: 'pass', kind: 'test.words' },
    );
    const { nodes, connections } = compare(base, to);
    expect([nodes.added, nodes.removed, connections.added, connections.removed]).toEqual([[], [], [], []]);
    expect(nodes.moved).toEqual([
      { id: 'join', toSize: { width: 50, height: 60 } },
      { id: 'source', from: { x: 0, y: 0 }, to: { x: 5, y: 5 } },
    ]);
    expect(nodes.changed.map(({ id, fields }) => [id, fields.map(({ field }) => field)])).toEqual([
      ['pass', ['kind', 'settings/size']],
    ]);
    expect(connections.rewired).toMatchObject([{ id: 'w', from: { to: { node: 'pass' } }, to: { to: { node: 'join' } } }]);
  });

  it('[E20] what comes and goes is there whole', () => {
    const to = edited(base, { do: 'node.delete', id: 'pass' }, { do: 'node.add', node: { id: 'new', kind: 'test.pass' } });
    const { nodes, connections } = compare(base, to);
    expect(nodes).toMatchObject({ added: [to.nodes['new']], removed: [base.nodes['pass']], changed: [] });
    expect(connections.removed).toEqual([base.connections['w']]);
  });
});

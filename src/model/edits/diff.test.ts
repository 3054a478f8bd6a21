import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import { anyDesign, testKinds } from '#model/testing.ts';
import { applyAll } from './apply.ts';
import { bodyPointer, difference, strayFault } from './diff.ts';

function become(from: DesignBody, to: DesignBody): DesignBody {
  const applied = applyAll(from, difference(from, to), testKinds);
  if (!applied.ok) throw new Error(`${applied.refusal.message} at ${applied.refusal.pointer}`);
  return applied.design;
}

describe('[E9] the difference of two designs', () => {
  it('[E9] leads from any design to any other, and back by its inverse', () => {
    fc.assert(
      fc.property(anyDesign, anyDesign, (from, to) => {
        expect(become(from, to)).toEqual(to);
        const there = applyAll(from, difference(from, to), testKinds);
        expect(there.ok && applyAll(there.design, there.inverse, testKinds)).toMatchObject({ ok: true, design: from });
      }),
      { numRuns: 300 },
    );
  });

  it('[E9] is nothing between equal designs, whatever the order of their names', () => {
    fc.assert(
      fc.property(anyDesign, (design) => {
        const turned = { ...design, nodes: Object.fromEntries(Object.entries(design.nodes).reverse()) };
        expect(difference(design, structuredClone(turned))).toEqual([]);
      }),
    );
  });

  it('[E9] is one edit for one change', () => {
    const node = {
      id: 'a',
      kind: 'test.pass',
      version: 2,
      label: '',
      settings: { size: 3, deep: { b: [1] } },
      onFailure: 'stop' as const,
    };
    const from: DesignBody = { ...emptyDesign('d'), nodes: { a: node } };
    const changed = (more: object): DesignBody => ({ ...from, nodes: { a: { ...node, ...more } } });
    expect(difference(from, changed({ label: 'A' }))).toEqual([{ do: 'node.set', id: 'a', label: 'A' }]);
    expect(difference(from, changed({ weight: 3 }))).toEqual([{ do: 'node.set', id: 'a', weight: 3 }]);
    expect(difference(changed({ priority: 'low' }), from)).toEqual([{ do: 'node.set', id: 'a', priority: 'normal' }]);
    expect(difference(from, changed({ priority: 'normal', weight: 1 }))).toEqual([]);
    expect(difference(from, changed({ settings: { deep: { b: [1] } } }))).toEqual([
      { do: 'node.set', id: 'a', settings: { size: null } },
    ]);
    expect(difference(from, { ...from, name: 'e' })).toEqual([{ do: 'design.set', name: 'e' }]);
    expect(difference(from, { ...from, canvas: { positions: { a: { x: 1, y: 2 }, stray: { x: 0, y: 0 } } } })).toEqual([
      { do: 'node.move', id: 'a', at: { x: 1, y: 2 } },
    ]);
    expect(difference(from, changed({ kind: 'test.join' })).map((edit) => edit.do)).toEqual(['node.delete', 'node.add']);
  });

  it('[E9] a refusal of it points into the body it was made from', () => {
    const body: DesignBody = {
      ...emptyDesign('d'),
      nodes: { a: { id: 'a', kind: 'test.pass', version: 2, label: '', settings: { size: 0 }, onFailure: 'stop' } },
    };
    const edits = difference(emptyDesign('d'), body);
    const refused = applyAll(emptyDesign('d'), edits, testKinds);
    expect(refused.ok ? '' : bodyPointer(edits, refused.refusal.pointer)).toBe('/nodes/a/settings/size');
    expect(bodyPointer([{ do: 'node.move', id: 'a~b', at: { x: 0, y: 0 } }], '/0/at/x')).toBe('/canvas/positions/a~0b/x');
    expect(bodyPointer([{ do: 'connection.set', id: 'c', capacity: 1 }], '/0/capacity')).toBe('/connections/c/capacity');
    expect(bodyPointer([{ do: 'design.set', name: '' }], '/0/name')).toBe('/name');
    expect(bodyPointer([], '/3/name')).toBe('');
  });

  it('[D2] an element under another id is found', () => {
    const node = { id: 'a', kind: 'test.pass', version: 2, label: '', settings: {}, onFailure: 'stop' as const };
    const canvas = { positions: {}, groups: { h: { id: 'g', title: '' } } };
    expect(strayFault({ nodes: { a: node }, connections: {}, canvas: { positions: {} } })).toBeUndefined();
    expect(strayFault({ nodes: { 'b/c': node }, connections: {}, canvas })).toMatchObject({ pointer: '/nodes/b~1c/id' });
    expect(strayFault({ nodes: {}, connections: {}, canvas })).toMatchObject({ pointer: '/canvas/groups/h/id' });
  });
});

import { describe, expect, it } from 'vitest';
import { add, made, refusal, wire } from '#model/testing/drawn.ts';
import { testKinds } from '#model/testing.ts';
import { apply, applyAll } from './apply.ts';
import type { Edit } from './edit.ts';

const pair = made(add('s', 'test.source'), add('p', 'test.pass'), wire('w', 's.out', 'p.in'));

describe('[E10] another kind', () => {
  it('[E10] what no longer fits goes with it and comes back; what fits stays', () => {
    const three = made(
      add('s', 'test.source'),
      add('p', 'test.pass'),
      add('q', 'test.pass'),
      wire('w', 's.out', 'p.in'),
      wire('v', 'p.out', 'q.in'),
    );
    const applied = apply(three, { do: 'node.kind', id: 'p', kind: 'test.words' }, testKinds);
    if (!applied.ok) throw new Error(applied.refusal.message);
    // A number never is the text that test.words takes, and it has no port out.
    expect(applied.design.connections).toEqual({});
    expect(applyAll(applied.design, applied.inverse, testKinds)).toMatchObject({ ok: true, design: three });
    const joined = apply(three, { do: 'node.kind', id: 'p', kind: 'test.join' }, testKinds);
    expect(joined.ok && Object.keys(joined.design.connections)).toEqual(['w', 'v']);
  });

  it('[E10] says which kind is unknown, and which setting does not fit', () => {
    expect(refusal(pair, { do: 'node.kind', id: 'p', kind: 'test.none' })).toMatchObject({
      code: 'UNKNOWN_KIND',
      pointer: '/kind',
    });
    expect(refusal(pair, { do: 'node.kind', id: 's', kind: 'test.pass', settings: { size: 0 } }).pointer).toBe('/settings/size');
  });
});

describe('[E11] rewiring', () => {
  it('[E11] keeps id, capacity and policy, and may lead back to its own end', () => {
    const three = made(add('s', 'test.source'), add('p', 'test.pass'), add('q', 'test.pass'), wire('w', 's.out', 'p.in'));
    const set = applyAll(
      three,
      [
        { do: 'connection.set', id: 'w', capacity: 7, policy: 'drop-oldest' },
        { do: 'connection.rewire', id: 'w', to: { node: 'q', port: 'in' } },
        { do: 'connection.rewire', id: 'w', from: { node: 's', port: 'out' } },
      ],
      testKinds,
    );
    if (!set.ok) throw new Error(set.refusal.message);
    expect(set.design.connections['w']).toMatchObject({ to: { node: 'q', index: 0 }, capacity: 7, policy: 'drop-oldest' });
    expect(refusal(pair, { do: 'connection.rewire', id: 'w', to: { node: 'x', port: 'in' } })).toMatchObject({
      code: 'UNKNOWN_NODE',
      pointer: '/to/node',
    });
  });
});

describe('[E12] groups', () => {
  const grouped = made(
    add('s', 'test.source'),
    { do: 'group.add', group: { id: 'outer', title: 'Outer' } },
    { do: 'group.add', group: { id: 'inner', title: 'Inner', parent: 'outer' } },
    { do: 'group.assign', node: 's', group: 'inner' },
  );

  it.each([
    [{ do: 'group.set', id: 'outer', parent: 'inner' }, 'GROUP_CYCLE', '/parent'],
    [{ do: 'group.set', id: 'outer', parent: 'outer' }, 'GROUP_CYCLE', '/parent'],
    [{ do: 'group.add', group: { id: 'g', title: '', parent: 'g' } }, 'GROUP_CYCLE', '/group/parent'],
    [{ do: 'group.add', group: { id: 'outer', title: '' } }, 'ID_TAKEN', '/group/id'],
    [{ do: 'group.assign', node: 's', group: 'none' }, 'UNKNOWN_GROUP', '/group'],
    [{ do: 'group.delete', id: 'none' }, 'UNKNOWN_GROUP', '/id'],
  ])('[E12] %j is refused', (edit, code, pointer) => {
    expect(refusal(grouped, edit)).toMatchObject({ code, pointer });
  });

  it('[E12] a deleted group lets go of what was in it, a deleted node comes back into its group', () => {
    const gone = apply(grouped, { do: 'group.delete', id: 'inner' }, testKinds);
    expect(gone.ok && gone.design.canvas).toEqual({ positions: {}, groups: { outer: { id: 'outer', title: 'Outer' } } });
    const deleted = apply(grouped, { do: 'node.delete', id: 's' }, testKinds);
    if (!deleted.ok) throw new Error(deleted.refusal.message);
    expect(deleted.design.canvas.members).toBeUndefined();
    expect(applyAll(deleted.design, deleted.inverse, testKinds)).toMatchObject({ ok: true, design: grouped });
  });
});

describe('[E13] within texts and lists', () => {
  const typed = (name: string, change: unknown) => ({ do: 'text.edit', node: 'p', name, change });

  it('[E13] a setting that is not set is taken at its default, and left out again by the way back', () => {
    const applied = apply(pair, typed('note', [2, '\u{1F600}']) as Edit, testKinds);
    if (!applied.ok) throw new Error(applied.refusal.message);
    expect(applied.design.nodes['p']?.settings).toEqual({ note: 'us\u{1F600}ual' });
    expect(applyAll(applied.design, applied.inverse, testKinds)).toMatchObject({ ok: true, design: pair });
  });

  it.each([
    [typed('note', [9, 'x']), 'TEXT_MISMATCH', '/change'],
    [typed('note', [{ d: 'unusual' }]), 'TEXT_MISMATCH', '/change'],
    [typed('note', ['\ud83d']), 'TEXT_MISMATCH', '/change'],
    [typed('size', ['x']), 'NOT_TEXT', '/name'],
    [typed('note', [{ d: 0 }]), 'EDIT_MALFORMED', '/change/0/d'],
    [typed('note', ['x'.repeat(1_000_001)]), 'EDIT_MALFORMED', '/change/0'],
    [{ do: 'text.edit', name: 'title', change: ['x'] }, 'NOT_TEXT', '/name'],
    [{ do: 'text.edit', name: 'description', change: ['x'.repeat(10_001)] }, 'TEXT_MISMATCH', '/change'],
    [{ do: 'list.insert', node: 'p', name: 'items', at: 3, item: 1 }, 'UNKNOWN_ITEM', '/at'],
    [{ do: 'list.insert', node: 'p', name: 'items', at: 0, item: 'text' }, 'SETTINGS_INVALID', '/item'],
    [{ do: 'list.move', node: 'p', name: 'items', from: 0, to: 2 }, 'UNKNOWN_ITEM', '/to'],
    [{ do: 'list.delete', node: 'p', name: 'size', at: 0 }, 'NOT_LIST', '/name'],
  ])('[E13] %j is refused', (edit, code, pointer) => {
    expect(refusal(pair, edit)).toMatchObject({ code, pointer });
  });

  it('[E13] items are put in, moved and taken out', () => {
    const list = (edit: object) => ({ node: 'p', name: 'items', ...edit }) as unknown as Edit;
    const applied = applyAll(
      pair,
      [
        list({ do: 'list.insert', at: 2, item: 3 }),
        list({ do: 'list.move', from: 0, to: 2 }),
        list({ do: 'list.delete', at: 0 }),
      ],
      testKinds,
    );
    expect(applied.ok && applied.design.nodes['p']?.settings).toEqual({ items: [3, 1] });
  });
});

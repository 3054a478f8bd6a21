import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kinds } from '#model/component.ts';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import { bodyFault } from '#model/design-text.ts';
import { apply, applyAll } from '#model/edits/apply.ts';
import { difference, sameJson } from '#model/edits/diff.ts';
import type { Edit } from '#model/edits/edit.ts';
import { anyDesign, anyEdit, testKinds } from '#model/testing.ts';
import type { MergeConflict } from './history.ts';
import { type Item, itemsOf } from './items.ts';
import { merge } from './merge.ts';
import { mergeValues } from './merge-values.ts';
import { usesOf, withStandIns } from './stand-ins.ts';

function edited(design: DesignBody, edits: readonly Edit[]): DesignBody {
  let at = design;
  for (const edit of edits) {
    const applied = apply(at, edit, testKinds);
    if (applied.ok) at = applied.design;
  }
  return at;
}

/** A design and what two people made of it. */
const anyTriple = fc
  .tuple(anyDesign, fc.array(anyEdit, { maxLength: 25, size: 'max' }), fc.array(anyEdit, { maxLength: 25, size: 'max' }))
  .map(([base, left, right]) => ({ base, ours: edited(base, left), theirs: edited(base, right) }));

function expectValid(body: DesignBody, kinds: Kinds = testKinds): void {
  const fault = bodyFault(body, kinds);
  if (fault !== undefined) throw new Error(`${fault.pointer} ${fault.message}`);
}

const same = (a: DesignBody, b: DesignBody): void => expect(difference(a, b)).toEqual([]);

const drawn = { source: 'test.source', pass: 'test.pass', join: 'test.join', end: 'test.words' } as const;

/** source.out to pass.in by `w`, and more by edits. */
function draw(...more: readonly Edit[]): DesignBody {
  const nodes = Object.entries(drawn).map(
    ([id, kind], at): Edit => ({ do: 'node.add', node: { id, kind }, at: { x: at * 100, y: 0 } }),
  );
  const wire: Edit = {
    do: 'connect',
    connection: { id: 'w', from: { node: 'source', port: 'out' }, to: { node: 'pass', port: 'in' } },
  };
  const applied = applyAll(emptyDesign('d'), [...nodes, wire, ...more], testKinds);
  if (!applied.ok) throw new Error(applied.refusal.message);
  return applied.design;
}

function wire(id: string, from: string, to: string): Edit {
  const [a = '', ap = ''] = from.split('.');
  const [b = '', bp = ''] = to.split('.');
  return { do: 'connect', connection: { id, from: { node: a, port: ap }, to: { node: b, port: bp } } };
}

const changed = (design: DesignBody, ...edits: readonly Edit[]): DesignBody => {
  const applied = applyAll(design, edits, testKinds);
  if (!applied.ok) throw new Error(`${applied.refusal.pointer} ${applied.refusal.message}`);
  return applied.design;
};

const keys = (conflicts: readonly MergeConflict[]): string[] => conflicts.map(({ key }) => key);

describe('[E21] merging three designs', () => {
  it('[E21] what one side alone has changed, or both alike, is what comes out', () => {
    fc.assert(
      fc.property(anyTriple, ({ base, ours, theirs }) => {
        for (const [from, left, right, out] of [
          [base, base, theirs, theirs],
          [base, ours, base, ours],
          [base, ours, ours, ours],
        ] as const) {
          const { body, conflicts } = merge(from, left, right, testKinds);
          expect(conflicts).toEqual([]);
          same(body, out);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('[E22] whatever two sides did, the merged design could have been drawn', () => {
    fc.assert(
      fc.property(anyTriple, ({ base, ours, theirs }) => expectValid(merge(base, ours, theirs, testKinds).body)),
      { numRuns: 400 },
    );
  });

  it('[E21] no change of one side is lost without a conflict that says so', () => {
    fc.assert(
      fc.property(anyTriple, ({ base, ours, theirs }) => {
        const { body, conflicts } = merge(base, ours, theirs, testKinds);
        const told = new Set(keys(conflicts));
        for (const lost of lostChanges({ base, ours, theirs, body }))
          expect(told, `of ${[...told]}`).toSatisfy(() => lost.some((key) => told.has(key)));
      }),
      { numRuns: 400 },
    );
  });

  it('[E21] merging the other way round finds the same to be at odds', () => {
    fc.assert(
      fc.property(anyTriple, ({ base, ours, theirs }) => {
        const there = merge(base, ours, theirs, testKinds);
        const back = merge(base, theirs, ours, testKinds);
        expect(there.conflicts.length === 0).toBe(back.conflicts.length === 0);
      }),
      { numRuns: 150 },
    );
  });

  it('[E23] whatever is chosen, the merged design could have been drawn', () => {
    const choice = fc.constantFrom('ours' as const, 'theirs' as const);
    fc.assert(
      fc.property(anyTriple, fc.infiniteStream(choice), ({ base, ours, theirs }, choices) => {
        const { conflicts } = merge(base, ours, theirs, testKinds);
        const chosen = Object.fromEntries(conflicts.map(({ key }) => [key, choices.next().value]));
        expectValid(merge(base, ours, theirs, testKinds, chosen).body);
        const all = merge(base, ours, theirs, testKinds, Object.fromEntries(conflicts.map(({ key }) => [key, 'theirs'])));
        expectValid(all.body);
      }),
      { numRuns: 400 },
    );
  });

  it('[E24] of kinds that are not known, designs merge as well', () => {
    const none: Kinds = { get: () => undefined };
    fc.assert(
      fc.property(anyTriple, ({ base, ours, theirs }) => {
        const { body } = merge(base, ours, theirs, none);
        expectValid(body, withStandIns(none, [base, ours, theirs].map(usesOf)));
        same(merge(base, base, theirs, none).body, theirs);
      }),
      { numRuns: 150 },
    );
  });
});

describe('[E24] kinds that are not known here', () => {
  const only =
    (...known: readonly string[]): Kinds['get'] =>
    (kind) =>
      known.includes(kind) ? testKinds.get(kind) : undefined;

  it('[E24] have the ports that the designs connect, and are a call where they meet one', () => {
    const asking: Edit[] = [
      { do: 'node.add', node: { id: 'ask', kind: 'test.ask' } },
      { do: 'node.add', node: { id: 'serve', kind: 'test.serve' } },
    ];
    const base = draw(...asking);
    const theirs = changed(base, wire('call', 'ask.ask', 'serve.serve'), wire('v', 'pass.out', 'join.in'));
    for (const get of [only(), only('test.ask'), only('test.serve', 'test.pass'), only('test.join', 'test.source')]) {
      const { body, conflicts } = merge(base, base, theirs, { get });
      expect(conflicts).toEqual([]);
      same(body, theirs);
      const kinds = withStandIns({ get }, [usesOf(theirs)]);
      expect(kinds.get('test.ask')?.ports['ask']?.protocol === kinds.get('test.serve')?.ports['serve']?.protocol).toBe(true);
    }
    // Nothing is held on a call, also when only one end is known to be one.
    const held = changed(theirs, { do: 'disconnect', id: 'call' });
    expect(merge(held, held, theirs, { get: only('test.ask') }).conflicts).toEqual([]);
  });

  it('[E24] are stood in for when they are older here than in the designs', () => {
    const base = draw();
    const newer: DesignBody = {
      ...base,
      nodes: Object.fromEntries(Object.values(base.nodes).map((node) => [node.id, { ...node, version: 9 }])),
    };
    const theirs = { ...newer, canvas: { positions: { ...newer.canvas.positions, pass: { x: 4, y: 4 } } } };
    expect(merge(newer, newer, theirs, testKinds)).toMatchObject({ conflicts: [], body: { nodes: { pass: { version: 9 } } } });
  });
});

/** For each change of a side that the merged design does not hold: the keys of which one must be told. */
function lostChanges({ base, ours, theirs, body }: Record<'base' | 'ours' | 'theirs' | 'body', DesignBody>): string[][] {
  const [was, now] = [itemsOf(base), itemsOf(body)];
  const lost: string[][] = [];
  const [left, right] = [itemsOf(ours), itemsOf(theirs)];
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    for (const key of new Set([...was.keys(), ...side.keys()])) {
      const [a, b, c, d] = [was.get(key), side.get(key), now.get(key), other.get(key)];
      if (a !== undefined && b === undefined && c !== undefined) lost.push([key]);
      if (b === undefined) continue;
      if (a === undefined && c === undefined) lost.push([key]);
      for (const field of c === undefined && a === undefined ? [] : new Set([...(a?.keys() ?? []), ...b.keys()])) {
        if (sameJson(a?.get(field), b.get(field)) || isKept(field, a, b, c, d)) continue;
        lost.push([key, key.startsWith('design/') ? key + field : `${key}/${field}`, `${key}/settings`]);
      }
    }
  }
  return lost;
}

function isKept(field: string, base: Item | undefined, side: Item, merged: Item | undefined, other: Item | undefined): boolean {
  if (sameJson(merged?.get(field), side.get(field))) return true;
  const moves = (value: unknown): unknown => ({ ...(value as object), index: 0 });
  // Put to the next free place of a port that takes many.
  if (base === undefined && (field === 'from' || field === 'to'))
    return sameJson(moves(merged?.get(field)), moves(side.get(field)));
  const within =
    mergeValues(base?.get(field), side.get(field), other?.get(field)) ??
    mergeValues(base?.get(field), other?.get(field), side.get(field));
  const other_ = mergeValues(base?.get(field), other?.get(field), side.get(field));
  return within !== undefined && [within, other_].some((it) => sameJson(it?.value, merged?.get(field)));
}

describe('[E21] what people do on two branches', () => {
  it('[E21] one moves, the other connects: nothing is at odds', () => {
    const base = draw();
    const ours = changed(
      base,
      { do: 'node.move', id: 'pass', at: { x: 7, y: 8 } },
      { do: 'node.set', id: 'pass', label: 'Through' },
    );
    const theirs = changed(base, wire('v', 'pass.out', 'join.in'), { do: 'node.set', id: 'pass', settings: { size: 3 } });
    const { body, conflicts } = merge(base, ours, theirs, testKinds);
    expect(conflicts).toEqual([]);
    expect(body.nodes['pass']).toMatchObject({ label: 'Through', settings: { size: 3 } });
    expect(Object.keys(body.connections)).toEqual(['w', 'v']);
    expect(body.canvas.positions['pass']).toEqual({ x: 7, y: 8 });
  });

  it('[E21] a setting that both changed is at odds; ours holds unless theirs is chosen', () => {
    const base = draw();
    const ours = changed(base, { do: 'node.set', id: 'pass', settings: { size: 3 } });
    const theirs = changed(base, { do: 'node.set', id: 'pass', settings: { size: 4, rule: 'x' } });
    const { body, conflicts } = merge(base, ours, theirs, testKinds);
    expect(conflicts).toEqual([
      {
        key: 'node/pass/settings/size',
        about: 'node',
        id: 'pass',
        field: 'settings/size',
        message: 'the setting size of the node pass is 3 in ours and 4 in theirs',
        ours: 3,
        theirs: 4,
      },
    ]);
    expect(body.nodes['pass']?.settings).toEqual({ size: 3, rule: 'x' });
    const chosen = merge(base, ours, theirs, testKinds, { 'node/pass/settings/size': 'theirs' });
    expect(chosen).toMatchObject({ conflicts: [], body: { nodes: { pass: { settings: { size: 4, rule: 'x' } } } } });
  });

  it('[E21] where both moved one box ours stays, and that holds up nobody', () => {
    const base = draw();
    const ours = changed(base, { do: 'node.move', id: 'pass', at: { x: 1, y: 1 } });
    const theirs = changed(base, { do: 'node.move', id: 'pass', at: { x: 2, y: 1 } });
    const { body, conflicts } = merge(base, ours, theirs, testKinds);
    expect(body.canvas.positions['pass']).toEqual({ x: 1, y: 1 });
    expect(conflicts).toMatchObject([{ key: 'node/pass/position', minor: true }]);
  });
});

describe('[E22] what cannot be together', () => {
  it('[E22] a connection to what ours deleted', () => {
    const base = draw();
    const ours = changed(base, { do: 'node.delete', id: 'join' });
    const theirs = changed(base, wire('v', 'pass.out', 'join.in'));
    const { body, conflicts } = merge(base, ours, theirs, testKinds);
    expect(conflicts).toMatchObject([{ key: 'connection/v', about: 'connection', id: 'v' }]);
    expect(conflicts[0]?.message).toBe('the connection v leads to the node join, which is not there on the other side');
    expect(Object.keys(body.connections)).toEqual(['w']);
    const chosen = merge(base, ours, theirs, testKinds, { 'connection/v': 'theirs' });
    expect(chosen.conflicts).toEqual([]);
    same(chosen.body, theirs);
  });

  it('[E22] a connection of ours to what theirs deleted: the node stays, and is told', () => {
    const base = draw();
    const ours = changed(base, wire('v', 'pass.out', 'join.in'));
    const theirs = changed(base, { do: 'node.delete', id: 'join' });
    const { body, conflicts } = merge(base, ours, theirs, testKinds);
    expect(keys(conflicts)).toEqual(['node/join']);
    same(body, ours);
    const chosen = merge(base, ours, theirs, testKinds, { 'node/join': 'theirs' });
    expect(chosen.conflicts).toEqual([]);
    same(chosen.body, theirs);
  });

  it('[E22] two connections at one input', () => {
    const base = draw({ do: 'node.add', node: { id: 'other', kind: 'test.source' } }, { do: 'disconnect', id: 'w' });
    const ours = changed(base, wire('mine', 'source.out', 'pass.in'));
    const theirs = changed(base, wire('yours', 'other.out', 'pass.in'));
    const { body, conflicts } = merge(base, ours, theirs, testKinds);
    expect(keys(conflicts)).toEqual(['connection/yours']);
    expect(conflicts[0]?.message).toBe('the connection mine and the connection yours both hold pass.in');
    same(body, ours);
    same(merge(base, ours, theirs, testKinds, { 'connection/yours': 'theirs' }).body, theirs);
  });

  it('[E22] on a port that takes many there is room for both', () => {
    const base = draw();
    const ours = changed(base, wire('mine', 'pass.out', 'join.in'));
    const theirs = changed(base, wire('yours', 'source.err', 'join.in'));
    const { body, conflicts } = merge(base, ours, theirs, testKinds);
    expect(conflicts).toEqual([]);
    expect([body.connections['mine']?.to.index, body.connections['yours']?.to.index]).toEqual([0, 1]);
  });

  it('[E22] one id for two things', () => {
    const base = draw();
    const ours = changed(base, { do: 'node.add', node: { id: 'new', kind: 'test.pass' } });
    const theirs = changed(base, { do: 'node.add', node: { id: 'new', kind: 'test.source' } }, wire('v', 'new.out', 'join.in'));
    const { body, conflicts } = merge(base, ours, theirs, testKinds);
    expect(keys(conflicts)).toEqual(['node/new']);
    expect(body.nodes['new']?.kind).toBe('test.pass');
    same(merge(base, ours, theirs, testKinds, { 'node/new': 'theirs' }).body, theirs);
  });

  it('[E22] a kind that ours changed and a setting that theirs changed', () => {
    const base = draw();
    const ours = changed(base, { do: 'node.kind', id: 'pass', kind: 'test.words' });
    const theirs = changed(base, { do: 'node.set', id: 'pass', settings: { size: 3 } });
    const { body, conflicts } = merge(base, ours, theirs, testKinds);
    expect(keys(conflicts)).toEqual(['node/pass/settings']);
    expect(body.nodes['pass']).toMatchObject({ kind: 'test.words', settings: {} });
  });

  it('[E22] two changes of one node that are wrong together', () => {
    const odd: Kinds = {
      get: testKinds.get,
      check: (_kind, { size, rule }) => (size === 3 && rule === 'x' ? { pointer: '/rule', message: 'not with 3' } : undefined),
    };
    const base = draw();
    const ours = changed(base, { do: 'node.set', id: 'pass', settings: { size: 3 } });
    const theirs = changed(base, { do: 'node.set', id: 'pass', settings: { rule: 'x' } });
    const { body, conflicts } = merge(base, ours, theirs, odd);
    expect(conflicts).toMatchObject([{ key: 'node/pass/settings', message: expect.stringContaining('not with 3') }]);
    expect(body.nodes['pass']?.settings).toEqual({ size: 3 });
  });

  it('[E22] groups within each other, and a member of a group that is gone', () => {
    const base = draw({ do: 'group.add', group: { id: 'g', title: 'G' } }, { do: 'group.add', group: { id: 'h', title: 'H' } });
    const ours = changed(base, { do: 'group.set', id: 'g', parent: 'h' });
    const theirs = changed(base, { do: 'group.set', id: 'h', parent: 'g' });
    const ring = merge(base, ours, theirs, testKinds);
    expect(ring.conflicts).toMatchObject([{ key: 'group/h/parent', message: 'the groups g, h would be within each other' }]);
    expect(ring.body.canvas.groups).toEqual(ours.canvas.groups);
    const without = changed(base, { do: 'group.delete', id: 'g' });
    const member = changed(base, { do: 'group.assign', node: 'pass', group: 'g' });
    const gone = merge(base, without, member, testKinds);
    expect(gone.conflicts).toMatchObject([{ key: 'node/pass/group', theirs: 'g' }]);
    expect(gone.body.canvas.members).toBeUndefined();
    const back = merge(base, member, without, testKinds);
    expect(keys(back.conflicts)).toEqual(['group/g']);
    same(back.body, member);
  });

  it('[E22] what ours deleted and theirs changed stays deleted, and comes back whole when it is chosen', () => {
    const base = draw();
    const ours = changed(base, { do: 'node.delete', id: 'pass' });
    const theirs = changed(base, { do: 'node.set', id: 'pass', label: 'Mine' });
    const { body, conflicts } = merge(base, ours, theirs, testKinds);
    const message = 'the node pass was changed by theirs and deleted by ours';
    expect(conflicts).toMatchObject([{ key: 'node/pass', message }]);
    expect(conflicts[0]).not.toHaveProperty('minor');
    same(body, ours);
    same(merge(base, ours, theirs, testKinds, { 'node/pass': 'theirs' }).body, theirs);
  });

  it('[E22] a design that does not hold today is merged all the same', () => {
    const strict: Kinds = { get: testKinds.get, check: () => ({ pointer: '', message: 'not any more' }) };
    const base = draw();
    const theirs = changed(base, { do: 'node.move', id: 'pass', at: { x: 5, y: 5 } });
    expect(merge(base, base, theirs, strict)).toMatchObject({
      conflicts: [],
      body: { canvas: { positions: { pass: { x: 5 } } } },
    });
  });
});

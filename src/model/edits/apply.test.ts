import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesignBody } from '#model/design.ts';
import { bodyFault } from '#model/design-text.ts';
import { add, made, refusal, wire } from '#model/testing/drawn.ts';
import { anyDesign, anyEdit, testKinds } from '#model/testing.ts';
import { apply, applyAll } from './apply.ts';
import type { Edit } from './edit.ts';

const pair = made(add('s', 'test.source'), add('p', 'test.pass'), wire('w', 's.out', 'p.in'));

describe('[E1] apply is pure and total', () => {
  it('[E1] anything at all gives a design or a refusal that points into the edit, and the given design stays', () => {
    const rubbish = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
      fc.tuple(anyEdit, fc.anything()).map(([edit, more]) => ({ ...edit, ...(more as object) })),
      fc
        .tuple(anyEdit, fc.constantFrom('id', 'at', 'node', 'settings', 'connection'), fc.anything({ withBigInt: true }))
        .map(([edit, key, value]) => ({ ...edit, [key]: value })),
    );
    fc.assert(
      fc.property(anyDesign, rubbish, (design, edit) => {
        const before = structuredClone(design);
        const applied = apply(design, edit as Edit, testKinds);
        expect(design).toEqual(before);
        if (applied.ok) expect(bodyFault(applied.design, testKinds)).toBeUndefined();
        else expect(applied.refusal.pointer).toMatch(/^(\/|$)/);
      }),
      { numRuns: 300 },
    );
  });

  it('[E1] a well formed edit leaves a design that holds all its rules', () => {
    fc.assert(
      fc.property(anyDesign, (design) => bodyFault(design, testKinds) === undefined),
      { numRuns: 200 },
    );
  });

  it('[E1] a setting that is no JSON value is refused where it is', () => {
    expect(refusal(pair, add('x', 'test.pass', { deep: { f: () => 1 } }))).toMatchObject({
      code: 'SETTINGS_INVALID',
      pointer: '/node/settings/deep/f',
    });
  });
});

describe('[E2] applyAll is all or none', () => {
  it('[E2] the pointer of a refusal starts with the number of the edit', () => {
    const applied = applyAll(
      pair,
      [
        { do: 'design.set', name: 'n' },
        { do: 'disconnect', id: 'no' },
      ],
      testKinds,
    );
    expect(applied).toMatchObject({ ok: false, refusal: { code: 'UNKNOWN_CONNECTION', pointer: '/1/id' } });
  });

  it('[E2] no edits change nothing', () => {
    expect(applyAll(pair, [], testKinds)).toEqual({ ok: true, design: pair, edits: [], inverse: [] });
  });
});

describe('[E1] a design of many nodes', () => {
  it('[E1] stays as it is, and what is made of it is in the same order', () => {
    const node = (n: number): Edit => ({ do: 'node.add', node: { id: `p${n}`, kind: 'test.pass' }, at: { x: n, y: 0 } });
    const many = made(...Array.from({ length: 1_200 }, (_, n) => node(n)));
    const before = JSON.stringify(many);
    let now = many;
    for (const id of ['p7', 'p1199', 'p7']) {
      const moved = apply(now, { do: 'node.move', id, at: { x: -1, y: -1 } }, testKinds);
      if (!moved.ok) throw new Error(moved.refusal.message);
      now = moved.design;
    }
    expect(JSON.stringify(many)).toBe(before);
    expect(Object.keys(now.canvas.positions)).toEqual(Object.keys(many.canvas.positions));
    const positions = { ...many.canvas.positions, p7: { x: -1, y: -1 }, p1199: { x: -1, y: -1 } };
    expect(now).toStrictEqual({ ...many, canvas: { positions } });
  });
});

describe('[E3] the inverse takes an edit back', () => {
  it('[E3] one edit, then its inverse, is the design from before', () => {
    fc.assert(
      fc.property(anyDesign, anyEdit, (design, edit) => {
        const applied = apply(design, edit, testKinds);
        fc.pre(applied.ok);
        if (applied.ok) expect(applyAll(applied.design, applied.inverse, testKinds)).toMatchObject({ ok: true, design });
      }),
      { numRuns: 500 },
    );
  });

  it('[E3] many edits, then the inverse of all, are the design from before; and again to redo', () => {
    fc.assert(
      fc.property(anyDesign, fc.array(anyEdit, { maxLength: 30 }), (design, edits) => {
        const done: Edit[] = [];
        let at = design;
        for (const edit of edits) {
          const applied = apply(at, edit, testKinds);
          if (!applied.ok) continue;
          done.push(edit);
          at = applied.design;
        }
        const all = applyAll(design, done, testKinds);
        if (!all.ok) throw new Error(all.refusal.message);
        const undone = applyAll(all.design, all.inverse, testKinds);
        if (!undone.ok) throw new Error(undone.refusal.message);
        expect(undone.design).toEqual(design);
        const redone = applyAll(undone.design, undone.inverse, testKinds);
        expect(redone).toMatchObject({ ok: true, design: at });
      }),
      { numRuns: 200 },
    );
  });

  it('[E3] a node that had no place has none again', () => {
    const moved = apply(pair, { do: 'node.move', id: 's', at: { x: 3, y: 4 } }, testKinds);
    if (!moved.ok) throw new Error('refused');
    expect(moved.design.canvas.positions).toEqual({ s: { x: 3, y: 4 } });
    expect(applyAll(moved.design, moved.inverse, testKinds)).toMatchObject({ design: { canvas: { positions: {} } } });
  });
});

describe('[D20] priority and weight', () => {
  const set = (design: DesignBody, more: object): DesignBody => {
    const applied = apply(design, { do: 'node.set', id: 's', ...more }, testKinds);
    if (!applied.ok) throw new Error(applied.refusal.message);
    return applied.design;
  };

  it('[D20] what is usual is left out, however it is said', () => {
    const ranked = set(pair, { priority: 'high', weight: 100 });
    expect(ranked.nodes['s']).toEqual({ ...pair.nodes['s'], priority: 'high', weight: 100 });
    expect(set(ranked, { weight: 1 }).nodes['s']).toEqual({ ...pair.nodes['s'], priority: 'high' });
    expect(set(ranked, { priority: 'normal', weight: 1 })).toEqual(pair);
    const node = { id: 'new', kind: 'test.pass', priority: 'normal' as const, weight: 1 };
    const added = applyAll(pair, [{ do: 'node.add', node }], testKinds);
    expect(added.ok && Object.keys(added.design.nodes['new'] ?? {})).not.toContain('priority');
    expect(added.ok && added.design.nodes['new']).not.toHaveProperty('weight');
  });

  it.each([
    [{ priority: 'urgent' }, '/priority'],
    [{ weight: 0 }, '/weight'],
    [{ weight: 101 }, '/weight'],
    [{ weight: 1.5 }, '/weight'],
  ])('[D20] nothing else is taken: %j', (more, pointer) => {
    const refused = apply(pair, { do: 'node.set', id: 's', ...more } as Edit, testKinds);
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'EDIT_MALFORMED', pointer } });
  });
});

describe('[E4] deleting a node', () => {
  it('[E4] takes its connections with it, and brings all of them back', () => {
    const applied = apply(pair, { do: 'node.delete', id: 'p' }, testKinds);
    if (!applied.ok) throw new Error('refused');
    expect(applied.design.connections).toEqual({});
    expect(applyAll(applied.design, applied.inverse, testKinds)).toMatchObject({ ok: true, design: pair });
  });
});

describe('[E5] connecting', () => {
  it('[E5] a plain port has one channel', () => {
    const two = made(add('s', 'test.source'), add('t', 'test.source'), add('p', 'test.pass'), wire('w', 's.out', 'p.in'));
    expect(refusal(two, wire('v', 't.out', 'p.in'))).toMatchObject({
      code: 'PORT_TAKEN',
      message: 'p.in already has connection w',
      pointer: '/connection/to',
    });
  });

  it('[E5] a many port takes the first free index when none is named', () => {
    const join = made(
      add('s', 'test.source'),
      add('t', 'test.source'),
      add('j', 'test.join'),
      wire('w', 's.out', 'j.in'),
      wire('v', 't.out', 'j.in'),
    );
    expect(join.connections['v']?.to.index).toBe(1);
  });

  it('[E5] a port has no more than a thousand connections', () => {
    const edits = Array.from({ length: 1_000 }, (_, n) => [add(`s${n}`, 'test.source'), wire(`w${n}`, `s${n}.out`, 'j.in')]);
    const full = made(add('j', 'test.join'), ...edits.flat(), add('last', 'test.source'));
    expect(refusal(full, wire('one-more', 'last.out', 'j.in'))).toMatchObject({ code: 'PORT_TAKEN', pointer: '/connection/to' });
  });

  it.each([
    ['an input as its start', wire('v', 'p.in', 'p.in'), 'PORTS_INCOMPATIBLE', '/connection/from/port'],
    ['a node that is not there', wire('v', 'q.out', 'p.in'), 'UNKNOWN_NODE', '/connection/from/node'],
    ['a name every object inherits', wire('v', 'constructor.out', 'p.in'), 'UNKNOWN_NODE', '/connection/from/node'],
    ['a port that is not there', wire('v', 'p.toString', 'p.in'), 'UNKNOWN_PORT', '/connection/from/port'],
    [
      'an index on a plain port',
      { do: 'connect', connection: { id: 'v', from: { node: 'p', port: 'out', index: 1 }, to: { node: 'p', port: 'in' } } },
      'UNKNOWN_PORT',
      '/connection/from/index',
    ],
    ['an id in use', wire('w', 'p.out', 'p.in'), 'ID_TAKEN', '/connection/id'],
  ])('[E5] %s is refused', (_what, edit, code, pointer) => {
    expect(refusal(pair, edit)).toMatchObject({ code, pointer });
  });

  it('[E5] [D4] messages that can never be what is expected are refused, and a call is no data', () => {
    const design = made(add('s', 'test.source'), add('t', 'test.words'), add('q', 'test.ask'));
    expect(refusal(design, wire('w', 's.out', 't.in')).code).toBe('PORTS_INCOMPATIBLE');
    expect(refusal(design, wire('w', 'q.ask', 't.in'))).toMatchObject({
      code: 'PORTS_INCOMPATIBLE',
      message: 'a call port cannot be connected to a data port',
    });
  });

  it('[Q9] a call is joined to a call whose replies may fit, and nothing is held on it', () => {
    const design = made(add('a', 'test.ask'), add('b', 'test.serve'), add('s', 'test.source'));
    expect(refusal(design, wire('w', 's.out', 'b.serve')).message).toBe('a data port cannot be connected to a call port');
    expect(refusal(design, wire('w', 'a.ask', 'b.words')).message).toBe(
      'the replies given are never of the type that is expected',
    );
    const full = {
      do: 'connect',
      connection: { id: 'w', from: { node: 'a', port: 'ask' }, to: { node: 'b', port: 'serve' }, capacity: 3 },
    };
    expect(refusal(design, full)).toMatchObject({ code: 'PORTS_INCOMPATIBLE', pointer: '/connection/capacity' });
    const joined = applyAll(design, [wire('w', 'a.ask', 'b.serve')], testKinds);
    if (!joined.ok) throw new Error(joined.refusal.message);
    expect(refusal(joined.design, { do: 'connection.set', id: 'w', policy: 'drop-oldest' })).toMatchObject({
      code: 'PORTS_INCOMPATIBLE',
      message: 'nothing is held on a call: its capacity is 0 and its policy block',
      pointer: '/policy',
    });
    expect(bodyFault(joined.design, testKinds)).toBeUndefined();
  });
});

describe('[E6] refusals say what and where', () => {
  it.each([
    [{ do: 'node.add', node: { id: 's', kind: 'test.pass' } }, 'ID_TAKEN', '/node/id'],
    [{ do: 'node.add', node: { id: 'x', kind: 'test.none' } }, 'UNKNOWN_KIND', '/node/kind'],
    [{ do: 'node.add', node: { id: 'x', kind: 'test.pass', version: 3 } }, 'VERSION_TOO_NEW', '/node/version'],
    [{ do: 'node.add', node: { id: 'x', kind: 'test.pass', settings: { size: 0 } } }, 'SETTINGS_INVALID', '/node/settings/size'],
    [{ do: 'node.add', node: { id: '../x', kind: 'test.pass' } }, 'EDIT_MALFORMED', '/node/id'],
    [{ do: 'node.set', id: 'p', settings: { rule: 'bad' } }, 'SETTINGS_INVALID', '/settings/rule'],
    [{ do: 'node.set', id: 'q', label: '' }, 'UNKNOWN_NODE', '/id'],
    [{ do: 'node.move', id: 'q' }, 'UNKNOWN_NODE', '/id'],
    [{ do: 'node.delete', id: 'q' }, 'UNKNOWN_NODE', '/id'],
    [{ do: 'connection.set', id: 'q', capacity: 1 }, 'UNKNOWN_CONNECTION', '/id'],
    [{ do: 'connection.set', id: 'w', capacity: -1 }, 'EDIT_MALFORMED', '/capacity'],
    [{ do: 'design.set', name: '' }, 'EDIT_MALFORMED', '/name'],
    [{ do: 'design.set', owner: 'x' }, 'EDIT_MALFORMED', '/owner'],
  ])('[E6] %j is %s at %s', (edit, code, pointer) => {
    expect(refusal(pair, edit)).toMatchObject({ code, pointer });
  });
});

describe('[E53] what is no edit', () => {
  it.each<[unknown, string, string]>([
    [{ do: 'node.remove', id: 's' }, '/do', '"node.remove"; the nearest are node.move, node.resize, node.delete'],
    [{ do: 'node.mvoe', id: 's', at: { x: 1, y: 2 }, more: 1 }, '/do', '"node.mvoe"; the nearest are node.move'],
    [{ do: 'q' }, '/do', '"q"; there are node.add, node.move'],
    [{ do: 'constructor', id: 's' }, '/do', '"constructor"'],
    [{ do: 'x'.repeat(1_000_000) }, '/do', `"${'x'.repeat(60)}…"`],
    [{ do: 7, id: 's' }, '/do', 'node.add, node.move'],
    [{ id: 's' }, '/do', 'node.add, node.move'],
    [null, '', 'an object'],
    [['node.delete', 's'], '', 'an object'],
    ['node.delete', '', 'an object'],
    [{ do: 'node.set', id: 's', priority: 'urgent' }, '/priority', 'must be "low" or "normal" or "high"'],
  ])('[E53] says which field is at fault, and what may stand there: %j', (edit, pointer, says) => {
    const told = refusal(pair, edit as Edit);
    expect(told).toMatchObject({ code: 'EDIT_MALFORMED', pointer, message: expect.stringContaining(says) });
    expect(told?.message.length).toBeLessThan(400);
  });
});

describe('[E7] settings', () => {
  it('[E7] are merged by name, and null takes one back to its default', () => {
    const applied = apply(
      made(add('p', 'test.pass', { size: 3, rule: 'x' })),
      { do: 'node.set', id: 'p', settings: { size: null, more: 1 } },
      testKinds,
    );
    expect(applied).toMatchObject({ ok: true, inverse: [{ settings: { size: 3, more: null } }] });
    expect(applied.ok && applied.design.nodes['p']?.settings).toEqual({ rule: 'x', more: 1 });
  });

  it('[E7] null in a new node is the same as leaving out', () => {
    expect(made(add('p', 'test.pass', { size: null })).nodes['p']?.settings).toEqual({});
  });

  it('[E7] __proto__ is a name like any other', () => {
    const applied = apply(
      made(add('p', 'test.pass')),
      JSON.parse('{"do":"node.set","id":"p","settings":{"__proto__":{"size":"x"}}}'),
      testKinds,
    );
    if (!applied.ok) throw new Error(applied.refusal.message);
    const { settings } = applied.design.nodes['p']!;
    expect(Object.getPrototypeOf(settings)).toBe(Object.prototype);
    expect(Object.keys(settings)).toEqual(['__proto__']);
  });
});

describe('[E8] values are absolute', () => {
  it('[E8] applying an edit that changes something twice leaves what once left', () => {
    fc.assert(
      fc.property(anyDesign, anyEdit, (design, edit) => {
        fc.pre(edit.do === 'node.move' || edit.do.endsWith('.set'));
        const once = apply(design, edit, testKinds);
        fc.pre(once.ok);
        if (once.ok) expect(apply(once.design, edit, testKinds)).toMatchObject({ ok: true, design: once.design });
      }),
      { numRuns: 200 },
    );
  });
});

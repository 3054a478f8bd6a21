import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyDesign } from './design.ts';
import { bodyFault, type ReadDesign, readDesignFile, readDesignText, writeDesignText } from './design-text.ts';
import { apply } from './edits/apply.ts';
import { anyDesign, testKinds } from './testing.ts';

const read = (text: string): ReadDesign => readDesignText(text, testKinds);

function fault(file: object): { message: string; pointer: string } {
  const answer = readDesignFile({ format: 'csp-design/1', name: 'd', nodes: {}, connections: {}, ...file }, testKinds);
  if (answer.ok) throw new Error('was read');
  return answer.fault;
}

const small = `{
  "format": "csp-design/1",
  "name": "small",
  "nodes": {
    "pass": {
      "kind": "test.pass",
      "version": 2,
      "settings": {
        "deep": {
          "a": 1,
          "b": []
        },
        "size": 3
      }
    },
    "source": {
      "kind": "test.source",
      "version": 2,
      "label": "Numbers",
      "onFailure": "skip",
      "priority": "high",
      "weight": 4
    }
  },
  "connections": {
    "wire": {
      "from": "source.out",
      "to": "pass.in",
      "capacity": 4,
      "policy": "drop-oldest"
    }
  },
  "canvas": {
    "positions": {
      "pass": [200, 0.5],
      "source": [0, -10]
    }
  }
}
`;

describe('[D8] the canonical text', () => {
  it('[D8] writing what was read gives the same bytes', () => {
    const design = read(small);
    if (!design.ok) throw new Error(design.fault.message);
    expect(writeDesignText(design.design)).toBe(small);
  });

  it('[D8] any design round-trips: value to text to value, and text to value to text byte for byte', () => {
    fc.assert(
      fc.property(anyDesign, (design) => {
        const text = writeDesignText(design);
        const again = read(text);
        if (!again.ok) throw new Error(`${again.fault.pointer} ${again.fault.message}`);
        // What a file cannot tell apart is no difference: -0 is written 0.
        expect(again.design).toEqual(JSON.parse(JSON.stringify(design)));
        expect(writeDesignText(again.design)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('[D8] the order in which things were added leaves no trace', () => {
    const add = (design: typeof empty, id: string): typeof empty => {
      const applied = apply(design, { do: 'node.add', node: { id, kind: 'test.pass' }, at: { x: 1, y: 2 } }, testKinds);
      return applied.ok ? applied.design : design;
    };
    const empty = emptyDesign('d');
    const ids = ['b', 'a', '10', '9'];
    const there = ids.reduce(add, empty);
    const back = ids.toReversed().reduce(add, empty);
    expect(writeDesignText(there)).toBe(writeDesignText(back));
  });

  it('[D8] an empty design is a text, too', () => {
    expect(read(writeDesignText(emptyDesign('d')))).toEqual({ ok: true, design: emptyDesign('d') });
  });

  it('[D8] a byte order mark and other white space are read', () => {
    expect(read(`\uFEFF${JSON.stringify(JSON.parse(small))}`)).toEqual(read(small));
  });
});

describe('[D9] reading is total and says where', () => {
  it('[D9] any text gives a design or a reason', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => read(text).ok === false),
      { numRuns: 300 },
    );
  });

  it('[D9] any value in the right frame gives a design or a reason', () => {
    const part = fc.dictionary(fc.constantFrom('a', 'constructor', '__proto__', '../x', ''), fc.anything());
    const file = fc.record({
      format: fc.constant('csp-design/1'),
      name: fc.string(),
      nodes: part,
      connections: part,
      canvas: fc.anything(),
    });
    fc.assert(
      fc.property(file, (value) => typeof readDesignFile(value, testKinds).ok === 'boolean'),
      { numRuns: 300 },
    );
  });

  it('[D9] a file with one piece broken is read or refused, never thrown', () => {
    fc.assert(
      fc.property(fc.nat(small.length - 1), fc.nat(12), fc.string({ maxLength: 3 }), (at, length, put) => {
        const answer = read(small.slice(0, at) + put + small.slice(at + length));
        return answer.ok ? bodyFault(answer.design, testKinds) === undefined : answer.fault.message.length > 0;
      }),
      { numRuns: 500 },
    );
  });

  it('[D9] a value nested a hundred thousand levels deep is refused', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const text = small.replace('"size": 3', `"size": 3, "more": ${deep}`);
    expect(read(text)).toMatchObject({ ok: false, fault: { message: expect.stringContaining('deeper than 64 levels') } });
  });

  it.each([
    ['no JSON', '{', ''],
    ['another file', '{"name": "x"}', '/format'],
    ['a newer format', '{"format": "csp-design/2"}', '/format'],
    ['an array', '[]', '/format'],
    ['null', 'null', '/format'],
  ])('[D9] %s is refused', (_what, text, pointer) => {
    expect(read(text)).toMatchObject({ ok: false, fault: { pointer } });
  });

  it.each([
    [{ nodes: { a: { kind: 'test.none' } } }, '/nodes/a/kind', 'there is no component kind test.none here'],
    [{ nodes: { a: { kind: 'test.pass', settings: { size: 0 } } } }, '/nodes/a/settings/size', 'size'],
    [{ nodes: { 'a/b': { kind: 'test.pass' } } }, '/nodes/a~1b', 'pattern'],
    [{ nodes: { a: { kind: 'test.pass', colour: 'red' } } }, '/nodes/a/colour', 'no such field: colour'],
    [{ connections: { w: { from: 'a.out', to: 'a.in' } } }, '/connections/w/from', 'there is no node a'],
    [{ connections: { w: { from: 'a.out', to: 'a' } } }, '/connections/w/to', 'pattern'],
    [{ canvas: { positions: { a: [1] } } }, '/canvas/positions/a', '2'],
    [{ canvas: { positions: { a: [1, 1e9] } } }, '/canvas/positions/a/1', '1000000'],
  ])('[D9] %j is refused at %s', (file, pointer, words) => {
    const { message, pointer: at } = fault(file);
    expect(at).toBe(pointer);
    expect(message).toContain(words);
  });

  it('[D9] a node named like what every object inherits has no place unless the file gives it one', () => {
    const answer = readDesignFile(
      {
        format: 'csp-design/1',
        name: 'd',
        nodes: { constructor: { kind: 'test.pass' } },
        connections: {},
        canvas: { positions: {} },
      },
      testKinds,
    );
    expect(answer).toMatchObject({ ok: true, design: { canvas: { positions: {} } } });
  });
});

describe('[D3] a body from elsewhere', () => {
  it('[D3] is refused when a node is listed under another id', () => {
    const answer = read(small);
    if (!answer.ok) throw new Error('refused');
    const { pass } = answer.design.nodes;
    expect(bodyFault({ ...answer.design, nodes: { other: pass }, connections: {} }, testKinds)).toMatchObject({
      message: 'pass is listed as other; an element is listed under its own id',
      pointer: '/nodes/other/id',
    });
  });

  it('[D3] is refused when a connection leads nowhere', () => {
    const answer = read(small);
    if (!answer.ok) throw new Error('refused');
    expect(bodyFault({ ...answer.design, nodes: {} }, testKinds)?.pointer).toBe('/connections/wire/from');
  });
});

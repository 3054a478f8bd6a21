import fc from 'fast-check';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { ComponentSpec, Kinds } from './component.ts';
import { type DesignBody, isInner, outerOf } from './design.ts';
import { readDesignFile } from './design-text.ts';
import { alone, deepestNesting, type Expansion, expand, expandWhole, mostNodes, wantedKey } from './expand.ts';
import { parametersIn, withParameters } from './parameters.ts';
import { settingFaults } from './settings.ts';
import { anyDesign, testKinds } from './testing.ts';

/** The test kinds, and two that stand for others: `test.sub`, `test.farm`. */
const nested = (kind: string, many: boolean): ComponentSpec => {
  const port = (direction: 'in' | 'out', optional = true) => ({
    direction,
    protocol: 'data' as const,
    many,
    optional,
    description: '',
    schema: {},
  });
  return {
    kind,
    version: 1,
    title: kind,
    icon: '',
    summary: '',
    settings: Type.Object({}),
    ports: { in: port('in'), out: port('out'), err: { ...port('out'), many: false } },
    contract: '',
    examples: [],
  };
};
const specs = new Map([nested('test.sub', true), nested('test.farm', false)].map((spec) => [spec.kind, spec]));

interface Settings {
  readonly design?: string;
  readonly version?: number;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly copies?: number;
  readonly atOnce?: number;
}
const kinds: Kinds = {
  get: (kind) => specs.get(kind) ?? testKinds.get(kind),
  check: (kind, settings) => testKinds.check?.(kind, settings),
  nesting(kind, given) {
    if (!specs.has(kind)) return undefined;
    const { design = '', version, inputs = [], outputs = [], parameters = {}, copies = 2, atOnce = 1 } = given as Settings;
    return {
      design,
      version,
      parameters,
      inputs: inputs.map((end, index) => ({ end, pointer: `/inputs/${index}` })),
      outputs: outputs.map((end, index) => ({ end, pointer: `/outputs/${index}` })),
      errKind: 'test.gather',
      ...(kind === 'test.farm' && {
        farm: {
          copies,
          atOnce,
          ordered: true,
          share: { kind: 'test.share', settings: {} },
          collect: { kind: 'test.collect', settings: {} },
        },
      }),
    };
  },
};

type Nodes = Readonly<Record<string, { kind: string; settings?: object; onFailure?: string }>>;

function draw(nodes: Nodes, wires: readonly string[] = []): DesignBody {
  const connections = Object.fromEntries(
    wires.map((wire, number) => {
      const [from, to] = wire.split(' -> ');
      return [`c${number}`, { from, to }];
    }),
  );
  const read = readDesignFile({ format: 'csp-design/1', name: 'Drawn', nodes, connections }, kinds);
  if (!read.ok) throw new Error(`${read.fault.pointer}: ${read.fault.message}`);
  return read.design;
}

const of = (body: DesignBody, designs: Readonly<Record<string, DesignBody>> = {}, key = 'root'): Expansion =>
  expand(
    body,
    kinds,
    ({ design }) => (Object.hasOwn(designs, design) ? { key: design, body: designs[design]! } : undefined),
    key,
  );

const sub = (settings: Settings, kind = 'test.sub') => ({ kind, settings });
const pass = draw({ p: { kind: 'test.pass' } });
const rules = (expansion: Expansion): unknown[] => expansion.faults.map(({ rule, pointer }) => [rule, pointer]);
const wiresOf = ({ flat }: Expansion): string[] =>
  Object.values(flat.connections).map(
    ({ id, from, to }) => `${id}: ${from.node}.${from.port}[${from.index}] -> ${to.node}.${to.port}[${to.index}]`,
  );

describe('[D10] [D12] the expansion', () => {
  test('[D10] of a design without parts is the design', () => {
    fc.assert(
      fc.property(anyDesign, (design) => {
        const { flat, faults } = expand(design, testKinds, () => undefined);
        expect([flat.nodes, flat.connections, flat.farms, faults]).toEqual([design.nodes, design.connections, [], []]);
      }),
      { numRuns: 50 },
    );
  });

  test('[D12] puts the inner nodes in the place of the node; connections keep their ids and get new ends', () => {
    const body = draw(
      { s: { kind: 'test.source' }, x: sub({ design: 'pass', inputs: ['p.in'], outputs: ['p.out'] }), j: { kind: 'test.join' } },
      ['s.out -> x.in[0]', 'x.out[0] -> j.in[0]'],
    );
    const expansion = of(body, { pass });
    expect(Object.keys(expansion.flat.nodes)).toEqual(['s', 'x/p', 'j']);
    expect(expansion.flat.nodes['x/p']).toMatchObject({ id: 'x/p', kind: 'test.pass' });
    expect(wiresOf(expansion)).toEqual(['c0: s.out[0] -> x/p.in[0]', 'c1: x/p.out[0] -> j.in[0]']);
    expect([...expansion.used]).toEqual(['pass']);
    expect(expansion.endOf({ node: 'x', port: 'out', index: 0 }, 'out')).toEqual({ node: 'x/p', port: 'out', index: 0 });
  });

  test('[D12] goes as deep as the designs do', () => {
    const middle = draw({ y: sub({ design: 'pass', inputs: ['p.in'], outputs: ['p.out'] }), q: { kind: 'test.pass' } }, [
      'y.out[0] -> q.in',
    ]);
    const body = draw({ s: { kind: 'test.source' }, x: sub({ design: 'middle', inputs: ['y.in[0]'] }) }, ['s.out -> x.in[0]']);
    const expansion = of(body, { pass, middle });
    expect(expansion.faults).toEqual([]);
    expect(wiresOf(expansion)).toEqual(['x/c0: x/y/p.out[0] -> x/q.in[0]', 'c0: s.out[0] -> x/y/p.in[0]']);
    expect([outerOf('x/y/p'), outerOf('x'), isInner('x/c0'), isInner('c0')]).toEqual(['x', 'x', true, false]);
  });

  test('[D14] gathers the err of inner nodes when that of the node is connected, and only then', () => {
    const two = draw({ a: { kind: 'test.pass' }, b: { kind: 'test.pass' }, e: { kind: 'test.join' } }, ['b.err -> e.in[0]']);
    const with_ = draw({ x: sub({ design: 'two' }), j: { kind: 'test.join' } }, ['x.err -> j.in[0]']);
    expect(wiresOf(of(with_, { two }))).toEqual([
      'x/c0: x/b.err[0] -> x/e.in[0]',
      'x/a.err: x/a.err[0] -> x/.err.in[0]',
      'x/e.err: x/e.err[0] -> x/.err.in[1]',
      'c0: x/.err.out[0] -> j.in[0]',
    ]);
    expect(Object.keys(of(draw({ x: sub({ design: 'two' }) }), { two }).flat.nodes)).toEqual(['x/a', 'x/b', 'x/e']);
  });

  test('[D17] a farm is its copies with a process before and one behind', () => {
    const farm = sub({ design: 'pass', inputs: ['p.in'], outputs: ['p.out'], copies: 2 }, 'test.farm');
    const expansion = of(draw({ f: farm, s: { kind: 'test.source' } }, ['s.out -> f.in']), { pass });
    expect(Object.keys(expansion.flat.nodes)).toEqual(['f/1/p', 'f/2/p', 'f/share', 'f/collect', 's']);
    expect(wiresOf(expansion)).toEqual([
      'f/order: f/share.order[0] -> f/collect.order[0]',
      'f/1.in: f/share.to[0] -> f/1/p.in[0]',
      'f/1.out: f/1/p.out[0] -> f/collect.from[0]',
      'f/2.in: f/share.to[1] -> f/2/p.in[0]',
      'f/2.out: f/2/p.out[0] -> f/collect.from[1]',
      'c0: s.out[0] -> f/share.in[0]',
    ]);
    expect(expansion.flat.farms).toEqual([
      { share: 'f/share', collect: 'f/collect', copies: ['f/1', 'f/2'], atOnce: 1, ordered: true },
    ]);
  });
});

describe('[D11] [D13] what cannot be expanded', () => {
  test('[D11] an end that is not there, taken, of the wrong direction or named twice', () => {
    const chain = draw({ a: { kind: 'test.pass' }, b: { kind: 'test.pass' }, c: { kind: 'test.ask' } }, ['a.out -> b.in']);
    const inputs = ['n.in', 'a.nope', 'a.out', 'b.in', 'a.in', 'a.in', 'a.in[1]'];
    const expansion = of(draw({ x: sub({ design: 'chain', inputs, outputs: ['a.out', 'c.ask'] }) }), { chain });
    expect(expansion.faults.map(({ pointer, message }) => `${pointer} ${message}`)).toEqual([
      '/nodes/x/settings/inputs/0 x: Drawn has no node n, so no end n.in',
      '/nodes/x/settings/inputs/1 x: a of Drawn has no port nope; it has in, out, err',
      '/nodes/x/settings/inputs/2 x: a.out of Drawn is an output, not an input',
      '/nodes/x/settings/inputs/3 x: b.in of Drawn already has the connection c0',
      '/nodes/x/settings/inputs/5 x: a.in is named twice',
      '/nodes/x/settings/inputs/6 x: a.in of Drawn takes one connection, so its index is 0',
      '/nodes/x/settings/outputs/0 x: a.out of Drawn already has the connection c0',
      '/nodes/x/settings/outputs/1 x: c.ask of Drawn is a call port, and a part has data ports only',
    ]);
  });

  test('[D11] a connection to a channel that no end is named for', () => {
    const body = draw({ s: { kind: 'test.source' }, x: sub({ design: 'pass' }) }, ['s.out -> x.in[2]']);
    expect(rules(of(body, { pass }))).toEqual([['subdesign-end', '/connections/c0/to']]);
  });

  test('[D13] a design that is not named, not there, or cannot be read', () => {
    const body = draw({ a: sub({}), b: sub({ design: 'none' }), c: sub({ design: 'bad' }) });
    const expansion = expand(body, kinds, ({ design }) => (design === 'bad' ? 'it is broken' : undefined));
    expect(rules(expansion)).toEqual(['a', 'b', 'c'].map((id) => ['subdesign-missing', `/nodes/${id}/settings/design`]));
    expect(expansion.faults[2]?.message).toBe('c stands for the design bad: it is broken');
  });

  test('[D13] a design that contains itself, at once or by way of another; the pointer is into the outermost one', () => {
    const a = draw({ x: sub({ design: 'a' }) });
    expect(rules(of(a, { a }, 'a'))).toEqual([['subdesign-cycle', '/nodes/x/settings/design']]);
    const b = draw({ y: sub({ design: 'c' }) });
    const c = draw({ z: sub({ design: 'b' }) });
    expect(rules(of(draw({ w: sub({ design: 'b' }) }), { b, c }))).toEqual([['subdesign-cycle', '/nodes/w/settings/design']]);
  });

  test('[D13] nesting that is too deep, and parts that are too many, even of nothing', () => {
    const deep = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => [`d${level}`, draw({ x: sub({ design: `d${level + 1}` }) })]),
    );
    expect(rules(of(draw({ x: sub({ design: 'd0' }) }), deep))).toEqual([['subdesign-depth', '/nodes/x/settings/design']]);
    expect(deepestNesting).toBeLessThan(40);
    const wide = (inner: string): DesignBody =>
      draw(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`n${n}`, sub({ design: inner })])));
    const tree = { top: wide('mid'), mid: wide('low'), low: wide('nil'), nil: draw({}) };
    expect(rules(of(tree.top, tree)).at(0)).toMatchObject(['subdesign-size', expect.stringMatching(/^\/nodes\/n\d+/)]);
    expect(mostNodes).toBeLessThan(100 ** 3);
  });

  test('[D13] what is wrong in a copy is told once', () => {
    const inner = draw({ x: sub({ design: 'none' }), p: { kind: 'test.pass' } });
    const farm = sub({ design: 'inner', inputs: ['p.in'], outputs: ['p.out'], copies: 50 }, 'test.farm');
    expect(rules(of(draw({ f: farm }), { inner }))).toEqual([['subdesign-missing', '/nodes/f/settings/design']]);
  });
});

describe('[D15] parameters', () => {
  const sized = draw({ p: { kind: 'test.pass', settings: { size: { $param: 'size', default: 7 }, rule: { $param: 'rule' } } } });
  const settingsOf = (body: DesignBody): unknown => of(body, { sized }).flat.nodes['x/p']?.settings;

  test('[D15] take the value that is given, their default, or stand for nothing', () => {
    expect(settingsOf(draw({ x: sub({ design: 'sized' }) }))).toEqual({ size: 7 });
    expect(settingsOf(draw({ x: sub({ design: 'sized', parameters: { size: 3, rule: 'r' } }) }))).toEqual({ size: 3, rule: 'r' });
    expect(of(sized).flat.nodes['p']?.settings).toEqual({ size: 7 });
  });

  test('[D15] may be handed on from design to design', () => {
    const middle = draw({ y: sub({ design: 'sized', parameters: { size: { $param: 'much', default: 2 } } }) });
    const size = (parameters: Settings['parameters'] = {}): unknown =>
      of(draw({ x: sub({ design: 'middle', parameters }) }), { sized, middle }).flat.nodes['x/y/p']?.settings;
    expect([size(), size({ much: 9 })]).toEqual([{ size: 2 }, { size: 9 }]);
  });

  test('[D15] a value that does not fit, and a name that the design does not have, are refused', () => {
    const faults = (parameters: Settings['parameters'] & object): unknown[] =>
      rules(of(draw({ x: sub({ design: 'sized', parameters }) }), { sized }));
    expect(faults({ size: 'many' })).toEqual([['subdesign-parameter', '/nodes/x/settings/parameters']]);
    expect(faults({ rule: 'bad' })).toEqual([['subdesign-parameter', '/nodes/x/settings/parameters']]);
    expect(faults({ sise: 3 })).toEqual([['subdesign-parameter', '/nodes/x/settings/parameters/sise']]);
  });

  test('[D15] are checked with their defaults where they are written', () => {
    const { settings } = testKinds.get('test.pass')!;
    expect(settingFaults({ settings }, { size: { $param: 'a', default: 1 } })).toEqual([]);
    expect(settingFaults({ settings }, { size: { $param: 'a' } })).toEqual([]);
    expect(settingFaults({ settings }, { size: { $param: 'a', default: 'x' } })).toMatchObject([{ pointer: '/size' }]);
  });

  test('[D15] are found at any depth, and what is none stays the same object', () => {
    const settings = { a: [{ b: { $param: 'x' } }, { $param: 'y', default: 1 }], c: { $param: 1 }, d: { $param: 'z', more: 1 } };
    expect(parametersIn(settings)).toEqual(['x', 'y']);
    expect(withParameters(settings, { x: 5 })).toEqual({ ...settings, a: [{ b: 5 }, 1] });
    expect(withParameters({ a: [{ $param: 'q' }] }, {})).toEqual({ a: [null] });
    const plain = { a: [1, { b: 2 }] };
    expect(withParameters(plain, {})).toBe(plain);
  });
});

test('a whole design is expanded with what is known of its parts', () => {
  const body = draw({ x: sub({ design: 'pass', version: 2 }) });
  const part = { within: 'root', design: 'pass', version: 2, key: 'pass@2', body: pass };
  const { flat, faults } = expandWhole({ body, key: 'root', inner: [part], unread: [] }, kinds);
  const { within, design, version } = part;
  const unread = [{ within, design, version, why: 'it is torn' }];
  expect(expandWhole({ body, key: 'root', inner: [], unread }, kinds).faults[0]?.message).toContain('it is torn');
  expect([Object.keys(flat.nodes), faults]).toEqual([['x/p'], []]);
  expect(rules(expandWhole(alone(body), kinds))).toEqual([['subdesign-missing', '/nodes/x/settings/design']]);
  expect(wantedKey({ within: '', design: 'a', version: undefined })).not.toBe(wantedKey({ within: '', design: 'a', version: 1 }));
});

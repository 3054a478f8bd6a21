import fc from 'fast-check';
import { Type } from 'typebox';
import type { ComponentSpec, Kinds, PortSpec } from './component.ts';
import { type DesignBody, emptyDesign } from './design.ts';
import { apply } from './edits/apply.ts';
import type { Edit, EditOf, TextChange } from './edits/edit.ts';

/** A small catalogue and random edits over it, for the tests of whatever works on designs. */

const port = (direction: 'in' | 'out', more: Partial<PortSpec> = {}): PortSpec => ({
  direction,
  protocol: 'data',
  many: false,
  optional: false,
  description: '',
  schema: {},
  ...more,
});

function kind(name: string, ports: Record<string, PortSpec>, settings = Type.Object({})): ComponentSpec {
  return { kind: name, version: 2, title: name, icon: 'box', summary: name, settings, ports, contract: '', examples: [] };
}

const kinds = new Map(
  [
    kind('test.source', { out: port('out', { schema: { type: 'number' } }), err: port('out', { optional: true }) }),
    kind(
      'test.pass',
      { in: port('in'), out: port('out'), err: port('out', { optional: true }) },
      Type.Object({
        size: Type.Integer({ minimum: 1, default: 10 }),
        rule: Type.Optional(Type.String()),
        deep: Type.Optional(Type.Unknown()),
        note: Type.Optional(Type.String({ default: 'usual' })),
        many: Type.Optional(Type.Array(Type.Integer())),
        items: Type.Optional(Type.Array(Type.Integer(), { default: [1, 2], maxItems: 6 })),
      }),
    ),
    kind('test.join', { in: port('in', { many: true }), out: port('out', { many: true, optional: true }) }),
    kind('test.words', { in: port('in', { schema: { type: 'string' } }) }),
    kind('test.ask', { ask: port('out', { protocol: 'call', reply: { type: 'number' } }) }),
    kind('test.serve', {
      serve: port('in', { protocol: 'call', many: true }),
      words: port('in', { protocol: 'call', optional: true, reply: { type: 'string' } }),
    }),
  ].map((spec) => [spec.kind, spec]),
);

/** Kinds test.source (number out), test.pass, test.join (many), test.words (string in), test.ask (call out), test.serve (call in); rule "bad" is refused. */
export const testKinds: Kinds = {
  get: (name) => kinds.get(name),
  check: (_kind, { rule }) => (rule === 'bad' ? { pointer: '/rule', message: 'does not parse' } : undefined),
};

const id = fc.constantFrom('a', 'b', 'c', '7', '10', 'constructor', 'toString');
const kindName = fc.constantFrom('test.source', 'test.pass', 'test.join', 'test.words', 'test.ask', 'test.serve', 'test.unknown');
const portName = fc.constantFrom('in', 'out', 'err', 'ask', 'serve', 'valueOf');
const at = fc.record({ x: fc.integer({ min: -900, max: 900 }), y: fc.double({ min: -1e6, max: 1e6, noNaN: true }) });
const policy = fc.constantFrom('block' as const, 'drop-oldest' as const, 'drop-newest' as const);
const onFailure = fc.constantFrom('stop' as const, 'skip' as const, 'restart' as const);
const priority = fc.constantFrom('low' as const, 'normal' as const, 'high' as const);
const weight = fc.constantFrom(1, 2, 100);
const settings = fc.dictionary(
  fc.constantFrom('size', 'rule', 'deep', 'more', '__proto__'),
  fc.oneof(
    fc.integer({ min: 0, max: 5 }),
    fc.constantFrom('x', 'bad', null),
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
  ),
);
const end = fc.record(
  { node: id, port: portName, index: fc.integer({ min: 0, max: 3 }) },
  { requiredKeys: ['node', 'port'], noNullPrototype: true },
);
const some = { noNullPrototype: true } as const;
const size = fc.record({ width: fc.integer({ min: 8, max: 500 }), height: fc.integer({ min: 8, max: 500 }) }, some);
const group = fc.constantFrom('g', 'h', 'toString');
const none = fc.constant(null);
const title = fc.string({ maxLength: 4 });
const colour = fc.constantFrom('red', 'blue');
const place = fc.nat({ max: 3 });
const item = fc.integer({ min: 0, max: 9 });
const listName = fc.constantFrom('items', 'items', 'items', 'deep', 'size');

/** Small changes of small texts: many of them fit, and many of them meet. */
export const anyTextChange: fc.Arbitrary<TextChange> = fc.array(
  fc.oneof(
    fc.integer({ min: 1, max: 3 }),
    fc.constantFrom('a', 'xy', '\u{1F600}', 'e\u0301'),
    fc.integer({ min: 1, max: 3 }).map((d) => ({ d })),
  ),
  { maxLength: 4 },
);
const text = fc.oneof(
  fc.record({ node: id, name: fc.constantFrom('note', 'note', 'note', 'rule', 'size'), change: anyTextChange }, some),
  fc.record({ name: fc.constantFrom('description', 'description', 'name'), change: anyTextChange }, some),
);

/** Edits of each kind that are well formed; whether they can be applied depends on the design. */
const edits = {
  'node.add': fc.record(
    {
      do: fc.constant('node.add' as const),
      node: fc.record(
        {
          id,
          kind: kindName,
          version: fc.integer({ min: 1, max: 3 }),
          label: fc.string({ maxLength: 5 }),
          settings,
          onFailure,
          priority,
          weight,
        },
        { ...some, requiredKeys: ['id', 'kind'] },
      ),
      at,
    },
    { ...some, requiredKeys: ['do', 'node'] },
  ),
  'node.move': fc.record({ do: fc.constant('node.move' as const), id, at }, { ...some, requiredKeys: ['do', 'id'] }),
  'node.set': fc.record(
    { do: fc.constant('node.set' as const), id, label: fc.string({ maxLength: 5 }), onFailure, priority, weight, settings },
    { ...some, requiredKeys: ['do', 'id'] },
  ),
  'node.delete': fc.record({ do: fc.constant('node.delete' as const), id }, some),
  connect: fc.record(
    {
      do: fc.constant('connect' as const),
      connection: fc.record(
        { id, from: end, to: end, capacity: fc.integer({ min: 0, max: 9 }), policy },
        { ...some, requiredKeys: ['id', 'from', 'to'] },
      ),
    },
    some,
  ),
  disconnect: fc.record({ do: fc.constant('disconnect' as const), id }, some),
  'connection.set': fc.record(
    { do: fc.constant('connection.set' as const), id, capacity: fc.integer({ min: 0, max: 9 }), policy },
    { ...some, requiredKeys: ['do', 'id'] },
  ),
  'node.resize': fc.record({ do: fc.constant('node.resize' as const), id, size }, { ...some, requiredKeys: ['do', 'id'] }),
  'node.kind': fc.record(
    { do: fc.constant('node.kind' as const), id, kind: kindName, version: fc.integer({ min: 1, max: 3 }), settings },
    { ...some, requiredKeys: ['do', 'id', 'kind'] },
  ),
  'connection.rewire': fc.record(
    { do: fc.constant('connection.rewire' as const), id, from: end, to: end },
    { ...some, requiredKeys: ['do', 'id'] },
  ),
  'text.edit': text.map((rest) => ({ do: 'text.edit' as const, ...rest })),
  'list.insert': fc.record({ do: fc.constant('list.insert' as const), node: id, name: listName, at: place, item }, some),
  'list.set': fc.record({ do: fc.constant('list.set' as const), node: id, name: listName, at: place, item }, some),
  'list.delete': fc.record({ do: fc.constant('list.delete' as const), node: id, name: listName, at: place }, some),
  'list.move': fc.record({ do: fc.constant('list.move' as const), node: id, name: listName, from: place, to: place }, some),
  'group.add': fc.record(
    {
      do: fc.constant('group.add' as const),
      group: fc.record({ id: group, title, colour, parent: group }, { ...some, requiredKeys: ['id', 'title'] }),
    },
    some,
  ),
  'group.set': fc.record(
    { do: fc.constant('group.set' as const), id: group, title, colour: fc.oneof(colour, none), parent: fc.oneof(group, none) },
    { ...some, requiredKeys: ['do', 'id'] },
  ),
  'group.delete': fc.record({ do: fc.constant('group.delete' as const), id: group }, some),
  'group.assign': fc.record({ do: fc.constant('group.assign' as const), node: id, group: fc.oneof(group, none) }, some),
  'design.set': fc.record(
    { do: fc.constant('design.set' as const), name: fc.string({ minLength: 1, maxLength: 5 }), description: fc.string() },
    { ...some, requiredKeys: ['do'] },
  ),
} satisfies { [D in Edit['do']]: fc.Arbitrary<EditOf<D>> };

/** Edits of one kind. */
export const anyEditOf = (does: Edit['do']): fc.Arbitrary<Edit> => edits[does];

export const editKinds = Object.keys(edits) as readonly Edit['do'][];

/** Edits that are well formed; whether they can be applied depends on the design. */
export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(...editKinds.map((does) => anyEditOf(does)));

/** Edits that build something: every id of every kind, then wires between whatever fits. */
const building = fc.array(anyEdit, { minLength: 20, maxLength: 120, size: 'max' });

/** Designs as people make them: by edits, those refused left out. */
export const anyDesign: fc.Arbitrary<DesignBody> = building.map((edits) => {
  let design = emptyDesign('d');
  for (const edit of edits) {
    const applied = apply(design, edit, testKinds);
    if (applied.ok) design = applied.design;
  }
  return design;
});

import { type Static, Type } from 'typebox';
import { messageOf } from '#base/errors.ts';
import type { Kinds } from './component.ts';
import {
  Canvas,
  Connection,
  DesignBody,
  DesignDescription,
  DesignName,
  type End,
  emptyDesign,
  Group,
  Node,
  Position,
  rankOf,
  Size,
} from './design.ts';
import { applyAll } from './edits/apply.ts';
import { strayFault } from './edits/diff.ts';
import type { Edit } from './edits/edit.ts';
import { endPattern, readEnd } from './open-end.ts';
import { escapePointer, faultsOf } from './schema-check.ts';

/**
 * D8  The canonical text of a design: one value a line, names in order, defaults left out, positions apart at the end,
 *     so that a diff under git shows what was meant. Writing what was read gives the same bytes.
 */

/** The word that opens every design file; the number grows when an old program could misread a new file. */
export const designFormat = 'csp-design/1';

const { id: _id, ...groupFields } = Group.properties;
const groupInFile = Type.Object(groupFields, { additionalProperties: false });

const DesignFile = Type.Object(
  {
    format: Type.Literal(designFormat),
    name: DesignName,
    description: Type.Optional(DesignDescription),
    nodes: Type.Record(
      Type.String(),
      Type.Object(
        {
          kind: Node.properties.kind,
          version: Type.Optional(Node.properties.version),
          label: Type.Optional(Node.properties.label),
          settings: Type.Optional(Node.properties.settings),
          onFailure: Type.Optional(Node.properties.onFailure),
          priority: Node.properties.priority,
          weight: Node.properties.weight,
        },
        { additionalProperties: false },
      ),
    ),
    connections: Type.Record(
      Type.String(),
      Type.Object(
        {
          from: Type.String({ pattern: endPattern }),
          to: Type.String({ pattern: endPattern }),
          capacity: Type.Optional(Connection.properties.capacity),
          policy: Type.Optional(Connection.properties.policy),
        },
        { additionalProperties: false },
      ),
    ),
    canvas: Type.Optional(
      Type.Object(
        {
          positions: Type.Record(Type.String(), Type.Array(Position.properties.x, { minItems: 2, maxItems: 2 })),
          sizes: Type.Optional(Type.Record(Type.String(), Type.Array(Size.properties.width, { minItems: 2, maxItems: 2 }))),
          groups: Type.Optional(Type.Record(Type.String(), groupInFile)),
          members: Canvas.properties.members,
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** Why a text is not a design: a sentence, and where (JSON Pointer into the file; empty is the whole). */
export interface TextFault {
  readonly message: string;
  readonly pointer: string;
}

export type ReadDesign = { readonly ok: true; readonly design: DesignBody } | { readonly ok: false; readonly fault: TextFault };

/** Reads a design file. Total: any text gives a design or the reason it is none. */
export function readDesignText(text: string, kinds: Kinds): ReadDesign {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    return { ok: false, fault: { message: `not JSON: ${messageOf(thrown)}`, pointer: '' } };
  }
  return readDesignFile(parsed, kinds);
}

/** The same for a file that is already parsed. */
export function readDesignFile(parsed: unknown, kinds: Kinds): ReadDesign {
  const format = (parsed as { format?: unknown } | null)?.format;
  if (format !== designFormat) {
    const newer = typeof format === 'string' && /^csp-design\/\d+$/.test(format) ? ', of a newer version of this program' : '';
    const found = typeof format === 'string' ? `its format is ${format}${newer}` : 'it names no format';
    return { ok: false, fault: { message: `this is not a ${designFormat} file: ${found}`, pointer: '/format' } };
  }
  const [fault] = faultsOf(DesignFile, parsed);
  if (fault !== undefined) return { ok: false, fault };
  const file = parsed as Static<typeof DesignFile>;
  const { edits, pointers } = editsOf(file);
  const applied = applyAll(emptyDesign(file.name), edits, kinds);
  if (applied.ok) return { ok: true, design: { ...applied.design, description: file.description ?? '' } };
  const [, number, , ...field] = applied.refusal.pointer.split('/');
  const at = pointers[Number(number)] ?? '';
  return { ok: false, fault: { message: applied.refusal.message, pointer: at + fieldPointer(field) } };
}

// Steps within a node or connection of the edit, as far as the file has them: an end is one text there.
function fieldPointer(field: readonly string[]): string {
  const [first] = field;
  if (first === undefined || first === 'id') return '';
  return `/${(first === 'from' || first === 'to' ? [first] : field).join('/')}`;
}

function editsOf(file: Static<typeof DesignFile>): { edits: Edit[]; pointers: string[] } {
  const positions = new Map(Object.entries(file.canvas?.positions ?? {}));
  const edits: Edit[] = [];
  const pointers: string[] = [];
  for (const [id, node] of Object.entries(file.nodes)) {
    const [x, y] = positions.get(id) ?? [];
    edits.push({ do: 'node.add', node: { id, ...node }, ...(x !== undefined && y !== undefined && { at: { x, y } }) });
    pointers.push(`/nodes/${escapePointer(id)}`);
  }
  for (const [id, { from, to, ...rest }] of Object.entries(file.connections)) {
    edits.push({ do: 'connect', connection: { id, from: readEnd(from), to: readEnd(to), ...rest } });
    pointers.push(`/connections/${escapePointer(id)}`);
  }
  for (const { edit, pointer } of canvasEdits(file)) {
    edits.push(edit);
    pointers.push(pointer);
  }
  return { edits, pointers };
}

// Groups first without their parents, so that their order in the file does not matter. What is of no node is left out (D9).
function* canvasEdits({
  nodes,
  canvas = { positions: {} },
}: Static<typeof DesignFile>): Iterable<{ edit: Edit; pointer: string }> {
  const { sizes = {}, groups = {}, members = {} } = canvas;
  const at = (part: string, id: string): string => `/canvas/${part}/${escapePointer(id)}`;
  for (const [id, [width, height]] of Object.entries(sizes)) {
    if (!Object.hasOwn(nodes, id) || width === undefined || height === undefined) continue;
    yield { edit: { do: 'node.resize', id, size: { width, height } }, pointer: at('sizes', id) };
  }
  for (const [id, { parent: _parent, ...group }] of Object.entries(groups))
    yield { edit: { do: 'group.add', group: { id, ...group } }, pointer: at('groups', id) };
  for (const [id, { parent }] of Object.entries(groups))
    if (parent !== undefined) yield { edit: { do: 'group.set', id, parent }, pointer: at('groups', id) };
  for (const [node, group] of Object.entries(members))
    if (Object.hasOwn(nodes, node)) yield { edit: { do: 'group.assign', node, group }, pointer: at('members', node) };
}

function writeEnd({ node, port, index }: End): string {
  return index === 0 ? `${node}.${port}` : `${node}.${port}[${index}]`;
}

/** Writes the canonical text, ending with a line feed. */
export function writeDesignText(design: DesignBody): string {
  const body = {
    format: designFormat,
    name: design.name,
    ...(design.description !== '' && { description: design.description }),
    nodes: inOrder(design.nodes, ({ kind, version, label, settings, onFailure, priority, weight }) => ({
      kind,
      version,
      ...(label !== '' && { label }),
      ...(Object.keys(settings).length > 0 && { settings: sorted(settings) }),
      ...(onFailure !== 'stop' && { onFailure }),
      ...rankOf({ priority, weight }),
    })),
    connections: inOrder(design.connections, ({ from, to, capacity, policy }) => ({
      from: writeEnd(from),
      to: writeEnd(to),
      ...(capacity !== 0 && { capacity }),
      ...(policy !== 'block' && { policy }),
    })),
  };
  return `${JSON.stringify(body, null, 2).slice(0, -2)},\n  "canvas": {\n${canvasLines(design).join(',\n')}\n  }\n}\n`;
}

// One line an element, so that moving a box touches one.
function canvasLines({ nodes, canvas }: DesignBody): string[] {
  const { positions, sizes = {}, groups = {}, members = {} } = canvas;
  const ofNodes = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(record).filter(([id]) => Object.hasOwn(nodes, id));
  const part = (name: string, entries: [string, unknown][]): string => {
    const lines = entries.sort(byName).map(([id, value]) => `      ${JSON.stringify(id)}: ${inLine(value)}`);
    return `    "${name}": ${lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n    }`}`;
  };
  const pairs = {
    sizes: ofNodes(sizes).map(([id, { width, height }]): [string, unknown] => [id, [width, height]]),
    groups: Object.entries(groups).map(([id, { id: _same, ...group }]): [string, unknown] => [id, sorted(group)]),
    members: ofNodes(members),
  };
  const places = ofNodes(positions).map(([id, { x, y }]): [string, unknown] => [id, [x, y]]);
  const more = Object.entries(pairs).filter(([, entries]) => entries.length > 0);
  return [part('positions', places), ...more.map(([name, entries]) => part(name, entries))];
}

function inLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, of]) => `${JSON.stringify(name)}: ${JSON.stringify(of)}`)
    .join(', ')} }`;
}

// By code unit, the same on every machine and in every language of the reader.
function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// Objects list names that look like array indexes first, whatever the order of insertion; the same for all, so still canonical.
function inOrder<T, U>(record: Readonly<Record<string, T>>, write: (value: T) => U): Record<string, U> {
  return Object.fromEntries(
    Object.entries(record)
      .sort(byName)
      .map(([id, value]) => [id, write(value)]),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return inOrder(value as Record<string, unknown>, sorted);
}

/** True for a body that fits the schema and whose every reference holds; the pointer is into the body. */
export function bodyFault(body: unknown, kinds: Kinds): TextFault | undefined {
  const [fault] = faultsOf(DesignBody, body);
  if (fault !== undefined) return fault;
  const stray = strayFault(body as DesignBody);
  if (stray !== undefined) return stray;
  const read = readDesignText(writeDesignText(body as DesignBody), kinds);
  return read.ok ? undefined : read.fault;
}

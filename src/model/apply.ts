import type { ComponentSpec, Kinds, PortSpec } from './component.ts';
import type { Connection, DesignBody, End, Node } from './design.ts';
import { endText, greatestIndex, rankOf } from './design.ts';
import { Edit, type EditOf, type Refusal } from './edit.ts';
import { withParameters } from './parameters.ts';
import { faultsOf, mayFit } from './schema-check.ts';
import { settingFaults } from './settings.ts';

/** What became of an edit: the new design with the edits that take it back (in the order to apply them), or why not. */
export type Applied<D extends DesignBody = DesignBody> =
  | { readonly ok: true; readonly design: D; readonly inverse: readonly Edit[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** The same of several edits; `edits` are the given ones with every default filled in. */
export type AppliedAll<D extends DesignBody = DesignBody> =
  | (Extract<Applied<D>, { ok: true }> & { readonly edits: readonly Edit[] })
  | Extract<Applied<D>, { ok: false }>;

type Outcome = { readonly to: Partial<DesignBody>; readonly inverse: readonly Edit[] } | Refusal;

/**
 * E1  Applies one edit: pure and total. The given design is never changed; parts the edit does not touch are shared.
 *
 * @param kinds the catalogue; an edit that needs a kind it does not hold is refused, others still work.
 * @returns the new design and its inverse, or the reason nothing was changed (code, sentence, pointer into the edit).
 */
export function apply<D extends DesignBody>(design: D, edit: Edit, kinds: Kinds): Applied<D> {
  const [fault] = faultsOf(Edit.anyOf.find((schema) => schema.properties.do.const === edit?.do) ?? Edit, edit);
  if (fault !== undefined)
    return { ok: false, refusal: { code: 'EDIT_MALFORMED', message: fault.message, pointer: fault.pointer } };
  const outcome = dispatch(design, edit, kinds);
  if ('code' in outcome) return { ok: false, refusal: outcome };
  return { ok: true, design: { ...design, ...outcome.to }, inverse: outcome.inverse };
}

/**
 * E2  Applies edits in order, all or none. On refusal the pointer starts with the number of the edit at fault.
 */
export function applyAll<D extends DesignBody>(design: D, edits: readonly Edit[], kinds: Kinds): AppliedAll<D> {
  let at = design;
  const filled: Edit[] = [];
  const inverses: (readonly Edit[])[] = [];
  for (const [number, edit] of edits.entries()) {
    const applied = apply(at, edit, kinds);
    if (!applied.ok) return { ok: false, refusal: { ...applied.refusal, pointer: `/${number}${applied.refusal.pointer}` } };
    at = applied.design;
    filled.push(asApplied(edit, at));
    inverses.push(applied.inverse);
  }
  return { ok: true, design: at, edits: filled, inverse: inverses.reverse().flat() };
}

// E5: what an edit left open is what the design holds after it; others who apply it must come to the same.
function asApplied(edit: Edit, after: DesignBody): Edit {
  if (edit.do === 'node.add') {
    const node = entry(after.nodes, edit.node.id);
    return node === undefined ? edit : { ...edit, node };
  }
  if (edit.do === 'connect') {
    const connection = entry(after.connections, edit.connection.id);
    return connection === undefined ? edit : { ...edit, connection };
  }
  return edit;
}

function dispatch(design: DesignBody, edit: Edit, kinds: Kinds): Outcome {
  switch (edit.do) {
    case 'node.add':
      return addNode(design, edit, kinds);
    case 'node.move':
      return moveNode(design, edit);
    case 'node.set':
      return setNode(design, edit, kinds);
    case 'node.delete':
      return deleteNode(design, edit);
    case 'connect':
      return connect(design, edit, kinds);
    case 'disconnect':
      return disconnect(design, edit);
    case 'connection.set':
      return setConnection(design, edit, kinds);
    case 'design.set':
      return setDesign(design, edit);
  }
}

const refuse = (code: Refusal['code'], message: string, pointer: string): Refusal => ({ code, message, pointer });
const unknownNode = (id: string, pointer: string): Refusal =>
  refuse('UNKNOWN_NODE', `there is no node ${id} in this design`, pointer);
const unknownConnection = (id: string): Refusal =>
  refuse('UNKNOWN_CONNECTION', `there is no connection ${id} in this design`, '/id');

function without<T>(record: Readonly<Record<string, T>>, id: string): Record<string, T> {
  const { [id]: _gone, ...rest } = record;
  return rest;
}

// Own properties only: an id such as "constructor" must not find what every object inherits.
function entry<T>(record: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(record, id) ? record[id] : undefined;
}

// A field that is there but undefined says the same as one that is not there.
function defined<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}

function addNode(design: DesignBody, edit: EditOf<'node.add'>, kinds: Kinds): Outcome {
  const { id, kind } = edit.node;
  if (entry(design.nodes, id) !== undefined)
    return refuse('ID_TAKEN', `the id ${id} is already a node of this design`, '/node/id');
  const spec = kinds.get(kind);
  if (spec === undefined) return refuse('UNKNOWN_KIND', `there is no component kind ${kind} here`, '/node/kind');
  const version = edit.node.version ?? spec.version;
  if (version > spec.version) {
    return refuse('VERSION_TOO_NEW', `${kind} is known here up to version ${spec.version}, not ${version}`, '/node/version');
  }
  const settings = merged({}, edit.node.settings ?? {});
  const bad = settingsRefusal(kinds, spec, settings, '/node/settings');
  if (bad !== undefined) return bad;
  const { label = '', onFailure = 'stop' } = edit.node;
  const node: Node = { id, kind, version, label, settings, onFailure, ...rankOf(edit.node) };
  const positions = edit.at === undefined ? design.canvas.positions : { ...design.canvas.positions, [id]: edit.at };
  return {
    to: { nodes: { ...design.nodes, [id]: node }, canvas: { ...design.canvas, positions } },
    inverse: [{ do: 'node.delete', id }],
  };
}

function settingsRefusal(
  kinds: Kinds,
  spec: ComponentSpec,
  settings: Readonly<Record<string, unknown>>,
  pointer: string,
): Refusal | undefined {
  const fault = settingFaults(spec, settings)[0] ?? kinds.check?.(spec.kind, withParameters(settings, {}));
  if (fault === undefined) return undefined;
  return refuse(
    'SETTINGS_INVALID',
    `setting ${fault.pointer || '(whole)'} of ${spec.kind}: ${fault.message}`,
    pointer + fault.pointer,
  );
}

function moveNode(design: DesignBody, edit: EditOf<'node.move'>): Outcome {
  if (entry(design.nodes, edit.id) === undefined) return unknownNode(edit.id, '/id');
  const before = entry(design.canvas.positions, edit.id);
  const others = without(design.canvas.positions, edit.id);
  const positions = edit.at === undefined ? others : { ...others, [edit.id]: edit.at };
  return {
    to: { canvas: { ...design.canvas, positions } },
    inverse: [{ do: 'node.move', id: edit.id, ...(before !== undefined && { at: before }) }],
  };
}

// E7  null takes a setting back to its default, in a new node too. By entries, not by assignment: a setting named __proto__ is a
// name like any other.
function merged(before: Readonly<Record<string, unknown>>, set: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = new Set([...Object.keys(before), ...Object.keys(set)]);
  const now = [...names].map((name): [string, unknown] => [name, entry(Object.hasOwn(set, name) ? set : before, name)]);
  return Object.fromEntries(now.filter(([, value]) => value !== null && value !== undefined));
}

function setNode(design: DesignBody, edit: EditOf<'node.set'>, kinds: Kinds): Outcome {
  const before = entry(design.nodes, edit.id);
  if (before === undefined) return unknownNode(edit.id, '/id');
  const settings = merged(before.settings, edit.settings ?? {});
  const touched = Object.keys(edit.settings ?? {});
  const inverseSettings = Object.fromEntries(touched.map((name) => [name, entry(before.settings, name) ?? null]));
  if (edit.settings !== undefined) {
    const spec = kinds.get(before.kind);
    if (spec === undefined)
      return refuse('UNKNOWN_KIND', `there is no component kind ${before.kind} here to check its settings`, '/settings');
    const bad = settingsRefusal(kinds, spec, settings, '/settings');
    if (bad !== undefined) return bad;
  }
  const { label = before.label, onFailure = before.onFailure, priority = before.priority, weight = before.weight } = edit;
  const { id, kind, version } = before;
  const node: Node = { id, kind, version, label, settings, onFailure, ...rankOf({ priority, weight }) };
  const inverse: EditOf<'node.set'> = {
    do: 'node.set',
    id: edit.id,
    ...(edit.label !== undefined && { label: before.label }),
    ...(edit.onFailure !== undefined && { onFailure: before.onFailure }),
    ...(edit.priority !== undefined && { priority: before.priority ?? 'normal' }),
    ...(edit.weight !== undefined && { weight: before.weight ?? 1 }),
    ...(edit.settings !== undefined && { settings: inverseSettings }),
  };
  return { to: { nodes: { ...design.nodes, [edit.id]: node } }, inverse: [inverse] };
}

/** E4  Deleting a node deletes its connections with it; the inverse brings all of them back. */
function deleteNode(design: DesignBody, edit: EditOf<'node.delete'>): Outcome {
  const node = entry(design.nodes, edit.id);
  if (node === undefined) return unknownNode(edit.id, '/id');
  const at = entry(design.canvas.positions, edit.id);
  const lost = Object.values(design.connections).filter(({ from, to }) => from.node === edit.id || to.node === edit.id);
  const lostIds = new Set(lost.map(({ id }) => id));
  const add: EditOf<'node.add'> = { do: 'node.add', node, ...(at !== undefined && { at }) };
  return {
    to: {
      nodes: without(design.nodes, edit.id),
      connections: Object.fromEntries(Object.entries(design.connections).filter(([id]) => !lostIds.has(id))),
      canvas: { ...design.canvas, positions: without(design.canvas.positions, edit.id) },
    },
    inverse: [add, ...lost.map((connection): Edit => ({ do: 'connect', connection }))],
  };
}

function connect(design: DesignBody, edit: EditOf<'connect'>, kinds: Kinds): Outcome {
  const { id } = edit.connection;
  if (entry(design.connections, id) !== undefined) {
    return refuse('ID_TAKEN', `the id ${id} is already a connection of this design`, '/connection/id');
  }
  const from = resolveEnd(design, edit.connection, 'from', kinds);
  if ('code' in from) return from;
  const to = resolveEnd(design, edit.connection, 'to', kinds);
  if ('code' in to) return to;
  const mismatch = incompatibility(from.port, to.port);
  if (mismatch !== undefined) return refuse('PORTS_INCOMPATIBLE', mismatch, '/connection/to');
  const { capacity = 0, policy = 'block' } = edit.connection;
  const held = from.port.protocol === 'call' ? holding({ capacity, policy }, '/connection') : undefined;
  if (held !== undefined) return held;
  const connection: Connection = { id, from: from.end, to: to.end, capacity, policy };
  return { to: { connections: { ...design.connections, [id]: connection } }, inverse: [{ do: 'disconnect', id }] };
}

interface ResolvedEnd {
  readonly end: End;
  readonly port: PortSpec;
}

// E5  A plain port has one channel end; an index of a many port has one each.
function resolveEnd(
  design: DesignBody,
  wanted: EditOf<'connect'>['connection'],
  side: 'from' | 'to',
  kinds: Kinds,
): ResolvedEnd | Refusal {
  const { node: nodeId, port: portName, index } = wanted[side];
  const pointer = `/connection/${side}`;
  const node = entry(design.nodes, nodeId);
  if (node === undefined) return unknownNode(nodeId, `${pointer}/node`);
  const spec = kinds.get(node.kind);
  if (spec === undefined) return refuse('UNKNOWN_KIND', `there is no component kind ${node.kind} here`, `${pointer}/node`);
  const port = entry(spec.ports, portName);
  if (port === undefined) {
    const known = Object.keys(spec.ports).join(', ');
    return refuse('UNKNOWN_PORT', `${node.kind} has no port ${portName}; it has ${known}`, `${pointer}/port`);
  }
  const direction = side === 'from' ? 'out' : 'in';
  if (port.direction !== direction) {
    return refuse(
      'PORTS_INCOMPATIBLE',
      `${nodeId}.${portName} is an ${port.direction}put; a connection goes from an output to an input`,
      `${pointer}/port`,
    );
  }
  if (!port.many && (index ?? 0) !== 0) {
    return refuse('UNKNOWN_PORT', `${nodeId}.${portName} takes one connection, so its index is 0`, `${pointer}/index`);
  }
  const taken = new Map<number, string>();
  for (const other of Object.values(design.connections)) {
    if (other[side].node === nodeId && other[side].port === portName) taken.set(other[side].index, other.id);
  }
  const end: End = { node: nodeId, port: portName, index: index ?? (port.many ? firstFree(taken) : 0) };
  if (end.index > greatestIndex)
    return refuse('PORT_TAKEN', `${nodeId}.${portName} has ${taken.size} connections, the most a port can have`, pointer);
  const holder = taken.get(end.index);
  if (holder !== undefined) return refuse('PORT_TAKEN', `${endText(end, port.many)} already has connection ${holder}`, pointer);
  return { end, port };
}

function firstFree(taken: ReadonlyMap<number, string>): number {
  let index = 0;
  while (taken.has(index)) index++;
  return index;
}

/** Why messages of one port cannot go to another, in a sentence; undefined when they can. */
export function incompatibility(from: PortSpec, to: PortSpec): string | undefined {
  if (from.direction !== 'out' || to.direction !== 'in') return 'a connection goes from an output to an input';
  if (from.protocol !== to.protocol) return `a ${from.protocol} port cannot be connected to a ${to.protocol} port`;
  if (!mayFit(from.schema, to.schema)) return 'the messages sent are never of the type that is expected';
  if (!mayFit(to.reply ?? {}, from.reply ?? {})) return 'the replies given are never of the type that is expected';
  return undefined;
}

// Q9
function holding({ capacity, policy }: Partial<Pick<Connection, 'capacity' | 'policy'>>, pointer: string): Refusal | undefined {
  const field = (capacity ?? 0) > 0 ? 'capacity' : (policy ?? 'block') !== 'block' ? 'policy' : undefined;
  if (field === undefined) return undefined;
  return refuse('PORTS_INCOMPATIBLE', 'nothing is held on a call: its capacity is 0 and its policy block', `${pointer}/${field}`);
}

function disconnect(design: DesignBody, edit: EditOf<'disconnect'>): Outcome {
  const connection = entry(design.connections, edit.id);
  if (connection === undefined) return unknownConnection(edit.id);
  return { to: { connections: without(design.connections, edit.id) }, inverse: [{ do: 'connect', connection }] };
}

function setConnection(design: DesignBody, edit: EditOf<'connection.set'>, kinds: Kinds): Outcome {
  const before = entry(design.connections, edit.id);
  if (before === undefined) return unknownConnection(edit.id);
  const { do: _does, id, ...given } = edit;
  const set = defined(given);
  const spec = kinds.get(entry(design.nodes, before.from.node)?.kind ?? '');
  const held = spec?.ports[before.from.port]?.protocol === 'call' ? holding(set, '') : undefined;
  if (held !== undefined) return held;
  const inverse: EditOf<'connection.set'> = {
    do: 'connection.set',
    id,
    ...(set.capacity !== undefined && { capacity: before.capacity }),
    ...(set.policy !== undefined && { policy: before.policy }),
  };
  return { to: { connections: { ...design.connections, [id]: { ...before, ...set } } }, inverse: [inverse] };
}

function setDesign(design: DesignBody, edit: EditOf<'design.set'>): Outcome {
  const { do: _does, ...given } = edit;
  const set = defined(given);
  const inverse: EditOf<'design.set'> = {
    do: 'design.set',
    ...(set.name !== undefined && { name: design.name }),
    ...(set.description !== undefined && { description: design.description }),
  };
  return { to: set, inverse: [inverse] };
}

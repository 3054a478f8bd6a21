import { type Connection, type DesignBody, type Group, type Node, rankOf } from '#model/design.ts';
import { escapePointer } from '#model/schema-check.ts';
import type { Edit, EditOf, Refusal } from './edit.ts';

/**
 * What leads from one design to another, as edits.
 *
 * E9  `applyAll(from, difference(from, to))` is `to`, and there is no edit for what is the same in both.
 *     Order: what goes, what comes, what changes; a node whose kind or version differs goes and comes back.
 *     Positions of nodes that are not there are left out.
 */
export function difference(from: DesignBody, to: DesignBody): Edit[] {
  const gone = new Set(Object.keys(from.nodes).filter((id) => !sameKind(own(from.nodes, id), own(to.nodes, id))));
  const kept = (connection: Connection): boolean =>
    sameEnds(connection, own(to.connections, connection.id)) && !gone.has(connection.from.node) && !gone.has(connection.to.node);
  const lost = new Set(Object.values(from.connections).flatMap((connection) => (kept(connection) ? [] : [connection.id])));
  const comes = ({ id }: { id: string }, before: object, leaves: ReadonlySet<string>): boolean =>
    !Object.hasOwn(before, id) || leaves.has(id);
  const nodes = Object.values(to.nodes);
  const connections = Object.values(to.connections);
  return [
    ...designSet(from, to),
    ...[...lost].map((id): Edit => ({ do: 'disconnect', id })),
    ...[...gone].map((id): Edit => ({ do: 'node.delete', id })),
    ...nodes.filter((node) => comes(node, from.nodes, gone)).map((node) => nodeAdd(node, to)),
    ...nodes.filter((node) => !comes(node, from.nodes, gone)).flatMap((node) => nodeSet(node, from, to)),
    ...connections
      .filter((connection) => comes(connection, from.connections, lost))
      .map((connection): Edit => ({ do: 'connect', connection })),
    ...connections
      .filter((connection) => !comes(connection, from.connections, lost))
      .flatMap((connection) => connectionSet(own(from.connections, connection.id), connection)),
    ...canvasDifference(from, to, gone),
  ];
}

// Own properties only: an id such as "constructor" must not find what every object inherits.
function own<T>(record: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(record, id) ? record[id] : undefined;
}

const sameKind = (a: Node | undefined, b: Node | undefined): boolean => a?.kind === b?.kind && a?.version === b?.version;

const sameEnds = (a: Connection, b: Connection | undefined): boolean => sameJson(a.from, b?.from) && sameJson(a.to, b?.to);

/** Whether two JSON values are equal, whatever the order of their names. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]));
}

// Sizes and groups. A group that goes takes its members out, a node that comes anew is in none: what is then to be is said after.
function canvasDifference(from: DesignBody, to: DesignBody, gone: ReadonlySet<string>): Edit[] {
  const [wereGroups, groups] = [from.canvas.groups ?? {}, to.canvas.groups ?? {}];
  const lost = Object.keys(wereGroups).filter((id) => !Object.hasOwn(groups, id));
  const { members = {} } = to.canvas;
  const edits: Edit[] = lost.map((id) => ({ do: 'group.delete', id }));
  for (const { parent: _parent, ...group } of Object.values(groups))
    if (!Object.hasOwn(wereGroups, group.id)) edits.push({ do: 'group.add', group });
  const parentOf = (id: string): string | undefined => {
    const parent = own(wereGroups, id)?.parent;
    return parent === undefined || lost.includes(parent) ? undefined : parent;
  };
  // Taken out first, then put in: two groups that change places would be within each other for a moment.
  edits.push(...Object.values(groups).flatMap((group) => groupSet(own(wereGroups, group.id), group, parentOf(group.id))));
  for (const { id, parent } of Object.values(groups))
    if (parent !== undefined && parentOf(id) !== parent) edits.push({ do: 'group.set', id, parent });
  for (const id of Object.keys(to.nodes)) {
    const anew = gone.has(id) || !Object.hasOwn(from.nodes, id);
    const size = own(to.canvas.sizes ?? {}, id);
    const before = anew ? undefined : own(from.canvas.sizes ?? {}, id);
    if (!sameJson(before, size)) edits.push({ do: 'node.resize', id, ...(size !== undefined && { size }) });
    const was = own(from.canvas.members ?? {}, id);
    const stays = anew || was === undefined || lost.includes(was) ? undefined : was;
    const group = own(members, id);
    if (stays !== group) edits.push({ do: 'group.assign', node: id, group: group ?? null });
  }
  return edits;
}

function groupSet(before: Group | undefined, { id, title, colour, parent }: Group, was: string | undefined): Edit[] {
  const set: EditOf<'group.set'> = {
    do: 'group.set',
    id,
    ...(before !== undefined && before.title !== title && { title }),
    ...(before !== undefined && before.colour !== colour && { colour: colour ?? null }),
    ...(was !== undefined && was !== parent && { parent: null }),
  };
  return Object.keys(set).length > 2 ? [set] : [];
}

function designSet(from: DesignBody, to: DesignBody): Edit[] {
  const name = from.name !== to.name && { name: to.name };
  const description = from.description !== to.description && { description: to.description };
  return name || description ? [{ do: 'design.set', ...name, ...description }] : [];
}

function nodeAdd(node: Node, to: DesignBody): Edit {
  const at = own(to.canvas.positions, node.id);
  return { do: 'node.add', node, ...(at !== undefined && { at }) };
}

function nodeSet(now: Node, from: DesignBody, to: DesignBody): Edit[] {
  const before = own(from.nodes, now.id);
  if (before === undefined) return [];
  const settings = settingsSet(before.settings, now.settings);
  const [was, is] = [rankOf(before), rankOf(now)];
  const set: EditOf<'node.set'> = {
    do: 'node.set',
    id: now.id,
    ...(before.label !== now.label && { label: now.label }),
    ...(before.onFailure !== now.onFailure && { onFailure: now.onFailure }),
    ...(was.priority !== is.priority && { priority: is.priority ?? 'normal' }),
    ...(was.weight !== is.weight && { weight: is.weight ?? 1 }),
    ...(settings !== undefined && { settings }),
  };
  const [wasAt, at] = [own(from.canvas.positions, now.id), own(to.canvas.positions, now.id)];
  const move: EditOf<'node.move'> = { do: 'node.move', id: now.id, ...(at !== undefined && { at }) };
  return [...(Object.keys(set).length > 2 ? [set] : []), ...(sameJson(wasAt, at) ? [] : [move])];
}

// E7  By entries, not by assignment: a setting named __proto__ is a name like any other.
function settingsSet(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const changed = [...names]
    .filter((name) => !sameJson(own(before, name) ?? null, own(now, name) ?? null))
    .map((name): [string, unknown] => [name, own(now, name) ?? null]);
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

function connectionSet(before: Connection | undefined, { id, capacity, policy }: Connection): Edit[] {
  const set: EditOf<'connection.set'> = {
    do: 'connection.set',
    id,
    ...(before?.capacity !== capacity && { capacity }),
    ...(before?.policy !== policy && { policy }),
  };
  return Object.keys(set).length > 2 ? [set] : [];
}

/** The pointer of a refused edit (`/3/node/kind`) as one into the body that the edits were made from (`/nodes/a/kind`). */
export function bodyPointer(edits: readonly Edit[], pointer: string): string {
  const [, number, ...steps] = pointer.split('/');
  const edit = edits[Number(number)];
  if (edit === undefined) return '';
  const rest = (from: number): string =>
    steps
      .slice(from)
      .map((step) => `/${step}`)
      .join('');
  switch (edit.do) {
    case 'node.add':
      return steps[0] === 'at'
        ? `/canvas/positions/${escapePointer(edit.node.id)}${rest(1)}`
        : `/nodes/${escapePointer(edit.node.id)}${rest(1)}`;
    case 'node.move':
      return `/canvas/positions/${escapePointer(edit.id)}${rest(1)}`;
    case 'node.set':
      return `/nodes/${escapePointer(edit.id)}${rest(0)}`;
    case 'connect':
      return `/connections/${escapePointer(edit.connection.id)}${rest(1)}`;
    case 'connection.set':
      return `/connections/${escapePointer(edit.id)}${rest(0)}`;
    case 'node.resize':
      return `/canvas/sizes/${escapePointer(edit.id)}${rest(1)}`;
    case 'group.add':
      return `/canvas/groups/${escapePointer(edit.group.id)}${rest(1)}`;
    case 'group.set':
      return `/canvas/groups/${escapePointer(edit.id)}${rest(0)}`;
    case 'group.assign':
      return `/canvas/members/${escapePointer(edit.node)}`;
    default:
      return rest(0);
  }
}

/** D2: an element is listed under its own id. The refusal's pointer is into the body; undefined when all are. */
export function strayFault({
  nodes,
  connections,
  canvas,
}: Pick<DesignBody, 'nodes' | 'connections' | 'canvas'>): Refusal | undefined {
  const parts = Object.entries({ nodes, connections, 'canvas/groups': canvas.groups ?? {} });
  for (const [part, record] of parts) {
    for (const [key, { id }] of Object.entries(record)) {
      if (key === id) continue;
      const message = `${id} is listed as ${key}; an element is listed under its own id`;
      return { code: 'EDIT_MALFORMED', message, pointer: `/${part}/${escapePointer(key)}/id` };
    }
  }
  return undefined;
}

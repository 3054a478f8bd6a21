import { type Compilable, type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import {
  type Canvas,
  type Connection,
  type Design,
  type DesignBody,
  type Group,
  type Node,
  type Position,
  type Priority,
  rankOf,
  type Size,
} from '#model/design.ts';
import { type ElementKey, keyOf } from '#model/touched.ts';
import type { Tables } from './tables.ts';

/** A design as rows: how it is read in one statement, and how only what changed is written. */

type NodeRow = Omit<Selectable<Tables['design_nodes']>, 'design_id'>;
type ConnectionRow = Omit<Selectable<Tables['design_connections']>, 'design_id'>;
type GroupRow = Omit<Selectable<Tables['design_groups']>, 'design_id'>;

/** A design with the revision in which each element last changed. */
export interface StoredDesign {
  readonly design: Design;
  readonly revs: ReadonlyMap<ElementKey, number>;
}

/** Ids of elements, by kind. */
export type Only = Readonly<Record<'node' | 'connection' | 'group', readonly string[]>>;

const nodeRows = (eb: ExpressionBuilder<Tables, 'designs'>, only?: Only) => {
  const rows = eb
    .selectFrom('design_nodes as n')
    .select(['n.id', 'n.kind', 'n.version', 'n.label', 'n.settings', 'n.on_failure', 'n.priority', 'n.weight'])
    .select(['n.x', 'n.y', 'n.width', 'n.height', 'n.group_id', 'n.rev'])
    .whereRef('n.design_id', '=', 'designs.id')
    .orderBy('n.id');
  return jsonArrayFrom(only === undefined ? rows : rows.where(sql<boolean>`n.id = any(${only.node})`));
};

const connectionRows = (eb: ExpressionBuilder<Tables, 'designs'>, only?: Only) => {
  const rows = eb
    .selectFrom('design_connections as c')
    .select(['c.id', 'c.from_node', 'c.from_port', 'c.from_index', 'c.to_node', 'c.to_port', 'c.to_index'])
    .select(['c.capacity', 'c.policy', 'c.rev'])
    .whereRef('c.design_id', '=', 'designs.id')
    .orderBy('c.id');
  return jsonArrayFrom(only === undefined ? rows : rows.where(sql<boolean>`c.id = any(${only.connection})`));
};

const groupRows = (eb: ExpressionBuilder<Tables, 'designs'>, only?: Only) => {
  const rows = eb
    .selectFrom('design_groups as g')
    .select(['g.id', 'g.title', 'g.colour', 'g.parent', 'g.rev'])
    .whereRef('g.design_id', '=', 'designs.id')
    .orderBy('g.id');
  return jsonArrayFrom(only === undefined ? rows : rows.where(sql<boolean>`g.id = any(${only.group})`));
};

/**
 * Reads a whole design in one statement, hence as of one moment; undefined when there is none.
 *
 * @param only these elements alone: what is asked for and not there is missing in the answer.
 */
export async function readDesign(db: Kysely<Tables>, id: string, only?: Only): Promise<StoredDesign | undefined> {
  const row = await db
    .selectFrom('designs')
    .select(['id', 'rev', 'name', 'description', 'created_at', 'updated_at'])
    .select((eb) => [
      nodeRows(eb, only).as('nodes'),
      connectionRows(eb, only).as('connections'),
      groupRows(eb, only).as('groups'),
    ])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const nodes = row.nodes as NodeRow[];
  const connections = row.connections as ConnectionRow[];
  const groups = row.groups as GroupRow[];
  const design: Design = {
    id: row.id,
    rev: row.rev,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    name: row.name,
    description: row.description,
    nodes: Object.fromEntries(nodes.map((node) => [node.id, nodeOf(node)])),
    connections: Object.fromEntries(connections.map((it) => [it.id, connectionOf(it)])),
    canvas: canvasOf(nodes, groups),
  };
  const revs = new Map<ElementKey, number>();
  for (const node of nodes) revs.set(keyOf('node', node.id), node.rev);
  for (const connection of connections) revs.set(keyOf('connection', connection.id), connection.rev);
  for (const group of groups) revs.set(keyOf('group', group.id), group.rev);
  return { design, revs };
}

/** A design with some of its elements as they were read later; those that were asked for and are not there go. */
export function withElements(design: DesignBody, keys: ReadonlySet<ElementKey>, { design: some }: StoredDesign): Design {
  const { positions, sizes, groups, members } = design.canvas;
  const pick = <T>(kind: 'node' | 'connection' | 'group', before: Readonly<Record<string, T>>, now: Record<string, T> = {}) => {
    const kept = Object.entries(before).filter(([id]) => !keys.has(keyOf(kind, id)));
    return kept.length === Object.keys(before).length && Object.keys(now).length === 0
      ? before
      : Object.fromEntries([...kept, ...Object.entries(now)]);
  };
  const canvas = {
    positions: pick('node', positions, some.canvas.positions),
    sizes: pick('node', sizes ?? {}, some.canvas.sizes),
    groups: pick('group', groups ?? {}, some.canvas.groups),
    members: pick('node', members ?? {}, some.canvas.members),
  };
  return {
    ...some,
    nodes: pick('node', design.nodes, some.nodes),
    connections: pick('connection', design.connections, some.connections),
    canvas: {
      positions: canvas.positions,
      ...ifAny('sizes', canvas.sizes),
      ...ifAny('groups', canvas.groups),
      ...ifAny('members', canvas.members),
    },
  };
}

// D22: sizes, groups and members are there only when there are any.
function ifAny<K extends string, T>(name: K, record: Readonly<Record<string, T>>): { [N in K]?: Record<string, T> } {
  return (Object.keys(record).length > 0 ? { [name]: record } : {}) as { [N in K]?: Record<string, T> };
}

function nodeOf({ id, kind, version, label, settings, on_failure, priority, weight }: NodeRow): Node {
  const rank = rankOf({ priority: priority as Priority, weight });
  return { id, kind, version, label, settings, onFailure: on_failure as Node['onFailure'], ...rank };
}

function connectionOf(row: ConnectionRow): Connection {
  return {
    id: row.id,
    from: { node: row.from_node, port: row.from_port, index: row.from_index },
    to: { node: row.to_node, port: row.to_port, index: row.to_index },
    capacity: row.capacity,
    policy: row.policy as Connection['policy'],
  };
}

function canvasOf(nodes: readonly NodeRow[], groups: readonly GroupRow[]): Canvas {
  const positions: Record<string, Position> = {};
  const sizes: Record<string, Size> = {};
  const members: Record<string, string> = {};
  for (const { id, x, y, width, height, group_id } of nodes) {
    if (x !== null && y !== null) positions[id] = { x, y };
    if (width !== null && height !== null) sizes[id] = { width, height };
    if (group_id !== null) members[id] = group_id;
  }
  return {
    positions,
    ...ifAny('sizes', sizes),
    ...ifAny('groups', Object.fromEntries(groups.map((group) => [group.id, groupOf(group)]))),
    ...ifAny('members', members),
  };
}

function groupOf({ id, title, colour, parent }: GroupRow): Group {
  return { id, title, ...(colour !== null && { colour }), ...(parent !== null && { parent }) };
}

/** What of the rows differs between two states of a design. */
export interface Difference {
  readonly nodes: readonly Node[];
  readonly connections: readonly Connection[];
  readonly groups: readonly Group[];
  readonly gone: Readonly<Record<'nodes' | 'connections' | 'groups', readonly string[]>>;
}

/**
 * What differs between two states of a design. `apply` shares what an edit does not touch, so what is the same object is
 * the same row.
 */
export function differenceOf(before: DesignBody, after: DesignBody): Difference {
  const [was, is] = [before.canvas, after.canvas];
  const { sizes: wasSizes = {}, members: wasMembers = {}, groups: wasGroups = {} } = was;
  const { sizes = {}, members = {}, groups = {} } = is;
  return {
    nodes: Object.values(after.nodes).filter(
      (node) =>
        before.nodes[node.id] !== node ||
        was.positions[node.id] !== is.positions[node.id] ||
        wasSizes[node.id] !== sizes[node.id] ||
        wasMembers[node.id] !== members[node.id],
    ),
    connections: changedOf(before.connections, after.connections),
    groups: changedOf(wasGroups, groups),
    gone: {
      nodes: missing(before.nodes, after.nodes),
      connections: missing(before.connections, after.connections),
      groups: missing(wasGroups, groups),
    },
  };
}

function changedOf<T extends { readonly id: string }>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): T[] {
  return before === after ? [] : Object.values(after).filter((it) => before[it.id] !== it);
}

function missing(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  return before === after ? [] : Object.keys(before).filter((id) => !Object.hasOwn(after, id));
}

/** A statement that writes, not yet sent. */
export type Write = Compilable & { execute(): Promise<unknown> };

/** What takes away the rows of what is gone; to be sent before what is written, since a node takes its connections with it. */
export function deletions(tx: Kysely<Tables>, designId: string, { gone }: Difference): Write[] {
  const from = (table: 'design_connections' | 'design_nodes' | 'design_groups', ids: readonly string[]): Write[] =>
    ids.length === 0 ? [] : [tx.deleteFrom(table).where('design_id', '=', designId).where('id', 'in', ids)];
  return [
    ...from('design_connections', gone.connections),
    ...from('design_nodes', gone.nodes),
    ...from('design_groups', gone.groups),
  ];
}

/** What writes the rows that differ, and nothing else; `revOf` says in which revision each of it last changed. */
export function writes(
  tx: Kysely<Tables>,
  designId: string,
  { nodes, connections, groups }: Difference,
  { canvas }: Pick<DesignBody, 'canvas'>,
  revOf: (key: ElementKey) => number,
): Write[] {
  return [
    ...inParts(groups).map((some) => groupsWrite(tx, designId, some, revOf)),
    ...inParts(nodes).map((some) => nodesWrite(tx, designId, some, canvas, revOf)),
    ...inParts(connections).map((some) => connectionsWrite(tx, designId, some, revOf)),
  ];
}

// Of a thousand rows each; a statement takes no more parameters than five such have.
const mostTogether = 4;

/** Sends writes of different rows, as one statement when they are few: that saves the way to the database and back. */
export async function sendAll(tx: Kysely<Tables>, first: readonly Write[], last: Write): Promise<void> {
  if (first.length === 0 || first.length > mostTogether) {
    for (const write of [...first, last]) await write.execute();
    return;
  }
  const before = first.map((write, number) => sql`${sql.ref(`w${number}`)} AS (${write})`);
  await sql`WITH ${sql.join(before)} ${last}`.execute(tx);
}

// A statement takes at most 65,535 parameters; a row has fifteen at most.
const rowsAtOnce = 1000;

function inParts<T>(items: readonly T[]): (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += rowsAtOnce) parts.push(items.slice(at, at + rowsAtOnce));
  return parts;
}

function nodesWrite(
  tx: Kysely<Tables>,
  designId: string,
  nodes: readonly Node[],
  { positions, sizes = {}, members = {} }: Canvas,
  revOf: (key: ElementKey) => number,
): Write {
  const rows = nodes.map(({ id, kind, version, label, settings, onFailure, priority = 'normal', weight = 1 }) => ({
    design_id: designId,
    id,
    kind,
    version,
    label,
    settings: JSON.stringify(settings),
    on_failure: onFailure,
    priority,
    weight,
    x: positions[id]?.x ?? null,
    y: positions[id]?.y ?? null,
    width: sizes[id]?.width ?? null,
    height: sizes[id]?.height ?? null,
    // Own only: an id such as "constructor" must not find what every object inherits.
    group_id: (Object.hasOwn(members, id) ? members[id] : undefined) ?? null,
    rev: revOf(keyOf('node', id)),
  }));
  return tx
    .insertInto('design_nodes')
    .values(rows)
    .onConflict((on) =>
      on.columns(['design_id', 'id']).doUpdateSet((eb) => ({
        kind: eb.ref('excluded.kind'),
        version: eb.ref('excluded.version'),
        label: eb.ref('excluded.label'),
        settings: eb.ref('excluded.settings'),
        on_failure: eb.ref('excluded.on_failure'),
        priority: eb.ref('excluded.priority'),
        weight: eb.ref('excluded.weight'),
        x: eb.ref('excluded.x'),
        y: eb.ref('excluded.y'),
        width: eb.ref('excluded.width'),
        height: eb.ref('excluded.height'),
        group_id: eb.ref('excluded.group_id'),
        rev: eb.ref('excluded.rev'),
      })),
    );
}

function connectionsWrite(
  tx: Kysely<Tables>,
  designId: string,
  connections: readonly Connection[],
  revOf: (key: ElementKey) => number,
): Write {
  const rows = connections.map(({ id, from, to, capacity, policy }) => ({
    design_id: designId,
    id,
    from_node: from.node,
    from_port: from.port,
    from_index: from.index,
    to_node: to.node,
    to_port: to.port,
    to_index: to.index,
    capacity,
    policy,
    rev: revOf(keyOf('connection', id)),
  }));
  return tx
    .insertInto('design_connections')
    .values(rows)
    .onConflict((on) =>
      on.columns(['design_id', 'id']).doUpdateSet((eb) => ({
        from_node: eb.ref('excluded.from_node'),
        from_port: eb.ref('excluded.from_port'),
        from_index: eb.ref('excluded.from_index'),
        to_node: eb.ref('excluded.to_node'),
        to_port: eb.ref('excluded.to_port'),
        to_index: eb.ref('excluded.to_index'),
        capacity: eb.ref('excluded.capacity'),
        policy: eb.ref('excluded.policy'),
        rev: eb.ref('excluded.rev'),
      })),
    );
}

function groupsWrite(tx: Kysely<Tables>, designId: string, groups: readonly Group[], revOf: (key: ElementKey) => number): Write {
  const rows = groups.map(({ id, title, colour = null, parent = null }) => ({
    design_id: designId,
    id,
    title,
    colour,
    parent,
    rev: revOf(keyOf('group', id)),
  }));
  return tx
    .insertInto('design_groups')
    .values(rows)
    .onConflict((on) =>
      on.columns(['design_id', 'id']).doUpdateSet((eb) => ({
        title: eb.ref('excluded.title'),
        colour: eb.ref('excluded.colour'),
        parent: eb.ref('excluded.parent'),
        rev: eb.ref('excluded.rev'),
      })),
    );
}

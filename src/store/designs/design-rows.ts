import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
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
import { own } from '#model/edits/draft.ts';
import { type ElementKey, keyOf, partsOfKey } from '#model/edits/touched.ts';
import type { Tables } from '#store/tables.ts';

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
 * What differs between two states of a design, of the elements that were touched. `apply` shares what an edit does not touch, so
 * what is the same object is the same row.
 */
export function differenceOf(before: DesignBody, after: DesignBody, touched: ReadonlySet<ElementKey>): Difference {
  const found: Found = { node: new Set(), connection: new Set(), group: new Set() };
  const gone: Found = { node: new Set(), connection: new Set(), group: new Set() };
  for (const key of touched) {
    const [kind, id] = partsOfKey(key);
    if (kind === 'design') continue;
    if (Object.hasOwn(recordOf(after, kind), id)) {
      if (differs(before, after, kind, id)) found[kind].add(id);
    } else if (Object.hasOwn(recordOf(before, kind), id)) gone[kind].add(id);
  }
  const { groups = {} } = after.canvas;
  return {
    nodes: picked(after.nodes, found.node),
    connections: picked(after.connections, found.connection),
    groups: picked(groups, found.group),
    gone: { nodes: [...gone.node], connections: [...gone.connection], groups: [...gone.group] },
  };
}

type Found = Readonly<Record<'node' | 'connection' | 'group', Set<string>>>;

const none: Readonly<Record<string, never>> = {};

function recordOf({ nodes, connections, canvas }: DesignBody, kind: keyof Found): Readonly<Record<string, unknown>> {
  if (kind === 'node') return nodes;
  return kind === 'connection' ? connections : (canvas.groups ?? none);
}

function differs(before: DesignBody, after: DesignBody, kind: keyof Found, id: string): boolean {
  if (own(recordOf(before, kind), id) !== own(recordOf(after, kind), id)) return true;
  if (kind !== 'node') return false;
  const [was, is] = [before.canvas, after.canvas];
  return (
    own(was.positions, id) !== own(is.positions, id) ||
    own(was.sizes ?? none, id) !== own(is.sizes ?? none, id) ||
    own(was.members ?? none, id) !== own(is.members ?? none, id)
  );
}

const picked = <T>(record: Readonly<Record<string, T>>, ids: ReadonlySet<string>): T[] =>
  [...ids].flatMap((id) => own(record, id) ?? []);

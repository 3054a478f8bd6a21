import type { ExpressionBuilder, Kysely, Selectable } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { type Connection, type Design, type DesignBody, type Node, type Position, type Priority, rankOf } from '#model/design.ts';
import type { Tables } from './tables.ts';

/** A design as rows: how it is read in one statement, and how only what changed is written. */

type NodeRow = Omit<Selectable<Tables['design_nodes']>, 'design_id'>;
type ConnectionRow = Omit<Selectable<Tables['design_connections']>, 'design_id'>;

const nodeRows = (eb: ExpressionBuilder<Tables, 'designs'>) =>
  jsonArrayFrom(
    eb
      .selectFrom('design_nodes as n')
      .select(['n.id', 'n.kind', 'n.version', 'n.label', 'n.settings', 'n.on_failure', 'n.priority', 'n.weight'])
      .select(['n.x', 'n.y'])
      .whereRef('n.design_id', '=', 'designs.id')
      .orderBy('n.id'),
  );

const connectionRows = (eb: ExpressionBuilder<Tables, 'designs'>) =>
  jsonArrayFrom(
    eb
      .selectFrom('design_connections as c')
      .select(['c.id', 'c.from_node', 'c.from_port', 'c.from_index', 'c.to_node', 'c.to_port', 'c.to_index'])
      .select(['c.capacity', 'c.policy'])
      .whereRef('c.design_id', '=', 'designs.id')
      .orderBy('c.id'),
  );

/** Reads a whole design in one statement, hence as of one moment; undefined when there is none. */
export async function readDesign(db: Kysely<Tables>, id: string): Promise<Design | undefined> {
  const row = await db
    .selectFrom('designs')
    .select(['id', 'rev', 'name', 'description', 'created_at', 'updated_at'])
    .select((eb) => [nodeRows(eb).as('nodes'), connectionRows(eb).as('connections')])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const nodes = row.nodes as NodeRow[];
  const positions = nodes.flatMap(({ id: node, x, y }): [string, Position][] =>
    x === null || y === null ? [] : [[node, { x, y }]],
  );
  return {
    id: row.id,
    rev: row.rev,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    name: row.name,
    description: row.description,
    nodes: Object.fromEntries(nodes.map((node) => [node.id, nodeOf(node)])),
    connections: Object.fromEntries((row.connections as ConnectionRow[]).map((it) => [it.id, connectionOf(it)])),
    canvas: { positions: Object.fromEntries(positions) },
  };
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

/**
 * Writes what differs between two states of a design, and nothing else. `apply` shares what an edit does not touch, so
 * what is the same object is the same row.
 */
export async function writeDifference(
  tx: Kysely<Tables>,
  designId: string,
  before: DesignBody,
  after: DesignBody,
): Promise<void> {
  const goneConnections = missing(before.connections, after.connections);
  const goneNodes = missing(before.nodes, after.nodes);
  const { positions: was } = before.canvas;
  const { positions: is } = after.canvas;
  const nodes = Object.values(after.nodes).filter((node) => before.nodes[node.id] !== node || was[node.id] !== is[node.id]);
  const connections = Object.values(after.connections).filter((it) => before.connections[it.id] !== it);
  if (goneConnections.length > 0) {
    await tx.deleteFrom('design_connections').where('design_id', '=', designId).where('id', 'in', goneConnections).execute();
  }
  if (goneNodes.length > 0) {
    await tx.deleteFrom('design_nodes').where('design_id', '=', designId).where('id', 'in', goneNodes).execute();
  }
  for (const some of inParts(nodes)) await writeNodes(tx, designId, some, is);
  for (const some of inParts(connections)) await writeConnections(tx, designId, some);
}

function missing(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(before).filter((id) => !Object.hasOwn(after, id));
}

// A statement takes at most 65,535 parameters; a row has twelve at most.
const rowsAtOnce = 1000;

function* inParts<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += rowsAtOnce) yield items.slice(at, at + rowsAtOnce);
}

async function writeNodes(
  tx: Kysely<Tables>,
  designId: string,
  nodes: readonly Node[],
  positions: Readonly<Record<string, Position>>,
): Promise<void> {
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
  }));
  await tx
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
      })),
    )
    .execute();
}

async function writeConnections(tx: Kysely<Tables>, designId: string, connections: readonly Connection[]): Promise<void> {
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
  }));
  await tx
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
      })),
    )
    .execute();
}

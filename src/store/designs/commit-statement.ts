import { type RawBuilder, sql } from 'kysely';
import type { Canvas, Connection, Node } from '#model/design.ts';
import { own } from '#model/edits/draft.ts';
import { type ElementKey, keyOf } from '#model/edits/touched.ts';
import { type AnchorChange, followingAnchors } from '#store/comments.ts';
import type { LogEntry } from './design-log.ts';
import type { Difference } from './design-rows.ts';

/** All that a commit writes of a design, its log included: one statement, since each is a way to the database and back. */

/** What is to be written of a design. */
export interface Commitment {
  readonly id: string;
  /** The revision the design must still have; otherwise nothing is written. */
  readonly from: number;
  readonly to: {
    readonly rev: number;
    readonly name: string;
    readonly description: string;
    readonly updatedAt: string;
    readonly canvas: Canvas;
  };
  readonly difference: Difference;
  /** What went and came, for the threads of comments about it. */
  readonly anchors: readonly AnchorChange[];
  /** Wait for whoever is changing such a thread; for a commit in a transaction. */
  readonly patient: boolean;
  /** In which revision an element that differs last changed. */
  readonly revOf: (key: ElementKey) => number;
  readonly lines: readonly LogEntry[];
}

type Row = Readonly<Record<string, unknown>>;

const rowColumns = {
  design_nodes: `id text, kind text, version integer, label text, settings jsonb, on_failure text, priority text, weight integer,
    x double precision, y double precision, width double precision, height double precision, group_id text, rev integer`,
  design_connections: `id text, from_node text, from_port text, from_index integer, to_node text, to_port text, to_index integer,
    capacity integer, policy text, rev integer`,
  design_groups: 'id text, title text, colour text, parent text, rev integer',
  design_edits: `rev integer, tx_id uuid, actor text, via text, edits jsonb, inverse jsonb, at timestamptz, label text, undo_of uuid,
    base_rev integer, outcome text, asked jsonb, left_out jsonb`,
};
type RowTable = keyof typeof rowColumns;

// Rows come as JSON: a statement then has the same text and as many parameters however many rows there are.
const [nodesText, connectionsText, groupsText, linesText] = (
  ['design_nodes', 'design_connections', 'design_groups', 'design_edits'] as const
).map(insertText) as [InsertText, InsertText, InsertText, InsertText];

interface InsertText {
  readonly before: RawBuilder<unknown>;
  readonly after: RawBuilder<unknown>;
}

function insertText(table: RowTable): InsertText {
  const columns = rowColumns[table];
  const names = columns.split(/,\s*/).map((column) => column.split(' ')[0] ?? '');
  const replaced = names.map((name) => `${name} = excluded.${name}`).join(', ');
  const onConflict = table === 'design_edits' ? '' : ` ON CONFLICT (design_id, id) DO UPDATE SET ${replaced}`;
  return {
    before: sql.raw(
      `INSERT INTO ${table} (design_id, ${names.join(', ')}) SELECT held.id, ${names.map((name) => `e.${name}`).join(', ')} FROM held, jsonb_to_recordset(`,
    ),
    after: sql.raw(`::jsonb) AS e (${columns})${onConflict}`),
  };
}

const inserting = ({ before, after }: InsertText, rows: readonly Row[]): RawBuilder<unknown> =>
  sql`${before}${JSON.stringify(rows)}${after}`;

/** All of them or none, so that there are few texts. */
const deleting = ({ connections, nodes, groups }: Difference['gone']): RawBuilder<unknown>[] =>
  [...connections, ...nodes, ...groups].length === 0
    ? []
    : [from('connections', connections), from('nodes', nodes), from('groups', groups)];

const from = (what: 'connections' | 'nodes' | 'groups', ids: readonly string[]): RawBuilder<unknown> =>
  sql`${sql.raw(`gone_${what} AS (DELETE FROM design_${what} AS e USING held WHERE e.design_id = held.id AND e.id = ANY(`)}${ids}::text[]))`;

/**
 * R1  The statement that writes a commit. All of it hangs on the row of the design, which it locks first, and which must be at the
 * revision the commit was decided on: its number of rows is that of the lines, or 0 and nothing was written.
 *
 * R10 It waits for nobody who holds the design, but writes nothing: somebody who has given up waiting for it, since the database did not
 * answer in time, must not find that it was done later on. Whoever has to wait does so in a transaction.
 */
export function commitStatement(commitment: Commitment): RawBuilder<unknown> {
  const { id, from, to, lines, anchors, patient, difference } = commitment;
  const { rev, name, description, updatedAt } = to;
  const following = sql`id, ${followingAnchors(sql.ref('designs.id'), anchors, updatedAt, patient)}`;
  const parts = [
    sql`held AS (UPDATE designs SET rev = ${rev}, name = ${name}, description = ${description}, updated_at = ${updatedAt}
      WHERE id = (SELECT id FROM designs WHERE id = ${id} AND rev = ${from} AND deleted_at IS NULL
        FOR NO KEY UPDATE SKIP LOCKED) RETURNING ${anchors.length === 0 ? sql.ref('id') : following})`,
    ...deleting(difference.gone),
  ];
  const { nodes, connections, groups } = rowsOf(commitment);
  if (groups.length > 0) parts.push(sql`groups AS (${inserting(groupsText, groups)})`);
  if (nodes.length > 0) parts.push(sql`nodes AS (${inserting(nodesText, nodes)})`);
  if (connections.length > 0) parts.push(sql`connections AS (${inserting(connectionsText, connections)})`);
  return sql`WITH ${sql.join(parts)} ${inserting(linesText, lines.map(rowOfLine))}`;
}

function rowsOf({ difference: { nodes, connections, groups }, to: { canvas }, revOf }: Commitment) {
  return {
    nodes: nodes.map((node) => rowOfNode(node, canvas, revOf(keyOf('node', node.id)))),
    connections: connections.map((it) => rowOfConnection(it, revOf(keyOf('connection', it.id)))),
    groups: groups.map((group) => ({ ...group, rev: revOf(keyOf('group', group.id)) })),
  };
}

function rowOfNode(node: Node, { positions, sizes = {}, members = {} }: Canvas, rev: number): Row {
  const { id, kind, version, label, settings, onFailure, priority = 'normal', weight = 1 } = node;
  return {
    ...{ id, kind, version, label, settings, on_failure: onFailure, priority, weight, rev },
    ...own(positions, id),
    ...own(sizes, id),
    group_id: own(members, id),
  };
}

function rowOfConnection({ id, from, to, capacity, policy }: Connection, rev: number): Row {
  return {
    ...{ id, capacity, policy, rev },
    ...{ from_node: from.node, from_port: from.port, from_index: from.index },
    ...{ to_node: to.node, to_port: to.port, to_index: to.index },
  };
}

function rowOfLine(line: LogEntry): Row {
  const { rev, txId, actor, via, edits, inverse, at, label, undoOf, baseRev, outcome, asked, left } = line;
  return {
    ...{ rev, tx_id: txId, actor, via, edits, inverse, at, label, outcome, asked },
    ...{ undo_of: undoOf, base_rev: baseRev, left_out: left },
  };
}

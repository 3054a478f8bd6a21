import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from './database/database.ts';
import { historyQuery, tailQuery, txsQuery } from './designs/design-log.ts';
import { listQuery } from './designs/designs.ts';
import { lockQuery } from './designs/held-design.ts';
import { turnsQuery } from './designs/history.ts';
import { sessionsQuery } from './sessions.ts';
import type { Tables } from './tables.ts';
import { sharedDatabase } from './testing/shared-postgres.ts';

/** Lists and logs read the index they were given, and stop after a page: asked of a real planner over many rows. */

let database: Database;
beforeAll(async () => {
  database = await sharedDatabase();
  await fill(database.db);
});
afterAll(async () => {
  await database?.close();
});

const busy = '00000000-0000-4000-8000-000000000007';

async function fill(db: Kysely<Tables>): Promise<void> {
  const id = sql.raw("('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid");
  const at = sql.raw("timestamptz '2026-01-01' + i * interval '1 minute'");
  await sql`INSERT INTO designs (id, rev, name, description, created_at, updated_at)
    SELECT ${id}, 1, 'n', '', ${at}, ${at} FROM generate_series(1, 3000) i`.execute(db);
  await sql`INSERT INTO design_edits (design_id, rev, tx_id, actor, via, edits, inverse, at, outcome, undo_of)
    SELECT ${busy}::uuid, i, ${id}, 'a', 'test', '[]', '[]', ${at}, 'applied', CASE WHEN i % 9 = 0 THEN ${id} END FROM generate_series(1, 3000) i`.execute(
    db,
  );
  await sql`INSERT INTO execution_sessions (id, design_id, design_rev, host, state, started_at, ended_at)
    SELECT ${id}, ('00000000-0000-4000-8000-' || lpad((i % 3 + 6)::text, 12, '0'))::uuid, 1, 'local', 'completed', ${at}, ${at}
    FROM generate_series(1, 3000) i`.execute(db);
  await sql`INSERT INTO design_nodes (design_id, id, kind, version, label, settings, on_failure, rev)
    SELECT ${id}, 'n' || n, 'test.step', 1, '', '{}', 'stop', 1 FROM generate_series(1, 3000) i, generate_series(1, 4) n`.execute(
    db,
  );
  await sql`INSERT INTO design_connections (design_id, id, from_node, from_port, from_index, to_node, to_port, to_index, capacity, policy, rev)
    SELECT ${id}, 'c' || n, 'n' || n, 'out', 0, 'n' || n, 'in', 0, 0, 'block', 1 FROM generate_series(1, 3000) i, generate_series(1, 4) n`.execute(
    db,
  );
  await sql`ANALYZE`.execute(db);
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly Plans?: readonly Plan[];
}

async function planOf(query: { explain(format: 'json', options: ReturnType<typeof sql>): Promise<unknown[]> }): Promise<Plan[]> {
  const [row] = (await query.explain('json', sql`analyze`)) as { 'QUERY PLAN': { Plan: Plan }[] }[];
  const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];
  const [top] = row?.['QUERY PLAN'] ?? [];
  if (top === undefined) throw new Error('no plan');
  return flat(top.Plan);
}

const someTxs = [9, 18].map((i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`);
const after = { updatedAt: '2026-01-02T10:00:00.000Z', startedAt: '2026-01-02T10:00:00.000Z', id: busy };

test.each([
  ['the first page of designs', 'designs_by_change', () => listQuery(database.db, 50, undefined)],
  ['a page of designs far behind', 'designs_by_change', () => listQuery(database.db, 50, after)],
  ['the tail of a log', 'design_edits_pkey', () => tailQuery(database.db, busy, 100, 50)],
  ['the history of a design, newest first', 'design_edits_pkey', () => historyQuery(database.db, busy, { limit: 50 })],
  ['the turns of a person', 'design_edits_pkey', () => turnsQuery(database.db, busy, 'a', 50)],
  ['its history far back', 'design_edits_pkey', () => historyQuery(database.db, busy, { limit: 50, before: 700 })],
  ['transactions by id', 'design_edits_design_id_tx_id_key', () => txsQuery(database.db, busy, someTxs)],
  ['the lock of a commit', 'design_edits_design_id_tx_id_key', () => lockQuery(database.db, busy, someTxs)],
  ['the first page of all sessions', 'execution_sessions_by_start', () => sessionsQuery(database.db, { limit: 50 })],
  ['a page of all sessions far behind', 'execution_sessions_by_start', () => sessionsQuery(database.db, { limit: 50, after })],
  ['the sessions of a design', 'execution_sessions_by_design', () => sessionsQuery(database.db, { designId: busy, limit: 50 })],
])('[R6] %s: read from %s, no sort, no more than the page', async (_what, index, query) => {
  const plan = await planOf(query() as unknown as Parameters<typeof planOf>[0]);
  expect(plan.map((node) => node['Index Name'])).toContain(index);
  for (const node of plan) {
    expect(['Seq Scan', 'Sort', 'Incremental Sort']).not.toContain(node['Node Type']);
    expect(node['Actual Rows']).toBeLessThanOrEqual(50);
  }
});

import { type Kysely, sql } from 'kysely';
import type { Edit } from '#model/edits/edit.ts';
import type { Tables } from '#store/tables.ts';
import { owner } from '../parts.ts';
import { pipeline, type RealApp } from './real-app.ts';

/**
 * Databases of older versions: `kept-rows/NNNN.sql` has the rows of one whose newest migration was NNNN, and `NNNN.json` what the program of
 * then read of it. `upgrade.test.ts` brings each up to date. Before a migration is written, `node tools/kept-rows.ts` makes the two files of
 * the newest there is.
 */
export const keptRowsFolder = new URL('./kept-rows/', import.meta.url);

const caller = owner('http');

/** Something of every sort that is kept: drawn, changed, taken back, merged, talked about, checked, run and deleted. */
export async function leaveTraces(real: RealApp): Promise<void> {
  const { app } = real;
  const id = await created(real, 'Kept', { count: 3 });
  await edited(real, id, [
    { do: 'node.add', node: { id: 'constructor', kind: 'flow.merge', label: 'Ü 😀' }, at: { x: 10.5, y: -4 } },
    { do: 'disconnect', id: 'wire' },
    { do: 'connect', connection: { id: 'first', from: { node: 'from', port: 'out' }, to: { node: 'constructor', port: 'in' } } },
    { do: 'connect', connection: { id: 'wire', from: { node: 'constructor', port: 'out' }, to: { node: 'to', port: 'in' } } },
    { do: 'group.add', group: { id: 'g', title: 'Both', colour: 'blue' } },
    { do: 'group.assign', node: 'from', group: 'g' },
    { do: 'node.resize', id: 'from', size: { width: 200, height: 90 } },
  ]);
  await app.keepVersion(caller, id, { name: 'first', note: 'as drawn' });
  const txId = await edited(real, id, [{ do: 'node.delete', id: 'constructor' }]);
  await app.undoTx(caller, id, txId);
  for (const anchor of [{ node: 'to' }, { connection: 'wire' }, { point: { x: 1, y: 2 } }])
    await app.openThread(caller, id, { anchor, text: 'Look, @ada' });
  await edited(real, id, [{ do: 'node.set', id: 'from', priority: 'high', weight: 7, settings: { padding: 2 } }]);
  await app.validateDesign(caller, id);
  await branched(real, id);
  await edited(real, id, [{ do: 'node.delete', id: 'to' }]);
  const gone = await created(real, 'Gone', {});
  await app.removeDesign(caller, gone);
  await run(real, { count: 2 });
}

async function created({ app }: RealApp, name: string, settings: Record<string, unknown>): Promise<string> {
  const made = await app.createDesign(caller, pipeline(name, settings));
  if (made.is !== 'created') throw new Error(made.is);
  return made.design.id;
}

async function edited({ app }: RealApp, id: string, edits: readonly Edit[]): Promise<string> {
  const done = await app.commitTx(caller, id, { edits: [...edits] });
  if (done.is !== 'committed') throw new Error(JSON.stringify(done));
  return done.ack.txId;
}

async function branched(real: RealApp, id: string): Promise<void> {
  const { design } = await real.app.makeBranch(caller, id, 'try', {});
  await edited(real, design.id, [{ do: 'node.set', id: 'to', label: 'From the branch' }]);
  await real.app.mergeBranch(caller, id, { from: design.id });
  await edited(real, design.id, [{ do: 'node.move', id: 'to', at: { x: 5, y: 5 } }]);
}

// One that ends, and one that is left running.
async function run(real: RealApp, settings: Record<string, unknown>): Promise<void> {
  for (const more of [{}, { gate: 'left running' }]) {
    const { app } = real;
    const ended = Promise.withResolvers<void>();
    const designId = await created(real, 'Run', { ...settings, ...more });
    await app.validateDesign(caller, designId);
    const { id } = await app.executeDesign(caller, designId);
    const stop = app.feed.listen((told) => {
      const wanted = 'gate' in more ? 'running' : 'completed';
      if (told.type === 'session.status' && told.session.id === id && told.session.state === wanted) ended.resolve();
    });
    await ended.promise;
    stop();
  }
}

/** All that people read of a database, as JSON has it. */
export async function readAll({ app }: RealApp) {
  const all = { limit: 200 };
  const { items } = await app.listDesigns(caller, all);
  const designs = [];
  for (const { id } of items) {
    const versions = await app.listVersions(caller, id, all);
    designs.push({
      design: await app.getDesign(caller, id),
      versions: await Promise.all(versions.items.map(({ number }) => app.getVersion(caller, id, number))),
      validation: await app.getValidation(caller, id).catch(() => null),
      history: (await app.listHistory(caller, id, all, {})).items,
      branches: (await app.listBranches(caller, id, all)).items,
      threads: (await app.listThreads(caller, id, all)).items,
    });
  }
  const sessions = (await app.listSessions(caller, all)).items;
  const counts = [];
  // Of one that runs they are in its server alone.
  for (const { id } of sessions.filter(({ state }) => state === 'completed')) {
    const { processes } = await app.sessionMetrics(caller, id);
    counts.push(processes.map(({ node, received, sent }) => ({ node, received, sent })));
  }
  return JSON.parse(JSON.stringify({ designs, sessions, counts })) as Readonly<Record<string, unknown[]>>;
}

/** The rows of all tables as statements that put them into empty ones, those first that others refer to. */
export async function rowsAsSql(db: Kysely<Tables>): Promise<string> {
  const { rows: tables } = await sql<{ name: string; needs: string[] }>`
    SELECT c.oid::regclass::text AS name, ARRAY(SELECT f.confrelid::regclass::text FROM pg_constraint f
      WHERE f.contype = 'f' AND f.conrelid = c.oid AND f.confrelid <> c.oid) AS needs
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'schema_migrations'
    ORDER BY 1`.execute(db);
  const written = new Set<string>();
  let text = '';
  while (written.size < tables.length) {
    const next = tables.find(({ name, needs }) => !written.has(name) && needs.every((other) => written.has(other)));
    if (next === undefined) throw new Error('the tables refer to each other in a circle');
    written.add(next.name);
    const { rows } = await sql<{ row: string }>`
      SELECT to_jsonb(t)::text AS row FROM ${sql.table(next.name)} t ORDER BY 1`.execute(db);
    if (rows.length === 0) continue;
    const list = rows.map(({ row }) => row).join(',\n');
    text += `INSERT INTO ${next.name} SELECT * FROM jsonb_populate_recordset(NULL::${next.name}, $rows$[\n${list}\n]$rows$);\n`;
  }
  return text;
}

import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { owner } from '#app/parts.ts';
import { keptRowsFolder, readAll } from '#app/testing/kept-rows.ts';
import { type RealApp, realApp } from '#app/testing/real-app.ts';
import type { Design } from '#model/design.ts';
import type { Session } from '#model/sessions/session.ts';
import { type DatabasePlace, openDatabase } from '#store/database/database.ts';
import { migrationNames } from '#store/database/migrate.ts';
import { Snapshots } from '#store/designs/snapshots.ts';
import { type RealPostgres, startRealPostgres } from '#store/testing/real-postgres.ts';
import { verifyLogs } from './verify-log.ts';

/** Databases that older versions wrote, brought up to date: `testing/kept-rows.ts` says where they come from. */

const caller = owner('test');
const migrations = fileURLToPath(new URL('../../store/migrations/', import.meta.url));
const all = await migrationNames(migrations);
const kept = (await readdir(keptRowsFolder)).filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, 4));

/** The embedded database is started twice, which takes long on a busy machine. */
const patienceMs = 300_000;

let postgres: RealPostgres;
let root: string;
beforeAll(async () => {
  postgres = await startRealPostgres();
  root = await mkdtemp(join(tmpdir(), 'csp-upgrade-'));
});
afterAll(async () => {
  await postgres?.stop();
  await rm(root, { recursive: true, force: true });
});

/** A database as the version left it whose newest migration had this number. */
async function older(number: string, place: DatabasePlace): Promise<void> {
  const folder = await mkdtemp(join(root, `${number}-`));
  const names = all.filter((name) => name.slice(0, 4) <= number);
  for (const name of names) await cp(join(migrations, name), join(folder, name));
  const { db, close } = await openDatabase({ ...place, migrationsFolder: folder });
  await sql.raw(await readFile(new URL(`${number}.sql`, keptRowsFolder), 'utf8')).execute(db);
  await close();
}

async function logFaults({ designs, db, catalog }: RealApp): Promise<string[]> {
  const faults: string[] = [];
  for await (const one of verifyLogs({ designs, snapshots: new Snapshots(db), catalog })) faults.push(...one.faults);
  return faults;
}

test('of the two versions before this one, one is among those kept', () => {
  const before = all.slice(-3, -1).map((name) => name.slice(0, 4));
  expect(kept.filter((number) => before.includes(number))).not.toEqual([]);
});

const places: Readonly<Record<string, () => Promise<DatabasePlace>>> = {
  'the embedded database': async () => ({ folder: await mkdtemp(join(root, 'embedded-')) }),
  PostgreSQL: async () => ({ url: await postgres.freshUrl() }),
};
// Migrations differ little between the two, and the embedded one takes long to open.
const cases = [
  ...kept.map((number) => [number, 'PostgreSQL'] as const),
  [kept.sort()[0] ?? '', 'the embedded database'] as const,
];

test.each(cases)(
  '[E46] rows of version %s in %s read the same, agree with the log, and can be edited',
  async (number, where) => {
    const place = (await places[where]?.()) ?? {};
    await older(number, place);
    const real = await realApp(place);
    const was = JSON.parse(await readFile(new URL(`${number}.json`, keptRowsFolder), 'utf8'));
    expect(await readAll(real)).toMatchObject(was);
    expect(await logFaults(real)).toEqual([]);
    const designs = (was.designs as { readonly design: Design }[]).map(({ design }) => design);
    const { app } = real;
    for (const { id, rev, nodes } of designs) {
      const [node = ''] = Object.keys(nodes);
      const other = { id: 'later', kind: 'flow.buffer' };
      const tx = {
        baseRev: rev,
        edits: [
          { do: 'node.add' as const, node: other },
          { do: 'node.delete' as const, id: node },
        ],
      };
      expect(await app.commitTx(caller, id, tx)).toMatchObject({ is: 'committed', ack: { rev: rev + 1, outcome: 'applied' } });
    }
    expect(await logFaults(real)).toEqual([]);
    const left = (was.sessions as Session[]).filter(({ state }) => state === 'running').map(({ id }) => id);
    await app.join();
    // In PostgreSQL that takes as long as a lease: another server might run them.
    if (where === 'the embedded database')
      for (const id of left) expect(await app.getSession(caller, id)).toMatchObject({ state: 'failed' });
    expect(left).toHaveLength(1);
    await real.close();
  },
  patienceMs,
);

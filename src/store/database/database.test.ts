import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { emptyDesign } from '#model/design.ts';
import { Designs } from '#store/designs/designs.ts';
import { somebody } from '#store/testing/drawing.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

const migrations = fileURLToPath(new URL('../migrations/', import.meta.url));
const create = async ({ db }: Database, name: string): Promise<string> => {
  const id = newUuid();
  await new Designs(db, systemClock).create({ id, body: emptyDesign(name), ...somebody() });
  return id;
};

let root: string;
/** A folder that has been opened once and holds one design. */
let used: string;
let design: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'csp-store-'));
  used = join(root, 'used');
  const database = await openDatabase({ folder: used });
  design = await create(database, 'kept');
  await database.close();
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A folder like `used`, to be spoilt. */
async function copy(): Promise<string> {
  const folder = await mkdtemp(join(root, 'copy-'));
  await cp(used, folder, { recursive: true });
  return folder;
}

/** Holds nothing but the database and a lock that was given back. */
async function free(folder: string): Promise<void> {
  const [lock, ...others] = (await readdir(folder)).sort();
  expect(others).toEqual(['pg']);
  expect(await readFile(join(folder, lock ?? ''), 'utf8')).toBe('free\n');
}

/** Its files, without the cache that PostgreSQL deletes at every start. */
async function contents(pg: string): Promise<string[]> {
  const all = await readdir(pg, { recursive: true });
  return all.filter((name) => !name.endsWith('pg_internal.init')).sort();
}

describe('a folder', () => {
  test('keeps what was stored, is free again afterwards, and closes twice as once', async () => {
    const database = await openDatabase({ folder: used });
    expect(database.kind).toBe('embedded');
    expect((await new Designs(database.db, systemClock).get(design))?.name).toBe('kept');
    await Promise.all([database.close(), database.close()]);
    await free(used);
  });

  test('is opened by one process at a time; after a kill it opens again with everything that was acknowledged', async () => {
    const folder = await copy();
    const { child, lines } = await holder(folder);
    const acknowledged: string[] = [];
    for await (const line of lines) {
      acknowledged.push(line);
      if (acknowledged.length === 30) break;
    }
    const refused = openDatabase({ folder });
    await expect(refused).rejects.toMatchObject({ code: 'STORE_FOLDER_LOCKED', blame: 'world', facts: { pid: child.pid } });
    await expect(refused).rejects.toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const database = await openDatabase({ folder });
    const designs = new Designs(database.db, systemClock);
    const found = await Promise.all(acknowledged.map((id) => designs.get(id)));
    await database.close();
    expect(found.map((one) => one?.id)).toEqual(acknowledged);
  });

  test('is begun again when its first start was cut off, for nothing in it was ever promised', async () => {
    const folder = await mkdtemp(join(root, 'cut-off-'));
    await mkdir(join(folder, 'pg', 'base'), { recursive: true });
    await writeFile(join(folder, 'pg', 'PG_VERSION'), '18\n');
    await writeFile(join(folder, 'unfinished'), '');
    const database = await openDatabase({ folder });
    expect(await new Designs(database.db, systemClock).list({ limit: 1 })).toEqual([]);
    await database.close();
    await free(folder);
  });

  test.each([
    [
      'its control file is zeros',
      async (pg: string) => writeFile(join(pg, 'global', 'pg_control'), Buffer.alloc(8192)),
      'pg_control|incompatible',
    ],
    ['its tables are gone', async (pg: string) => rm(join(pg, 'base'), { recursive: true }), 'base'],
    ['it is of another PostgreSQL', async (pg: string) => writeFile(join(pg, 'PG_VERSION'), '17\n'), 'version 17'],
    ['it no longer says what it is', async (pg: string) => rm(join(pg, 'PG_VERSION')), 'PG_VERSION'],
  ])('that is damaged (%s) is refused with what to do, and left as it is', async (_how, spoil, why) => {
    const folder = await copy();
    await spoil(join(folder, 'pg'));
    const before = await contents(join(folder, 'pg'));
    const opening = openDatabase({ folder });
    await expect(opening).rejects.toMatchObject({ code: 'STORE_DAMAGED', blame: 'world', facts: { folder: join(folder, 'pg') } });
    await expect(opening).rejects.toThrow(new RegExp(`${why}.*move it away`));
    expect(await contents(join(folder, 'pg'))).toEqual(before);
    await free(folder);
  });

  test('that is a file is refused', async () => {
    const folder = join(root, 'a-file');
    await writeFile(folder, '');
    await expect(openDatabase({ folder })).rejects.toMatchObject({ code: 'STORE_FOLDER_UNUSABLE', blame: 'world' });
  });
});

describe('migrations', () => {
  test('are done once: the second time there is nothing to do', async () => {
    const { db, close } = await openDatabase({ folder: used });
    const before = await db.selectFrom('schema_migrations').selectAll().orderBy('name').execute();
    expect(await migrate(db, migrations)).toEqual([]);
    expect(await db.selectFrom('schema_migrations').selectAll().orderBy('name').execute()).toEqual(before);
    expect(before.map(({ name }) => name)).toEqual((await readdir(migrations)).sort());
    await close();
  });

  test('bring an older database forward with what it holds, and refuse a newer one', async () => {
    const folder = await copy();
    const next = await mkdtemp(join(root, 'next-'));
    await cp(migrations, next, { recursive: true });
    await writeFile(join(next, '9999_later.sql'), "ALTER TABLE designs ADD COLUMN colour text NOT NULL DEFAULT 'blue';");
    const newer = await openDatabase({ folder, migrationsFolder: next });
    expect((await sql`SELECT id, colour FROM designs`.execute(newer.db)).rows).toEqual([{ id: design, colour: 'blue' }]);
    await newer.close();
    const older = openDatabase({ folder });
    await expect(older).rejects.toMatchObject({ code: 'STORE_NEWER', blame: 'world', facts: { unknown: ['9999_later.sql'] } });
    await free(folder);
  });

  test('are made whole or not at all', async () => {
    const folder = await copy();
    const next = await mkdtemp(join(root, 'next-'));
    await cp(migrations, next, { recursive: true });
    await writeFile(join(next, '9998_good.sql'), 'CREATE TABLE good (id integer);');
    await writeFile(join(next, '9999_bad.sql'), 'CREATE TABLE bad (id integer); SELECT no_such_thing();');
    const opening = openDatabase({ folder, migrationsFolder: next });
    await expect(opening).rejects.toMatchObject({ code: 'STORE_MIGRATION_FAILED', blame: 'bug' });
    await expect(opening).rejects.toThrow(/9999_bad\.sql.*no_such_thing/);
    const { db, close } = await openDatabase({ folder });
    expect((await sql<{ good: null }>`SELECT to_regclass('good') AS good`.execute(db)).rows).toEqual([{ good: null }]);
    await close();
  });
});

test('a server that is not there is said to be unreachable', async () => {
  const opening = openDatabase({ url: 'postgres://postgres@127.0.0.1:1/none' });
  await expect(opening).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', blame: 'world' });
});

async function holder(folder: string): Promise<{ child: ChildProcess; lines: AsyncIterable<string> }> {
  const script = fileURLToPath(new URL('../testing/holder.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  expect(await lines.next()).toEqual({ done: false, value: 'open' });
  return { child, lines: { [Symbol.asyncIterator]: () => lines } };
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { messageOf } from '#base/errors.ts';
import { storeMigrationFailed, storeNewer } from '#store/store-errors.ts';
import type { Tables } from '#store/tables.ts';

// Any number will do, as long as it is ours for ever: the lock under which one process at a time migrates.
const migrationLock = 4_270_121;

/** The names of the migrations of a folder, in the order they are applied. */
export async function migrationNames(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^\d{4}_[a-z0-9-]+\.sql$/.test(name)).sort();
}

/**
 * Brings a database forward to this program: all that is missing in one transaction, under a lock. Nothing to do is nothing done.
 *
 * @returns the names of the migrations applied now.
 * @throws STORE_NEWER (world) when the database holds a migration this program does not know; STORE_MIGRATION_FAILED (bug).
 */
export async function migrate(db: Kysely<Tables>, folder: string): Promise<readonly string[]> {
  const known = await migrationNames(folder);
  return await db.transaction().execute(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(tx);
    await sql`CREATE TABLE IF NOT EXISTS schema_migrations (
      name text COLLATE "C" PRIMARY KEY, applied_at timestamptz(3) NOT NULL DEFAULT now()
    )`.execute(tx);
    const rows = await tx.selectFrom('schema_migrations').select('name').orderBy('name').execute();
    const applied = new Set(rows.map(({ name }) => name));
    const unknown = [...applied].filter((name) => !known.includes(name));
    if (unknown.length > 0) {
      throw storeNewer({
        detail: `The database holds migrations this version does not know (${unknown.join(', ')}): a newer version wrote it. Start that version, or choose another database.`,
        facts: { unknown },
      });
    }
    const missing = known.filter((name) => !applied.has(name));
    for (const name of missing) {
      await run(tx, name, await readFile(join(folder, name), 'utf8'));
    }
    return missing;
  });
}

async function run(tx: Kysely<Tables>, name: string, text: string): Promise<void> {
  try {
    await sql.raw(text).execute(tx);
    await sql`INSERT INTO schema_migrations (name) VALUES (${name})`.execute(tx);
  } catch (thrown) {
    const cause = (thrown as { cause?: unknown }).cause ?? thrown;
    throw storeMigrationFailed({ detail: `Migration ${name} failed and nothing was changed: ${messageOf(cause)}`, cause });
  }
}

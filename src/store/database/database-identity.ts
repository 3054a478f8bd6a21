import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '#store/tables.ts';

/**
 * The same text for all who have this database open, whatever they call it, and another one for a copy made by dump and restore:
 * servers of a copy must not hear those of the original.
 */
export async function databaseIdentity(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ cluster: string; oid: string }>`
    SELECT (SELECT system_identifier FROM pg_control_system())::text AS cluster, oid::text
    FROM pg_database WHERE datname = current_database()`.execute(db);
  const [found] = rows;
  return createHash('sha256').update(`${found?.cluster} ${found?.oid}`).digest('hex').slice(0, 32);
}

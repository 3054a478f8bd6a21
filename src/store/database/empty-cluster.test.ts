import { PGlite } from '@electric-sql/pglite';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';

// Everything initdb puts there, in a few words: a newer PGlite would add, take away or rename some of it.
const inventory = `
  SELECT version() AS version, current_setting('server_encoding') AS encoding,
    (SELECT datcollate || ' ' || datlocprovider::text FROM pg_database WHERE datname = current_database()) AS collation,
    (SELECT md5(string_agg(relname, ',' ORDER BY relname)) FROM pg_class
       WHERE relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)) AS relations,
    (SELECT md5(string_agg(oid::regprocedure::text, ',' ORDER BY oid)) FROM pg_proc
       WHERE pronamespace = 'pg_catalog'::regnamespace) AS functions,
    (SELECT string_agg(extname || extversion, ',' ORDER BY extname) FROM pg_extension) AS extensions`;

test('the empty cluster we unpack is the one this PGlite would make (else: node tools/template-db.ts)', async () => {
  const { db, close } = await openDatabase({ folder: 'memory' });
  const { rows } = await sql.raw(inventory).execute(db);
  await close();
  const made = await PGlite.create();
  expect((await made.query(inventory)).rows).toEqual(rows);
  await made.close();
});

import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openDatabase } from './database/database.ts';

/** What each type of `tables.ts` stands for in the database: its types, and whether it may be null. */
const meant: Readonly<Record<string, string>> = {
  string: 'text|uuid not null',
  'string | null': 'text|uuid null',
  boolean: 'boolean not null',
  number: 'integer not null',
  'number | null': 'double precision null',
  Moment: 'timestamp with time zone not null',
  MaybeMoment: 'timestamp with time zone null',
  Json: 'jsonb not null',
  MaybeJson: 'jsonb null',
  Count: 'bigint not null',
  MaybeText: 'text|uuid null',
  MaybeWhole: 'integer null',
};

test('tables.ts says what the migrations make, column for column', async () => {
  const text = await readFile(new URL('./tables.ts', import.meta.url), 'utf8');
  const shapes = new Map<string, Map<string, string>>();
  for (const [, name = '', body = ''] of text.matchAll(/^(?:export )?interface (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const fields = [...body.matchAll(/^ {2}(\w+): (.+?);$/gm)].map(([, field = '', type = '']) => [field, type] as const);
    shapes.set(name, new Map(fields));
  }
  const said: string[] = [];
  for (const [table, shape] of shapes.get('Tables') ?? []) {
    for (const [column, type] of shapes.get(shape) ?? [])
      said.push(`${table}.${column} ${meant[type.replace(/<.*>/, '')] ?? type}`);
  }
  const { db, close } = await openDatabase({ folder: 'memory' });
  const { rows } = await sql<{ column: string }>`
    SELECT table_name || '.' || column_name || ' '
      || CASE WHEN data_type IN ('text', 'uuid') THEN 'text|uuid' ELSE data_type END
      || CASE is_nullable WHEN 'YES' THEN ' null' ELSE ' not null' END AS column
    FROM information_schema.columns WHERE table_schema = 'public'`.execute(db);
  await close();
  expect(said.length).toBeGreaterThan(50);
  expect(said.sort()).toEqual(rows.map(({ column }) => column).sort());
});

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { keptRowsFolder, leaveTraces, readAll, rowsAsSql } from '#app/testing/kept-rows.ts';
import { realApp } from '#app/testing/real-app.ts';
import { migrationNames } from '#store/database/migrate.ts';

/**
 * Keeps a database as this version writes it, for the tests of later ones: `node tools/kept-rows.ts`, before the next migration is written.
 */

const newest = (await migrationNames(fileURLToPath(new URL('../src/store/migrations/', import.meta.url)))).at(-1) ?? '';
const number = newest.slice(0, 4);
const real = await realApp();
await leaveTraces(real);
const rows = await rowsAsSql(real.db);
const read = await readAll(real);
await real.close();
await writeFile(new URL(`${number}.sql`, keptRowsFolder), `-- A database whose newest migration is ${newest}.\n\n${rows}`);
await writeFile(new URL(`${number}.json`, keptRowsFolder), `${JSON.stringify(read, null, 2)}\n`);
process.stdout.write(`${number}.sql and ${number}.json in ${fileURLToPath(keptRowsFolder)}\n`);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { sql } from 'kysely';
import { type RealApp, realApp } from '#app/testing/real-app.ts';
import { newUuid } from '#base/ids.ts';
import { startRealPostgres } from '#store/testing/real-postgres.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { chainOf } from './drawings.ts';

const rounds = 5;
const caller = { actor: 'bench', via: 'bench' };
const count = 400;

/** So many at a time, one after the other; the time on the wall, since most of it is the database's. */
async function perSecond(times: number, atOnce: number, one: (number: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const begun = performance.now();
  const worker = async (): Promise<void> => {
    for (let number = next++; number < times; number = next++) await one(number);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return times / ((performance.now() - begun) / 1_000);
}

interface Side {
  readonly name: string;
  readonly run: () => Promise<number>;
}

async function sidesOf({ app, db }: RealApp): Promise<Side[]> {
  const ids: string[] = [];
  for (let n = 0; n < 8; n++) {
    const made = await app.createDesign(caller, chainOf(50));
    if (made.is === 'refused') throw new Error(made.refusal.message);
    ids.push(made.design.id);
  }
  await sql`CREATE TABLE bare_log (design_id uuid, rev integer, tx_id uuid, edits jsonb, inverse jsonb, at timestamptz(3), PRIMARY KEY (design_id, rev))`.execute(
    db,
  );
  let x = 0;
  const move = (id: string) => async () => {
    const at = { x: x++, y: 0 };
    const done = await app.commitTx(caller, id, { txId: newUuid(), edits: [{ do: 'node.move', id: `n${x % 50}`, at }] });
    if (done.is !== 'committed') throw new Error('a move was not committed');
  };
  let rev = 0;
  const append = async () => {
    const at = { x: x++, y: 0 };
    const edits = JSON.stringify([{ do: 'node.move', id: `n${x % 50}`, at }]);
    await sql`INSERT INTO bare_log VALUES (${ids[0]}, ${++rev}, ${newUuid()}, ${edits}, ${edits}, now())`.execute(db);
  };
  const [first = ''] = ids;
  return [
    { name: 'one design, one at a time', run: () => perSecond(count, 1, move(first)) },
    { name: 'bare append, one at a time', run: () => perSecond(count, 1, append) },
    { name: 'one design, 32 at a time', run: () => perSecond(count, 32, move(first)) },
    { name: 'eight designs, 32 at a time', run: () => perSecond(count, 32, (n) => move(ids[n % 8] ?? first)()) },
    { name: 'bare append, 32 at a time', run: () => perSecond(count, 32, append) },
  ];
}

async function measured(real: RealApp): Promise<string[][]> {
  const sides = await sidesOf(real);
  const values: number[][] = sides.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [at, { run }] of sides.entries()) {
      const value = await run();
      if (round >= 0) values[at]?.push(value);
    }
  }
  const figures = values.map(figureOf);
  const peer = (at: number): Figure => figures[at < 2 ? 1 : 4] as Figure;
  return sides.map(({ name }, at) => {
    const { median, least, most } = figures[at] as Figure;
    return [name, median.toFixed(0), `${least.toFixed(0)}–${most.toFixed(0)}`, (median / peer(at).median).toFixed(2)];
  });
}

/** Commits a second, each acknowledged after COMMIT, beside a bare append of the same row to the same database. */
export async function commits(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-bench-'));
  const postgres = await startRealPostgres();
  const places = { embedded: { folder }, 'PostgreSQL 18': { url: process.env['DATABASE_URL'] ?? (await postgres.freshUrl()) } };
  try {
    for (const [name, place] of Object.entries(places)) {
      const real = await realApp(place);
      printTable([[name, 'a second', 'spread', 'beside the bare append'], ...(await measured(real))]);
      process.stdout.write('\n');
      await real.close();
    }
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { sql } from 'kysely';
import { type RealApp, realApp } from '#app/testing/real-app.ts';
import { newUuid } from '#base/ids.ts';
import type { Edit } from '#model/edits/edit.ts';
import { startRealPostgres } from '#store/testing/real-postgres.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { chainOf } from './drawings.ts';

const rounds = 5;
const caller = { actor: 'bench', via: 'bench' };
const count = 400;

/** What a round took, for each of what was done: on the wall, and of this process's processor (the embedded database is in it). */
interface Took {
  readonly perSecond: number;
  readonly cpuMs: number;
}

/** So many at a time, one after the other; the time on the wall, since most of it is the database's. */
async function timed(times: number, each: number, atOnce: number, one: (number: number) => Promise<unknown>): Promise<Took> {
  let next = 0;
  const before = process.cpuUsage();
  const begun = performance.now();
  const worker = async (): Promise<void> => {
    for (let number = next++; number < times; number = next++) await one(number);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const perSecond = (times * each) / ((performance.now() - begun) / 1_000);
  const { user, system } = process.cpuUsage(before);
  return { perSecond, cpuMs: (user + system) / 1_000 / (times * each) };
}

interface Side {
  readonly name: string;
  readonly atOnce: number;
  /** Commits of each call; 1 unless told. */
  readonly commits?: number;
  readonly one: (number: number) => Promise<unknown>;
}

async function designsOf({ app }: RealApp, nodes: number, designs: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < designs; n++) {
    const made = await app.createDesign(caller, chainOf(nodes));
    if (made.is === 'refused') throw new Error(made.refusal.message);
    ids.push(made.design.id);
  }
  return ids;
}

async function sidesOf(real: RealApp): Promise<Side[]> {
  const { app, db } = real;
  const small = await designsOf(real, 50, 1);
  const large = await designsOf(real, 2_000, 8);
  await sql`CREATE TABLE IF NOT EXISTS bare_log (design_id uuid, rev integer, tx_id uuid, edits jsonb, inverse jsonb, at timestamptz(3), PRIMARY KEY (design_id, rev))`.execute(
    db,
  );
  let x = 0;
  const commit = async (id: string, edits: readonly Edit[]) => {
    const done = await app.commitTx(caller, id, { txId: newUuid(), edits: [...edits] });
    if (done.is !== 'committed') throw new Error('a change was not committed');
  };
  const moveIn = (ids: readonly string[]) => async (number: number) => {
    const at = { x: x++, y: 0 };
    await commit(ids[number % ids.length] ?? '', [{ do: 'node.move', id: `n${x % 50}`, at }]);
  };
  const drawIn = (ids: readonly string[]) => async (number: number) => {
    const design = ids[number % ids.length] ?? '';
    const [from, to, wire] = [`a${++x}`, `b${x}`, `c${x}`];
    const added = [from, to].map((id): Edit => ({ do: 'node.add', node: { id, kind: 'flow.buffer' }, at: { x, y: 0 } }));
    await commit(design, added);
    const connection = { id: wire, from: { node: from, port: 'out' }, to: { node: to, port: 'in' } };
    await commit(design, [{ do: 'connect', connection }]);
    // The connection goes with them.
    await commit(
      design,
      [from, to].map((id): Edit => ({ do: 'node.delete', id })),
    );
  };
  let rev = 0;
  const append = async () => {
    const at = { x: x++, y: 0 };
    const edits = JSON.stringify([{ do: 'node.move', id: `n${x % 50}`, at }]);
    await sql`INSERT INTO bare_log VALUES (${large[0]}, ${++rev}, ${newUuid()}, ${edits}, ${edits}, now())`.execute(db);
  };
  return [
    { name: 'moving in 50 nodes, one at a time', atOnce: 1, one: moveIn(small) },
    { name: 'moving in 2,000 nodes, one at a time', atOnce: 1, one: moveIn(large.slice(0, 1)) },
    { name: 'drawing in 50 nodes, one at a time', atOnce: 1, one: drawIn(small), commits: 3 },
    { name: 'drawing in 2,000 nodes, one at a time', atOnce: 1, one: drawIn(large.slice(0, 1)), commits: 3 },
    { name: 'bare append, one at a time', atOnce: 1, one: append },
    { name: 'moving in 2,000 nodes, 32 at a time', atOnce: 32, one: moveIn(large.slice(0, 1)) },
    { name: 'moving in eight designs of 2,000, 32 at a time', atOnce: 32, one: moveIn(large) },
    { name: 'drawing in 2,000 nodes, 32 at a time', atOnce: 32, one: drawIn(large.slice(0, 1)), commits: 3 },
    { name: 'drawing in eight designs of 2,000, 32 at a time', atOnce: 32, one: drawIn(large), commits: 3 },
    { name: 'bare append, 32 at a time', atOnce: 32, one: append },
  ];
}

async function measured(real: RealApp): Promise<string[][]> {
  const sides = await sidesOf(real);
  const took: Took[][] = sides.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [at, { atOnce, one, commits: each = 1 }] of sides.entries()) {
      const value = await timed(Math.ceil(count / each), each, atOnce, one);
      if (round >= 0) took[at]?.push(value);
    }
  }
  const of = (at: number, what: keyof Took): Figure => figureOf((took[at] ?? []).map((one) => one[what]));
  return sides.map(({ name, atOnce }, at) => {
    const [{ median, least, most }, cpu] = [of(at, 'perSecond'), of(at, 'cpuMs')];
    const peer = of(
      sides.findIndex((side) => side.atOnce === atOnce && side.name.startsWith('bare')),
      'perSecond',
    );
    return [
      name,
      median.toFixed(0),
      `${least.toFixed(0)}–${most.toFixed(0)}`,
      (median / peer.median).toFixed(2),
      `${cpu.median.toFixed(2)} (${cpu.least.toFixed(2)}–${cpu.most.toFixed(2)})`,
    ];
  });
}

/** Commits a second, each acknowledged after COMMIT, beside a bare append of the same line to the same database. */
export async function commits(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-bench-'));
  const postgres = await startRealPostgres();
  const places = { embedded: { folder }, 'PostgreSQL 18': { url: process.env['DATABASE_URL'] ?? (await postgres.freshUrl()) } };
  try {
    for (const [name, place] of Object.entries(places)) {
      const real = await realApp(place);
      try {
        printTable([[name, 'a second', 'spread', 'beside the bare append', 'CPU ms each'], ...(await measured(real))]);
      } finally {
        await real.close();
      }
      process.stdout.write('\n');
    }
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

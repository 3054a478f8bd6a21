import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyLogs } from '#app/editing/verify-log.ts';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import type { Edit } from '#model/edits/edit.ts';
import { type Database, openDatabase } from '#store/database/database.ts';
import { Designs } from '#store/designs/designs.ts';
import { Snapshots } from '#store/designs/snapshots.ts';
import { Versions } from '#store/designs/versions.ts';
import { addNode, commitOne, connect, drawn, editing, somebody, testKinds } from '#store/testing/drawing.ts';
import { runCli } from './cli.ts';

let database: Database;
let designs: Designs;
beforeAll(async () => {
  database = await openDatabase({ folder: 'memory' });
  designs = new Designs(database.db, systemClock);
});
afterAll(() => database.close());

const unused = (): never => {
  throw new Error('not used here');
};

async function csp(words: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const said = { out: '', err: '' };
  const parts = { designs, snapshots: new Snapshots(database.db), catalog: testKinds };
  const code = await runCli(words.split(' '), {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    version: '1.2.3',
    environment: '',
    colour: false,
    self: 'csp',
    signal: new AbortController().signal,
    serve: unused,
    open: unused,
    verifyLog: ({ design }) => verifyLogs(parts, design),
  });
  return { code, ...said };
}

async function draw(name: string): Promise<string> {
  const edits: Edit[] = [addNode('a'), addNode('b'), connect('w', 'a', 'b')];
  const { id } = await designs.create({ id: newUuid(), body: drawn(name, edits), ...somebody() });
  await commitOne(designs, editing(id, [{ do: 'node.move', id: 'a', at: { x: 3, y: 4 } }]));
  await new Versions(database.db, systemClock, newUuid).keep(id, { name: 'kept' });
  await commitOne(designs, editing(id, [{ do: 'node.set', id: 'a', label: 'Waiter', settings: { p: 1 } }]));
  return id;
}

test('[R12] what is as its log says is said so, with how much was compared', async () => {
  const id = await draw('whole');
  const { code, out } = await csp(`verify-log --design ${id}`);
  expect([code, out]).toEqual([0, `${id} "whole" at revision 3: as its log says (2 compared)\n1 design is as the log says\n`]);
  expect(await csp('verify-log')).toMatchObject({ code: 0 });
});

test.each([
  [
    'a row that was changed',
    `UPDATE design_nodes SET label = 'Cook' WHERE id = 'a'`,
    /node a: .*"Cook".* in the tables, .*"Waiter".* by the log/,
  ],
  ['a row that is gone', `DELETE FROM design_connections WHERE id = 'w'`, /connection w: nothing in the tables, {.*} by the log/],
  ['a place', `UPDATE design_nodes SET x = 9 WHERE id = 'b'`, /place of b: {"x":9,"y":0} in the tables/],
  ['the name', `UPDATE designs SET name = 'x' WHERE true`, /design name: "x" in the tables, "broken" by the log/],
  ['a revision', `UPDATE designs SET rev = 4 WHERE true`, /the design is at revision 4, its log ends with 3/],
  [
    'a snapshot',
    `UPDATE design_snapshots SET body = jsonb_set(body, '{nodes,a,label}', '"Cook"') WHERE true`,
    /node a: .*"Cook".* in the snapshot of revision 2/,
  ],
])('[R12] %s is named, and the exit code is 1', async (_what, statement, said) => {
  const id = await draw('broken');
  const whole = await draw('whole');
  const column = statement.startsWith('UPDATE designs ') ? 'id' : 'design_id';
  await sql.raw(`${statement} AND ${column} = '${id}'`).execute(database.db);
  // Another server, which remembers nothing.
  designs = new Designs(database.db, systemClock);
  const { code, out } = await csp('verify-log');
  expect(code).toBe(1);
  expect(out).toMatch(said);
  expect(out).toContain(`${whole} "whole" at revision 3: as its log says`);
  expect(out.endsWith(`1 of ${(await designs.list({ limit: 200 })).length} differ\n`)).toBe(true);
  await designs.remove(id);
});

test('[R12] a line that cannot be done, and one that is missing, are named by revision', async () => {
  const id = await draw('torn');
  await database.db
    .insertInto('design_edits')
    .values({
      design_id: id,
      rev: 5,
      tx_id: newUuid(),
      actor: 'eve',
      via: 'sql',
      edits: JSON.stringify([{ do: 'node.delete', id: 'ghost' }]),
      inverse: '[]',
      at: new Date(0).toISOString(),
      outcome: 'applied',
    })
    .execute();
  await sql`UPDATE designs SET rev = 5 WHERE id = ${id}`.execute(database.db);
  const { code, out } = await csp(`verify-log --design ${id}`);
  expect(code).toBe(1);
  expect(out).toContain('revision 4 is missing in the log');
  expect(out).toContain('revision 5 cannot be replayed: there is no node ghost in this design (UNKNOWN_NODE at /edits/0/id)');
  await designs.remove(id);
});

test.each([
  ['verify-log x.json', 'verify-log takes no file; what is x.json?'],
  ['verify-log --design seven', '--design is the id of a design, not seven'],
])('«%s» is wrong usage', async (words, says) => {
  expect(await csp(words)).toMatchObject({ code: 2, err: expect.stringContaining(says) });
});

test('a design that is not there is said so', async () => {
  const id = newUuid();
  expect(await csp(`verify-log --design ${id}`)).toMatchObject({ code: 2, err: expect.stringContaining(id) });
});

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { CodedError } from '#base/errors.ts';
import { newUuid } from '#base/ids.ts';
import { emptyDesign } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import { Comments, followingAnchors } from './comments.ts';
import { type Database, openDatabase } from './database/database.ts';
import { DesignCache } from './designs/design-cache.ts';
import { Designs } from './designs/designs.ts';
import { addNode, commitOne, editing, somebody, testKinds, wishOf } from './testing/drawing.ts';
import { type RealPostgres, startRealPostgres } from './testing/real-postgres.ts';

/** What only a real server can do: be shared, and go away. */

let postgres: RealPostgres;
let url: string;
const open: Database[] = [];
beforeAll(async () => {
  postgres = await startRealPostgres();
  url = await postgres.freshUrl();
});
afterAll(async () => {
  await Promise.all(open.map((database) => database.close()));
  await postgres?.stop();
});

async function designsOf(): Promise<Designs> {
  const database = await openDatabase({ url });
  open.push(database);
  return new Designs(database.db, systemClock);
}

test('servers that start at once on one empty database migrate it once', async () => {
  const at = await postgres.freshUrl();
  const all = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url: at })));
  const [rows] = await Promise.all(all.map(({ db }) => db.selectFrom('schema_migrations').select('name').execute()));
  expect(new Set(rows?.map(({ name }) => name)).size).toBe(rows?.length);
  await Promise.all(all.map((database) => database.close()));
});

test('[R1] many clients of three servers on one design: serial, nothing lost', async () => {
  const servers = await Promise.all([designsOf(), designsOf(), designsOf()]);
  const id = newUuid();
  await servers[0]?.create({ id, body: emptyDesign('shared'), ...somebody() });
  const clients = servers.flatMap((designs, server) =>
    Array.from({ length: 8 }, (_, client) => ({ designs, name: `${server}-${client}` })),
  );
  await Promise.all(
    clients.map(async ({ designs, name }) => {
      for (let turn = 0; turn < 4; turn++) await commitOne(designs, editing(id, [addNode(`n${name}-${turn}`)]));
    }),
  );
  const design = await servers[0]?.get(id);
  expect(design?.rev).toBe(97);
  expect(Object.keys(design?.nodes ?? {})).toHaveLength(96);
});

test('[R4] a transaction sent to two servers at once is done once, also when the second waits for the first', async () => {
  const watching = await openDatabase({ url });
  open.push(watching);
  const [here, there] = await Promise.all([designsOf(), designsOf()]);
  const id = newUuid();
  await here?.create({ id, body: emptyDesign('twice'), ...somebody() });
  // The second remembers the design, so that it catches up instead of reading it.
  await commitOne(there, editing(id, [addNode('a')]));
  const sent = editing(id, [addNode('b')]);
  const held = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const wish = wishOf(sent);
  const first = here.commit(id, [
    {
      ...wish,
      decide: async (design) => {
        held.resolve();
        await go.promise;
        return await wish.decide(design);
      },
    },
  ]);
  await held.promise;
  const second = there.commit(id, [wishOf(sent)]);
  await vi.waitFor(async () => {
    const { rows } = await sql<{ waiting: string }>`SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted`.execute(
      watching.db,
    );
    expect(Number(rows[0]?.waiting)).toBeGreaterThan(0);
  });
  go.resolve();
  expect([(await first)?.[0]?.is, (await second)?.[0]?.is]).toEqual(['committed', 'repeated']);
  expect((await here.get(id))?.rev).toBe(3);
});

test('[R10] a commit that had to wait for so long that it was given up is not done later on', async () => {
  const [impatient, holder] = await Promise.all([openDatabase({ url, answerMs: 1_000 }), openDatabase({ url })]);
  open.push(impatient, holder);
  const cache = new DesignCache();
  const id = newUuid();
  const patient = new Designs(holder.db, systemClock, cache);
  await patient.create({ id, body: emptyDesign('held'), ...somebody() });
  await commitOne(patient, editing(id, [addNode('a')]));
  const held = (tx: Database['db']) =>
    tx.selectFrom('designs').select('rev').where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
  await holder.db.transaction().execute(async (tx) => {
    await held(tx);
    const move = editing(id, [{ do: 'node.move', id: 'a', at: { x: 5, y: 5 } }]);
    const tried = commitOne(new Designs(impatient.db, systemClock, cache), move);
    await expect(tried).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });
  // Who waited before is served before.
  expect(await holder.db.transaction().execute(held)).toEqual({ rev: 2 });
});

/** A design with a thread about its node `a`, remembered by the cache. */
async function talkedAbout(on: Database, cache: DesignCache): Promise<{ readonly id: string; readonly threadId: string }> {
  const designs = new Designs(on.db, systemClock, cache);
  const [id, threadId] = [newUuid(), newUuid()];
  await designs.create({ id, body: emptyDesign('talked about'), ...somebody() });
  await commitOne(designs, editing(id, [addNode('a'), addNode('b')]));
  const comment = { id: newUuid(), actor: 'ada', text: 'look' };
  await new Comments(on.db, systemClock).open({ id: threadId, designId: id, anchor: { node: 'a' }, comment }, 9);
  return { id, threadId };
}

test('[E43] a thread that is opened after the statement of a commit began, and before it had the lock, follows too', async () => {
  const [watching, there] = await Promise.all([openDatabase({ url }), openDatabase({ url })]);
  open.push(watching, there);
  const { id, threadId } = await talkedAbout(there, new DesignCache());
  const gone = [{ about: 'node' as const, element: 'b', orphaned: true, x: 1, y: 2 }];
  const following = followingAnchors(sql`${id}::uuid`, gone, new Date().toISOString(), true);
  const late = newUuid();
  // Held up by the lock, the statement has begun; what follows in it is done when the lock is given back.
  const begun = await watching.db.transaction().execute(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(7)`.execute(tx);
    const statement = sql`SELECT pg_advisory_xact_lock(7), ${following}`.execute(there.db);
    await vi.waitFor(async () => {
      const { rows } = await sql`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`.execute(watching.db);
      expect(rows).toHaveLength(1);
    });
    const comment = { id: newUuid(), actor: 'bea', text: 'late' };
    await new Comments(watching.db, systemClock).open({ id: late, designId: id, anchor: { node: 'b' }, comment }, 9);
    return { statement };
  });
  await begun.statement;
  const comments = new Comments(watching.db, systemClock);
  expect(await comments.get(id, late)).toMatchObject({ orphaned: true, place: { x: 1, y: 2 } });
  expect(await comments.get(id, threadId)).toMatchObject({ orphaned: false });
});

test('[R10] a commit that waited in vain for whoever changes a thread is not done later on; one that could wait is', async () => {
  const [impatient, holder] = await Promise.all([openDatabase({ url, answerMs: 1_000 }), openDatabase({ url })]);
  open.push(impatient, holder);
  const cache = new DesignCache();
  const { id, threadId } = await talkedAbout(holder, cache);
  const held = (tx: Database['db']) =>
    tx.selectFrom('comment_threads').select('orphaned').where('id', '=', threadId).forUpdate().executeTakeFirstOrThrow();
  const deletion = () => editing(id, [{ do: 'node.delete', id: 'a' }]);
  await holder.db.transaction().execute(async (tx) => {
    await held(tx);
    const tried = commitOne(new Designs(impatient.db, systemClock, cache), deletion());
    await expect(tried).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });
  expect(await holder.db.transaction().execute(held)).toEqual({ orphaned: false });
  const patient = await openDatabase({ url });
  open.push(patient);
  const { waiting } = await holder.db.transaction().execute(async (tx) => {
    await held(tx);
    const commit = commitOne(new Designs(patient.db, systemClock, cache), deletion());
    await vi.waitFor(async () => {
      const { rows } = await sql`SELECT 1 FROM pg_locks WHERE NOT granted`.execute(holder.db);
      expect(rows.length).toBeGreaterThan(0);
    });
    return { waiting: commit };
  });
  expect(await waiting).toMatchObject({ is: 'committed', design: { rev: 3 } });
  expect(await holder.db.transaction().execute(held)).toEqual({ orphaned: true });
});

describe('a server that crashes under way', () => {
  test('is a coded error to who waits; once it is back, work goes on and nothing acknowledged is lost', async () => {
    const designs = await designsOf();
    const id = newUuid();
    await designs.create({ id, body: emptyDesign('crash'), ...somebody() });
    const acknowledged: string[] = [];
    const failures: unknown[] = [];
    const enough = Promise.withResolvers<void>();
    const client = async (name: number): Promise<void> => {
      for (let turn = 0; turn < 2000 && failures.length < 6; turn++) {
        try {
          const node = `n${name}-${turn}`;
          const done = await commitOne(designs, editing(id, [addNode(node)]));
          if (done.is === 'committed') acknowledged.push(node);
          if (acknowledged.length === 40) enough.resolve();
        } catch (thrown) {
          failures.push(thrown);
        }
      }
    };
    const clients = Promise.all([1, 2, 3, 4, 5, 6].map(client));
    await enough.promise;
    await postgres.crash();
    await clients;
    expect(failures.length).toBeGreaterThanOrEqual(6);
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(CodedError);
      expect(failure).toMatchObject({ code: 'STORE_UNREACHABLE', blame: 'world' });
    }

    await postgres.restart();
    const design = await designs.get(id);
    expect(Object.keys(design?.nodes ?? {})).toEqual(expect.arrayContaining(acknowledged));
    expect(await commitOne(designs, editing(id, [addNode('after')]))).toMatchObject({ is: 'committed' });
    const log = await designs.editsSince(id, 0);
    const replayed = applyAll(
      emptyDesign('x'),
      log.flatMap(({ edits }) => edits),
      testKinds,
    );
    expect(replayed.ok && Object.keys(replayed.design.nodes).sort()).toEqual(
      Object.keys((await designs.get(id))?.nodes ?? {}).sort(),
    );
  });

  test('[R4] a commit whose answer was lost is sent again and made once', async () => {
    const designs = await designsOf();
    const id = newUuid();
    await designs.create({ id, body: emptyDesign('again'), ...somebody() });
    const commit = editing(id, [addNode('a')]);
    const tried = commitOne(designs, commit).catch((thrown: unknown) => thrown);
    await postgres.crash();
    await tried;
    await postgres.restart();
    const again = await commitOne(designs, commit);
    expect(['committed', 'repeated']).toContain(again.is);
    expect((await designs.get(id))?.rev).toBe(2);
  });
});

import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { applyAll } from '#model/apply.ts';
import { type Design, type DesignBody, emptyDesign } from '#model/design.ts';
import type { Edit } from '#model/edit.ts';
import type { Database } from './database.ts';
import { Designs } from './designs.ts';
import { IdempotencyKeys } from './idempotency.ts';
import { Metrics } from './metrics.ts';
import { Sessions } from './sessions.ts';
import { addNode, anyEdit, connect, drawn, editing, somebody, testKinds } from './testing/drawing.ts';
import { Versions } from './versions.ts';

/** What both databases must keep; `open` opens the one under test, fresh and empty. */
export function storeContract(name: string, open: () => Promise<Database>): void {
  describe(name, () => {
    let database: Database;
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const at = (): string => new Date(clock.now()).toISOString();
    beforeAll(async () => {
      database = await open();
    });
    afterAll(async () => {
      await database?.close();
    });
    const designs = (): Designs => new Designs(database.db, clock);
    const draw = async (edits: readonly Edit[] = [], title = 'drawing'): Promise<Design> =>
      await designs().create({ id: newUuid(), body: drawn(title, edits), ...somebody() });

    designsContract({ database: () => database, clock, designs, draw });
    commitContract({ database: () => database, clock, designs, draw });
    integrityContract({ database: () => database, clock, designs, draw });

    describe('versions', () => {
      const versions = (): Versions => new Versions(database.db, clock, newUuid);

      test('a version keeps the design as it was, whatever happens to it later', async () => {
        const design = await draw([addNode('a', { p: [1, { q: null }] }), addNode('b'), connect('w', 'a', 'b')]);
        const kept = await versions().keep(design.id, { name: 'first', note: 'as drawn' });
        await designs().commit(editing(design.id, [{ do: 'node.delete', id: 'a' }]));
        expect(kept).toEqual({ designId: design.id, number: 1, rev: 1, name: 'first', note: 'as drawn', createdAt: at() });
        const read = await versions().get(design.id, 1);
        expect(read?.version).toEqual(kept);
        expect(read?.body).toEqual(bodyOf(design));
      });

      test('numbers count within the design, also when many ask at once; two may keep one revision', async () => {
        const { id } = await draw();
        const names = ['a', 'b', 'c', 'd', 'e'];
        const kept = await Promise.all(names.map((title) => versions().keep(id, { name: title })));
        expect(kept.map((version) => version?.number).sort()).toEqual([1, 2, 3, 4, 5]);
        const page = await versions().list(id, { limit: 2, before: 4 });
        expect(page.map(({ number }) => number)).toEqual([3, 2]);
      });

      test('there is no version of what is not there', async () => {
        expect(await versions().keep(newUuid(), { name: 'x' })).toBeUndefined();
        expect(await versions().get((await draw()).id, 1)).toBeUndefined();
      });
    });

    describe('sessions', () => {
      const sessions = (host?: string): Sessions => new Sessions(database.db, clock, host);
      const start = async (designId: string, host?: string) =>
        await sessions(host).create({ id: newUuid(), designId, designRev: 1 });

      test('a session is kept through its states, and says when it ended', async () => {
        const { id: designId } = await draw();
        const { id, ...begun } = await start(designId);
        expect(begun).toEqual({ designId, designRev: 1, state: 'starting', startedAt: at() });
        const stuck = { since: at(), nodes: ['a'], connections: ['w'] };
        expect(await sessions().update(id, { state: 'running', stuck })).toEqual({ id, ...begun, state: 'running', stuck });
        expect(await sessions().update(id, { stuck: null })).toEqual({ id, ...begun, state: 'running' });
        clock.advance(1000);
        const fault = { code: 'BROKEN', message: 'it broke', node: 'a', at: at() };
        const ended = { id, ...begun, state: 'failed', endedAt: at(), fault };
        expect(await sessions().update(id, { state: 'failed', fault })).toEqual(ended);
        expect(await sessions().get(id)).toEqual(ended);
      });

      test('[S1] a session that has ended stays ended', async () => {
        const { id } = await start((await draw()).id);
        const ended = await sessions().update(id, { state: 'stopped' });
        expect(await sessions().update(id, { state: 'running' })).toBeUndefined();
        expect(await sessions().get(id)).toEqual(ended);
        expect(await sessions().update(newUuid(), { state: 'running' })).toBeUndefined();
      });

      test('what was left running by this host ends as failed at its start; what another runs goes on', async () => {
        const { id: designId } = await draw();
        const [mine, theirs] = [await start(designId, 'one'), await start(designId, 'two')];
        const done = await start(designId, 'one');
        await sessions('one').update(done.id, { state: 'completed' });
        expect(await sessions('one').failThoseLeftRunning()).toBe(1);
        expect(await sessions().get(mine.id)).toMatchObject({
          state: 'failed',
          endedAt: at(),
          fault: { code: 'SERVER_STOPPED' },
        });
        expect(await sessions().get(theirs.id)).toMatchObject({ state: 'starting' });
        expect(await sessions().get(done.id)).toMatchObject({ state: 'completed' });
      });

      test('[R6] a list goes from page to page, newest first, of one design or of all', async () => {
        const { id: designId } = await draw();
        const made: string[] = [];
        for (let number = 0; number < 7; number++) {
          if (number % 2 === 0) clock.advance(1);
          made.push((await start(designId)).id);
        }
        const seen: string[] = [];
        for (let page = await sessions().list({ designId, limit: 3 }); page.length > 0; ) {
          seen.push(...page.map(({ id }) => id));
          await start(designId);
          page = await sessions().list({ designId, limit: 3, after: page.at(-1) });
        }
        expect(seen).toEqual(made.reverse());
        expect((await sessions().list({ limit: 200 })).length).toBeGreaterThan(made.length);
      });
    });

    test('metrics are kept a node and a moment, in order of time, beyond what 32 bits count', async () => {
      const { id: designId } = await draw();
      const metrics = new Metrics(database.db);
      const sessionId = newUuid();
      await new Sessions(database.db, clock).create({ id: sessionId, designId, designRev: 1 });
      const counts = { state: 'running' as const, received: 5_000_000_000, sent: 2, failures: 1, restarts: 0 };
      const status = (node: string) => ({ node, ...counts, waitingFor: [] });
      const [first, second] = ['2026-01-01T00:00:00.250Z', '2026-01-01T00:00:00.500Z'];
      await metrics.append(sessionId, second, [status('a')]);
      await metrics.append(sessionId, first, [status('b'), status('a')]);
      await metrics.append(sessionId, first, [status('b')]);
      const rows = await metrics.read(sessionId, { limit: 10 });
      expect(rows).toEqual([
        { node: 'a', at: first, ...counts },
        { node: 'b', at: first, ...counts },
        { node: 'a', at: second, ...counts },
      ]);
      expect((await metrics.read(sessionId, { node: 'a', limit: 1 })).map((row) => row.at)).toEqual([first]);
    });

    describe('idempotency', () => {
      const keys = (): IdempotencyKeys => new IdempotencyKeys(database.db, clock, newUuid);
      const request = () => ({ actor: 'ada', key: newUuid(), fingerprint: 'POST /designs #1' });
      const answer = { status: 201, headers: { location: '/x' }, body: '{"b": 1, "a":2}' };

      test('of many that ask at once one does it; the others hear its answer, to the byte', async () => {
        const asked = request();
        const claims = await Promise.all(Array.from({ length: 10 }, () => keys().claim(asked)));
        const won = claims.filter((claim) => claim.is === 'claimed');
        expect(won).toHaveLength(1);
        expect(claims.filter((claim) => claim.is === 'running')).toHaveLength(9);
        expect(await keys().complete(asked, won[0]!.claim, answer)).toBe(true);
        expect(await keys().claim(asked)).toEqual({ is: 'answered', answer });
        expect(await keys().claim({ ...asked, fingerprint: 'POST /designs #2' })).toEqual({ is: 'other' });
        expect(await keys().claim({ ...asked, actor: 'bea' })).toMatchObject({ is: 'claimed' });
      });

      test('a claim given back, or whose holder died, can be taken again; the dead one can answer no more', async () => {
        const asked = request();
        const first = await keys().claim(asked);
        if (first.is !== 'claimed') throw new Error(first.is);
        await keys().release(asked, first.claim);
        const second = await keys().claim(asked);
        if (second.is !== 'claimed') throw new Error(second.is);
        clock.advance(59_999);
        expect(await keys().claim(asked)).toEqual({ is: 'running' });
        clock.advance(1);
        expect(await keys().claim(asked)).toMatchObject({ is: 'claimed' });
        expect(await keys().complete(asked, second.claim, answer)).toBe(false);
      });

      test('an answer is kept for a day', async () => {
        const asked = request();
        const claim = await keys().claim(asked);
        if (claim.is !== 'claimed') throw new Error(claim.is);
        await keys().complete(asked, claim.claim, answer);
        clock.advance(24 * 60 * 60 * 1000 - 1);
        await keys().expire();
        expect(await keys().claim(asked)).toMatchObject({ is: 'answered' });
        clock.advance(1);
        expect(await keys().expire()).toBeGreaterThan(0);
        expect(await keys().claim(asked)).toMatchObject({ is: 'claimed' });
      });
    });
  });
}

interface Bench {
  readonly database: () => Database;
  readonly clock: ManualClock;
  readonly designs: () => Designs;
  readonly draw: (edits?: readonly Edit[], title?: string) => Promise<Design>;
}

/** The same without who and when; JSON has no −0 and no order of names. */
function bodyOf({ name, description, nodes, connections, canvas }: DesignBody): DesignBody {
  return JSON.parse(JSON.stringify({ name, description, nodes, connections, canvas }));
}

function designsContract({ clock, designs, draw }: Bench): void {
  describe('designs', () => {
    test('what is created is read back whole', async () => {
      const edits = [
        addNode('b', { p: { deep: [1.5, 'ü€😀', null, true, 1e300] } }),
        addNode('a'),
        connect('w', 'b', 'a', 'all'),
      ];
      const body = drawn('Ein Entwurf', [...edits, { do: 'design.set', description: 'two\nlines' }]);
      const id = newUuid();
      const made = await designs().create({ id, body, ...somebody() });
      const at = new Date(clock.now()).toISOString();
      expect(made).toEqual({ id, rev: 1, createdAt: at, updatedAt: at, ...body });
      expect(await designs().get(id)).toEqual(made);
    });

    test('a design of 3,000 nodes and connections is one commit', async () => {
      const numbers = Array.from({ length: 3000 }, (_, number) => number);
      const { id } = await draw();
      const edits = [
        ...numbers.map((n) => addNode(`n${n}`)),
        ...numbers.slice(1).map((n) => connect(`w${n}`, `n${n - 1}`, `n${n}`)),
      ];
      const body = { ...emptyDesign('big'), ...large(edits) };
      const done = await designs().commit({
        id,
        ...somebody(),
        change: (design) => ({ ok: true, design: { ...design, ...body }, edits, inverse: [] }),
      });
      expect(done.is).toBe('committed');
      const read = await designs().get(id);
      expect(bodyOf(read!)).toEqual(bodyOf(body));
    });

    test('nothing is found under an unknown id; removing takes a design away and leaves its log', async () => {
      expect(await designs().get(newUuid())).toBeUndefined();
      expect(await designs().commit(editing(newUuid(), []))).toEqual({ is: 'missing' });
      const { id } = await draw([addNode('a')]);
      expect(await designs().remove(id, 7)).toMatchObject({ is: 'stale', rev: 1 });
      expect(await designs().remove(id, 1)).toEqual({ is: 'removed' });
      expect(await designs().remove(id)).toEqual({ is: 'missing' });
      expect(await designs().get(id)).toBeUndefined();
      expect(await designs().commit(editing(id, [addNode('b')]))).toEqual({ is: 'missing' });
      expect((await designs().list({ limit: 200 })).some((design) => design.id === id)).toBe(false);
      expect(await designs().editsSince(id, 0)).toHaveLength(1);
    });

    test('[R6] a list goes from page to page, last changed first; what is made meanwhile moves nothing', async () => {
      const made: string[] = [];
      for (let number = 0; number < 23; number++) {
        if (number % 3 === 0) clock.advance(1);
        made.push((await draw(number % 2 === 0 ? [addNode('a'), addNode('b'), connect('w', 'a', 'b')] : [])).id);
      }
      const seen: string[] = [];
      for (let page = await designs().list({ limit: 5 }); page.length > 0; ) {
        for (const { id, nodeCount, connectionCount } of page) {
          if (!made.includes(id)) continue;
          seen.push(id);
          expect([nodeCount, connectionCount]).toEqual(made.indexOf(id) % 2 === 0 ? [2, 1] : [0, 0]);
        }
        await draw();
        page = await designs().list({ limit: 5, after: page.at(-1) });
      }
      expect(seen).toEqual(made.reverse());
    });
  });
}

/** Nodes and connections of edits that are known to apply: `applyAll` copies the record for each. */
function large(edits: readonly Edit[]): Pick<DesignBody, 'nodes' | 'connections'> {
  const nodes: DesignBody['nodes'] = {};
  const connections: DesignBody['connections'] = {};
  for (const edit of edits) {
    if (edit.do === 'node.add') {
      nodes[edit.node.id] = { version: 1, label: '', settings: {}, onFailure: 'stop', ...edit.node };
    }
    if (edit.do === 'connect') {
      const { id, from, to } = edit.connection;
      connections[id] = { id, from: { index: 0, ...from }, to: { index: 0, ...to }, capacity: 0, policy: 'block' };
    }
  }
  return { nodes, connections };
}

function commitContract({ database, clock, designs, draw }: Bench): void {
  describe('commit', () => {
    test('[R1] many at once on one design: revisions without a gap, nothing lost', async () => {
      const { id } = await draw();
      const clients = Array.from({ length: 8 }, (_, client) => client);
      const work = clients.map(async (client) => {
        for (let turn = 0; turn < 8; turn++) await designs().commit(editing(id, [addNode(`n${client}-${turn}`)]));
      });
      await Promise.all(work);
      const design = await designs().get(id);
      expect(design?.rev).toBe(65);
      expect(Object.keys(design!.nodes)).toHaveLength(64);
      const log = await designs().editsSince(id, 0);
      expect(log.map(({ rev }) => rev)).toEqual(Array.from({ length: 65 }, (_, rev) => rev + 1));
    });

    test('[R1] two that expect the same revision: one is first, the other hears what it missed', async () => {
      const { id } = await draw();
      const both = await Promise.all(
        ['a', 'b'].map((node) => designs().commit(editing(id, [addNode(node)], { expectedRev: 1 }))),
      );
      const late = both.find((done) => done.is === 'stale');
      const first = both.find((done) => done.is === 'committed');
      expect(first?.design.rev).toBe(2);
      expect(late).toEqual({ is: 'stale', rev: 2, edits: first?.edits });
    });

    test('[R2] replaying the log gives the tables, and the inverses lead back, whatever was edited', async () => {
      const batches = fc.array(fc.array(anyEdit, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(batches, async (some) => {
          const { id } = await draw([addNode('a'), addNode('b')]);
          for (const edits of some) await designs().commit(editing(id, edits));
          const design = await designs().get(id);
          const log = await designs().editsSince(id, 0);
          const replayed = applyAll(
            emptyDesign('x'),
            log.flatMap(({ edits }) => edits),
            testKinds,
          );
          if (!replayed.ok) throw new Error(replayed.refusal.message);
          expect(bodyOf(design!)).toEqual(bodyOf(replayed.design));
          expect(log.at(-1)?.rev).toBe(design?.rev);
        }),
        { numRuns: 25 },
      );
    });

    test('[R3] a refused edit changes nothing, and says why', async () => {
      const before = await draw([addNode('a')]);
      clock.advance(5);
      const done = await designs().commit(editing(before.id, [addNode('b'), addNode('a')]));
      expect(done).toMatchObject({ is: 'refused', refusal: { code: 'ID_TAKEN', pointer: '/1/node/id' } });
      expect(await designs().get(before.id)).toEqual(before);
      expect(await designs().editsSince(before.id, 1)).toEqual([]);
    });

    test('[R3] a change that throws half way leaves nothing, and the next one is not held up', async () => {
      const before = await draw([addNode('a')]);
      const thrown = new Error('a mistake in the change');
      const broken = editing(before.id, [], {
        change: () => {
          throw thrown;
        },
      });
      await expect(designs().commit(broken)).rejects.toBe(thrown);
      expect(await designs().get(before.id)).toEqual(before);
      expect(await designs().commit(editing(before.id, [addNode('b')]))).toMatchObject({ is: 'committed' });
    });

    test('no edits are no revision', async () => {
      const before = await draw([addNode('a')]);
      expect(await designs().commit(editing(before.id, []))).toMatchObject({ is: 'committed', design: before });
      expect(await designs().get(before.id)).toEqual(before);
    });

    test('[R4] the same transaction sent again is done once, and answered with what it did', async () => {
      const { id } = await draw();
      const commit = editing(id, [addNode('a')], { expectedRev: 1 });
      await designs().commit(commit);
      await designs().commit(editing(id, [addNode('b')]));
      const again = await designs().commit(commit);
      expect(again).toMatchObject({
        is: 'repeated',
        design: { rev: 3 },
        entry: { rev: 2, txId: commit.txId, edits: [addNode('a')] },
      });
      expect((await designs().get(id))?.rev).toBe(3);
    });

    test('a whole replacement may swap ends and give an id to another node', async () => {
      const { id } = await draw([addNode('a'), addNode('b'), addNode('c'), connect('v', 'a', 'b'), connect('w', 'b', 'c')]);
      const body = drawn('swapped', [
        addNode('c', { p: 1 }),
        addNode('b'),
        addNode('a'),
        connect('w', 'a', 'b'),
        connect('v', 'b', 'c'),
      ]);
      const edits: Edit[] = [{ do: 'design.set', name: 'swapped' }];
      const done = await designs().commit({
        id,
        ...somebody(),
        change: (design) => ({ ok: true, design: { ...design, ...body }, edits, inverse: [] }),
      });
      expect(done.is).toBe('committed');
      expect(bodyOf((await designs().get(id))!)).toEqual(bodyOf(body));
    });

    test('only what differs is written', async () => {
      const { id } = await draw([addNode('a'), addNode('b'), addNode('c'), connect('v', 'a', 'b'), connect('w', 'b', 'c')]);
      const versionsOfRows = async () => {
        const nodes = await sql<{ id: string; xmin: string }>`
          SELECT id, xmin::text FROM design_nodes WHERE design_id = ${id}
          UNION ALL SELECT id, xmin::text FROM design_connections WHERE design_id = ${id}`.execute(database().db);
        return new Map(nodes.rows.map((row) => [row.id, row.xmin]));
      };
      const before = await versionsOfRows();
      await designs().commit(editing(id, [{ do: 'node.move', id: 'b', at: { x: 5, y: 6 } }]));
      const after = await versionsOfRows();
      expect([...after.keys()].filter((row) => before.get(row) !== after.get(row))).toEqual(['b']);
    });

    test('the tail of the log is read from a revision, and in parts', async () => {
      const { id } = await draw();
      for (const node of ['a', 'b', 'c']) await designs().commit(editing(id, [addNode(node)], { actor: node, via: 'import' }));
      const tail = await designs().editsSince(id, 2);
      expect(tail.map(({ rev, actor, via }) => [rev, actor, via])).toEqual([
        [3, 'b', 'import'],
        [4, 'c', 'import'],
      ]);
      expect(tail[0]?.inverse).toEqual([{ do: 'node.delete', id: 'b' }]);
      expect(await designs().editsSince(id, 0, 1)).toHaveLength(1);
    });

    test('a character no database keeps is the caller’s fault, and leaves nothing', async () => {
      const before = await draw([addNode('a')]);
      for (const edit of [
        addNode('b', { p: 'nul: \u0000' }),
        { do: 'node.set', id: 'a', label: 'nul: \u0000' } as const,
        addNode('b', { p: 'half: \ud800' }),
      ]) {
        const refused = designs().commit(editing(before.id, [edit]));
        await expect(refused).rejects.toMatchObject({ code: 'STORE_VALUE_REFUSED', blame: 'input' });
      }
      expect(await designs().get(before.id)).toEqual(before);
    });
  });
}

function integrityContract({ database, designs, draw }: Bench): void {
  describe('[R7] the database is the second line', () => {
    const broken = { code: 'STORE_INTEGRITY', blame: 'bug' };
    const forced = async (edits: readonly Edit[], change: (body: DesignBody) => DesignBody) => {
      const design = await draw(edits);
      const done = designs().commit({
        id: design.id,
        ...somebody(),
        change: (now) => ({ ok: true, design: { ...now, ...change(now) }, edits: [addNode('x')], inverse: [] }),
      });
      await expect(done).rejects.toMatchObject(broken);
      expect(await designs().get(design.id)).toEqual(design);
    };
    const two = [addNode('a'), addNode('b'), connect('w', 'a', 'b')];

    test('no connection to a node that is not there', async () => {
      await forced(two, (body) => {
        const { w } = body.connections;
        return { ...body, connections: { w: { ...w!, to: { node: 'ghost', port: 'in', index: 0 } } } };
      });
    });

    test('no end with two holders', async () => {
      await forced([...two, addNode('c')], (body) => {
        const { w } = body.connections;
        return { ...body, connections: { ...body.connections, v: { ...w!, id: 'v', to: { node: 'c', port: 'in', index: 0 } } } };
      });
    });

    test('no capacity without a bound, no unknown policy', async () => {
      await forced(two, (body) => ({ ...body, connections: { w: { ...body.connections['w']!, capacity: 1_000_001 } } }));
      await forced(two, (body) => ({ ...body, connections: { w: { ...body.connections['w']!, policy: 'lose' as 'block' } } }));
    });

    test('a node that goes takes its connections with it', async () => {
      const { id } = await draw(two);
      await database().db.deleteFrom('design_nodes').where('design_id', '=', id).where('id', '=', 'a').execute();
      expect((await designs().get(id))?.connections).toEqual({});
    });

    test('[R5] the log can be neither changed nor deleted', async () => {
      const { id } = await draw(two);
      const { db } = database();
      await expect(
        db.updateTable('design_edits').set({ actor: 'eve' }).where('design_id', '=', id).execute(),
      ).rejects.toMatchObject(broken);
      await expect(db.deleteFrom('design_edits').where('design_id', '=', id).execute()).rejects.toMatchObject(broken);
      await expect(db.deleteFrom('designs').where('id', '=', id).execute()).rejects.toMatchObject(broken);
      expect(await designs().editsSince(id, 0)).toHaveLength(1);
    });

    test('an id that was created before is refused', async () => {
      const { id } = await draw(two);
      const again = designs().create({ id, body: emptyDesign('again'), ...somebody() });
      await expect(again).rejects.toMatchObject(broken);
      expect((await designs().get(id))?.name).toBe('drawing');
    });
  });
}

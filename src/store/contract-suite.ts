import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { type Design, type DesignBody, emptyDesign } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import { difference } from '#model/edits/diff.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { Database } from './database/database.ts';
import { Designs } from './designs/designs.ts';
import {
  type Bench,
  idempotencyContract,
  metricsContract,
  sessionListContract,
  sessionsContract,
  validationsContract,
  versionsContract,
} from './testing/beside-designs.ts';
import { commentsContract } from './testing/comments-contract.ts';
import {
  addNode,
  anyEdit,
  bodyOf,
  commitOne,
  connect,
  drawn,
  editing,
  editingWhatFits,
  somebody,
  testKinds,
} from './testing/drawing.ts';
import { branchesContract, historyContract } from './testing/history-contract.ts';
import { oneStatementContract } from './testing/one-statement.ts';
import { togetherContract } from './testing/together.ts';

/** What both databases must keep; `open` opens the one under test, fresh and empty. */
export function storeContract(name: string, open: () => Promise<Database>): void {
  describe(name, () => {
    let database: Database;
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    beforeAll(async () => {
      database = await open();
    });
    afterAll(async () => {
      await database?.close();
    });
    const designs = (): Designs => new Designs(database.db, clock);
    const draw = async (edits: readonly Edit[] = [], title = 'drawing'): Promise<Design> =>
      await designs().create({ id: newUuid(), body: drawn(title, edits), ...somebody() });

    const bench: Bench = { database: () => database, clock, designs, draw };
    designsContract(bench);
    commitContract(bench);
    integrityContract(bench);
    togetherContract(bench);
    oneStatementContract(bench);

    commentsContract(bench);
    versionsContract(bench);
    validationsContract(bench);
    sessionsContract(bench);
    sessionListContract(bench);
    metricsContract(bench);
    idempotencyContract(bench);
    historyContract(bench);
    branchesContract(bench);
  });
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
      const done = await commitOne(designs(), {
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
      expect(await commitOne(designs(), editing(newUuid(), []))).toEqual({ is: 'missing' });
      const { id } = await draw([addNode('a')]);
      expect(await designs().remove(id, 7)).toMatchObject({ is: 'stale', rev: 1 });
      expect(await designs().remove(id, 1)).toEqual({ is: 'removed' });
      expect(await designs().remove(id)).toEqual({ is: 'missing' });
      expect(await designs().get(id)).toBeUndefined();
      expect(await commitOne(designs(), editing(id, [addNode('b')]))).toEqual({ is: 'missing' });
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
        for (let turn = 0; turn < 8; turn++) await commitOne(designs(), editing(id, [addNode(`n${client}-${turn}`)]));
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
        ['a', 'b'].map((node) => commitOne(designs(), editing(id, [addNode(node)], { expectedRev: 1 }))),
      );
      const late = both.find((done) => done.is === 'stale');
      const first = both.find((done) => done.is === 'committed');
      expect(first?.design.rev).toBe(2);
      expect(late).toEqual({ is: 'stale', rev: 2, since: [first?.entry] });
    });

    test('[R2] replaying the log gives the tables, and the inverses lead back, whatever was edited', async () => {
      let revisions = 0;
      const batches = fc.array(fc.array(anyEdit, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(batches, async (some) => {
          const begun = await draw([addNode('a'), addNode('b')]);
          const { id } = begun;
          for (const edits of some) await commitOne(designs(), editingWhatFits(id, edits));
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
          const back = log
            .slice(1)
            .reverse()
            .flatMap(({ inverse }) => inverse);
          const undone = applyAll(design!, back, testKinds);
          if (!undone.ok) throw new Error(undone.refusal.message);
          expect(bodyOf(undone.design)).toEqual(bodyOf(begun));
          revisions += log.length - 1;
        }),
        { numRuns: 25 },
      );
      expect(revisions).toBeGreaterThan(50);
    });

    test('[R3] a refused edit changes nothing, and says why', async () => {
      const before = await draw([addNode('a')]);
      clock.advance(5);
      const done = await commitOne(designs(), editing(before.id, [addNode('b'), addNode('a')]));
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
      await expect(commitOne(designs(), broken)).rejects.toBe(thrown);
      expect(await designs().get(before.id)).toEqual(before);
      expect(await commitOne(designs(), editing(before.id, [addNode('b')]))).toMatchObject({ is: 'committed' });
    });

    test('no edits are no revision', async () => {
      const before = await draw([addNode('a')]);
      expect(await commitOne(designs(), editing(before.id, []))).toEqual({ is: 'unchanged', design: before });
      expect(await designs().get(before.id)).toEqual(before);
    });

    test('[R4] the same transaction sent again is done once, and answered with what it did', async () => {
      const { id } = await draw();
      const commit = editing(id, [addNode('a')], { expectedRev: 1 });
      await commitOne(designs(), commit);
      await commitOne(designs(), editing(id, [addNode('b')]));
      const again = await commitOne(designs(), commit);
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
      const done = await commitOne(designs(), {
        id,
        ...somebody(),
        change: (design) => ({ ok: true, design: { ...design, ...body }, edits: difference(design, body), inverse: [] }),
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
      await commitOne(designs(), editing(id, [{ do: 'node.move', id: 'b', at: { x: 5, y: 6 } }]));
      const after = await versionsOfRows();
      expect([...after.keys()].filter((row) => before.get(row) !== after.get(row))).toEqual(['b']);
    });

    test('the tail of the log is read from a revision, and in parts', async () => {
      const { id } = await draw();
      for (const node of ['a', 'b', 'c'])
        await commitOne(designs(), editing(id, [addNode(node)], { actor: node, via: 'import' }));
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
      for (const edit of [addNode('b', { p: 'nul: \u0000' }), addNode('b', { p: 'half: \ud800' })]) {
        const refused = commitOne(designs(), editing(before.id, [edit]));
        await expect(refused).rejects.toMatchObject({ code: 'STORE_VALUE_REFUSED', blame: 'input' });
      }
      expect(await designs().get(before.id)).toEqual(before);
    });
  });
}

function integrityContract({ database, designs, draw }: Bench): void {
  describe('[R7] the database is the second line', () => {
    const broken = { code: 'STORE_INTEGRITY', blame: 'bug' };
    const setting = (id: string): Edit => ({ do: 'connection.set', id, capacity: 1 });
    const forced = async (edits: readonly Edit[], change: (body: DesignBody) => DesignBody) => {
      const design = await draw(edits);
      const done = commitOne(designs(), {
        id: design.id,
        ...somebody(),
        change: (now) => ({ ok: true, design: { ...now, ...change(now) }, edits: ['v', 'w'].map(setting), inverse: [] }),
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

    test('no node goes without its connections', async () => {
      const design = await draw(two);
      const going = database().db.deleteFrom('design_nodes').where('design_id', '=', design.id).where('id', '=', 'a');
      await expect(going.execute()).rejects.toMatchObject(broken);
      expect(await designs().get(design.id)).toEqual(design);
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

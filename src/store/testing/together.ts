import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { newUuid } from '#base/ids.ts';
import { type Design, emptyDesign } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { Replay } from '#model/edits/replay.ts';
import type { StoredDesign } from '#store/designs/design-rows.ts';
import { Designs, type Wish } from '#store/designs/designs.ts';
import { snapshotEvery } from '#store/designs/held-design.ts';
import { Snapshots } from '#store/designs/snapshots.ts';
import type { Bench } from './beside-designs.ts';
import {
  addNode,
  anyEdit,
  bodyOf,
  type Commit,
  commitOne,
  connect,
  editing,
  editingWhatFits,
  somebody,
  testKinds,
  wishOf,
} from './drawing.ts';

/** The part of the contract suite about commits of several at once, and about what a server remembers of a design. */

const move = (id: string, x: number): Edit => ({ do: 'node.move', id, at: { x, y: 0 } });
const end = (node: string) => ({ node, port: 'in', index: 0 });
const label = (id: string, text: string): Edit => ({ do: 'node.set', id, label: text });

/** A server of its own: it remembers what it did, and nothing of what others did. */
const serverOf =
  ({ database, clock }: Bench) =>
  (): Designs =>
    new Designs(database().db, clock);

const together = async (on: Designs, commits: readonly Commit[]) =>
  (await on.commit(commits[0]?.id ?? '', commits.map(wishOf))) ?? [];

async function stored(designs: Designs, id: string): Promise<StoredDesign> {
  const found = await designs.getStored(id);
  if (found === undefined) throw new Error(`there is no design ${id}`);
  return found;
}

export function togetherContract(bench: Bench): void {
  describe('several at once', () => {
    severalAtOnce(bench);
    sentAgain(bench);
  });
  describe('what a server remembers', () => {
    takingTurns(bench);
    remembering(bench);
    elementsContract(bench);
  });
  describe('states kept whole', () => statesContract(bench));
}

function severalAtOnce(bench: Bench): void {
  const { database, designs, draw } = bench;
  const server = serverOf(bench);
  test('[R9] are one transaction: a line each, the rows as the last left them', async () => {
    const { id } = await draw([addNode('a'), addNode('b')]);
    const commits = [
      editing(id, [move('a', 1)]),
      editing(id, [addNode('a')]),
      editing(id, [{ do: 'node.delete', id: 'b' }]),
      editing(id, [move('b', 2)]),
      editing(id, [addNode('b'), connect('w', 'a', 'b')]),
      editing(id, [move('a', 3)]),
    ];
    const done = await together(server(), commits);
    expect(done.map((one) => [one.is, 'entry' in one ? one.entry.rev : 0])).toEqual([
      ['committed', 2],
      ['refused', 0],
      ['committed', 3],
      ['refused', 0],
      ['committed', 4],
      ['committed', 5],
    ]);
    const design = await designs().get(id);
    expect(design).toMatchObject({ rev: 5, canvas: { positions: { a: { x: 3 }, b: { x: 0 } } } });
    expect(design).toEqual(done[5]?.is === 'committed' ? { ...done[5].design } : undefined);
    const { rows } = await sql<{ xmin: string }>`
        SELECT DISTINCT xmin::text FROM design_edits WHERE design_id = ${id} AND rev > 1`.execute(database().db);
    expect(rows).toHaveLength(1);
  });

  test('[R9] of one that the database refuses, or that breaks, the others are not undone', async () => {
    const { id } = await draw([addNode('a')]);
    const broken = editing(id, [], {
      change: () => {
        throw new Error('a mistake');
      },
    });
    const dangling = editing(id, [], {
      change: (design) => ({
        ok: true,
        design: { ...design, connections: { w: { id: 'w', from: end('a'), to: end('ghost'), capacity: 0, policy: 'block' } } },
        edits: [connect('w', 'a', 'ghost')],
        inverse: [],
      }),
    });
    const done = await together(server(), [editing(id, [move('a', 1)]), broken, dangling, editing(id, [move('a', 2)])]);
    expect(done.map((one) => one.is)).toEqual(['committed', 'failed', 'failed', 'committed']);
    expect(done[2]).toMatchObject({ thrown: { code: 'STORE_INTEGRITY' } });
    const design = await designs().get(id);
    expect(design).toMatchObject({ rev: 3, connections: {}, canvas: { positions: { a: { x: 2 } } } });
  });
}

function sentAgain(bench: Bench): void {
  const { designs, draw } = bench;
  const server = serverOf(bench);
  test('[R4] the same txId within a group, before it, and on another server, is done once', async () => {
    const { id } = await draw([addNode('a')]);
    const [one, two] = [editing(id, [move('a', 1)], { label: 'step', baseRev: 1 }), editing(id, [move('a', 2)])];
    const here = server();
    await together(here, [one]);
    const done = await together(here, [two, one, two]);
    expect(done.map((it) => [it.is, 'entry' in it ? it.entry.rev : 0])).toEqual([
      ['committed', 3],
      ['repeated', 2],
      ['repeated', 3],
    ]);
    const there = server();
    for (const repeated of [one, two]) expect(await commitOne(there, repeated)).toMatchObject({ is: 'repeated' });
    const [again] = await together(there, [one]);
    expect(again).toMatchObject({ entry: { rev: 2, label: 'step', baseRev: 1, edits: [move('a', 1)], outcome: 'applied' } });
    expect((await designs().get(id))?.rev).toBe(3);
  });

  test('[R4] it is answered as the first time in company of what is new, also when it could not be done any more', async () => {
    const { id } = await draw([addNode('a')]);
    const here = server();
    const one = editing(id, [addNode('b')]);
    await together(here, [one]);
    for (let n = 0; n < 3; n++) await together(here, [editing(id, [move('a', n)])]);
    const done = await together(here, [editing(id, [move('a', 9)]), one]);
    expect(done.map((it) => [it.is, 'entry' in it ? it.entry.rev : 0])).toEqual([
      ['committed', 6],
      ['repeated', 2],
    ]);
  });

  test('[R8] a design that another server took away is missing to one that remembers it', async () => {
    const { id } = await draw([addNode('a')]);
    const here = server();
    await together(here, [editing(id, [move('a', 1)])]);
    await server().remove(id);
    expect(await here.commit(id, [wishOf(editing(id, [move('a', 2)]))])).toBeUndefined();
    expect(await designs().editsSince(id, 0)).toHaveLength(2);
  });

  test('an id that is new to a server is missing to it when it is missing', async () => {
    expect(await server().commit(newUuid(), [wishOf(editing(newUuid(), []))])).toBeUndefined();
  });
}

function takingTurns(bench: Bench): void {
  const { designs, draw } = bench;
  const server = serverOf(bench);
  test('[R8] of two servers that take turns each catches up with the other, whatever was edited', async () => {
    const batches = fc.array(fc.tuple(fc.boolean(), fc.array(anyEdit, { minLength: 1, maxLength: 5 })), {
      minLength: 2,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(batches, async (some) => {
        const { id } = await draw([addNode('a'), addNode('b')]);
        const [here, there] = [server(), server()];
        let last: Design | undefined;
        for (const [first, edits] of some) {
          const done = await commitOne(first ? here : there, editingWhatFits(id, edits));
          if (done.is === 'committed') last = done.design;
        }
        const { design: read } = await stored(designs(), id);
        if (last !== undefined) expect(bodyOf(read)).toEqual(bodyOf(last));
        for (const one of [here, there]) {
          const seen = await commitOne(
            one,
            editing(id, [], { change: (design) => ({ ok: true, design, edits: [], inverse: [] }) }),
          );
          expect(seen.is === 'unchanged' && { ...seen.design, ...bodyOf(seen.design) }).toEqual(read);
        }
      }),
      { numRuns: 15 },
    );
  });
}

function remembering(bench: Bench): void {
  const { database, draw } = bench;
  const server = serverOf(bench);
  test('[R8] it knows what was done since a revision, also what another did, and what it has long forgotten', async () => {
    const { id } = await draw([addNode('a')]);
    const [here, there] = [server(), server()];
    const asking = async (on: Designs, from: number): Promise<number[]> => {
      let seen: number[] = [];
      const decide: Wish['decide'] = async (held) => {
        seen = ((await held.since(from)) ?? []).map(({ rev }) => rev);
        return { ok: true, design: held.design, edits: [], inverse: [] };
      };
      await on.commit(id, [{ ...somebody(), decide }]);
      return seen;
    };
    await commitOne(here, editing(id, [move('a', 1)]));
    await commitOne(there, editing(id, [move('a', 2)]));
    expect(await asking(here, 1)).toEqual([2, 3]);
    expect(await asking(there, 1)).toEqual([2, 3]);
    expect(await asking(server(), 0)).toEqual([1, 2, 3]);
    expect(await asking(here, 3)).toEqual([]);
  });

  test('[R8] it reads afresh when the design is behind what it knows, as after a copy was put back', async () => {
    const { id } = await draw([addNode('a')]);
    const here = server();
    await commitOne(here, editing(id, [move('a', 1)]));
    await sql`UPDATE designs SET rev = 1 WHERE id = ${id}`.execute(database().db);
    await sql`ALTER TABLE design_edits DISABLE TRIGGER design_edits_are_final`.execute(database().db);
    await sql`DELETE FROM design_edits WHERE design_id = ${id} AND rev = 2`.execute(database().db);
    await sql`ALTER TABLE design_edits ENABLE TRIGGER design_edits_are_final`.execute(database().db);
    expect(await commitOne(here, editing(id, [label('a', 'x')]))).toMatchObject({ is: 'committed', design: { rev: 2 } });
  });
}

function elementsContract(bench: Bench): void {
  const { designs, draw } = bench;
  const server = serverOf(bench);
  test('[R13] the revision in which each element last changed is kept with it', async () => {
    const { id } = await draw([addNode('a'), addNode('b'), addNode('c'), connect('w', 'a', 'b')]);
    const here = server();
    await together(here, [
      editing(id, [move('a', 1)]),
      editing(id, [
        { do: 'group.add', group: { id: 'g', title: 'G' } },
        { do: 'group.assign', node: 'b', group: 'g' },
      ]),
      editing(id, [{ do: 'connection.set', id: 'w', capacity: 2 }]),
    ]);
    const { revs } = await stored(designs(), id);
    expect(Object.fromEntries(revs)).toEqual({ 'node:a': 2, 'node:b': 3, 'node:c': 1, 'connection:w': 4, 'group:g': 3 });
    await commitOne(here, editing(id, [{ do: 'group.delete', id: 'g' }]));
    const after = await stored(designs(), id);
    expect([after.revs.get('node:b'), after.revs.get('group:g'), after.design.canvas.groups]).toEqual([5, undefined, undefined]);
  });

  test('sizes, groups within groups and members are kept and read back', async () => {
    const { id } = await draw([addNode('a'), addNode('constructor')]);
    await commitOne(
      server(),
      editing(id, [
        { do: 'group.add', group: { id: 'outer', title: 'Outer', colour: 'blue' } },
        { do: 'group.add', group: { id: 'inner', title: '', parent: 'outer' } },
        { do: 'group.assign', node: 'a', group: 'inner' },
        { do: 'node.resize', id: 'a', size: { width: 80.5, height: 40 } },
      ]),
    );
    expect((await designs().get(id))?.canvas).toEqual({
      positions: { a: { x: 0, y: 0 }, constructor: { x: 0, y: 0 } },
      sizes: { a: { width: 80.5, height: 40 } },
      groups: { outer: { id: 'outer', title: 'Outer', colour: 'blue' }, inner: { id: 'inner', title: '', parent: 'outer' } },
      members: { a: 'inner' },
    });
  });
}

function statesContract(bench: Bench): void {
  const { database, designs, draw } = bench;
  const server = serverOf(bench);
  test(`[R11] every ${snapshotEvery}th revision is one, and from the nearest the log leads to any other`, async () => {
    const { id } = await draw([addNode('a')]);
    const here = server();
    const revisions = Array.from({ length: snapshotEvery + 20 }, (_, n) => editing(id, [move('a', n + 2)]));
    for (let at = 0; at < revisions.length; at += 130) await together(here, revisions.slice(at, at + 130));
    const snapshots = new Snapshots(database().db);
    const kept = await snapshots.nearest(id, snapshotEvery + 10);
    expect(kept).toMatchObject({ rev: snapshotEvery, body: { canvas: { positions: { a: { x: snapshotEvery } } } } });
    expect(await snapshots.nearest(id, snapshotEvery - 1)).toBeUndefined();
    const replay = new Replay(kept?.body ?? emptyDesign(''), testKinds);
    for (const line of await designs().editsSince(id, snapshotEvery)) expect(replay.line(line).ok).toBe(true);
    expect(bodyOf(replay.design)).toEqual(bodyOf((await stored(designs(), id)).design));
  });

  test('[R12] a log can be replayed under a catalogue that knows none of its kinds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyEdit, { minLength: 1, maxLength: 6 }), { maxLength: 6 }), async (some) => {
        const { id } = await draw([addNode('a'), addNode('b'), connect('v', 'a', 'b')]);
        const here = server();
        for (const edits of some) await commitOne(here, editingWhatFits(id, edits));
        const replay = new Replay(emptyDesign(''), { get: () => undefined });
        for (const line of await designs().editsSince(id, 0)) expect(replay.line(line)).toMatchObject({ ok: true });
        expect(bodyOf(replay.design)).toEqual(bodyOf((await stored(designs(), id)).design));
      }),
      { numRuns: 15 },
    );
  });
}

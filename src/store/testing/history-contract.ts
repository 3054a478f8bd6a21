import { describe, expect, test } from 'vitest';
import { newUuid } from '#base/ids.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { Branch } from '#model/merging/history.ts';
import { Branches, insertBranch, moveBranch } from '#store/designs/branches.ts';
import { History } from '#store/designs/history.ts';
import { Versions } from '#store/designs/versions.ts';
import type { Bench } from './beside-designs.ts';
import { addNode, commitOne, connect, drawn, editing, somebody } from './drawing.ts';

/** The part of the contract suite about how a design came about: what was taken back, by whom, and where branches come from. */

export function historyContract({ database, designs, draw }: Bench): void {
  describe('history', () => {
    const history = (): History => new History(database().db);
    const act = async (id: string, actor: string, edits: readonly Edit[], undoOf?: string): Promise<string> => {
      const txId = newUuid();
      expect(await commitOne(designs(), editing(id, edits, { actor, txId, undoOf }))).toMatchObject({ is: 'committed' });
      return txId;
    };
    const label = (text: string): Edit => ({ do: 'node.set', id: 'a', label: text });

    test('[E28] what was taken back is told; what was redone is not, however often', async () => {
      const { id } = await draw([addNode('a')]);
      const done = await act(id, 'ada', [label('1')]);
      const other = await act(id, 'ada', [label('2')]);
      const chain = [done];
      for (let turn = 1; turn <= 4; turn++) {
        chain.push(await act(id, 'bea', [label(String(turn + 2))], chain.at(-1)));
        const taken = await history().undoers(id, [done, other]);
        expect([...taken]).toEqual(turn % 2 === 0 ? [] : [[done, chain[1]]]);
      }
      expect(await history().undoers(id, [])).toEqual(new Map());
      expect(await history().undoers(newUuid(), [done])).toEqual(new Map());
    });

    test('[E28] the turns of a person are his own, the newest of them, oldest first', async () => {
      const { id } = await draw([addNode('a')]);
      const [one, , three] = [
        await act(id, 'ada', [label('1')]),
        await act(id, 'bea', [label('2')]),
        await act(id, 'ada', [label('3')]),
      ];
      const back = await act(id, 'ada', [label('1')], three);
      const turns = [{ txId: one }, { txId: three }, { txId: back, undoOf: three }];
      expect(await history().turnsOf(id, 'ada', 10)).toEqual(turns);
      expect(await history().turnsOf(id, 'ada', 2)).toEqual(turns.slice(1));
      expect(await history().turnsOf(id, 'nobody', 10)).toEqual([]);
    });

    test('[E27] the log is asked of a person, a time, an element', async () => {
      const { id } = await draw([addNode('a'), addNode('b')]);
      await act(id, 'ada', [connect('w', 'a', 'b')]);
      await act(id, 'bea', [label('x')]);
      await act(id, 'ada', [{ do: 'node.delete', id: 'b' }]);
      const revs = async (only: object): Promise<number[]> =>
        (await designs().history(id, { limit: 10, ...only })).map(({ rev }) => rev);
      expect(await revs({})).toEqual([4, 3, 2, 1]);
      expect(await revs({ before: 3 })).toEqual([2, 1]);
      expect(await revs({ actor: 'bea' })).toEqual([3]);
      expect(await revs({ element: 'w' })).toEqual([4, 2]);
      expect(await revs({ element: 'b' })).toEqual([4, 2, 1]);
      expect(await revs({ element: "b' OR true --" })).toEqual([]);
      expect(await revs({ until: '2000-01-01T00:00:00.000Z' })).toEqual([]);
      expect(await revs({ since: '2000-01-01T00:00:00.000Z', limit: 1 })).toEqual([4]);
    });
  });
}

export function branchesContract({ database, clock, designs, draw }: Bench): void {
  describe('[E25] branches', () => {
    const branches = (): Branches => new Branches(database().db);
    const add = async (branch: Omit<Branch, 'createdAt'>): Promise<void> =>
      await insertBranch(database().db, { ...branch, createdAt: at() });
    const at = (): string => new Date(clock.now()).toISOString();

    test('[E25] are listed newest first, from page to page, as long as they are there', async () => {
      const { id: ofDesign } = await draw();
      const made: string[] = [];
      for (const name of ['a', 'b', 'c', 'd']) {
        clock.advance(name === 'c' ? 0 : 1);
        const { id: designId } = await draw();
        const branch = { designId, name, ofDesign, ofRev: 1, ownRev: 1, base: 'of' as const };
        await add(branch);
        expect(await branches().get(designId)).toEqual({ ...branch, createdAt: at() });
        made.push(designId);
      }
      await designs().remove(made[0] ?? '');
      const first = await branches().list(ofDesign, { limit: 2 });
      const rest = await branches().list(ofDesign, { limit: 5, after: first.at(-1) });
      expect(new Set([...first, ...rest].map(({ designId }) => designId))).toEqual(new Set(made.slice(1)));
      expect([first[0]?.designId, first.length, rest.length]).toEqual([made[3], 2, 1]);
      expect(await branches().get(ofDesign)).toBeUndefined();
    });

    test('[E25] the common state moves on and never back', async () => {
      const [{ id: ofDesign }, { id: designId }] = [await draw(), await draw()];
      await add({ designId, name: 'x', ofDesign, ofRev: 1, ownRev: 1, base: 'of' });
      const move = async (ofRev: number, ownRev: number, base: 'of' | 'own'): Promise<void> =>
        await moveBranch(database().db, { designId, ofRev, ownRev, base });
      await move(4, 3, 'own');
      await move(2, 3, 'of');
      expect(await branches().get(designId)).toMatchObject({ ofRev: 4, ownRev: 3, base: 'own' });
    });
    branchAndDesignContract({ database, clock, designs, draw });
  });

  test('[E29] a version is called otherwise, goes, and leaves its number', async () => {
    const { id } = await draw();
    const versions = new Versions(database().db, clock, newUuid);
    await versions.keep(id, { name: 'one', note: 'why' });
    expect(await versions.rename(id, 1, { name: 'uno' })).toMatchObject({ name: 'uno', note: 'why' });
    expect([await versions.remove(id, 1), await versions.remove(id, 1)]).toEqual([true, false]);
    expect([await versions.rename(id, 1, { name: 'x' }), await versions.get(id, 1)]).toEqual([undefined, undefined]);
    expect(await versions.keep(id, { name: 'two' })).toMatchObject({ number: 2 });
  });
}

function branchAndDesignContract({ database, clock, designs, draw }: Bench): void {
  const branches = (): Branches => new Branches(database().db);
  const at = (): string => new Date(clock.now()).toISOString();

  test('[E44] a branch is stored as one, or not at all', async () => {
    const { id: ofDesign } = await draw([addNode('a')]);
    const made = async (origin: string): Promise<string> => {
      const branch = { name: 'x', ofDesign: origin, ofRev: 1 };
      return (await designs().create({ id: newUuid(), body: drawn('Copy', [addNode('a')]), branch, ...somebody() })).id;
    };
    const id = await made(ofDesign);
    expect(await branches().get(id)).toEqual({
      designId: id,
      name: 'x',
      ofDesign,
      ofRev: 1,
      ownRev: 1,
      base: 'of',
      createdAt: at(),
    });
    const before = await designs().list({ limit: 200 });
    await expect(made(newUuid())).rejects.toMatchObject({ code: 'STORE_INTEGRITY' });
    expect(await designs().list({ limit: 200 })).toEqual(before);
  });

  test('[E44] it moves with the commit that merges, or neither does', async () => {
    const [{ id: ofDesign }, { id: designId }] = [await draw(), await draw()];
    await insertBranch(database().db, { designId, name: 'x', ofDesign, ofRev: 1, ownRev: 1, base: 'of', createdAt: at() });
    const server = designs();
    const merging = async (ofRev: number, edits: readonly Edit[], base: 'own' = 'own'): Promise<string | undefined> => {
      const move = { designId, ofRev, ownRev: 1, base };
      const { change, ...commit } = editing(ofDesign, edits);
      return (await commitOne(server, { ...commit, change: (design) => ({ ...change(design), moves: move }) })).is;
    };
    await expect(merging(2, [addNode('a')], 'neither' as 'own')).rejects.toMatchObject({ code: 'STORE_INTEGRITY' });
    expect(await designs().get(ofDesign)).toMatchObject({ rev: 1, nodes: {} });
    expect(await merging(2, [addNode('a')])).toBe('committed');
    expect(await branches().get(designId)).toMatchObject({ ofRev: 2, base: 'own' });
    // Both have it already: there is no revision of it.
    expect(await merging(3, [])).toBe('unchanged');
    expect(await branches().get(designId)).toMatchObject({ ofRev: 3 });
    expect(await designs().get(ofDesign)).toMatchObject({ rev: 2 });
  });
}

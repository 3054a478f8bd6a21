import { describe, expect, it } from 'vitest';
import type { DesignBody, DesignVersion } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';
import { compare } from '#model/merging/compare.ts';
import type { HistoryEntry, MergeConflict } from '#model/merging/history.ts';
import type { Page } from '../client/client.ts';
import { empty, kinds } from '../design/testing/sea.ts';
import { choicesFor, openOnes, sideWords, withNew } from './conflict-words.ts';
import { countWords, differencesOf } from './differences.ts';
import { createHistoryReader, inForce } from './history-list.ts';
import { historyRows } from './history-rows.ts';
import { pastScene, rewiredId } from './past-scene.ts';

const entry = (rev: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  rev,
  txId: `t${rev}`,
  actor: 'Ann',
  via: 'socket',
  at: '2030-01-01T00:00:00.000Z',
  edits: [],
  says: `step ${rev}`,
  ...more,
});

/** A server with so many entries, two a part. */
function server(revs: number) {
  const asked: (string | undefined)[] = [];
  const at = { revs, asked };
  const ask = async (cursor: string | undefined): Promise<Page<HistoryEntry>> => {
    asked.push(cursor);
    const from = cursor === undefined ? at.revs : Number(cursor);
    const items = [from, from - 1].filter((rev) => rev > 0).map((rev) => entry(rev));
    return { items, nextCursor: from - 2 > 0 ? String(from - 2) : null };
  };
  return { at, reader: createHistoryReader(ask) };
}

const revsOf = (items: readonly HistoryEntry[]) => items.map(({ rev }) => rev);

describe('[E27] the history as a page reads it', () => {
  it('grows at its head and at its end, without holes and without anything twice', async () => {
    const { at, reader } = server(5);
    await reader.fresh();
    expect(revsOf(reader.state.get().items)).toEqual([5, 4]);
    await reader.older();
    at.revs = 8;
    await reader.fresh();
    expect(revsOf(reader.state.get().items)).toEqual([8, 7, 6, 5, 4, 3, 2]);
    await reader.older();
    expect(revsOf(reader.state.get().items)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(reader.state.get().cursor).toBeNull();
  });

  it('begins anew after a long absence, rather than with a hole', async () => {
    const { at, reader } = server(4);
    await reader.fresh();
    at.revs = 40;
    await reader.fresh();
    expect(revsOf(reader.state.get().items)).toEqual([40, 39, 38, 37, 36, 35]);
    expect(reader.state.get().cursor).toBe('34');
  });

  it('asks one after the other, and says when it could not', async () => {
    const { at, reader } = server(2);
    await Promise.all([reader.fresh(), reader.fresh()]);
    expect(at.asked).toHaveLength(2);
    const broken = createHistoryReader(() => Promise.reject(new Error('away')));
    await broken.fresh();
    expect(broken.state.get().is).toBe('failed');
  });

  it('marks what is taken back, and no more when that is taken back in turn', () => {
    const undone = inForce([entry(3, { undoOf: 't2' }), entry(2), entry(1)]);
    expect(undone.map(({ undoneBy }) => undoneBy)).toEqual([undefined, 't3', undefined]);
    const redone = inForce([entry(4, { undoOf: 't3' }), ...undone]);
    expect(redone.map(({ undoneBy }) => undoneBy)).toEqual([undefined, 't4', undefined, undefined]);
    expect(inForce([entry(2, { undoneBy: 'elsewhere' })])[0]?.undoneBy).toBe('elsewhere');
  });

  it('has versions among what was done, each above what led to it', () => {
    const version = (number: number, rev: number): DesignVersion => ({
      designId: 'd',
      number,
      rev,
      name: `v${number}`,
      note: '',
      createdAt: '',
    });
    const words = (whole: boolean) =>
      historyRows([entry(4), entry(3)], [version(3, 4), version(2, 4), version(1, 1)], whole).map((row) =>
        row.is === 'version' ? row.version.name : row.entry.rev,
      );
    expect(words(false)).toEqual(['v3', 'v2', 4, 3]);
    expect(words(true)).toEqual(['v3', 'v2', 4, 3, 'v1']);
  });
});

const drawn = (edits: readonly Edit[], from: DesignBody = empty): DesignBody => {
  const applied = applyAll(from, edits, kinds);
  if (!applied.ok) throw new Error(applied.refusal.message);
  return applied.design;
};
const add = (id: string, x = 0): Edit => ({ do: 'node.add', node: { id, kind: 'test.pipe' }, at: { x, y: 0 } });
const connect = (id: string, from: string, to: string): Edit => ({
  do: 'connect',
  connection: { id, from: { node: from, port: 'out' }, to: { node: to, port: 'in' } },
});

describe('[E20] the past, drawn with what became of it', () => {
  const was = drawn([add('a'), add('b', 300), add('c', 600), connect('ab', 'a', 'b')]);
  const is = drawn(
    [
      { do: 'connection.rewire', id: 'ab', to: { node: 'c', port: 'in' } },
      { do: 'node.delete', id: 'b' },
      { do: 'node.move', id: 'c', at: { x: 600, y: 90 } },
      add('d', 900),
      { do: 'node.set', id: 'a', label: 'First' },
      { do: 'group.add', group: { id: 'g', title: 'Pair' } },
      { do: 'group.assign', node: 'd', group: 'g' },
      { do: 'group.assign', node: 'a', group: 'g' },
    ],
    was,
  );
  const changes = compare(was, is);
  const scene = pastScene(was, is, changes);

  it('holds both states, what was where it was and what came where it is, each wire at a spot of its own', () => {
    expect(Object.keys(scene.design.nodes).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(scene.design.canvas.positions).toMatchObject({ c: { x: 600, y: 0 }, d: { x: 900, y: 0 } });
    expect(scene.design.canvas.members).toEqual({ a: 'g', d: 'g' });
    expect(scene.design.connections['ab']?.to.node).toBe('b');
    expect(scene.design.connections[rewiredId('ab')]).toMatchObject({ from: { node: 'a', index: 1 }, to: { node: 'c' } });
    expect(Object.fromEntries(scene.nodes)).toEqual({ a: 'changed', b: 'removed', c: 'changed', d: 'added' });
    expect(Object.fromEntries(scene.wires)).toEqual({ ab: 'changed', 'ab→': 'added' });
    expect(Object.fromEntries(scene.groups)).toEqual({ g: 'added' });
    expect(Object.fromEntries(scene.moved)).toEqual({ c: { x: 600, y: 90 } });
  });

  it('says the same in words, what came and went first', () => {
    const differences = differencesOf(changes, was, is, kinds);
    expect(differences.map(({ mark, text }) => `${mark} ${text.replaceAll('Pipe', 'pipe')}`)).toEqual([
      'added pipe',
      'removed pipe',
      'added group “Pair”',
      'changed wire First · out → pipe · in now leads to pipe · in',
      'changed First: label (nothing) → First',
      'changed First: from no group to “Pair”',
      'changed pipe: from no group to “Pair”',
      'changed pipe is elsewhere',
    ]);
    expect(countWords(differences)).toMatch(/^Since then \d added, \d removed, \d changed$/);
    expect(countWords([])).toBe('The same as now');
  });
});

describe('[E23] choosing between two sides', () => {
  const conflict = (key: string, more: Partial<MergeConflict> = {}): MergeConflict => ({
    key,
    about: 'node',
    id: 'a',
    field: 'label',
    message: '',
    ours: 'x',
    theirs: '',
    ...more,
  });

  it('asks for each that is not only about the drawing, and for what comes up anew', () => {
    const all = [conflict('node/a/label'), conflict('node/a/position', { minor: true }), conflict('node/b')];
    expect(openOnes(all, { 'node/b': 'ours' }).map(({ key }) => key)).toEqual(['node/a/label']);
    expect(withNew(all, [conflict('node/b'), conflict('node/c')])).toHaveLength(4);
    expect(choicesFor(all, { 'node/b': 'ours', gone: 'theirs' })).toEqual({ 'node/b': 'ours' });
  });

  it('says what each side has', () => {
    const words = (more: Partial<MergeConflict>) => sideWords(conflict('k', more), 'theirs');
    expect(words({})).toBe('(nothing)');
    expect(words({ theirs: 7 })).toBe('7');
    expect(words({ theirs: 'long '.repeat(40) })).toHaveLength(80);
    expect(sideWords({ ...conflict('k') }, 'base')).toBe('not there');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MergeDone } from '#app/history/branches.ts';
import { pipeline } from '#app/testing/real-app.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { Branch, HistoryEntry, MergeConflict } from '#model/merging/history.ts';
import { type Answer, type RealServer, realServer } from './testing/real-server.ts';

const designs = '/api/v1/designs';
const nobody = '00000000-0000-7000-8000-000000000000';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

async function make(): Promise<string> {
  return (await server.call<Design>(`POST ${designs}`, pipeline('Pipe', { count: 5 }))).body.id;
}

async function branchOf(id: string, body: object = { name: 'try' }): Promise<string> {
  const made = await server.call<{ branch: Branch; design: Design }>(`POST ${designs}/${id}/branches`, body);
  expect(made.status, made.text).toBe(201);
  return made.body.design.id;
}

async function edit(id: string, ...edits: readonly Edit[]): Promise<void> {
  const done = await server.call(`POST ${designs}/${id}/edits`, { edits });
  expect(done.status, done.text).toBe(200);
}

const read = async (id: string): Promise<Design> => (await server.call<Design>(`GET ${designs}/${id}`)).body;
const merge = (id: string, from: string, more: object = {}): Promise<Answer<MergeDone>> =>
  server.call<MergeDone>(`POST ${designs}/${id}/merge`, { from, ...more });

const addBuffer = (node: string): Edit => ({ do: 'node.add', node: { id: node, kind: 'flow.buffer' } });
const setCount = (count: number): Edit => ({ do: 'node.set', id: 'from', settings: { count } });

describe('[E25] branches', () => {
  it('[E25] a branch is a design of its own that knows where it comes from', async () => {
    const id = await make();
    await edit(id, addBuffer('b'));
    const made = await server.call<{ branch: Branch; design: Design }>(`POST ${designs}/${id}/branches`, { name: 'try', rev: 1 });
    const { branch, design } = made.body;
    expect(made.headers.get('location')).toBe(`${designs}/${design.id}`);
    expect(branch).toMatchObject({ designId: design.id, name: 'try', ofDesign: id, ofRev: 1, ownRev: 1, base: 'of' });
    expect([design.name, Object.keys(design.nodes)]).toEqual(['Pipe (try)', ['from', 'to']]);
    expect((await server.call(`GET ${designs}/${design.id}/branch`)).body).toEqual(branch);
    const second = await branchOf(id, { name: 'other' });
    const page = await server.call<{ items: Branch[]; nextCursor: string }>(`GET ${designs}/${id}/branches?limit=1`);
    expect(page.body.items.map(({ designId }) => designId)).toEqual([second]);
    const rest = await server.call(`GET ${designs}/${id}/branches?cursor=${page.body.nextCursor}`);
    expect(rest.body).toEqual({ items: [branch], nextCursor: null });
    await server.call(`DELETE ${designs}/${second}`, undefined, { 'if-match': '*' });
    expect((await server.call(`GET ${designs}/${id}/branches`)).body).toEqual({ items: [branch], nextCursor: null });
  });

  it('[E25] what there is not is refused', async () => {
    const id = await make();
    const branches = `${designs}/${id}/branches` as const;
    const none = await server.call(`GET ${designs}/${id}/branch`);
    expect([none.status, none.text]).toEqual([204, '']);
    expect((await server.call(`GET ${designs}/${nobody}/branch`)).body).toMatchObject({ code: 'APP_DESIGN_UNKNOWN' });
    expect((await server.call(`POST ${branches}`, { name: 'x', rev: 7 })).body).toMatchObject({ code: 'APP_REVISION_UNKNOWN' });
    expect((await server.call(`POST ${branches}`, { name: 'x', version: 7 })).body).toMatchObject({
      code: 'APP_VERSION_UNKNOWN',
    });
    expect((await server.call(`POST ${branches}`, { name: '' })).status).toBe(400);
    expect((await server.call(`POST ${designs}/${nobody}/branches`, { name: 'x' })).body).toMatchObject({
      code: 'APP_DESIGN_UNKNOWN',
    });
  });
});

describe('[E25] merging', () => {
  it('[E25] there and back and there again: each time what is new, in one transaction', async () => {
    const main = await make();
    const branch = await branchOf(main);
    await edit(main, { do: 'node.move', id: 'from', at: { x: 9, y: 9 } });
    await edit(branch, addBuffer('b'), setCount(7));
    const first = await merge(main, branch);
    expect(first.body).toMatchObject({ rev: 3, merged: true, conflicts: [] });
    expect(first.body.changes.nodes).toMatchObject({ added: [{ id: 'b' }], moved: [] });
    expect(first.headers.get('etag')).toBe('"3"');
    expect(await read(main)).toMatchObject({ name: 'Pipe', nodes: { b: {}, from: { settings: { count: 7 } } } });
    // The branch has not seen the move: merging again must not take it back.
    await edit(branch, addBuffer('c'));
    expect((await merge(main, branch)).body.changes.nodes).toMatchObject({ added: [{ id: 'c' }], moved: [], removed: [] });
    expect((await read(main)).canvas.positions['from']).toEqual({ x: 9, y: 9 });
    await edit(main, setCount(8));
    const back = await merge(branch, main);
    expect(back.body).toMatchObject({ merged: true, conflicts: [] });
    const [ours, theirs] = [await read(main), await read(branch)];
    expect([theirs.name, theirs.nodes, theirs.canvas]).toEqual(['Pipe (try)', ours.nodes, ours.canvas]);
    await edit(branch, { do: 'node.delete', id: 'b' });
    expect((await merge(main, branch)).body.changes.nodes.removed).toMatchObject([{ id: 'b' }]);
    const nothing = await merge(main, branch);
    expect(nothing.body).toMatchObject({ merged: true, edits: [] });
    const [line] = (await server.call<{ items: HistoryEntry[] }>(`GET ${designs}/${main}/history?limit=1`)).body.items;
    expect(line).toMatchObject({ says: 'merge try', via: 'http' });
  });

  it('[E25] conflicts are told and nothing is done, unless a side is chosen for each', async () => {
    const main = await make();
    const branch = await branchOf(main);
    await edit(main, setCount(6), { do: 'node.set', id: 'to', label: 'Ours' });
    await edit(branch, setCount(7), { do: 'node.set', id: 'to', label: 'Theirs' });
    const keys = ['node/from/settings/count', 'node/to/label'];
    const dry = await merge(main, branch, { dryRun: true });
    expect(dry.body).toMatchObject({ rev: 2, merged: false, conflicts: keys.map((key) => ({ key })) });
    const refused = await merge(main, branch);
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { code: 'APP_MERGE_CONFLICTS', conflicts: keys.map((key) => ({ key })) },
    ]);
    const half = await merge(main, branch, { choose: { 'node/to/label': 'ours' } });
    expect(half.status).toBe(409);
    expect((half.body.conflicts as MergeConflict[]).map(({ key }) => key)).toEqual(['node/from/settings/count']);
    expect((await read(main)).rev).toBe(2);
    const chosen = { 'node/to/label': 'ours', 'node/from/settings/count': 'theirs' };
    expect((await merge(main, branch, { choose: chosen })).body).toMatchObject({ rev: 3, merged: true, conflicts: [] });
    expect(await read(main)).toMatchObject({ nodes: { from: { settings: { count: 7 } }, to: { label: 'Ours' } } });
    // What was settled stays settled.
    expect((await merge(main, branch)).body).toMatchObject({ merged: true, conflicts: [], edits: [] });
  });

  it('[E25] where both moved one node the merge goes on, and says so', async () => {
    const main = await make();
    const branch = await branchOf(main);
    await edit(main, { do: 'node.move', id: 'to', at: { x: 1, y: 1 } });
    await edit(branch, { do: 'node.move', id: 'to', at: { x: 2, y: 2 } }, addBuffer('b'));
    const done = await merge(main, branch);
    expect(done.body).toMatchObject({ merged: true, conflicts: [{ key: 'node/to/position', minor: true }] });
    expect((await read(main)).canvas.positions['to']).toEqual({ x: 1, y: 1 });
  });

  it('[E25] only a branch and what it comes from are merged', async () => {
    const [main, other] = [await make(), await make()];
    const branch = await branchOf(main);
    for (const [id, from] of [
      [main, main],
      [other, branch],
      [main, other],
    ] as const)
      expect((await merge(id, from)).body).toMatchObject({ code: 'APP_MERGE_UNRELATED', pointer: '/from' });
    expect((await merge(main, nobody)).body).toMatchObject({ code: 'APP_DESIGN_UNKNOWN' });
    expect((await merge(main, branch, { choose: { 'node/to': 'ours' } })).body).toMatchObject({ code: 'APP_CHOICE_IDLE' });
    expect((await merge(main, branch, { choose: { 'node/to': 'mine' } })).status).toBe(400);
  });

  it('[E25] two merges at once come one after the other, and neither undoes the other', async () => {
    const main = await make();
    const branches = await Promise.all(['a', 'b', 'c'].map((name) => branchOf(main, { name })));
    await Promise.all(branches.map((branch, at) => edit(branch, addBuffer(`new${at}`))));
    const done = await Promise.all(branches.map((branch) => merge(main, branch)));
    expect(done.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(Object.keys((await read(main)).nodes).sort()).toEqual(['from', 'new0', 'new1', 'new2', 'to']);
  });
});

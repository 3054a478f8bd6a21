import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NextUndo, Undone } from '#app/editing/undo.ts';
import type { Compared } from '#app/history/revisions.ts';
import { pipeline } from '#app/testing/real-app.ts';
import { newUuid } from '#base/ids.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { Ack } from '#model/edits/tx.ts';
import type { HistoryEntry, Revision } from '#model/merging/history.ts';
import { type Answer, type RealServer, realServer } from './testing/real-server.ts';

const designs = '/api/v1/designs';
const nobody = '00000000-0000-7000-8000-000000000000';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

const as = (name: string) => ({ 'csp-actor': encodeURIComponent(name) });

async function make(): Promise<string> {
  return (await server.call<Design>(`POST ${designs}`, pipeline('Pipe', { count: 5 }), as('Ada'))).body.id;
}

async function edit(id: string, name: string, edits: readonly Edit[], more: object = {}): Promise<Ack> {
  const done = await server.call<Ack>(`POST ${designs}/${id}/edits`, { edits, ...more }, as(name));
  expect(done.status, done.text).toBe(200);
  return done.body;
}

interface HistoryPage {
  readonly items: readonly HistoryEntry[];
  readonly nextCursor: string | null;
}

const history = async (id: string, query = ''): Promise<HistoryPage> =>
  (await server.call<HistoryPage>(`GET ${designs}/${id}/history${query}`)).body;

const undo = (id: string, name: string, txId: string, more: object = {}): Promise<Answer<Undone>> =>
  server.call<Undone>(`POST ${designs}/${id}/undo`, { txId, ...more }, as(name));

const next = async (id: string, name: string): Promise<NextUndo> =>
  (await server.call<NextUndo>(`GET ${designs}/${id}/undo`, undefined, as(name))).body;

const addBuffer = (node: string, label = ''): Edit => ({ do: 'node.add', node: { id: node, kind: 'flow.buffer', label } });
const rename = (node: string, label: string): Edit => ({ do: 'node.set', id: node, label });

describe('[E27] the history of a design', () => {
  it('[E27] says who did what, when and through which door, newest first, from page to page', async () => {
    const id = await make();
    await edit(id, 'Bea', [addBuffer('b', 'Store')]);
    await edit(id, 'Zoë', [{ do: 'node.delete', id: 'to' }], { label: 'tidy up' });
    await edit(id, 'Bea', [{ do: 'node.delete', id: 'b' }]);
    const first = await history(id, '?limit=3');
    expect(first.items.map(({ rev, actor, via, says }) => [rev, actor, via, says])).toEqual([
      [4, 'Bea', 'http', 'delete Store'],
      [3, 'Zoë', 'http', 'tidy up'],
      [2, 'Bea', 'http', 'add Store'],
    ]);
    expect(new Date(first.items[0]?.at ?? '').getTime()).toBeGreaterThan(0);
    const second = await history(id, `?limit=3&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: [{ rev: 1, actor: 'Ada' }], nextCursor: null });
  });

  it('[E27] tells who changed one element, also when it went or came with another', async () => {
    const id = await make();
    await edit(id, 'Bea', [addBuffer('b')]);
    await edit(id, 'Bea', [rename('from', 'Numbers')]);
    await edit(id, 'Cem', [{ do: 'node.move', id: 'b', at: { x: 5, y: 5 } }]);
    await edit(id, 'Dee', [{ do: 'node.delete', id: 'to' }]);
    const revs = async (query: string): Promise<number[]> => (await history(id, query)).items.map(({ rev }) => rev);
    expect(await revs('?element=b')).toEqual([4, 2]);
    expect(await revs('?element=wire')).toEqual([5, 1]);
    expect(await revs('?element=from')).toEqual([5, 3, 1]);
    expect(await revs('?actor=Bea')).toEqual([3, 2]);
    expect(await revs('?actor=Bea&element=b')).toEqual([2]);
    expect(await revs('?element=nothing')).toEqual([]);
    const [newest] = (await history(id, '?limit=1')).items;
    expect(await revs(`?since=${newest?.at}`)).toContain(5);
    expect(await revs(`?until=${newest?.at}`)).not.toContain(5);
    expect((await server.call(`GET ${designs}/${id}/history?element=a/b`)).status).toBe(400);
    expect((await server.call(`GET ${designs}/${id}/history?since=yesterday`)).status).toBe(400);
    expect((await server.call(`GET ${designs}/${id}/history?cursor=x`)).body).toMatchObject({ code: 'APP_CURSOR_INVALID' });
    expect((await server.call(`GET ${designs}/${nobody}/history`)).body).toMatchObject({ code: 'APP_DESIGN_UNKNOWN' });
  });
});

describe('[E26] revisions', () => {
  it('[W16] [E26] every revision can be read as it was, also from before a kept state', async () => {
    const id = await make();
    const seen: Design[] = [(await server.call<Design>(`GET ${designs}/${id}`)).body];
    const steps: Edit[][] = [
      [addBuffer('b')],
      [rename('b', 'Store')],
      [{ do: 'node.delete', id: 'to' }],
      [
        { do: 'group.add', group: { id: 'g', title: 'G' } },
        { do: 'group.assign', node: 'b', group: 'g' },
      ],
    ];
    for (const [at, step] of steps.entries()) {
      await edit(id, 'Bea', step);
      if (at === 1) await server.call(`POST ${designs}/${id}/versions`, { name: 'half' });
      seen.push((await server.call<Design>(`GET ${designs}/${id}`)).body);
    }
    for (const { rev, name, description, nodes, connections, canvas } of seen) {
      const read = await server.call<Revision>(`GET ${designs}/${id}/revisions/${rev}`);
      expect(read.body).toEqual({ rev, body: { name, description, nodes, connections, canvas } });
      expect(read.headers.get('etag')).toBe(`"${rev}"`);
    }
    const future = await server.call(`GET ${designs}/${id}/revisions/6`);
    expect([future.status, future.body]).toMatchObject([404, { code: 'APP_REVISION_UNKNOWN', rev: 5 }]);
    expect((await server.call(`GET ${designs}/${id}/revisions/0`)).status).toBe(404);
    expect((await server.call(`GET ${designs}/${nobody}/revisions/1`)).body).toMatchObject({ code: 'APP_DESIGN_UNKNOWN' });
  });

  it('[E20] two revisions or versions are compared by id', async () => {
    const id = await make();
    await server.call(`POST ${designs}/${id}/versions`, { name: 'first' });
    await edit(id, 'Bea', [addBuffer('b'), { do: 'node.move', id: 'from', at: { x: 1, y: 1 } }]);
    await edit(id, 'Bea', [{ do: 'node.set', id: 'from', settings: { count: 7 } }]);
    const compare = (query: string): Promise<Answer<Compared>> => server.call<Compared>(`GET ${designs}/${id}/compare?${query}`);
    const all = (await compare('from=v1')).body;
    expect(all).toMatchObject({ from: 1, to: 3 });
    expect(all.changes.nodes.added.map(({ id: node }) => node)).toEqual(['b']);
    expect(all.changes.nodes.moved).toEqual([{ id: 'from', from: { x: 0, y: 0 }, to: { x: 1, y: 1 } }]);
    expect(all.changes.nodes.changed).toEqual([{ id: 'from', fields: [{ field: 'settings/count', from: 5, to: 7 }] }]);
    const back = (await compare('from=3&to=2')).body;
    expect(back.changes.nodes.changed).toEqual([{ id: 'from', fields: [{ field: 'settings/count', from: 7, to: 5 }] }]);
    expect((await compare('from=v2')).body).toMatchObject({ code: 'APP_VERSION_UNKNOWN' });
    expect((await compare('from=9')).body).toMatchObject({ code: 'APP_REVISION_UNKNOWN' });
    expect((await compare('from=x')).status).toBe(400);
  });
});

describe('[E29] going back', () => {
  it('[W16] [E29] restoring is a new edit: the history stays, and so does the way forward', async () => {
    const id = await make();
    await server.call(`POST ${designs}/${id}/versions`, { name: 'first' });
    await edit(id, 'Bea', [{ do: 'node.delete', id: 'to' }]);
    await edit(id, 'Bea', [addBuffer('b')]);
    const restored = await server.call<Ack>(`POST ${designs}/${id}/restore`, { rev: 1 }, as('Ada'));
    expect([restored.status, restored.body.rev, restored.headers.get('etag')]).toEqual([200, 4, '"4"']);
    const [first, now] = [await revision(id, 1), await revision(id, 4)];
    expect(now.body).toEqual(first.body);
    expect((await history(id, '?limit=1')).items).toMatchObject([{ actor: 'Ada', says: 'restore revision 1' }]);
    const forward = await server.call<Ack>(`POST ${designs}/${id}/restore`, { rev: 3, label: 'no, keep it' });
    expect((await revision(id, forward.body.rev)).body).toEqual((await revision(id, 3)).body);
    const again = await server.call<Ack>(`POST ${designs}/${id}/restore`, { version: 1 });
    expect(again.body.rev).toBe(6);
    expect((await history(id, '?limit=2')).items.map(({ says }) => says)).toEqual(['restore version 1, first', 'no, keep it']);
    const same = await server.call<Ack>(`POST ${designs}/${id}/restore`, { version: 1 });
    expect(same.body).toMatchObject({ rev: 6, edits: [] });
  });

  it('[E29] refuses what there is not, and a restore meant for an older state', async () => {
    const id = await make();
    const restore = (body: object, headers = {}): Promise<Answer> => server.call(`POST ${designs}/${id}/restore`, body, headers);
    expect((await restore({ rev: 2 })).body).toMatchObject({ code: 'APP_REVISION_UNKNOWN' });
    expect((await restore({ version: 1 })).body).toMatchObject({ code: 'APP_VERSION_UNKNOWN' });
    expect((await restore({})).status).toBe(400);
    await edit(id, 'Bea', [addBuffer('b')]);
    expect((await restore({ rev: 1 }, { 'if-match': '"1"' })).status).toBe(412);
  });

  it('[D16] a version can be called something else and taken away; its number is not given again', async () => {
    const id = await make();
    const keep = async (name: string) => (await server.call(`POST ${designs}/${id}/versions`, { name })).body;
    expect([await keep('a'), await keep('b')]).toMatchObject([{ number: 1 }, { number: 2 }]);
    const renamed = await server.call(`PATCH ${designs}/${id}/versions/2`, { note: 'Why.' });
    expect(renamed.body).toMatchObject({ number: 2, name: 'b', note: 'Why.' });
    expect((await server.call(`PATCH ${designs}/${id}/versions/2`, { name: '' })).status).toBe(400);
    expect((await server.call(`DELETE ${designs}/${id}/versions/2`)).status).toBe(204);
    for (const again of ['DELETE', 'GET', 'PATCH'] as const)
      expect(
        (await server.call(`${again} ${designs}/${id}/versions/2`, again === 'PATCH' ? { name: 'x' } : undefined)).status,
      ).toBe(404);
    expect((await server.call(`GET ${designs}/${id}/versions`)).body).toMatchObject({ items: [{ number: 1 }] });
    expect(await keep('c')).toMatchObject({ number: 3 });
  });

  it('a design is duplicated as it was', async () => {
    const id = await make();
    await edit(id, 'Bea', [{ do: 'node.delete', id: 'to' }]);
    const copy = await server.call<Design>(`POST ${designs}/${id}/duplicate`, { name: 'Before', rev: 1 });
    expect([copy.status, copy.body.name, Object.keys(copy.body.nodes)]).toEqual([201, 'Before', ['from', 'to']]);
    expect((await server.call(`POST ${designs}/${id}/duplicate`, { rev: 9 })).body).toMatchObject({
      code: 'APP_REVISION_UNKNOWN',
    });
  });
});

const revision = async (id: string, rev: number): Promise<Revision> =>
  (await server.call<Revision>(`GET ${designs}/${id}/revisions/${rev}`)).body;

describe('[E28] undo', () => {
  it('[E28] undo, redo and undo again, each under its words; the design is as it was each time', async () => {
    const id = await make();
    const deleted = await edit(id, 'Bea', [{ do: 'node.delete', id: 'to' }]);
    expect(await next(id, 'Bea')).toEqual({ undo: { txId: deleted.txId, rev: 2, says: 'undo delete Discard' }, redo: null });
    expect(await next(id, 'Ada')).toEqual({ undo: null, redo: null });
    const undone = await undo(id, 'Bea', deleted.txId);
    expect(undone.body).toMatchObject({ rev: 3, says: 'undo delete Discard', left: [] });
    expect((await revision(id, 3)).body).toEqual((await revision(id, 1)).body);
    expect(await next(id, 'Bea')).toMatchObject({ undo: null, redo: { txId: undone.body.txId, says: 'redo delete Discard' } });
    const redone = await undo(id, 'Bea', undone.body.txId);
    expect(redone.body).toMatchObject({ rev: 4, says: 'redo delete Discard' });
    expect((await revision(id, 4)).body).toEqual((await revision(id, 2)).body);
    expect(await next(id, 'Bea')).toMatchObject({ undo: { txId: redone.body.txId, says: 'undo delete Discard' }, redo: null });
    await undo(id, 'Bea', redone.body.txId);
    expect((await revision(id, 5)).body).toEqual((await revision(id, 1)).body);
    const lines = (await history(id)).items.map(({ says, undoneBy }) => [says, undoneBy !== undefined]);
    expect(lines).toEqual([
      ['undo delete Discard', false],
      ['redo delete Discard', true],
      // In force again: the redo that took it back was itself taken back.
      ['undo delete Discard', false],
      ['delete Discard', true],
      [expect.any(String), false],
    ]);
  });

  it('[E28] steps of one person are undone one by one, whatever others do in between', async () => {
    const id = await make();
    const one = await edit(id, 'Bea', [rename('from', 'One')]);
    await edit(id, 'Cem', [addBuffer('c')]);
    const two = await edit(id, 'Bea', [rename('to', 'Two')]);
    expect((await next(id, 'Bea')).undo?.txId).toBe(two.txId);
    await undo(id, 'Bea', two.txId);
    expect(await next(id, 'Bea')).toMatchObject({ undo: { txId: one.txId }, redo: { says: 'redo change label of Two' } });
    await undo(id, 'Bea', one.txId);
    const now = (await server.call<Design>(`GET ${designs}/${id}`)).body;
    expect([now.nodes['from']?.label, now.nodes['to']?.label, Object.keys(now.nodes).sort()]).toEqual([
      '',
      '',
      ['c', 'from', 'to'],
    ]);
    // A new step ends what could be redone.
    await edit(id, 'Bea', [rename('c', 'C')]);
    expect((await next(id, 'Bea')).redo).toBeNull();
    expect((await server.call<NextUndo>(`GET ${designs}/${id}/undo?actor=Cem`)).body.undo?.says).toBe('undo add Buffer');
  });

  it('[E28] two steps that set the same are undone one after the other, and redone', async () => {
    const id = await make();
    for (const label of ['One', 'Two']) await edit(id, 'Bea', [rename('from', label)]);
    await edit(id, 'Cem', [rename('to', 'His')]);
    const labels: string[] = [];
    const step = async (which: 'undo' | 'redo'): Promise<void> => {
      const txId = (await next(id, 'Bea'))[which]?.txId ?? '';
      expect((await undo(id, 'Bea', txId)).status).toBe(200);
      const { nodes } = (await server.call<Design>(`GET ${designs}/${id}`)).body;
      labels.push(`${nodes['from']?.label} ${nodes['to']?.label}`);
    };
    for (const which of ['undo', 'undo', 'redo', 'redo', 'undo'] as const) await step(which);
    expect(labels).toEqual(['One His', ' His', 'One His', 'Two His', 'One His']);
  });

  it('[E28] what others have built on stays, and is told', async () => {
    const id = await make();
    const added = await edit(id, 'Bea', [addBuffer('b'), rename('from', 'Mine')]);
    await edit(id, 'Cem', [rename('from', 'His')]);
    const undone = await undo(id, 'Bea', added.txId);
    expect(undone.status).toBe(200);
    const now = (await server.call<Design>(`GET ${designs}/${id}`)).body;
    expect([now.nodes['from']?.label, now.nodes['b']]).toEqual(['His', undefined]);
    const gone = await edit(id, 'Bea', [rename('to', 'Gone')]);
    await edit(id, 'Cem', [{ do: 'node.delete', id: 'to' }]);
    const impossible = await undo(id, 'Bea', gone.txId);
    expect([impossible.status, impossible.body]).toMatchObject([
      409,
      { code: 'APP_UNDO_IMPOSSIBLE', left: [{ pointer: expect.any(String) }] },
    ]);
  });

  it('[E28] is done once: sent again it is answered as the first time, and what is undone is not undone again', async () => {
    const id = await make();
    const { txId } = await edit(id, 'Bea', [rename('from', 'One')]);
    const own = newUuid();
    const first = await undo(id, 'Cem', txId, { as: own });
    const again = await undo(id, 'Cem', txId, { as: own });
    expect([first.body.rev, again.body.rev, again.body.txId]).toEqual([3, 3, own]);
    const twice = await undo(id, 'Bea', txId);
    expect([twice.status, twice.body]).toMatchObject([409, { code: 'APP_UNDONE_ALREADY', actor: 'Cem', undoneBy: own }]);
    expect((await next(id, 'Bea')).undo).toBeNull();
    expect((await next(id, 'Cem')).undo?.says).toBe('redo change label of One');
  });

  it('[E56] under the id of another transaction nothing is done, and says so; nor does one take itself back', async () => {
    const id = await make();
    const other = await edit(id, 'Bea', [rename('to', 'Two')]);
    const { txId } = await edit(id, 'Bea', [rename('from', 'One')]);
    for (const taken of [other.txId, txId]) {
      const refused = await undo(id, 'Bea', txId, { as: taken });
      expect([refused.status, refused.body]).toMatchObject([409, { code: 'APP_TX_TAKEN', pointer: '/as' }]);
    }
    const own = newUuid();
    const itself = { txId: own, undoOf: own, edits: [rename('from', '')] };
    const refused = await server.call(`POST ${designs}/${id}/edits`, itself);
    expect(refused.body).toMatchObject({ status: 400, code: 'EDIT_MALFORMED', pointer: '/undoOf' });
    expect((await server.call<Design>(`GET ${designs}/${id}`)).body).toMatchObject({ rev: 3, nodes: { from: { label: 'One' } } });
  });

  it.each([196, 197, 198, 199, 200])(
    '[E55] what is called by %i characters of two code units each is taken back, and done again',
    async (length) => {
      const id = await make();
      const { txId } = await edit(id, 'Bea', [rename('from', '😀'.repeat(length))], { label: '😀'.repeat(length) });
      const undone = await undo(id, 'Bea', txId);
      expect([undone.status, undone.body.says]).toEqual([200, `undo ${'😀'.repeat(length)}`]);
      expect((await undo(id, 'Bea', undone.body.txId)).status).toBe(200);
    },
  );

  it('[E28] refuses what there is not', async () => {
    const id = await make();
    expect((await undo(id, 'Bea', newUuid())).body).toMatchObject({ code: 'APP_TX_UNKNOWN' });
    expect((await undo(nobody, 'Bea', newUuid())).body).toMatchObject({ code: 'APP_DESIGN_UNKNOWN' });
    const [drawn] = (await history(id)).items;
    expect((await undo(id, 'Bea', drawn?.txId ?? '')).body).toMatchObject({ code: 'APP_UNDO_IMPOSSIBLE' });
    expect((await server.call(`POST ${designs}/${id}/undo`, { txId: 'x' })).status).toBe(400);
  });
});

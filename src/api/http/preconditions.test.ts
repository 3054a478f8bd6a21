import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import type { Design, DesignVersion } from '#model/design.ts';
import type { Ack, CommittedTx } from '#model/edits/tx.ts';
import type { Branch } from '#model/merging/history.ts';
import { missedOf } from './conditions.ts';
import { type Answer, type RealServer, realServer } from './testing/real-server.ts';

const designs = '/api/v1/designs';
const smile = '😀';

let server: RealServer;
let design: Design;
/** A transaction of the design, and the branch it was merged from. */
let txId: string;
let branch: string;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  design = (await server.call<Design>(`POST ${designs}`, pipeline('Pipe'))).body;
  branch = (await post<{ branch: Branch }>('branches', { name: 'other' })).body.branch.designId;
  await server.call(`POST ${designs}/${branch}/edits`, { edits: [{ do: 'node.set', id: 'to', label: 'there' }] });
  txId = (await post<Ack>('edits', { edits: [{ do: 'node.set', id: 'from', label: 'here' }] })).body.txId;
});

const post = <T = unknown>(what: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> =>
  server.call<T>(`POST ${designs}/${design.id}/${what}`, body, headers);
const read = async (): Promise<Design> => (await server.call<Design>(`GET ${designs}/${design.id}`)).body;

/** Everything that is asked of a design by POST, with the status when it is done. */
const asked: readonly (readonly [string, () => unknown, number])[] = [
  ['edits', () => ({ edits: [{ do: 'design.set', name: 'x' }] }), 200],
  ['nodes', () => ({ id: 'n', kind: 'flow.buffer' }), 201],
  ['groups', () => ({ id: 'g', title: 'G' }), 201],
  ['restore', () => ({ rev: 1 }), 200],
  ['undo', () => ({ txId }), 200],
  ['merge', () => ({ from: branch }), 200],
  ['versions', () => ({ name: 'kept' }), 201],
  ['branches', () => ({ name: 'b' }), 201],
  ['duplicate', () => ({}), 201],
];

describe('[W48] If-Match', () => {
  it.each(asked)('[W48] of another revision leaves %s undone, and brings what was missed', async (what, body, status) => {
    const before = await read();
    for (const tag of ['"1"', 'W/"1"', '"9"', '"9999999999999999"']) {
      const stale = await post(what, body(), { 'if-match': tag });
      expect(stale.body, tag).toMatchObject({
        status: 412,
        code: 'API_STALE',
        rev: 2,
        missed: tag.includes('1') ? [{ rev: 2 }] : [],
      });
    }
    for (const tag of ['2', '"1", "2"', '"0"', '']) expect((await post(what, body(), { 'if-match': tag })).status, tag).toBe(400);
    expect(await read()).toEqual(before);
    expect((await server.call<{ items: unknown[] }>(`GET ${designs}/${design.id}/versions`)).body.items).toEqual([]);
    expect((await post(what, body(), { 'if-match': 'W/"2"' })).status).toBe(status);
  });

  it('[W48] of a revision that no design can have is stale for an element and for deleting, too', async () => {
    for (const path of ['', '/nodes/to', '/connections/wire'] as const)
      expect(
        (await server.call(`DELETE ${designs}/${design.id}${path}`, undefined, { 'if-match': '"9999999999999999"' })).status,
      ).toBe(412);
  });

  it('[W48] what is made of a design names one state of it', async () => {
    for (const what of ['branches', 'duplicate'])
      expect((await post(what, { name: 'x', rev: 1, version: 1 })).body).toMatchObject({ status: 400, pointer: '/version' });
  });
});

describe('[W50] what was missed', () => {
  const tx = (rev: number, edits: number): CommittedTx => ({
    rev,
    txId: 'x',
    actor: 'Bea',
    via: 'http',
    at: '2030-01-01T00:00:00.000Z',
    edits: Array.from({ length: edits }, () => ({ do: 'disconnect' as const, id: 'w' })),
  });
  const txs = (count: number, edits: number) => Array.from({ length: count }, (_, n) => tx(n + 2, edits));

  it.each([
    [999, 1, 999],
    [1_000, 1, 1_000],
    [20_000, 1, 1_000],
    [10, 5_000, 2],
    [3, 0, 3],
  ])('[W50] of %i transactions with %i edits each the oldest %i are told', (count, edits, told) => {
    expect(missedOf(txs(count, edits))).toEqual(txs(told, edits));
  });

  it('[W50] one is told, however long', () => {
    expect(missedOf([tx(2, 10_001), tx(3, 1)])).toHaveLength(1);
  });
});

describe('[W49] a body', () => {
  it('[W49] may name a setting as it likes: it is kept as it is, read back and sent back', async () => {
    const edits = '[{"do":"node.set","id":"from","settings":{"__proto__":{"a":1},"constructor":{"prototype":2}}}]';
    const done = await server.call(`POST ${designs}/${design.id}/edits`, `{"edits":${edits}}`);
    expect(done.status).toBe(200);
    const kept = await read();
    expect(Object.entries(kept.nodes['from']?.settings ?? {})).toEqual([
      ['__proto__', { a: 1 }],
      ['constructor', { prototype: 2 }],
    ]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
    const back = await server.call(`PUT ${designs}/${design.id}`, kept, { 'if-match': '*' });
    expect([back.status, back.headers.get('etag')]).toEqual([200, '"3"']);
  });
});

describe('[D23] names', () => {
  it.each(['a\u0007', 'a\u202e', '\ud800'])('[D23] of branches, versions and copies are plain: %j', async (name) => {
    for (const what of ['branches', 'versions', 'duplicate'])
      expect((await post(what, { name })).body).toMatchObject({ status: 400, code: 'API_REQUEST_INVALID', pointer: '/name' });
  });

  it('[E18] a text that cannot be kept is refused where it stands, however it comes', async () => {
    const half = 'half \ud800';
    expect((await post('versions', { name: 'v', note: half })).body).toMatchObject({ status: 400, pointer: '/note' });
    const body = { ...(await read()), description: half };
    const put = await server.call(`PUT ${designs}/${design.id}`, body, { 'if-match': '*' });
    expect(put.body).toMatchObject({ status: 400, code: 'EDIT_MALFORMED', pointer: '/description' });
    const { name, nodes, connections, canvas } = body;
    const made = await server.call(`POST ${designs}`, { name, description: '\u0000', nodes, connections, canvas });
    expect(made.body).toMatchObject({ status: 400, code: 'EDIT_MALFORMED', pointer: '/description' });
  });

  it.each([48, 49, 50, 99, 100])(
    '[E55] of copies and branches are cut between characters (%i of two code units, before and after a letter)',
    async (count) => {
      for (const name of [smile.repeat(2 * count), `x${smile.repeat(2 * count - 1)}`]) {
        await post('edits', { edits: [{ do: 'design.set', name }] });
        const copy = await post<Design>('duplicate', {});
        expect([copy.status, copy.body.name.isWellFormed(), copy.body.name.endsWith(' (copy)')]).toEqual([201, true, true]);
        const made = await post<{ design: Design }>('branches', { name: `y${smile.repeat(50)}` });
        expect([made.status, made.body.design?.name.isWellFormed()]).toEqual([201, true]);
        expect((await post<DesignVersion>('versions', { name })).status).toBe(201);
      }
    },
  );
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import { newUuid } from '#base/ids.ts';
import type { Design } from '#model/design.ts';
import { mostEdits } from '#model/edits/tx.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

const designs = '/api/v1/designs';

let server: RealServer;
let design: Design;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  design = (await server.call<Design>(`POST ${designs}`, pipeline('Pipe'))).body;
});

const post = (body: unknown, headers: Record<string, string> = {}) =>
  server.call(`POST ${designs}/${design.id}/edits`, body, headers);
const now = async (): Promise<Design> => (await server.call<Design>(`GET ${designs}/${design.id}`)).body;
const rename = (name: string) => ({ do: 'design.set', name });
const any = { 'if-match': '*' };

describe('a transaction', () => {
  it('[W11] is answered with what was done, its ETag, and the transactions that came between', async () => {
    await post({ edits: [rename('one')], label: 'rename' }, { 'csp-actor': 'Bea' });
    const txId = newUuid();
    const done = await post({ txId, edits: [rename('two')], baseRev: 1 }, { 'csp-actor': 'J%C3%B6rg%20%E2%80%93%20CI' });
    expect(done.headers.get('etag')).toBe('"3"');
    expect(done.body).toEqual({
      txId,
      rev: 3,
      outcome: 'applied',
      edits: [rename('two')],
      inverse: [rename('one')],
      missed: [
        {
          rev: 2,
          txId: expect.any(String),
          actor: 'Bea',
          via: 'http',
          at: expect.any(String),
          edits: [rename('one')],
          label: 'rename',
        },
      ],
    });
    const [last] = await server.app.editsSince({ actor: 'x', via: 'test' }, design.id, 2);
    expect(last).toMatchObject({ actor: 'Jörg – CI', via: 'http', txId });
  });

  it('[W11] that others stand in the way of is 409 and says who; in part it is done when asked so', async () => {
    await server.call(`DELETE ${designs}/${design.id}/nodes/to`, undefined, { ...any, 'csp-actor': 'Bea' });
    const edits = [{ do: 'node.set', id: 'to', label: 'x' }, rename('mine')];
    const refused = await post({ edits, baseRev: 1 });
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'UNKNOWN_NODE',
      pointer: '/edits/0/id',
      detail: 'to was deleted by Bea; restore it, or leave this out',
      since: { rev: 2, actor: 'Bea' },
      rev: 2,
    });
    const partial = await post({ edits, baseRev: 1, atomic: false });
    expect(partial.body).toMatchObject({ rev: 3, outcome: 'partial', edits: [rename('mine')], left: [{ number: 0 }] });
  });

  it('[W11] with mode exact is 412 with the transactions that changed what it touches', async () => {
    await post({ edits: [{ do: 'node.move', id: 'to', at: { x: 1, y: 1 } }] });
    await post({ edits: [rename('one')] });
    const edits = [{ do: 'node.set', id: 'to', label: 'x' }];
    const stale = await post({ edits, baseRev: 1, mode: 'exact' });
    expect(stale.body).toMatchObject({ status: 412, code: 'API_STALE', rev: 3, missed: [{ rev: 2 }] });
    expect(stale.body['missed']).toHaveLength(1);
    expect((await post({ edits, baseRev: 2, mode: 'exact' })).body).toMatchObject({ rev: 4 });
  });
});

describe('elements', () => {
  it('[W4] have an ETag of their own, and only what happens to them makes it stale', async () => {
    const path = `${designs}/${design.id}/nodes/to` as const;
    const read = await server.call(`GET ${path}`);
    expect([read.headers.get('etag'), read.body]).toEqual(['"1"', { ...design.nodes['to'], at: { x: 240, y: 0 } }]);
    await post({ edits: [{ do: 'node.set', id: 'from', label: 'busy' }] });
    expect((await server.call(`GET ${path}`, undefined, { 'if-none-match': '"1"' })).status).toBe(304);
    const changed = await server.call(`PATCH ${path}`, { label: 'end' }, { 'if-match': '"1"', 'csp-actor': 'Bea' });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"3"']);
    const late = await server.call(`PATCH ${path}`, { label: 'other' }, { 'if-match': '"1"' });
    expect(late.body).toMatchObject({ status: 412, code: 'API_STALE', rev: 3, missed: [{ rev: 3, actor: 'Bea' }] });
    expect(late.body['missed']).toHaveLength(1);
    expect((await server.call(`DELETE ${path}`, undefined, { 'if-match': '"2"' })).status).toBe(412);
    const wire = `${designs}/${design.id}/connections/wire` as const;
    expect((await server.call(`GET ${wire}`)).headers.get('etag')).toBe('"1"');
    expect((await server.call(`DELETE ${wire}`, undefined, { 'if-match': '"1"' })).status).toBe(204);
    for (const gone of [
      `GET ${wire}`,
      `GET ${designs}/${design.id}/nodes/nobody`,
      `GET ${designs}/${design.id}/groups/g`,
    ] as const)
      expect((await server.call(gone)).body).toMatchObject({ status: 404, code: 'APP_ELEMENT_UNKNOWN' });
  });

  it('a node is resized, grouped and made one of another kind; a connection led elsewhere', async () => {
    const groups = `${designs}/${design.id}/groups` as const;
    const made = await server.call(`POST ${groups}`, { id: 'g', title: 'Group', colour: 'blue' });
    expect([made.status, made.headers.get('location'), made.headers.get('etag')]).toEqual([201, `${groups}/g`, '"2"']);
    const path = `${designs}/${design.id}/nodes/to` as const;
    const grouped = await server.call(`PATCH ${path}`, { size: { width: 80, height: 40 }, group: 'g', at: { x: 1, y: 2 } }, any);
    expect(grouped.body).toMatchObject({ size: { width: 80, height: 40 }, group: 'g', at: { x: 1, y: 2 } });
    const plain = await server.call(`PATCH ${path}`, { size: null, group: null, at: null }, any);
    expect(plain.body).toEqual(design.nodes['to']);
    expect((await server.call(`PATCH ${path}`, { group: 'no' }, any)).body).toMatchObject({
      code: 'UNKNOWN_GROUP',
      pointer: '/group',
    });
    expect((await server.call(`PATCH ${designs}/${design.id}/nodes/no`, { group: 'g' }, any)).status).toBe(404);
    const buffer = await server.call(`PATCH ${path}`, { kind: 'flow.buffer', label: 'b' }, any);
    expect(buffer.body).toMatchObject({ kind: 'flow.buffer', label: 'b', settings: {} });
    await server.call(`POST ${designs}/${design.id}/nodes`, { id: 'end', kind: 'compute.discard' });
    const led = await server.call(
      `PATCH ${designs}/${design.id}/connections/wire`,
      { to: { node: 'end', port: 'in' }, capacity: 4 },
      any,
    );
    expect(led.body).toMatchObject({ from: { node: 'from' }, to: { node: 'end', index: 0 }, capacity: 4 });
    const changed = await server.call(`PATCH ${groups}/g`, { title: 'Other', colour: null }, { 'if-match': '"2"' });
    expect(changed.body).toEqual({ id: 'g', title: 'Other' });
    expect((await server.call(`GET ${groups}/g`)).body).toEqual({ id: 'g', title: 'Other' });
    expect((await server.call(`DELETE ${groups}/g`, undefined, { 'if-match': '"2"' })).status).toBe(412);
    expect((await server.call(`DELETE ${groups}/g`, undefined, any)).status).toBe(204);
    expect((await server.call(`DELETE ${groups}/g`, undefined, any)).status).toBe(404);
  });
});

describe('who asks', () => {
  it.each(['', ' ', '%', '%E0%A4', 'a%00b', 'x%E2%80%AEy', `${'x'.repeat(81)}`])(
    '[W43] csp-actor «%s» is refused',
    async (actor) => {
      const refused = await post({ edits: [rename('x')] }, { 'csp-actor': actor });
      expect(refused.body).toMatchObject({ status: 400, code: 'API_ACTOR_MALFORMED' });
      expect((await now()).rev).toBe(1);
    },
  );
});

const add = (settings: unknown, more: object = {}) => ({
  do: 'node.add',
  node: { id: 'n', kind: 'test.count', settings, ...more },
});
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
const group = (id: string, parent?: string) => ({
  do: 'group.add',
  group: { id, title: id, ...(parent !== undefined && { parent }) },
});

describe('bad input', () => {
  it.each<[string, unknown, number, string, string]>([
    ['an edit of no kind', { edits: [{ do: 'explode' }] }, 400, 'EDIT_MALFORMED', '/edits/0/do'],
    [
      'an unknown kind beside fields of others',
      { edits: [{ do: 'node.remove', id: 'to' }] },
      400,
      'EDIT_MALFORMED',
      '/edits/0/do',
    ],
    ['an edit that says no kind', { edits: [rename('x'), { id: 'to' }] }, 400, 'EDIT_MALFORMED', '/edits/1/do'],
    ['an edit that is none', { edits: [7] }, 400, 'EDIT_MALFORMED', '/edits/0'],
    ['no edits', { edits: [] }, 400, 'API_REQUEST_INVALID', '/edits'],
    ['an unknown field', { edits: [rename('x')], base: 1 }, 400, 'API_REQUEST_INVALID', '/base'],
    ['a txId that is none', { edits: [rename('x')], txId: 'one' }, 400, 'API_REQUEST_INVALID', '/txId'],
    ['a mode that is none', { edits: [rename('x')], mode: 'force' }, 400, 'API_REQUEST_INVALID', '/mode'],
    ['a revision from the future', { edits: [rename('x')], baseRev: 2 }, 422, 'REVISION_UNKNOWN', '/baseRev'],
    ['a revision below 1', { edits: [rename('x')], baseRev: 0 }, 400, 'API_REQUEST_INVALID', '/baseRev'],
    [
      'a text edit without a change',
      { edits: [{ do: 'text.edit', name: 'description' }], baseRev: 1 },
      400,
      'EDIT_MALFORMED',
      '/edits/0',
    ],
    [
      'a group in itself',
      { edits: [group('g'), { do: 'group.set', id: 'g', parent: 'g' }] },
      422,
      'GROUP_CYCLE',
      '/edits/1/parent',
    ],
    [
      'groups in a ring',
      { edits: [group('a'), group('b', 'a'), group('c', 'b'), { do: 'group.set', id: 'a', parent: 'c' }] },
      422,
      'GROUP_CYCLE',
      '/edits/3/parent',
    ],
    [
      'a place too far',
      { edits: [{ do: 'node.move', id: 'to', at: { x: 1e308, y: 0 } }] },
      400,
      'EDIT_MALFORMED',
      '/edits/0/at/x',
    ],
    [
      'a setting nested too deep',
      { edits: [add({ gate: nested(100) })] },
      400,
      'EDIT_MALFORMED',
      `/edits/0/node/settings/gate${'/0'.repeat(69)}`,
    ],
    ['[D23] a name with a control character', { edits: [rename('a\u0007b')] }, 400, 'EDIT_MALFORMED', '/edits/0/name'],
    ['a name that turns direction', { edits: [rename('a\u202eb')] }, 400, 'EDIT_MALFORMED', '/edits/0/name'],
    ['a label of two lines', { edits: [{ do: 'node.set', id: 'to', label: 'a\nb' }] }, 400, 'EDIT_MALFORMED', '/edits/0/label'],
    [
      'a title with an isolate',
      { edits: [{ do: 'group.add', group: { id: 'g', title: '\u2066x' } }] },
      400,
      'EDIT_MALFORMED',
      '/edits/0/group/title',
    ],
    ['a label of the transaction with a bell', { edits: [rename('x')], label: '\u0007' }, 400, 'API_REQUEST_INVALID', '/label'],
    ['U+0000 in a setting', { edits: [add({ gate: 'a\u0000' })] }, 400, 'EDIT_MALFORMED', '/edits/0/node/settings/gate'],
    ['half a surrogate pair', { edits: [add({ gate: '\ud800' })] }, 400, 'EDIT_MALFORMED', '/edits/0/node/settings/gate'],
  ])('%s is refused with a pointer, and nothing changes', async (_what, body, status, code, pointer) => {
    const refused = await post(body);
    expect(refused.body).toMatchObject({ status, code, pointer });
    expect(await now()).toEqual(design);
  });

  it.each([
    ['1e999', 'infinite'],
    ['-1e999', 'infinite the other way'],
  ])('a number that JSON reads as %s (%s) is refused; NaN is no JSON', async (number) => {
    const text = (value: string) => `{"edits":[{"do":"node.set","id":"from","settings":{"count":${value}}}]}`;
    const refused = await post(text(number));
    expect(refused.body).toMatchObject({ status: 400, code: 'EDIT_MALFORMED', pointer: '/edits/0/settings/count' });
    expect(refused.body['detail']).toBe('a number must be finite');
    expect((await post(text('NaN'))).body).toMatchObject({ status: 400, code: 'API_BODY_MALFORMED' });
    expect(await now()).toEqual(design);
  });

  it('more edits than a transaction may have are refused with a pointer; as many as it may have are done', async () => {
    const edits = (count: number) => ({ edits: Array.from({ length: count }, (_, n) => rename(`${n}`)) });
    expect((await post(edits(mostEdits + 1))).body).toMatchObject({
      status: 400,
      code: 'API_REQUEST_INVALID',
      pointer: '/edits',
    });
    expect((await post(edits(100_000))).body).toMatchObject({ status: 400, pointer: '/edits' });
    expect((await post(edits(mostEdits))).body).toMatchObject({ rev: 2 });
  });

  it('[E58] what would take long to carry over what others did is stale, and so is taking such a thing back', async () => {
    const moves = (id: string, count: number) =>
      Array.from({ length: count }, (_, x) => ({ do: 'node.move', id, at: { x, y: 0 } }));
    const { txId } = (await post({ edits: moves('to', 300) })).body;
    for (let times = 0; times < 2; times++) await post({ edits: moves('to', mostEdits) });
    const late = await post({ baseRev: 2, edits: moves('to', 300) });
    expect(late.body).toMatchObject({ status: 412, code: 'API_STALE', rev: 4 });
    expect((await post({ baseRev: 2, edits: moves('from', 100) })).body).toMatchObject({ rev: 5, outcome: 'applied' });
    const back = await server.call(`POST ${designs}/${design.id}/undo`, { txId });
    expect(back.body).toMatchObject({ status: 409, code: 'APP_UNDO_IMPOSSIBLE', detail: expect.stringContaining('Too much') });
  });

  it('[E59] thousands of changes within one large setting or text are refused where they are too many; as a whole it is set', async () => {
    const list = (length: number) => Array.from({ length }, (_, at) => at);
    const set = { do: 'node.set', id: 'from', settings: { more: list(1_000) } };
    expect((await post({ edits: [set] })).status).toBe(200);
    const within = (count: number, edit: object) => ({ edits: Array.from({ length: count }, () => edit) });
    const item = { do: 'list.set', node: 'from', name: 'more', at: 7, item: 8 };
    const many = await post(within(mostEdits, item));
    expect(many.body).toMatchObject({ status: 400, code: 'EDIT_MALFORMED', detail: expect.stringContaining('as a whole') });
    expect(many.body['pointer']).toMatch(/^\/edits\/\d+$/);
    expect((await post(within(50, item))).status).toBe(200);
    const few = { do: 'list.set', node: 'to', name: 'more', at: 0, item: 8 };
    await post({ edits: [{ do: 'node.set', id: 'to', settings: { more: list(3) } }] });
    expect((await post(within(500, few))).status).toBe(200);
    const typed = { do: 'text.edit', name: 'description', change: ['y', { d: 1 }] };
    await post({ edits: [{ do: 'design.set', description: 'x'.repeat(9_000) }] });
    expect((await post(within(mostEdits, typed))).body).toMatchObject({ status: 400, code: 'EDIT_MALFORMED' });
    expect((await post(within(200, typed))).status).toBe(200);
  });

  it('a huge text is refused; one that is too large for a request is not even read', async () => {
    const set = (length: number) => ({ edits: [{ do: 'node.set', id: 'from', settings: { gate: 'x'.repeat(length) } }] });
    const refused = await post(set(1_000_001));
    expect(refused.body).toMatchObject({ status: 400, code: 'EDIT_MALFORMED', pointer: '/edits/0/settings/gate' });
    expect((await post(set(9_000_000))).body).toMatchObject({ status: 413, code: 'API_BODY_TOO_LARGE' });
    expect(await now()).toEqual(design);
    expect((await post(set(1_000_000))).status).toBe(200);
  });

  it('the id of another design does not reach into it', async () => {
    const other = (await server.call<Design>(`POST ${designs}`, pipeline('Other'))).body;
    await post({ edits: [{ do: 'node.add', node: { id: 'mine', kind: 'compute.discard' } }] });
    const strayed = await server.call(`POST ${designs}/${other.id}/edits`, { edits: [{ do: 'node.delete', id: 'mine' }] });
    expect(strayed.body).toMatchObject({ status: 422, code: 'UNKNOWN_NODE' });
    const nowhere = await server.call(`POST ${designs}/${newUuid()}/edits`, { edits: [rename('x')] });
    expect(nowhere.body).toMatchObject({ status: 404, code: 'APP_DESIGN_UNKNOWN' });
    expect((await server.call(`GET ${designs}/${other.id}`)).body).toEqual(other);
  });

  it('[W11] old transactions sent again change nothing and are answered as the first time', async () => {
    const txs = Array.from({ length: 12 }, (_, n) => ({ txId: newUuid(), edits: [rename(`name ${n}`)], baseRev: n + 1 }));
    const first = [];
    for (const tx of txs) first.push((await post(tx)).body);
    const again = await Promise.all(txs.map(async (tx) => (await post(tx)).body));
    for (const [number, body] of again.entries()) {
      const { rev, edits, inverse, outcome, txId } = first[number] ?? {};
      expect(body).toMatchObject({ rev, edits, inverse, outcome, txId });
    }
    expect(await now()).toMatchObject({ rev: 13, name: 'name 11' });
  });

  it('what one sends that cannot be done keeps nothing from those who edit at the same time', async () => {
    const good = Array.from({ length: 20 }, (_, n) => post({ edits: [{ do: 'node.set', id: 'to', label: `${n}` }] }));
    const bad = [add({ gate: '\u0000' }), add({ count: -1 }), { do: 'nonsense' }, { do: 'node.delete', id: 'ghost' }].map(
      (edit) => post({ edits: [edit] }),
    );
    const [done, refused] = await Promise.all([Promise.all(good), Promise.all(bad)]);
    expect(done.map(({ status }) => status)).toEqual(good.map(() => 200));
    expect(refused.every(({ status }) => status >= 400 && status < 500)).toBe(true);
    expect((await now()).rev).toBe(21);
  });
});

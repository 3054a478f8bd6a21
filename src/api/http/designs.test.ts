import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import type { Design } from '#model/design.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

const designs = '/api/v1/designs';
const nobody = '00000000-0000-7000-8000-000000000000';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

async function make(settings: Record<string, unknown> = {}, name = 'Pipe'): Promise<Design> {
  const made = await server.call<Design>(`POST ${designs}`, pipeline(name, settings));
  expect(made.status).toBe(201);
  return made.body;
}

describe('designs', () => {
  it('are made, with address and ETag, and read again', async () => {
    const made = await server.call<Design>(`POST ${designs}`, { name: 'Empty' });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`${designs}/${made.body.id}`);
    expect(made.headers.get('etag')).toBe('"1"');
    const read = await server.call<Design>(`GET ${designs}/${made.body.id}`);
    expect(read.body).toEqual(made.body);
    expect(read.headers.get('etag')).toBe('"1"');
  });

  it('[W4] are not sent again to one who has the revision', async () => {
    const { id } = await make();
    const again = await server.call(`GET ${designs}/${id}`, undefined, { 'if-none-match': 'W/"1"' });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('[W12] are replaced by the edits that lead to the new body; the same body changes nothing', async () => {
    const design = await make();
    const same = await server.call<Design>(`PUT ${designs}/${design.id}`, design, { 'if-match': '"1"' });
    expect([same.status, same.body.rev]).toEqual([200, 1]);
    const wanted = structuredClone(design);
    wanted.name = 'Other';
    delete wanted.connections['wire'];
    delete wanted.nodes['to'];
    const ranked = { priority: 'low' as const, weight: 7 };
    wanted.nodes['keep'] = {
      id: 'keep',
      kind: 'flow.buffer',
      version: 1,
      label: 'B',
      settings: {},
      onFailure: 'skip',
      ...ranked,
    };
    const put = await server.call<Design>(`PUT ${designs}/${design.id}`, wanted, { 'if-match': '"1"' });
    expect(put.status).toBe(200);
    expect(put.headers.get('etag')).toBe('"2"');
    expect(put.body).toMatchObject({ rev: 2, name: 'Other', nodes: wanted.nodes, connections: {} });
    expect(put.body.canvas.positions).toEqual({ from: { x: 0, y: 0 } });
  });

  it('[W12] a body that breaks a rule is refused with a pointer into the body', async () => {
    const design = await make();
    const bad = structuredClone(design);
    (bad.nodes['from'] as { settings: unknown }).settings = { count: -1 };
    const answer = await server.call(`PUT ${designs}/${design.id}`, bad, { 'if-match': '*' });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'SETTINGS_INVALID', pointer: '/nodes/from/settings/count' });
    const stray = await server.call(`POST ${designs}`, { name: 'x', nodes: { a: design.nodes['from'] } });
    expect(stray.body).toMatchObject({ status: 400, pointer: '/nodes/a/id' });
  });

  it('are renamed, duplicated and deleted', async () => {
    const { id } = await make();
    const renamed = await server.call(`PATCH ${designs}/${id}`, { description: 'why' }, { 'if-match': '"1"' });
    expect([renamed.status, renamed.body['rev'], renamed.body['description']]).toEqual([200, 2, 'why']);
    const copy = await server.call<Design>(`POST ${designs}/${id}/duplicate`);
    expect([copy.status, copy.body.name, copy.body.rev]).toEqual([201, 'Pipe (copy)', 1]);
    const named = await server.call<Design>(`POST ${designs}/${id}/duplicate`, { name: 'Twin' });
    expect(named.body).toMatchObject({ name: 'Twin', description: 'why', nodes: copy.body.nodes });
    const gone = await server.call(`DELETE ${designs}/${id}`, undefined, { 'if-match': '"2"' });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await server.call(`GET ${designs}/${id}`)).body).toMatchObject({ status: 404, code: 'APP_DESIGN_UNKNOWN' });
  });

  it('go out as a design file and come back the same; CSPm goes out', async () => {
    const { id } = await make({ count: 7 });
    const file = await server.call(`GET ${designs}/${id}/export`);
    expect(file.headers.get('content-disposition')).toContain(`design-${id}.json`);
    const back = await server.call<Design>(`POST ${designs}/import`, file.text);
    expect(back.status).toBe(201);
    expect((await server.call(`GET ${designs}/${back.body.id}/export?format=json`)).text).toBe(file.text);
    const cspm = await server.call(`GET ${designs}/${id}/export?format=cspm`);
    expect([cspm.status, cspm.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const dot = await server.call(`GET ${designs}/${id}/export?format=dot`);
    expect([dot.text.slice(0, 8), dot.headers.get('content-disposition')]).toEqual(['digraph ', expect.stringContaining('.dot')]);
    const automata = await server.call<{ components: unknown[] }>(`GET ${designs}/${id}/export?format=automata`);
    expect(automata.body.components.length).toBeGreaterThan(0);
    expect(automata.headers.get('content-disposition')).toContain(`design-${id}.automata.json`);
    const stranger = await server.call(`GET ${designs}/${id}/export?format=dot&node=nobody`);
    expect(stranger.body).toMatchObject({ code: 'APP_EXPORT_PART_UNKNOWN' });
    const bad = await server.call(`POST ${designs}/import`, {
      format: 'csp-design/1',
      name: 'x',
      nodes: { a: { kind: 'no.kind' } },
      connections: {},
    });
    expect(bad.body).toMatchObject({ status: 422, code: 'APP_DESIGN_TEXT_INVALID', pointer: '/nodes/a/kind' });
  });

  it('are kept as versions and read as they were', async () => {
    const { id } = await make();
    const kept = await server.call(`POST ${designs}/${id}/versions`, { name: 'First', note: 'n' });
    expect(kept.status).toBe(201);
    await server.call(`PATCH ${designs}/${id}`, { name: 'Later' }, { 'if-match': '*' });
    await server.call(`POST ${designs}/${id}/versions`, { name: 'Second' });
    const list = await server.call<{ items: { name: string }[]; nextCursor: string }>(`GET ${designs}/${id}/versions?limit=1`);
    expect(list.body.items.map(({ name }) => name)).toEqual(['Second']);
    const next = await server.call<{ items: { name: string }[] }>(
      `GET ${designs}/${id}/versions?limit=1&cursor=${list.body.nextCursor}`,
    );
    expect(next.body).toMatchObject({ items: [{ name: 'First', number: 1, rev: 1 }], nextCursor: null });
    const first = await server.call(kept.headers.get('location') === null ? 'GET /' : `GET ${designs}/${id}/versions/1`);
    expect(first.body).toMatchObject({ version: { name: 'First', note: 'n' }, body: { name: 'Pipe' } });
    expect((await server.call(`GET ${designs}/${id}/versions/3`)).body).toMatchObject({
      status: 404,
      code: 'APP_VERSION_UNKNOWN',
    });
    expect((await server.call(`POST ${designs}/${nobody}/versions`, { name: 'x' })).status).toBe(404);
  });
});

describe('edits', () => {
  const end = (node: string, port: string) => ({ node, port });

  it('[W11] are applied all or none, answered with defaults filled in and the way back', async () => {
    const { id } = await make();
    const edits = [
      { do: 'disconnect', id: 'wire' },
      { do: 'node.add', node: { id: 'mix', kind: 'flow.merge' } },
      { do: 'connect', connection: { id: 'a', from: end('from', 'out'), to: end('mix', 'in') } },
      { do: 'connect', connection: { id: 'b', from: end('mix', 'out'), to: end('to', 'in') } },
    ];
    const done = await server.call<{ rev: number; edits: unknown[]; inverse: unknown[] }>(`POST ${designs}/${id}/edits`, {
      edits,
    });
    expect(done.status).toBe(200);
    expect(done.headers.get('etag')).toBe('"2"');
    expect(done.body.edits[1]).toEqual({
      do: 'node.add',
      node: { id: 'mix', kind: 'flow.merge', version: 1, label: '', settings: {}, onFailure: 'stop' },
    });
    expect(done.body.edits[2]).toMatchObject({ connection: { to: { index: 0 }, capacity: 0, policy: 'block' } });
    const before = await server.call<Design>(`GET ${designs}/${id}`);
    const back = await server.call(`POST ${designs}/${id}/edits`, { edits: done.body.inverse });
    expect(back.status).toBe(200);
    expect(Object.keys(before.body.nodes)).toContain('mix');
    expect((await server.call<Design>(`GET ${designs}/${id}`)).body.nodes).toEqual(pipeline('').nodes);
  });

  it.each([
    [[{ do: 'node.delete', id: 'no' }], 422, 'UNKNOWN_NODE', '/edits/0/id'],
    [[{ do: 'disconnect', id: 'no' }], 422, 'UNKNOWN_CONNECTION', '/edits/0/id'],
    [[{ do: 'node.add', node: { id: 'n', kind: 'no.kind' } }], 422, 'UNKNOWN_KIND', '/edits/0/node/kind'],
    [[{ do: 'node.add', node: { id: 'from', kind: 'test.count' } }], 409, 'ID_TAKEN', '/edits/0/node/id'],
    [[{ do: 'node.add', node: { id: 'n', kind: 'test.count', version: 2 } }], 422, 'VERSION_TOO_NEW', '/edits/0/node/version'],
    [[{ do: 'node.set', id: 'from', settings: { count: 'x' } }], 422, 'SETTINGS_INVALID', '/edits/0/settings/count'],
    [
      [{ do: 'connect', connection: { id: 'w', from: end('from', 'no'), to: end('to', 'in') } }],
      422,
      'UNKNOWN_PORT',
      '/edits/0/connection/from/port',
    ],
    [
      [{ do: 'connect', connection: { id: 'w', from: end('from', 'out'), to: end('to', 'in') } }],
      409,
      'PORT_TAKEN',
      '/edits/0/connection/from',
    ],
    [
      [{ do: 'connect', connection: { id: 'w', from: end('to', 'in'), to: end('from', 'out') } }],
      422,
      'PORTS_INCOMPATIBLE',
      '/edits/0/connection/from/port',
    ],
    [
      [
        { do: 'design.set', name: 'ok' },
        { do: 'design.set', nam: 'x' },
      ],
      400,
      'EDIT_MALFORMED',
      '/edits/1/nam',
    ],
    [[{ do: 'explode' }], 400, 'EDIT_MALFORMED', '/edits/0/do'],
  ])('[W11] %j is refused and nothing changes', async (edits, status, code, pointer) => {
    const design = await make();
    const refused = await server.call(`POST ${designs}/${design.id}/edits`, { edits });
    expect(refused.body).toMatchObject({ status, code, pointer });
    expect((await server.call(`GET ${designs}/${design.id}`)).body).toEqual(design);
  });

  it('[W11] say what was missed since baseRev, and are done once under a txId', async () => {
    const { id } = await make();
    const rename = (name: string) => ({ do: 'design.set', name });
    await server.call(`POST ${designs}/${id}/edits`, { edits: [rename('one')] });
    const txId = '11111111-1111-4111-8111-111111111111';
    const asked = { edits: [rename('two')], baseRev: 1, txId };
    const done = await server.call(`POST ${designs}/${id}/edits`, asked);
    expect(done.body).toMatchObject({ rev: 3, missed: [{ rev: 2, edits: [rename('one')] }] });
    const again = await server.call(`POST ${designs}/${id}/edits`, asked);
    expect(again.body).toMatchObject({ rev: 3, edits: [rename('two')] });
    const stale = await server.call(`POST ${designs}/${id}/edits`, { edits: [rename('x')] }, { 'if-match': '"1"' });
    expect(stale.body).toMatchObject({
      status: 412,
      code: 'API_STALE',
      rev: 3,
      missed: [{ edits: [rename('one')] }, { edits: [rename('two')] }],
    });
  });

  it('[W6] go one by one through nodes and connections', async () => {
    const { id } = await make();
    const match = { 'if-match': '*' };
    const added = await server.call(`POST ${designs}/${id}/nodes`, { id: 'b', kind: 'flow.buffer', at: { x: 1, y: 2 } });
    expect([added.status, added.headers.get('location'), added.headers.get('etag')]).toEqual([
      201,
      `${designs}/${id}/nodes/b`,
      '"2"',
    ]);
    const set = await server.call(`PATCH ${designs}/${id}/nodes/b`, { label: 'B', at: { x: 3, y: 4 } }, match);
    expect([set.status, set.body['label'], set.headers.get('etag')]).toEqual([200, 'B', '"3"']);
    expect((await server.call(`PATCH ${designs}/${id}/nodes/from`, { settings: { count: 'x' } }, match)).status).toBe(422);
    const wire = await server.call(`POST ${designs}/${id}/connections`, { id: 'c', from: end('b', 'out'), to: end('to', 'in') });
    expect(wire.body).toMatchObject({ status: 409, code: 'PORT_TAKEN', pointer: '/to' });
    expect((await server.call(`PATCH ${designs}/${id}/connections/wire`, { capacity: 5 }, match)).body).toMatchObject({
      capacity: 5,
      policy: 'block',
    });
    expect((await server.call(`DELETE ${designs}/${id}/connections/wire`, undefined, match)).status).toBe(204);
    expect(
      (await server.call(`POST ${designs}/${id}/connections`, { id: 'c', from: end('b', 'out'), to: end('to', 'in') })).status,
    ).toBe(201);
    expect((await server.call(`DELETE ${designs}/${id}/nodes/b`, undefined, match)).status).toBe(204);
    for (const gone of ['nodes/b', 'connections/c']) {
      expect((await server.call(`DELETE ${designs}/${id}/${gone}`, undefined, match)).body).toMatchObject({
        status: 404,
        code: 'APP_ELEMENT_UNKNOWN',
      });
    }
  });
});

describe('conditions', () => {
  it('[W4] a change without If-Match is 428, with one that is none 400', async () => {
    const { id } = await make();
    const requests = [
      [`PUT ${designs}/${id}`, pipeline('x')],
      [`PATCH ${designs}/${id}`, {}],
      [`DELETE ${designs}/${id}`, undefined],
      [`PATCH ${designs}/${id}/nodes/to`, {}],
      [`DELETE ${designs}/${id}/nodes/to`, undefined],
      [`PATCH ${designs}/${id}/connections/wire`, {}],
      [`DELETE ${designs}/${id}/connections/wire`, undefined],
    ] as const;
    for (const [request, body] of requests) {
      expect((await server.call(request, body)).body, request).toMatchObject({ status: 428, code: 'API_MATCH_REQUIRED' });
      expect((await server.call(request, body, { 'if-match': 'seven' })).body).toMatchObject({
        status: 400,
        code: 'API_MATCH_MALFORMED',
      });
      expect((await server.call(request, body, { 'if-match': '"9"' })).body).toMatchObject({
        status: 412,
        code: 'API_STALE',
        rev: 1,
      });
    }
  });

  it('[W4] of two writers who saw the same revision, one is told what the other did', async () => {
    const { id } = await make();
    const answers = await Promise.all(
      ['A', 'B'].map((name) => server.call(`PATCH ${designs}/${id}`, { name }, { 'if-match': '"1"' })),
    );
    const [won, lost] = answers.sort((a, b) => a.status - b.status);
    expect([won?.status, lost?.status]).toEqual([200, 412]);
    expect(lost?.body).toMatchObject({ rev: 2, missed: [{ edits: [{ do: 'design.set', name: won?.body['name'] }] }] });
  });
});

describe('idempotency keys', () => {
  it('[W5] the same request is done once and answered the same', async () => {
    const headers = { 'idempotency-key': 'key-1' };
    const [first, ...rest] = [await server.call<Design>(`POST ${designs}`, { name: 'Once' }, headers)];
    const second = await server.call<Design>(`POST ${designs}`, { name: 'Once' }, headers);
    expect(rest).toEqual([]);
    expect([second.status, second.text, second.headers.get('idempotency-replayed')]).toEqual([201, first.text, 'true']);
    for (const name of ['location', 'etag', 'content-type']) expect(second.headers.get(name)).toBe(first.headers.get(name));
    const other = await server.call(`POST ${designs}`, { name: 'Other' }, headers);
    expect(other.body).toMatchObject({ status: 422, code: 'API_KEY_REUSED' });
  });

  it('[W5] of many sent at once, one is done', async () => {
    const { id } = await make();
    const headers = { 'idempotency-key': 'key-2' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => server.call(`POST ${designs}/${id}/versions`, { name: 'V' }, headers)),
    );
    expect(new Set(answers.map(({ status }) => status)).isSubsetOf(new Set([201, 409]))).toBe(true);
    const list = await server.call<{ items: unknown[] }>(`GET ${designs}/${id}/versions`);
    expect(list.body.items).toHaveLength(1);
  });

  it('[W5] what was refused may be tried again under the same key', async () => {
    const { id } = await make();
    const headers = { 'idempotency-key': 'key-3' };
    const edit = { edits: [{ do: 'node.delete', id: 'later' }] };
    expect((await server.call(`POST ${designs}/${id}/edits`, edit, headers)).status).toBe(422);
    await server.call(`POST ${designs}/${id}/nodes`, { id: 'later', kind: 'flow.buffer' });
    expect((await server.call(`POST ${designs}/${id}/edits`, edit, headers)).status).toBe(200);
    expect((await server.call(`POST ${designs}`, { name: 'x' }, { 'idempotency-key': 'a b' })).status).toBe(400);
  });
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import type { ComponentSpec } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

const designs = '/api/v1/designs';
const nobody = '00000000-0000-7000-8000-000000000000';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

async function make(name = 'Pipe'): Promise<Design> {
  const made = await server.call<Design>(`POST ${designs}`, pipeline(name));
  expect(made.status).toBe(201);
  return made.body;
}

describe('lists', () => {
  it('[W9] pages over 300 designs give each once, whatever is added meanwhile', async () => {
    const made: string[] = [];
    for (let n = 0; n < 300; n++)
      made.push(
        ((await server.app.createDesign({ actor: 'owner', via: 'test' }, { name: `D${n}` })) as { design: Design }).design.id,
      );
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await server.call<{ items: Design[]; nextCursor: string | null }>(`GET ${designs}?limit=37${query}`);
      expect(page.status).toBe(200);
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.nextCursor;
      await make('Added meanwhile');
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(new Set(made).isSubsetOf(new Set(seen))).toBe(true);
    const ours = seen.filter((id) => made.includes(id));
    expect(ours).toEqual([...made].reverse());
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'cursor=%7B', 'cursor=bm9uZQ', 'colour=red'])('[W9] ?%s is 400', async (query) => {
    const answer = await server.call(`GET ${designs}?${query}`);
    expect(answer.body).toMatchObject({ status: 400 });
    expect(answer.body['code']).toMatch(/API_REQUEST_INVALID|APP_CURSOR_INVALID/);
  });

  it('[W9] the components are all on one page', async () => {
    const list = await server.call<{ items: { kind: string }[] }>('GET /api/v1/components');
    expect(list.body.items.map(({ kind }) => kind)).toContain('flow.buffer');
    expect((await server.call('GET /api/v1/components/flow.buffer')).body).toMatchObject({ kind: 'flow.buffer' });
    // [V139]
    const { body } = await server.call<ComponentSpec>('GET /api/v1/components/flow.merge');
    expect(body.classes?.map(({ name }) => name)).toEqual(['client-server', 'deterministic', 'may end']);
    expect((await server.call('GET /api/v1/components/no.kind')).body).toMatchObject({
      status: 404,
      code: 'APP_COMPONENT_UNKNOWN',
    });
  });
});

describe('bad requests', () => {
  const post = (body: string, headers: Record<string, string>) =>
    fetch(server.origin + designs, { method: 'POST', body, headers });

  it('[W2] malformed JSON is 400, another media type 415, a large body 413 with the numbers, an unknown address 404', async () => {
    const malformed = await post('{"name": "x",}', { 'content-type': 'application/json' });
    expect(malformed.headers.get('content-type')).toMatch('application/problem+json');
    expect(await malformed.json()).toMatchObject({
      status: 400,
      code: 'API_BODY_MALFORMED',
      detail: expect.stringContaining('at position 13 (line 1 column 14)'),
    });
    expect(await (await post('', { 'content-type': 'application/json' })).json()).toMatchObject({ status: 400 });
    const xml = await post('<a/>', { 'content-type': 'text/xml' });
    expect(await xml.json()).toMatchObject({ status: 415, code: 'API_MEDIA_TYPE', given: 'text/xml' });
    const plain = await post('{}', { 'content-type': 'text/plain' });
    expect(plain.status).toBe(415);
    const large = await post(JSON.stringify({ name: 'x'.repeat(9_000_000) }), { 'content-type': 'application/json' });
    expect(await large.json()).toMatchObject({ status: 413, limitBytes: 8_388_608, sizeBytes: 9_000_011 });
    const nowhere = await server.call('GET /api/v1/nothing');
    expect(nowhere.body).toMatchObject({ status: 404, code: 'API_ROUTE_UNKNOWN' });
    expect((await server.call('GET /api')).status).toBe(404);
  });

  it.each([
    [`GET ${designs}/none`, undefined, 404, undefined],
    [`GET ${designs}/${nobody}`, undefined, 404, undefined],
    [`POST ${designs}/${nobody}/edits`, { edits: [{ do: 'design.set', name: 'x' }] }, 404, undefined],
    [`POST ${designs}/${nobody}/execute`, undefined, 404, undefined],
    [`POST ${designs}/${nobody}/validate`, undefined, 404, undefined],
    [`POST ${designs}/${nobody}/duplicate`, {}, 404, undefined],
    [`GET ${designs}/${nobody}/versions`, undefined, 404, undefined],
    [`GET ${designs}/${nobody}/export`, undefined, 404, undefined],
    [`POST ${designs}`, {}, 400, ''],
    [`POST ${designs}`, { name: 7 }, 400, '/name'],
    [`POST ${designs}`, { name: 'x', nodse: {} }, 400, '/nodse'],
    [`POST ${designs}`, { name: 'a\u0000b' }, 400, '/name'],
    [`POST ${designs}/import`, { format: 'other' }, 422, '/format'],
    [`POST ${designs}/import`, [], 422, '/format'],
    ['POST /api/v1/validate', { name: 'x' }, 400, ''],
    ['GET /api/v1/executions?designId=x', undefined, 400, '/designId'],
    [`GET /api/v1/executions/${nobody}`, undefined, 404, undefined],
    [`POST /api/v1/executions/${nobody}/pause`, undefined, 404, undefined],
    [`GET /api/v1/executions/${nobody}/metrics`, undefined, 404, undefined],
    [`GET /api/v1/executions/${nobody}/connections/a/messages`, undefined, 404, undefined],
    ['GET /api/v1/files/no/such.txt', undefined, 404, undefined],
    ['GET /api/v1/files/..%2F..%2Fetc%2Fpasswd', undefined, 403, undefined],
    ['GET /api/v1/files/%2Fetc%2Fpasswd', undefined, 403, undefined],
  ] as const)('[W3] %s %j is %i at %s', async (request, body, status, pointer) => {
    const answer = await server.call(request, body);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    if (pointer !== undefined) expect(answer.body['pointer']).toBe(pointer);
    expect(answer.text).not.toMatch(/\.ts:|node_modules/);
  });
});

describe('checks', () => {
  it('tell of a stored design and of one that is not', async () => {
    const design = await make();
    const stored = await server.call(`POST ${designs}/${design.id}/validate`);
    expect(stored.body).toMatchObject({ designId: design.id, rev: 1, verdict: 'proved' });
    const open = pipeline('Open');
    delete open.connections['wire'];
    const loose = await server.call('POST /api/v1/validate', open);
    expect(loose.body).toMatchObject({ verdict: 'refuted' });
    const broken = pipeline('Broken');
    delete broken.nodes['to'];
    expect((await server.call('POST /api/v1/validate', broken)).body).toMatchObject({
      status: 422,
      code: 'APP_DESIGN_TEXT_INVALID',
    });
  });
});

describe('system', () => {
  it('says that it is well, and describes itself', async () => {
    expect((await server.call('GET /api/v1/health')).body).toEqual({ status: 'ok', version: '9.9.9', database: 'server' });
    const described = await server.call<{ openapi: string; paths: object }>('GET /api/v1/openapi.json');
    expect(described.body.openapi).toBe('3.1.0');
    expect(Object.keys(described.body.paths)).toContain(`${designs}/{designId}`);
  });

  it('has a reference page whose script is its own', async () => {
    const page = await server.call('GET /api/v1/reference');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('js/scalar.js');
    expect(page.text).not.toMatch(/src="https?:/);
    const script = await server.call('GET /api/v1/reference/js/scalar.js');
    expect(script.headers.get('content-type')).toMatch('javascript');
  });

  it('[W7] shows files as they are and lets nothing in them run', async () => {
    await writeFile(join(server.filesFolder, 'sums.csv'), 'a,b\n1,2\n');
    const csv = await server.call('GET /api/v1/files/sums.csv');
    expect([csv.status, csv.text, csv.headers.get('content-type')]).toEqual([200, 'a,b\n1,2\n', 'text/csv; charset=utf-8']);
    await writeFile(join(server.filesFolder, 'page.html'), '<script>alert(1)</script>');
    const html = await server.call('GET /api/v1/files/page.html');
    expect(html.headers.get('content-type')).toBe('application/octet-stream');
    expect(html.headers.get('content-security-policy')).toContain('sandbox');
    expect(html.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

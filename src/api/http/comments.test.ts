import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import type { Thread } from '#model/comment.ts';
import type { Design } from '#model/design.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

const designs = '/api/v1/designs';
const nobody = '00000000-0000-7000-8000-000000000000';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

async function make(): Promise<`/${string}`> {
  const { id } = (await server.call<Design>(`POST ${designs}`, pipeline('Talked about'))).body;
  return `${designs}/${id}/comments`;
}

async function open(at: `/${string}`, anchor: object = { node: 'from' }, text = 'why?'): Promise<Thread> {
  const answer = await server.call<Thread>(`POST ${at}`, { anchor, text });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('location')).toBe(`${at}/${answer.body.id}`);
  return answer.body;
}

describe('threads', () => {
  it('[M2] [M5] [M7] are opened, read, answered, edited, resolved, opened again, and deleted with their last comment', async () => {
    const at = await make();
    const thread = await open(at, { connection: 'wire' }, 'two\nlines for @bea');
    expect(thread).toMatchObject({ anchor: { connection: 'wire' }, state: 'open', comments: [{ mentions: ['bea'] }] });
    const here: `/${string}` = `${at}/${thread.id}`;
    expect((await server.call(`GET ${here}`)).body).toEqual(thread);
    const answered = await server.call<Thread>(`POST ${here}`, { text: 'because' });
    expect(answered.status).toBe(201);
    const [first, second] = answered.body.comments;
    expect(answered.headers.get('location')).toBe(`${here}/${second?.id}`);
    const edited = await server.call<Thread>(`PATCH ${here}/${first?.id}`, { text: 'one' });
    expect(edited.body.comments.map(({ text }) => text)).toEqual(['one', 'because']);
    expect((await server.call(`PATCH ${here}`, { state: 'resolved' })).body).toMatchObject({ state: 'resolved' });
    expect((await server.call(`PATCH ${here}`, { state: 'open' })).body).toMatchObject({ state: 'open' });
    for (const comment of [first, second]) expect((await server.call(`DELETE ${here}/${comment?.id}`)).status).toBe(204);
    expect((await server.call(`GET ${here}`)).body).toMatchObject({ status: 404, code: 'APP_THREAD_UNKNOWN' });
  });

  it('[M10] are listed by state and element, page by page', async () => {
    const at = await make();
    const made: string[] = [];
    for (const anchor of [{ node: 'from' }, { node: 'to' }, { connection: 'wire' }, { point: { x: 0, y: 9 } }])
      made.push((await open(at, anchor)).id);
    await server.call(`PATCH ${at}/${made[1]}`, { state: 'resolved' });
    const list = async (query: string) => {
      const { body } = await server.call<{ items: Thread[]; nextCursor: string | null }>(`GET ${at}?${query}`);
      return { ids: body.items.map(({ id }) => made.indexOf(id)), next: body.nextCursor };
    };
    expect(await list('')).toEqual({ ids: [3, 2, 1, 0], next: null });
    expect((await list('state=all')).ids).toEqual([3, 2, 1, 0]);
    expect((await list('state=open')).ids).toEqual([3, 2, 0]);
    expect((await list('state=resolved')).ids).toEqual([1]);
    expect((await list('node=from')).ids).toEqual([0]);
    expect((await list('connection=wire&state=open')).ids).toEqual([2]);
    expect((await list('node=nothing')).ids).toEqual([]);
    const page = await list('limit=3');
    await open(at);
    expect(await list(`limit=3&cursor=${page.next}`)).toEqual({ ids: [0], next: null });
  });

  it('[M5] are whose name is in csp-actor; a name that cannot be printed is refused', async () => {
    const at = await make();
    const by = (name: string) => ({ 'csp-actor': encodeURIComponent(name) });
    const asked = { anchor: { node: 'to' }, text: 'mine' };
    const { body: thread } = await server.call<Thread>(`POST ${at}`, asked, by('Zoë'));
    expect(thread.comments[0]?.actor).toBe('Zoë');
    const here = `${at}/${thread.id}/${thread.comments[0]?.id}` as const;
    expect((await server.call(`PATCH ${here}`, { text: 'yours' }, by('bea'))).body).toMatchObject({
      status: 403,
      code: 'APP_COMMENT_NOT_YOURS',
    });
    expect((await server.call(`DELETE ${here}`, undefined, by('bea'))).status).toBe(403);
    for (const name of ['a\u202eb', 'a\nb', '\u2066'])
      expect((await server.call(`POST ${at}`, asked, by(name))).body).toMatchObject({ code: 'API_ACTOR_MALFORMED' });
    expect((await server.call(`PATCH ${here}`, { text: 'still mine' }, by('Zoë'))).status).toBe(200);
    expect((await server.call(`DELETE ${here}`, undefined)).status).toBe(204);
  });

  it('[W5] [M2] under one key a thread is opened once and an answer is given once', async () => {
    const at = await make();
    const ask = (to: `/${string}`, body: object, key: string) =>
      server.call<Thread>(`POST ${to}`, body, { 'idempotency-key': key });
    const asked = { anchor: { node: 'to' }, text: 'once' };
    const [one, two] = [await ask(at, asked, 'a'), await ask(at, asked, 'a')];
    expect(two.body).toEqual(one.body);
    const answers = [
      await ask(`${at}/${one.body.id}`, { text: 'b' }, 'b'),
      await ask(`${at}/${one.body.id}`, { text: 'b' }, 'b'),
    ];
    expect(answers[1]?.headers.get('idempotency-replayed')).toBe('true');
    expect((await server.call<Thread>(`GET ${at}/${one.body.id}`)).body.comments).toHaveLength(2);
  });
});

describe('bad requests', () => {
  const text = 'x';
  it.each<[string, object, number, string, string | undefined]>([
    ['no text', { anchor: { node: 'from' } }, 400, 'API_REQUEST_INVALID', undefined],
    ['an empty text', { anchor: { node: 'from' }, text: '' }, 400, 'API_REQUEST_INVALID', '/text'],
    ['a long text', { anchor: { node: 'from' }, text: 'x'.repeat(10_001) }, 400, 'API_REQUEST_INVALID', '/text'],
    ['a blank text', { anchor: { node: 'from' }, text: ' \n ' }, 422, 'APP_COMMENT_INVALID', '/text'],
    ['a control character', { anchor: { node: 'from' }, text: 'a\u0000' }, 422, 'APP_COMMENT_INVALID', '/text'],
    ['half a character', { anchor: { node: 'from' }, text: 'a\ud83d' }, 422, 'APP_COMMENT_INVALID', '/text'],
    ['mentions of its own', { anchor: { node: 'from' }, text, mentions: ['bea'] }, 400, 'API_REQUEST_INVALID', '/mentions'],
    ['a node that is not there', { anchor: { node: 'none' }, text }, 422, 'APP_ANCHOR_UNKNOWN', '/anchor/node'],
    ['a wire that is not there', { anchor: { connection: 'from' }, text }, 422, 'APP_ANCHOR_UNKNOWN', '/anchor/connection'],
    ['no anchor', { anchor: {}, text }, 400, 'API_REQUEST_INVALID', undefined],
    ['two anchors', { anchor: { node: 'from', point: { x: 0, y: 0 } }, text }, 400, 'API_REQUEST_INVALID', undefined],
    ['a far point', { anchor: { point: { x: 1e9, y: 0 } }, text }, 400, 'API_REQUEST_INVALID', undefined],
    [
      'an empty region',
      { anchor: { region: { at: { x: 0, y: 0 }, size: { width: 0, height: 0 } } }, text },
      400,
      'API_REQUEST_INVALID',
      undefined,
    ],
    ['a node that is none', { anchor: { node: 'a\u202eb' }, text }, 400, 'API_REQUEST_INVALID', undefined],
  ])('[M1] [M3] %s is refused', async (_what, body, status, code, pointer) => {
    const at = await make();
    const answer = await server.call(`POST ${at}`, body);
    expect(answer.body).toMatchObject({ status, code, ...(pointer !== undefined && { pointer }) });
    expect((await server.call<{ items: Thread[] }>(`GET ${at}`)).body.items).toEqual([]);
  });

  it('[M2] what is not there is 404: the design, the thread, the comment, a thread of another design', async () => {
    const [at, other] = [await make(), await make()];
    const { id, comments } = await open(at);
    const calls = [
      [`GET ${designs}/${nobody}/comments`, undefined, 'APP_DESIGN_UNKNOWN'],
      [`POST ${designs}/${nobody}/comments`, { anchor: { node: 'from' }, text }, 'APP_DESIGN_UNKNOWN'],
      [`GET ${other}/${id}`, undefined, 'APP_THREAD_UNKNOWN'],
      [`POST ${other}/${id}`, { text }, 'APP_THREAD_UNKNOWN'],
      [`PATCH ${at}/${nobody}`, { state: 'open' }, 'APP_THREAD_UNKNOWN'],
      [`DELETE ${other}/${id}/${comments[0]?.id}`, undefined, 'APP_THREAD_UNKNOWN'],
      [`PATCH ${at}/${id}/${nobody}`, { text }, 'APP_COMMENT_UNKNOWN'],
      [`DELETE ${at}/${id}/${nobody}`, undefined, 'APP_COMMENT_UNKNOWN'],
      [`GET ${at}/none`, undefined, 'API_ROUTE_UNKNOWN'],
    ] as const;
    for (const [call, body, code] of calls) {
      const answer = await server.call(call as Parameters<typeof server.call>[0], body);
      expect({ call, ...answer.body }).toMatchObject({ call, status: 404, code });
    }
  });

  it.each(['state=closed', 'node=', 'node=from&connection=wire', 'cursor=x', 'limit=0', 'colour=red'])(
    '[M10] ?%s is 400',
    async (query) => {
      expect((await server.call(`GET ${await make()}?${query}`)).body).toMatchObject({ status: 400 });
    },
  );
});

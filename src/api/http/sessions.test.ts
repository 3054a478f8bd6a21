import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Happening } from '#app/feed.ts';
import { pipeline } from '#app/testing/real-app.ts';
import type { Design, DesignBody } from '#model/design.ts';
import type { Sample, Session, SessionSnapshot, SwapReport } from '#model/sessions/session.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

const executions = '/api/v1/executions';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

async function run(body: DesignBody): Promise<Session> {
  const made = await server.call<Design>('POST /api/v1/designs', body);
  const started = await server.call<Session>(`POST /api/v1/designs/${made.body.id}/execute`, {});
  expect(started.status, started.text).toBe(201);
  expect(started.headers.get('location')).toBe(`${executions}/${started.body.id}`);
  expect(started.body).toMatchObject({ designId: made.body.id, designRev: 1 });
  return started.body;
}

/** Waits for the news that a session is in a state. */
async function reached(id: string, state: Session['state']): Promise<Session> {
  const told = Promise.withResolvers<void>();
  const deaf = server.app.feed.listen((happening: Happening) => {
    if (happening.type === 'session.status' && happening.session.id === id && happening.session.state === state) told.resolve();
  });
  const now = await server.call<Session>(`GET ${executions}/${id}`);
  if (now.body.state !== state) await told.promise;
  deaf();
  return (await server.call<Session>(`GET ${executions}/${id}`)).body;
}

describe('sessions', () => {
  it('run to their end; figures and messages can still be read', async () => {
    const { id } = await run(pipeline('Ten', { count: 10 }));
    const ended = await reached(id, 'completed');
    expect(ended.endedAt).toBeDefined();
    const metrics = await server.call<SessionSnapshot>(`GET ${executions}/${id}/metrics`);
    expect(metrics.body).toMatchObject({ sessionId: id, state: 'completed' });
    expect(metrics.body.channels).toMatchObject([{ connection: 'wire', sent: 10, received: 10, dropped: 0, ended: true }]);
    const messages = await server.call<{ items: Sample[] }>(`GET ${executions}/${id}/connections/wire/messages?limit=3`);
    expect(messages.body.items).toMatchObject([
      { number: 8, value: 8 },
      { number: 9, value: 9 },
      { number: 10, value: 10, cut: false },
    ]);
    const none = await server.call(`GET ${executions}/${id}/connections/none/messages`);
    expect(none.body).toMatchObject({ status: 404, code: 'APP_CONNECTION_UNKNOWN' });
  });

  it('[H16] [H17] are given a share of the processor and a priority, within what there is', async () => {
    const made = await server.call<Design>('POST /api/v1/designs', pipeline('Shared', { count: 10 }));
    const execute = `POST /api/v1/designs/${made.body.id}/execute` as const;
    for (const [body, pointer] of [
      [{ limits: { cpuPercent: 0 } }, '/limits/cpuPercent'],
      [{ limits: { cpuPercent: 101 } }, '/limits/cpuPercent'],
      [{ limits: { cpuPercent: 'half' } }, '/limits/cpuPercent'],
      [{ priority: 'highest' }, '/priority'],
      [{ monitor: 'shout' }, '/monitor'],
    ] as const) {
      const { status, body: problem } = await server.call(execute, body);
      expect([status, problem['code'], problem['pointer']]).toEqual([400, 'API_REQUEST_INVALID', pointer]);
    }
    const started = await server.call<Session>(execute, { limits: { cpuPercent: 50 }, priority: 'low', monitor: 'block' });
    expect(started.status).toBe(201);
    await reached(started.body.id, 'completed');
    const metrics = await server.call<SessionSnapshot>(`GET ${executions}/${started.body.id}/metrics`);
    expect(metrics.body.cpu).toEqual({ usedMs: expect.any(Number), deferredMs: 0 });
  });

  it('[H18] share services outside, whose use can be read', async () => {
    server.services.take({ session: 's', node: 'n' }, 'https://b.example');
    const held = server.services.take({ session: 's', node: 'n' }, 'https://a.example');
    held.give();
    const { status, body } = await server.call<{ items: unknown[] }>('GET /api/v1/system/services');
    expect([status, body.items]).toEqual([
      200,
      [
        { service: 'https://a.example', atOnce: 2, inUse: 0, waiting: 0, granted: 1, refused: 0 },
        { service: 'https://b.example', atOnce: 2, inUse: 1, waiting: 0, granted: 1, refused: 0 },
      ],
    ]);
    server.services.leave('s');
  });

  it('[W10] are asked to pause, go on and stop; the answer does not wait', async () => {
    const { id } = await run(pipeline('Endless', { count: 0, everyMs: 1 }));
    await reached(id, 'running');
    const paused = await server.call<Session>(`POST ${executions}/${id}/pause`);
    expect(paused.status).toBe(202);
    expect(['pausing', 'paused']).toContain(paused.body.state);
    await reached(id, 'paused');
    const before = await server.call<SessionSnapshot>(`GET ${executions}/${id}/metrics`);
    expect(before.body.processes.every(({ state }) => state === 'paused')).toBe(true);
    expect((await server.call(`POST ${executions}/${id}/resume`)).status).toBe(202);
    await reached(id, 'running');
    expect((await server.call(`POST ${executions}/${id}/stop`)).status).toBe(202);
    await reached(id, 'stopped');
    expect((await server.call(`POST ${executions}/${id}/stop`)).status).toBe(202);
    for (const verb of ['pause', 'resume'])
      expect((await server.call(`POST ${executions}/${id}/${verb}`)).body).toMatchObject({
        status: 409,
        code: 'APP_SESSION_NOT_RUNNING',
      });
  });

  it('that fail say which node and why', async () => {
    const body = pipeline('Failing');
    body.nodes['to'] = { id: 'to', kind: 'test.fail', version: 1, label: '', settings: {}, onFailure: 'stop' };
    const { id } = await run(body);
    const failed = await reached(id, 'failed');
    expect(failed.fault).toMatchObject({ node: 'to', message: expect.stringContaining('it fails, as it should') });
  });

  it('of a design that cannot run are refused with the findings, and leave nothing behind', async () => {
    const body = pipeline('Loose');
    delete body.connections['wire'];
    const made = await server.call<Design>('POST /api/v1/designs', body);
    const refused = await server.call(`POST /api/v1/designs/${made.body.id}/execute`);
    expect(refused.body).toMatchObject({ status: 422, code: 'APP_DESIGN_NOT_READY' });
    expect(refused.body['findings']).toMatchObject([{ rule: 'unconnected-port' }, { rule: 'unconnected-port' }]);
    expect((await server.call(`GET ${executions}?designId=${made.body.id}`)).body).toEqual({ items: [], nextCursor: null });
  });

  it('[W9] are listed newest first, of one design or of all', async () => {
    const first = await run(pipeline('Listed', { count: 1 }));
    await reached(first.id, 'completed');
    const second = await server.call<Session>(`POST /api/v1/designs/${first.designId}/execute`);
    await reached(second.body.id, 'completed');
    const page = await server.call<{ items: Session[]; nextCursor: string }>(
      `GET ${executions}?designId=${first.designId}&limit=1`,
    );
    expect(page.body.items.map(({ id }) => id)).toEqual([second.body.id]);
    const next = await server.call<{ items: Session[] }>(
      `GET ${executions}?designId=${first.designId}&cursor=${page.body.nextCursor}`,
    );
    expect(next.body).toMatchObject({ items: [{ id: first.id }], nextCursor: null });
    expect((await server.call<{ items: Session[] }>(`GET ${executions}`)).body.items.length).toBeGreaterThan(1);
  });

  it('beyond what the server takes are 503, and a place is free again when one has stopped', async () => {
    const running: Session[] = [];
    for (let n = 0; n < 5; n++) running.push(await run(pipeline(`Full ${n}`, { count: 0, everyMs: 50 })));
    const refused = await server.call(`POST /api/v1/designs/${running[0]?.designId}/execute`);
    expect(refused.body).toMatchObject({ status: 503, code: 'HOST_TOO_MANY_SESSIONS' });
    expect(refused.headers.get('retry-after')).toBe('1');
    for (const { id } of running) {
      await server.call(`POST ${executions}/${id}/stop`);
      await reached(id, 'stopped');
    }
    const free = await server.call(`POST /api/v1/designs/${running[0]?.designId}/execute`);
    expect(free.status).toBe(201);
    await server.call(`POST ${executions}/${free.body['id']}/stop`);
    expect(server.reported).toEqual([]);
  });

  it('that ended long ago still have the counts of their nodes', async () => {
    const { id, designId } = await run(pipeline('Old', { count: 4 }));
    await reached(id, 'completed');
    for (let n = 0; n < 51; n++) {
      const later = await server.call<Session>(`POST /api/v1/designs/${designId}/execute`);
      await reached(later.body.id, 'completed');
    }
    const metrics = await server.call<SessionSnapshot>(`GET ${executions}/${id}/metrics`);
    expect(metrics.body.channels).toEqual([]);
    expect(metrics.body.processes).toMatchObject([
      { node: 'from', sent: 4 },
      { node: 'to', received: 4 },
    ]);
    expect((await server.call(`GET ${executions}/${id}/connections/wire/messages`)).body).toEqual({ items: [] });
  });

  it('[S34] become sessions of the design as it is now, and say which revision they run', async () => {
    const { id, designId } = await run(pipeline('Swapped', { count: 0, everyMs: 1 }));
    await reached(id, 'running');
    const edits = [{ do: 'node.set', id: 'to', settings: { action: 'stop', after: 1_000_000 } }];
    const edited = await server.call(`POST /api/v1/designs/${designId}/edits`, { edits });
    expect(edited.status, edited.text).toBe(200);
    const stale = await server.call(`POST ${executions}/${id}/swap`, { rev: 1 });
    expect(stale.body).toMatchObject({ status: 409, code: 'APP_SWAP_STALE', rev: 2 });
    const told: Session[] = [];
    const deaf = server.app.feed.listen((happening: Happening) => {
      if (happening.type === 'session.status' && happening.session.id === id) told.push(happening.session);
    });
    const swapped = await server.call<{ session: Session; report: SwapReport }>(`POST ${executions}/${id}/swap`, { rev: 2 });
    expect(swapped.status, swapped.text).toBe(200);
    expect(swapped.body).toMatchObject({ session: { id, designRev: 2 }, report: { kept: ['from'], started: ['to'] } });
    expect(told).toMatchObject([{ designRev: 2, state: 'running' }]);
    deaf();
    await server.call(`POST /api/v1/designs/${designId}/edits`, { edits: [{ do: 'disconnect', id: 'wire' }] });
    const loose = await server.call(`POST ${executions}/${id}/swap`, {});
    expect(loose.body).toMatchObject({ status: 422, code: 'APP_DESIGN_NOT_READY' });
    expect((await server.call<Session>(`GET ${executions}/${id}`)).body).toMatchObject({ designRev: 2, state: 'running' });
    await server.call(`POST ${executions}/${id}/stop`);
    await reached(id, 'stopped');
    expect((await server.call(`POST ${executions}/${id}/swap`, {})).body).toMatchObject({
      status: 409,
      code: 'APP_SESSION_NOT_RUNNING',
    });
  });
});

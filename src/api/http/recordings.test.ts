import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import type { Finding, Trace } from '#model/checks/finding.ts';
import type { Design, DesignBody } from '#model/design.ts';
import type { ForcedReport } from '#model/sessions/forced.ts';
import type { Session } from '#model/sessions/session.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

const executions = '/api/v1/executions';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

async function made(body: DesignBody): Promise<string> {
  return (await server.call<Design>('POST /api/v1/designs', body)).body.id;
}

async function run(designId: string, asked: object): Promise<Session> {
  const started = await server.call<Session>(`POST /api/v1/designs/${designId}/execute`, asked);
  expect(started.status, started.text).toBe(201);
  return started.body;
}

/** The news that a session has ended. */
async function ended(id: string): Promise<Session> {
  const told = Promise.withResolvers<Session>();
  const deaf = server.app.feed.listen((happening) => {
    if (happening.type === 'session.status' && happening.session.id === id && happening.session.endedAt !== undefined)
      told.resolve(happening.session);
  });
  const now = await server.call<Session>(`GET ${executions}/${id}`);
  const session = now.body.endedAt === undefined ? await told.promise : now.body;
  deaf();
  return session;
}

describe('recordings', () => {
  it('[W14] of a session that has ended are read whole; while it runs they are not there yet', async () => {
    const { id, recording } = await run(await made(pipeline('Recorded', { count: 0, everyMs: 1 })), { record: true });
    expect(recording).toBe('running');
    const early = await server.call(`GET ${executions}/${id}/recording`);
    expect(early.body).toMatchObject({ status: 409, code: 'APP_RECORDING_RUNNING', sessionId: id });
    const done = ended(id);
    await server.call(`POST ${executions}/${id}/stop`);
    expect((await done).recording).toBe('complete');
    const read = await server.call(`GET ${executions}/${id}/recording`);
    expect(read.status).toBe(200);
    expect(read.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(read.headers.get('content-disposition')).toBe(`attachment; filename="${id}.rec"`);
    const lines = read.text.trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ format: 'csp-recording/1', kind: 'run', seed: id });
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ do: 'end', is: 'stopped' });
    const listed = await server.call<{ items: Session[] }>(`GET ${executions}`);
    expect(listed.body.items.find((session) => session.id === id)?.recording).toBe('complete');
  });

  it('[W14] there is none of a session that was not recorded, nor of one too old to be kept', async () => {
    const design = await made(pipeline('Plain', { count: 1 }));
    const plain = await run(design, {});
    await ended(plain.id);
    const none = await server.call(`GET ${executions}/${plain.id}/recording`);
    expect(none.body).toMatchObject({ status: 404, code: 'APP_RECORDING_UNKNOWN' });
    const unknown = await server.call(`GET ${executions}/00000000-0000-4000-8000-000000000000/recording`);
    expect(unknown.body).toMatchObject({ status: 404, code: 'APP_SESSION_UNKNOWN' });
    const first = await run(design, { record: true });
    await ended(first.id);
    for (let more = 0; more < 3; more++) await ended((await run(design, { record: true })).id);
    expect((await server.call(`GET ${executions}/${first.id}/recording`)).body).toMatchObject({ code: 'APP_RECORDING_UNKNOWN' });
    expect((await server.call<Session>(`GET ${executions}/${first.id}`)).body.recording).toBeUndefined();
    expect((await server.call(`POST /api/v1/designs/${design}/execute`, { record: 'yes' })).body).toMatchObject({
      status: 400,
      pointer: '/record',
    });
  });

  it('[W14] that are cut say so, and the session is untouched', async () => {
    const { id } = await run(await made(pipeline('Long', { count: 400, everyMs: 1 })), { record: true });
    expect(await ended(id)).toMatchObject({ state: 'completed', recording: 'cut' });
    expect((await server.call(`GET ${executions}/${id}/recording`)).text.endsWith('{"do":"end","is":"cut"}\n')).toBe(true);
  });
});

describe('a trace tried for real', () => {
  const ring = (): DesignBody => {
    const body = pipeline('Ring');
    const node = (id: string) => ({ id, kind: 'flow.merge', version: 1, label: '', settings: {}, onFailure: 'stop' as const });
    const end = (of: string, port: string) => ({ node: of, port, index: 0 });
    const wire = (id: string, from: string, to: string) => ({
      id,
      from: end(from, 'out'),
      to: end(to, 'in'),
      capacity: 0,
      policy: 'block' as const,
    });
    return {
      ...body,
      nodes: { a: node('a'), b: node('b') },
      connections: { ab: wire('ab', 'a', 'b'), ba: wire('ba', 'b', 'a') },
      canvas: { positions: {} },
    };
  };

  it('[W15] says whether the components get stuck there too', async () => {
    const id = await made(ring());
    const checked = await server.call<{ findings: Finding[] }>(`POST /api/v1/designs/${id}/validate`);
    const trace = checked.body.findings.find(({ rule }) => rule === 'deadlock')?.trace as Trace;
    const forced = await server.call<ForcedReport>(`POST /api/v1/designs/${id}/force`, { trace });
    expect(forced.status).toBe(200);
    expect(forced.body).toMatchObject({
      reached: true,
      waiting: [
        { node: 'a', connections: ['ba'] },
        { node: 'b', connections: ['ab'] },
      ],
    });
    const other = await server.call<ForcedReport>(`POST /api/v1/designs/${await made(pipeline('Other', { count: 1 }))}/force`, {
      trace: { ...trace, waiting: [] },
    });
    expect(other.body).toMatchObject({
      reached: false,
      diverged: { step: 1, happened: expect.stringContaining('from sends to to on wire') },
    });
  });

  it('[W15] refuses what is no trace, a trace of another design, and a design that cannot run', async () => {
    const id = await made(ring());
    const step = { is: 'message', connection: 'ab', nodes: ['nobody'], end: false, text: '' };
    const trace = { steps: [step], waiting: [], knot: { nodes: [], connections: [] } };
    const force = (design: string, body: object) => server.call(`POST /api/v1/designs/${design}/force`, body);
    expect((await force(id, {})).body).toMatchObject({ status: 400, code: 'API_REQUEST_INVALID' });
    expect((await force(id, { trace: { ...trace, steps: [{ ...step, is: 'leap' }] } })).body).toMatchObject({
      status: 400,
      pointer: expect.stringContaining('/trace/steps/0/is'),
    });
    expect((await force(id, { trace })).body).toMatchObject({
      status: 422,
      code: 'HOST_TRACE_OTHER_DESIGN',
      pointer: '/steps/0',
    });
    const loose = ring();
    delete loose.connections['ab'];
    expect((await force(await made(loose), { trace })).body).toMatchObject({ status: 422, code: 'APP_DESIGN_NOT_READY' });
    expect((await force('00000000-0000-4000-8000-000000000000', { trace })).body).toMatchObject({ code: 'APP_DESIGN_UNKNOWN' });
  });
});

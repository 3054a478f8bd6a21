import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Happening } from '#app/feed.ts';
import { pipeline } from '#app/testing/real-app.ts';
import type { Design } from '#model/design.ts';
import type { Stepped } from '#model/sessions/intervention.ts';
import type { Session, SessionSnapshot } from '#model/sessions/session.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

const executions = '/api/v1/executions';
type Address = `/api/v1/executions/${string}`;

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

async function designOf(settings: Record<string, unknown>): Promise<string> {
  return (await server.call<Design>('POST /api/v1/designs', pipeline('Parts', settings))).body.id;
}

/** A session of a source that counts without end, once a millisecond unless told otherwise. */
async function counting(body: unknown = {}, settings: Record<string, unknown> = { count: 0, everyMs: 1 }): Promise<Address> {
  const started = await server.call<Session>(`POST /api/v1/designs/${await designOf(settings)}/execute`, body);
  expect(started.status, started.text).toBe(201);
  return `${executions}/${started.body.id}` as const;
}

/** Waits for the news that a session is as wanted. */
async function reached(address: Address, wanted: (session: Session) => boolean): Promise<Session> {
  const told = Promise.withResolvers<void>();
  const deaf = server.app.feed.listen((happening: Happening) => {
    if (happening.type === 'session.status' && address.endsWith(happening.session.id) && wanted(happening.session))
      told.resolve();
  });
  if (!wanted((await server.call<Session>(`GET ${address}`)).body)) await told.promise;
  deaf();
  return (await server.call<Session>(`GET ${address}`)).body;
}

const state = (is: Session['state']) => (session: Session) => session.state === is;
const metrics = async (address: Address) => (await server.call<SessionSnapshot>(`GET ${address}/metrics`)).body;

describe('[W17] parts of a session', () => {
  it('a node and a connection are paused and resumed; metrics say which are', async () => {
    const address = await counting();
    await reached(address, state('running'));
    expect((await server.call(`POST ${address}/nodes/from/pause`)).status).toBe(200);
    expect((await server.call(`POST ${address}/connections/wire/pause`)).status).toBe(200);
    const held = await metrics(address);
    expect(held.state).toBe('running');
    expect(held.processes).toMatchObject([{ node: 'from', state: 'paused', held: true }, { node: 'to' }]);
    expect([held.processes[1]?.held, held.processes[1]?.state]).toEqual([undefined, 'idle']);
    expect(held.channels).toMatchObject([{ connection: 'wire', held: true }]);
    expect((await metrics(address)).channels[0]?.received).toBe(held.channels[0]?.received);
    expect((await server.call(`POST ${address}/nodes/from/resume`)).status).toBe(200);
    expect((await server.call(`POST ${address}/connections/wire/resume`)).status).toBe(200);
    const freed = await metrics(address);
    expect([freed.processes[0]?.held, freed.channels[0]?.held]).toEqual([undefined, undefined]);
    await server.call(`POST ${address}/stop`);
    await reached(address, state('stopped'));
  });

  it('[W18] a breakpoint pauses with its message, a step says what it did, cleared it pauses no more', async () => {
    const address = await counting();
    const set = await server.call(`PUT ${address}/breakpoints/wire`, { condition: 'message % 5 == 0', afterHits: 2 });
    expect(set.status, set.text).toBe(200);
    const paused = await reached(address, ({ state: at, pausedAt }) => at === 'paused' && pausedAt !== undefined);
    expect(paused.state).toBe('paused');
    const { number, value } = paused.pausedAt!.message;
    expect([paused.pausedAt!.connection, Number(value) % 5, value]).toEqual(['wire', 0, number]);
    const { channels } = await metrics(address);
    expect(channels).toMatchObject([
      { received: number, breakpoint: { condition: 'message % 5 == 0', afterHits: 2, hits: 2, failures: 0 } },
    ]);
    const said: string[] = [];
    // Its clock may be heard before.
    for (let passed: Stepped['passed'] = []; passed.length === 0; ) {
      const step = await server.call<Stepped>(`POST ${address}/step`, {});
      expect(step.status, step.text).toBe(200);
      said.push(step.body.says);
      passed = step.body.passed;
      expect((await server.call<Session>(`GET ${address}`)).body).not.toHaveProperty('pausedAt');
    }
    expect(said.at(-1)).toBe(`${number + 1} passes wire from from to to`);
    expect((await server.call(`DELETE ${address}/breakpoints/wire`)).status).toBe(204);
    expect((await metrics(address)).channels[0]).not.toHaveProperty('breakpoint');
    await server.call(`POST ${address}/resume`);
    await reached(address, state('running'));
    await server.call(`POST ${address}/stop`);
    await reached(address, state('stopped'));
  });

  it('[W18] a breakpoint may be there from the start, and a step may be of one node', async () => {
    const address = await counting({ breakpoints: { wire: {} } }, { count: 3 });
    const paused = await reached(address, ({ state: at, pausedAt }) => at === 'paused' && pausedAt !== undefined);
    expect(paused.pausedAt).toMatchObject({ connection: 'wire', message: { number: 1, value: 1 } });
    const step = await server.call<Stepped>(`POST ${address}/step`, { node: 'to' });
    expect(step.body).toMatchObject({
      says: '2 passes wire from from to to',
      passed: [{ connection: 'wire', number: 2 }],
      pausedAt: { connection: 'wire', message: { number: 2 } },
    });
    await server.call(`DELETE ${address}/breakpoints/wire`);
    await server.call(`POST ${address}/resume`);
    await reached(address, state('completed'));
  });

  it('[W19] what cannot be done is a problem that says why', async () => {
    const address = await counting();
    await reached(address, state('running'));
    const refusals = [
      [`POST ${address}/step`, {}, { status: 409, code: 'HOST_SESSION_NOT_PAUSED' }],
      [`POST ${address}/step`, { node: 'nobody' }, { status: 422, code: 'HOST_STEP_NODE_UNKNOWN', pointer: '/node' }],
      [`POST ${address}/step`, { nodes: 'to' }, { status: 400, pointer: '/nodes' }],
      [`POST ${address}/nodes/nobody/pause`, undefined, { status: 404, code: 'HOST_NODE_UNKNOWN', node: 'nobody' }],
      [`POST ${address}/connections/none/resume`, undefined, { status: 404, code: 'HOST_CONNECTION_UNKNOWN' }],
      [`PUT ${address}/breakpoints/none`, {}, { status: 404, code: 'HOST_CONNECTION_UNKNOWN', connection: 'none' }],
      [`DELETE ${address}/breakpoints/none`, undefined, { status: 404, code: 'HOST_CONNECTION_UNKNOWN' }],
      [`PUT ${address}/breakpoints/wire`, { afterHits: 0 }, { status: 400, pointer: '/afterHits' }],
      [`PUT ${address}/breakpoints/wire`, { condition: '' }, { status: 400, pointer: '/condition' }],
      [
        `PUT ${address}/breakpoints/wire`,
        { condition: 'message >' },
        { status: 422, code: 'HOST_CONDITION_INVALID', pointer: '/condition', character: 10 },
      ],
      [`POST ${executions}/00000000-0000-7000-8000-000000000000/step`, {}, { status: 404, code: 'APP_SESSION_UNKNOWN' }],
    ] as const;
    for (const [request, body, problem] of refusals) {
      const { body: said } = await server.call(request as 'POST /', body);
      expect(said, request).toMatchObject(problem);
    }
    await server.call(`POST ${address}/stop`);
    await reached(address, state('stopped'));
    for (const path of ['step', 'nodes/from/pause', 'connections/wire/pause'])
      expect((await server.call(`POST ${address}/${path}`)).body).toMatchObject({ status: 409, code: 'APP_SESSION_NOT_RUNNING' });
    expect(server.reported).toEqual([]);
  });

  it('[W19] a session is not started with a breakpoint that cannot be', async () => {
    const id = await designOf({ count: 1 });
    const tries = [
      [{ none: {} }, { status: 422, code: 'HOST_BREAKPOINT_UNPLACED', pointer: '/breakpoints/none' }],
      [{ wire: { condition: 'x' } }, { status: 422, code: 'HOST_CONDITION_INVALID', pointer: '/breakpoints/wire/condition' }],
      [{ wire: { condition: 1 } }, { status: 400, pointer: '/breakpoints/wire/condition' }],
      [{ 'a b': {} }, { status: 400 }],
    ] as const;
    for (const [breakpoints, problem] of tries)
      expect((await server.call(`POST /api/v1/designs/${id}/execute`, { breakpoints })).body).toMatchObject(problem);
    expect((await server.call(`GET ${executions}?designId=${id}`)).body['items']).toEqual([]);
  });
});

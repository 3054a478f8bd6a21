import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import type { Design } from '#model/design.ts';
import type { Profile } from '#model/sessions/profile.ts';
import type { Session } from '#model/sessions/session.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

const executions = '/api/v1/executions';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

async function started(on: RealServer): Promise<string> {
  const made = await on.call<Design>('POST /api/v1/designs', pipeline('Endless', { count: 0, everyMs: 1 }));
  return (await on.call<Session>(`POST /api/v1/designs/${made.body.id}/execute`)).body.id;
}

describe('[W29] a profile', () => {
  it('[W29] tells the nodes, most first, and has the samples with it', async () => {
    const id = await started(server);
    const { status, body } = await server.call<Profile>(`POST ${executions}/${id}/profile`, { seconds: 0.2 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ sessionId: id, cpuprofile: { nodes: expect.any(Array), samples: expect.any(Array) } });
    expect(body.nodes.map(({ node }) => node).sort()).toEqual(['from', 'to']);
    const [first, second] = body.nodes.map(({ cpuMs }) => cpuMs);
    expect(first).toBeGreaterThanOrEqual(second ?? 0);
  });

  it('[W29] is 409 while there is one, and when the session has ended; 404 of none', async () => {
    const id = await started(server);
    const both = await Promise.all([1, 2].map(() => server.call(`POST ${executions}/${id}/profile`, { seconds: 0.2 })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'HOST_PROFILE_UNDER_WAY' });
    const ends = server.call<Profile>(`POST ${executions}/${id}/profile`, { seconds: 30 });
    await server.call(`POST ${executions}/${id}/stop`);
    expect([200, 409]).toContain((await ends).status);
    const late = await server.call(`POST ${executions}/${id}/profile`);
    expect(late.body).toMatchObject({ status: 409, code: 'APP_SESSION_NOT_RUNNING' });
    const none = await server.call(`POST ${executions}/01890000-0000-7000-8000-000000000000/profile`);
    expect(none.body).toMatchObject({ status: 404, code: 'APP_SESSION_UNKNOWN' });
  });

  it.each([[0], [-1], [31], ['5'], [null]])('[W29] seconds are 0.1 to 30, not %j', async (seconds) => {
    const id = '01890000-0000-7000-8000-000000000000';
    const refused = await server.call(`POST ${executions}/${id}/profile`, { seconds });
    expect(refused.body).toMatchObject({ status: 400, code: 'API_REQUEST_INVALID', pointer: '/seconds' });
  });

  it('[W29] does not keep the server from closing', async () => {
    const other = await realServer();
    const id = await started(other);
    const taking = other.call(`POST ${executions}/${id}/profile`, { seconds: 30 });
    const refused = other.call(`POST ${executions}/${id}/profile`, { seconds: 30 });
    // Once the second is refused the first is under way.
    const answers = Promise.all([taking, refused]);
    await Promise.race([taking, refused]);
    await other.close();
    expect((await answers).map(({ body }) => body['code']).sort()).toEqual(['API_CLOSING', 'HOST_PROFILE_UNDER_WAY']);
  });
});

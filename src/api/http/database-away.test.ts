import { afterAll, beforeAll, expect, test } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import type { Design } from '#model/design.ts';
import type { Session } from '#model/sessions/session.ts';
import { type RealPostgres, startRealPostgres } from '#store/testing/real-postgres.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

let postgres: RealPostgres;
let server: RealServer;
beforeAll(async () => {
  postgres = await startRealPostgres();
  server = await realServer({}, { url: await postgres.freshUrl() });
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

test('[W2] [H23] while the database is away who asks is told when to try again; the session goes on, and can be looked at', async () => {
  const made = await server.call<Design>('POST /api/v1/designs', pipeline('Away', { count: 0, everyMs: 1 }));
  const { id } = (await server.call<Session>(`POST /api/v1/designs/${made.body.id}/execute`, {})).body;
  await postgres.crash();
  for (const request of [`GET /api/v1/executions/${id}`, `POST /api/v1/executions/${id}/pause`, 'GET /api/v1/health'] as const) {
    const { status, headers, body } = await server.call(request);
    expect([status, headers.get('retry-after'), body['code']], request).toEqual([503, '1', 'STORE_UNREACHABLE']);
  }
  const looked = await server.call(`GET /api/v1/executions/${id}/metrics`);
  expect([looked.status, looked.body['state']]).toEqual([200, 'running']);
  await postgres.restart();
  expect((await server.call(`POST /api/v1/executions/${id}/stop`)).status).toBe(202);
});

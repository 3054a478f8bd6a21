import { afterAll, beforeAll, expect, test } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { Design } from '#model/design.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

let server: RealServer;
let id: string;
beforeAll(async () => {
  server = await realServer();
  id = (await server.call<Design>('POST /api/v1/designs', pipeline('Pipe'))).body.id;
});
afterAll(() => server.close());

const refines = (body: unknown) => server.call<Finding & Record<string, unknown>>(`POST /api/v1/designs/${id}/refines`, body);

test('[V53] a design is held against a contract text, and the answer is a finding', async () => {
  const proved = await refines({ spec: { contract: 'P = wire -> P |~| wire.end -> SKIP' } });
  expect([proved.status, proved.body]).toMatchObject([200, { rule: 'refinement', verdict: 'proved', engine: 'product' }]);
  const refuted = await refines({ spec: { contract: 'P = wire -> wire -> STOP' }, model: 'T' });
  expect(refuted.body).toMatchObject({ verdict: 'refuted', connections: ['wire'] });
  expect(refuted.body.trace?.steps.length).toBeGreaterThan(0);
  const hidden = await refines({ spec: { contract: 'P = SKIP |~| STOP' }, model: 'FD', hide: ['wire'] });
  expect(hidden.body.trace).toMatchObject({ cycle: expect.any(Number) });
});

test('[V54] another stored design may be the specification', async () => {
  expect((await refines({ spec: { designId: id } })).body).toMatchObject({ verdict: 'proved' });
  const nobody = '00000000-0000-7000-8000-000000000000';
  expect((await refines({ spec: { designId: nobody } })).status).toBe(404);
});

test('[V53] a specification that means nothing is a problem with pointer, line and column', async () => {
  const answer = await refines({ spec: { contract: 'P = wire ->\n  pipe -> P' } });
  expect(answer.status).toBe(422);
  expect(answer.body).toMatchObject({ code: 'APP_SPECIFICATION_INVALID', pointer: '/spec/contract', line: 2, column: 3 });
  expect(answer.body['detail']).toContain('the design has no event pipe; there are wire');
  expect((await refines({ spec: {} })).status).toBe(400);
  expect((await refines({ spec: { contract: 'P = SKIP' }, hide: ['pipe'] })).body).toMatchObject({ pointer: '/hide/0' });
});

test('[V125] whether a design is deterministic is asked of all its events, or of some', async () => {
  const asked = (body?: unknown) =>
    server.call<Finding & Record<string, unknown>>(`POST /api/v1/designs/${id}/determinism`, body);
  const refuted = await asked();
  expect([refuted.status, refuted.body]).toMatchObject([200, { rule: 'determinism', verdict: 'refuted', severity: 'warning' }]);
  expect(refuted.body.message).toMatch(/divergences: at the start it can both do and refuse wire(\.end)?$/);
  expect((await asked({ model: 'F', over: ['wire'] })).body).toMatchObject({ verdict: 'refuted' });
  expect((await asked({ over: ['wire.end'] })).body).toMatchObject({ verdict: 'refuted', trace: { cycle: expect.any(Number) } });
  const unknown = await asked({ over: ['wire', 'pipe'] });
  expect([unknown.status, unknown.body]).toMatchObject([422, { code: 'APP_DETERMINISM_INVALID', pointer: '/over/1' }]);
  expect((await asked({ model: 'T' })).status).toBe(400);
  const nobody = '00000000-0000-7000-8000-000000000000';
  expect((await server.call(`POST /api/v1/designs/${nobody}/determinism`)).status).toBe(404);
});

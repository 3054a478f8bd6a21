import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import type { CheckJob } from '#model/checks/check-job.ts';
import type { Validation } from '#model/checks/finding.ts';
import type { KeptValidation } from '#model/checks/kept-validation.ts';
import type { Design, DesignBody } from '#model/design.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

const make = async (body: DesignBody): Promise<Design> => (await server.call<Design>('POST /api/v1/designs', body)).body;
const kept = (id: string, query = '') =>
  server.call<KeptValidation & Record<string, unknown>>(`GET /api/v1/designs/${id}/validation${query}`);
const validate = async (id: string) => (await server.call<Validation>(`POST /api/v1/designs/${id}/validate`)).body;
const rename = (id: string, name: string) =>
  server.call(`POST /api/v1/designs/${id}/edits`, { edits: [{ do: 'design.set', name }] });

async function longCheck(id: string, order: object): Promise<CheckJob> {
  const begun = await server.call<CheckJob>(`POST /api/v1/designs/${id}/checks`, order);
  return await vi.waitFor(
    async () => {
      const { body } = await server.call<CheckJob>(`GET /api/v1/checks/${begun.body.id}`);
      expect(body.state).toBe('done');
      return body;
    },
    { timeout: 30_000, interval: 20 },
  );
}

describe('[V120] the validation of a revision', () => {
  it('is read back as validate answered it, with the certificate', async () => {
    const { id, rev } = await make(pipeline('Kept'));
    expect(await kept(id)).toMatchObject({ status: 404, body: { code: 'APP_VALIDATION_UNKNOWN', rev } });
    const { verdict, findings } = await validate(id);
    const { status, body } = await kept(id);
    expect(status).toBe(200);
    expect(body).toEqual({ designId: id, rev, verdict, findings, checkedAt: expect.any(String), leftOut: [], changed: false });
    expect(body.findings.find(({ rule }) => rule === 'deadlock')?.certificate?.data).toBeTruthy();
  });

  it('is of one revision: another has its own, and the older can be asked for', async () => {
    const { id } = await make(pipeline('Older'));
    await validate(id);
    await rename(id, 'Newer');
    expect((await kept(id)).status).toBe(404);
    expect((await kept(id, '?rev=1')).body).toMatchObject({ rev: 1, changed: false });
    await validate(id);
    expect((await kept(id)).body).toMatchObject({ rev: 2 });
    expect((await kept(id, '?rev=9')).status).toBe(404);
    expect((await kept(id, '?rev=none')).body).toMatchObject({ code: 'API_REQUEST_INVALID', pointer: '/rev' });
  });

  it('is written by a long check that asks everything, and by no other', async () => {
    const { id } = await make(pipeline('Long'));
    await longCheck(id, { questions: ['memory'] });
    await longCheck(id, { seconds: 1 });
    expect((await kept(id)).status).toBe(404);
    const { validation } = await longCheck(id, { engine: 'full', seconds: 30 });
    const body = await vi.waitFor(async () => {
      const answer = await kept(id);
      expect(answer.status).toBe(200);
      return answer.body;
    });
    expect(body.findings).toEqual(validation?.findings);
    expect(body.findings.find(({ rule }) => rule === 'deadlock')?.engine).toBe('full');
  });

  it('goes with the design', async () => {
    const { id } = await make(pipeline('Gone'));
    await validate(id);
    await server.call(`DELETE /api/v1/designs/${id}`, undefined, { 'if-match': '*' });
    expect((await kept(id)).body).toMatchObject({ code: 'APP_DESIGN_UNKNOWN' });
  });

  it('says when a design within is another one now', async () => {
    const inner = await make(pipeline('Inner'));
    const part = { id: 'part', kind: 'control.subdesign', version: 1, label: '', settings: { design: inner.id } };
    const outer = await make({
      ...pipeline('Outer'),
      nodes: { part: { ...part, onFailure: 'stop' } },
      connections: {},
      canvas: { positions: {} },
    });
    await validate(outer.id);
    expect((await kept(outer.id)).body).toMatchObject({ rev: 1, changed: false });
    const other = { edits: [{ do: 'disconnect', id: 'wire' }] };
    expect((await server.call(`POST /api/v1/designs/${inner.id}/edits`, other)).status).toBe(200);
    expect((await kept(outer.id)).body).toMatchObject({ rev: 1, changed: true });
  });
});

const end = (node: string, port: string, index = 0) => ({ node, port, index });
const node = (id: string, kind: string, settings = {}) =>
  ({ id, kind, version: 1, label: '', settings, onFailure: 'stop' }) as const;
const wire = (id: string, from: ReturnType<typeof end>, to: ReturnType<typeof end>) =>
  ({ id, from, to, capacity: 0, policy: 'block' }) as const;

/** What once is in it goes round and round. */
const ring: DesignBody = {
  ...pipeline('Ring'),
  nodes: { s: node('s', 'test.count'), m: node('m', 'flow.merge'), b: node('b', 'flow.buffer') },
  connections: {
    c: wire('c', end('s', 'out'), end('m', 'in')),
    d: wire('d', end('m', 'out'), end('b', 'in')),
    e: wire('e', end('b', 'out'), end('m', 'in', 1)),
  },
  canvas: { positions: {} },
};

/** What `b` sends out goes nowhere. */
const open: DesignBody = {
  ...pipeline('Open'),
  nodes: { s: node('s', 'test.count'), b: node('b', 'flow.buffer') },
  connections: { c: wire('c', end('s', 'out'), end('b', 'in')) },
  canvas: { positions: {} },
};

describe('[V123] [V124] what is assumed, and what is progress', () => {
  const verdictOf = (rule: string, validation?: Validation) => validation?.findings.find((one) => one.rule === rule)?.verdict;
  const under = async (id: string, terms?: object) =>
    (await server.call<Validation>(`POST /api/v1/designs/${id}/validate`, terms)).body;

  it('is said in the body of validate, and then the answer is not kept', async () => {
    const { id } = await make(open);
    expect(verdictOf('deadlock', await under(id, { environment: 'may-refuse' }))).toBe('refuted');
    expect((await kept(id)).status).toBe(404);
    expect(verdictOf('deadlock', await under(id, { environment: 'ready', progress: [] }))).toBe('proved');
    expect(verdictOf('deadlock', (await kept(id)).body)).toBe('proved');
    const { id: round } = await make(ring);
    expect(verdictOf('livelock', await under(round))).toBe('refuted');
    expect(verdictOf('livelock', await under(round, { progress: ['b'] }))).toBe('proved');
    expect(verdictOf('livelock', (await kept(round)).body)).toBe('refuted');
  });

  it('is said in the order of a long check, and then the answer is not kept', async () => {
    const { id } = await make(open);
    const { validation } = await longCheck(id, { environment: 'may-refuse' });
    expect(verdictOf('deadlock', validation)).toBe('refuted');
    const { id: round } = await make(ring);
    expect(verdictOf('livelock', (await longCheck(round, { progress: ['b'] })).validation)).toBe('proved');
    for (const design of [id, round]) expect((await kept(design)).status).toBe(404);
  });

  it('names nodes that are there; one that stands for a design stands for all within', async () => {
    const { id } = await make(ring);
    for (const door of ['validate', 'checks']) {
      const wrong = await server.call(`POST /api/v1/designs/${id}/${door}`, { progress: ['b', 'x'] });
      expect(wrong).toMatchObject({ status: 422, body: { code: 'APP_PROGRESS_UNKNOWN', pointer: '/progress/1', node: 'x' } });
      const nice = await server.call(`POST /api/v1/designs/${id}/${door}`, { environment: 'nice' });
      expect(nice).toMatchObject({ status: 400, body: { pointer: '/environment' } });
    }
    const outer = await make({
      ...ring,
      nodes: { part: node('part', 'control.subdesign', { design: id }) },
      connections: {},
    });
    expect(verdictOf('livelock', await under(outer.id))).toBe('refuted');
    for (const mark of ['part', 'part/b'])
      expect(verdictOf('livelock', await under(outer.id, { progress: [mark] }))).toBe('proved');
    expect((await server.call(`POST /api/v1/designs/${outer.id}/validate`, { progress: ['b'] })).status).toBe(422);
  });
});

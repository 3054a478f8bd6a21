import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pipeline } from '#app/testing/real-app.ts';
import type { CheckJob } from '#model/checks/check-job.ts';
import type { Design, DesignBody } from '#model/design.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

const nobody = '00000000-0000-4000-8000-000000000000';

/** Many lines side by side: too many states for full search. */
function wide(): DesignBody {
  const one = pipeline('Wide', { count: 2 });
  const copies = Array.from({ length: 20 }, (_, n) => n);
  const of = (id: string, n: number) => `${id}${n}`;
  const nodes = copies.flatMap((n) => Object.values(one.nodes).map((node) => ({ ...node, id: of(node.id, n) })));
  const wires = copies.flatMap((n) =>
    Object.values(one.connections).map((wire) => ({
      ...wire,
      id: of(wire.id, n),
      from: { ...wire.from, node: of(wire.from.node, n) },
      to: { ...wire.to, node: of(wire.to.node, n) },
    })),
  );
  return {
    ...one,
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
    connections: Object.fromEntries(wires.map((wire) => [wire.id, wire])),
    canvas: { positions: {} },
  };
}

const make = async (body: DesignBody): Promise<Design> => (await server.call<Design>('POST /api/v1/designs', body)).body;

describe('[V110] long checks at the door', () => {
  it('are taken with an address, looked at there, and listed with their design', async () => {
    const { id: designId, rev } = await make(pipeline('Line'));
    const begun = await server.call<CheckJob>(`POST /api/v1/designs/${designId}/checks`, { seconds: 30 });
    expect(begun.status).toBe(202);
    expect(begun.headers.get('location')).toBe(`/api/v1/checks/${begun.body.id}`);
    const done = await vi.waitFor(
      async () => {
        const { body } = await server.call<CheckJob>(`GET /api/v1/checks/${begun.body.id}`);
        expect(body.state).toBe('done');
        return body;
      },
      { timeout: 30_000, interval: 50 },
    );
    expect(done.validation).toMatchObject({ designId, rev, verdict: 'proved' });
    const validated = await server.call<CheckJob['validation'] & object>(`POST /api/v1/designs/${designId}/validate`);
    expect(done.validation?.findings).toEqual(validated.body.findings);
    const { body: list } = await server.call<{ items: CheckJob[] }>(`GET /api/v1/designs/${designId}/checks`);
    expect(list.items.map(({ id }) => id)).toEqual([begun.body.id]);
  });

  it('are cancelled, and are refused while too many wait', async () => {
    const { id } = await make(wide());
    const order = { engine: 'full', seconds: 600, maxStates: 4_000_000_000 };
    const begin = () => server.call<CheckJob>(`POST /api/v1/designs/${id}/checks`, order);
    const jobs: CheckJob[] = [];
    for (let n = 0; n < 21; n++) jobs.push((await begin()).body);
    expect(jobs.map(({ state }) => state)).toEqual(['running', ...Array(20).fill('waiting')]);
    const refused = await begin();
    expect(refused).toMatchObject({ status: 429, body: { code: 'HOST_CHECKS_FULL', waiting: 20 } });
    expect(refused.headers.get('retry-after')).toBe('1');
    for (const { id: job } of jobs.reverse())
      expect((await server.call(`DELETE /api/v1/checks/${job}`)).body).toMatchObject({ state: 'cancelled' });
  });

  it('of nothing are 404, and orders that make no sense 400 with the place', async () => {
    const { id } = await make(pipeline('Line'));
    expect((await server.call(`POST /api/v1/designs/${nobody}/checks`, {})).body).toMatchObject({ code: 'APP_DESIGN_UNKNOWN' });
    expect((await server.call(`GET /api/v1/designs/${nobody}/checks`)).status).toBe(404);
    for (const method of ['GET', 'DELETE'] as const)
      expect(await server.call(`${method} /api/v1/checks/${nobody}`)).toMatchObject({
        status: 404,
        body: { code: 'APP_CHECK_UNKNOWN' },
      });
    for (const [order, pointer] of [
      [{ engine: 'magic' }, '/engine'],
      [{ seconds: 0 }, '/seconds'],
      [{ seconds: 1e9 }, '/seconds'],
      [{ maxStates: 1.5 }, '/maxStates'],
      [{ maxBytes: 10 }, '/maxBytes'],
      [{ questions: ['whether it is nice'] }, '/questions/0'],
      [{ second: 1 }, '/second'],
    ] as const)
      expect(await server.call(`POST /api/v1/designs/${id}/checks`, order)).toMatchObject({ status: 400, body: { pointer } });
  });
});

describe('[V112] contracts at the door', () => {
  const wish = (kind: string, settings = {}, arity = {}) => ({ kind, version: 1, settings, arity });
  const ask = (...items: object[]) => server.call<{ items: object[] }>('POST /api/v1/contracts', { items });

  it('come for settings and channels, in order, each with a text or why there is none', async () => {
    const { status, body } = await ask(
      wish('flow.merge', {}, { in: 2 }),
      wish('flow.merge', {}, { in: 3 }),
      wish('no.kind'),
      wish('test.count', { count: -1 }),
    );
    expect(status).toBe(200);
    expect(body.items).toEqual([
      { text: expect.stringMatching(/in/), reads: [] },
      { text: expect.stringMatching(/in/), reads: [] },
      { fault: 'there is no component kind no.kind here' },
      { fault: expect.stringMatching(/^setting \/count/) },
    ]);
    expect(body.items[0]).not.toEqual(body.items[1]);
  });

  it('are refused with the place where the question makes no sense', async () => {
    expect((await ask(wish('flow.merge', {}, { in: 1e6 }))).body).toMatchObject({ pointer: '/items/0/arity/in' });
    expect((await ask({ kind: 'flow.merge' })).status).toBe(400);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Happening } from '#app/feed.ts';
import { owner } from '#app/parts.ts';
import type { Validation } from '#model/checks/finding.ts';
import type { Design, DesignBody, Node } from '#model/design.ts';
import type { Sample, Session, SessionSnapshot } from '#model/sessions/session.ts';
import { type RealServer, realServer } from './testing/real-server.ts';

let server: RealServer;
beforeAll(async () => {
  server = await realServer();
});
afterAll(() => server.close());

const node = (id: string, kind: string, settings: Record<string, unknown> = {}): Node => ({
  id,
  kind,
  version: 1,
  label: '',
  settings,
  onFailure: 'stop',
});
const end = (name: string) => {
  const [id = '', port = ''] = name.split('.');
  return { node: id, port, index: 0 };
};

function body(name: string, nodes: readonly Node[], wires: readonly (readonly [string, string])[] = []): DesignBody {
  const connections = wires.map(([from, to], n) => ({
    id: `c${n}`,
    from: end(from),
    to: end(to),
    capacity: 0,
    policy: 'block' as const,
  }));
  return {
    name,
    description: '',
    nodes: Object.fromEntries(nodes.map((one) => [one.id, one])),
    connections: Object.fromEntries(connections.map((one) => [one.id, one])),
    canvas: { positions: {} },
  };
}

async function make(design: DesignBody): Promise<Design> {
  return (await server.call<Design>('POST /api/v1/designs', design)).body;
}

const inner = body('Inner', [node('b', 'flow.buffer')]);
const around = (settings: Record<string, unknown>): DesignBody =>
  body(
    'Outer',
    [node('from', 'test.count', { count: 9 }), node('farm', 'control.farm', settings), node('to', 'compute.discard')],
    [
      ['from.out', 'farm.in'],
      ['farm.out', 'to.in'],
    ],
  );
const farm = (design: string, more = {}) => around({ design, input: 'b.in', output: 'b.out', copies: 2, ...more });

async function ended(id: string): Promise<Session> {
  const told = Promise.withResolvers<void>();
  const deaf = server.app.feed.listen((happening: Happening) => {
    if (happening.type === 'session.status' && happening.session.id === id && happening.session.endedAt !== undefined)
      told.resolve();
  });
  const now = await server.call<Session>(`GET /api/v1/executions/${id}`);
  if (now.body.endedAt === undefined) await told.promise;
  deaf();
  return (await server.call<Session>(`GET /api/v1/executions/${id}`)).body;
}

describe('a design with another as a part', () => {
  it('[D16] is checked and run with it; the session keeps which revision that was, and tells what is within', async () => {
    const part = await make(inner);
    const { id } = await make(farm(part.id));
    const checked = await server.call<Validation>(`POST /api/v1/designs/${id}/validate`);
    expect(checked.body.verdict).toBe('proved');
    const started = await server.call<Session>(`POST /api/v1/designs/${id}/execute`, {});
    expect(started.body.inner).toEqual([{ designId: part.id, rev: 1 }]);
    expect(await ended(started.body.id)).toMatchObject({ state: 'completed', inner: [{ designId: part.id, rev: 1 }] });
    const { body: figures } = await server.call<SessionSnapshot>(`GET /api/v1/executions/${started.body.id}/metrics`);
    expect(figures.processes.map((one) => one.node)).toEqual(expect.arrayContaining(['farm/1/b', 'farm/share', 'to']));
    expect(figures.channels.find(({ connection }) => connection === 'c1')?.received).toBe(9);
    const address = `GET /api/v1/executions/${started.body.id}/connections/farm%2F1.in/messages` as const;
    const { body: messages } = await server.call<{ items: Sample[] }>(address);
    expect(messages.items[0]).toMatchObject({ number: 1, value: 1 });
  });

  it('[D16] takes the part as it is at the start, or in the version that is named', async () => {
    const part = await make(inner);
    await server.call(`POST /api/v1/designs/${part.id}/versions`, { name: 'first' });
    const edits = [{ do: 'node.delete', id: 'b' }];
    await server.call(`POST /api/v1/designs/${part.id}/edits`, { edits }, { 'if-match': '*' });
    const now = await make(farm(part.id));
    const pinned = await make(farm(part.id, { version: 1 }));
    const refused = await server.call(`POST /api/v1/designs/${now.id}/execute`, {});
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { code: 'APP_DESIGN_NOT_READY', pointer: '/nodes/farm/settings/input', findings: [{ rule: 'subdesign-end' }, {}] },
    ]);
    const started = await server.call<Session>(`POST /api/v1/designs/${pinned.id}/execute`, {});
    expect(started.body.inner).toEqual([{ designId: part.id, rev: 1 }]);
  });

  it('[D13] is refused with the place when the part is missing, contains it, or has a parameter that does not fit', async () => {
    const part = await make(inner);
    const nobody = '00000000-0000-4000-8000-000000000000';
    const own = await make(farm(nobody));
    const edits = [{ do: 'node.set', id: 'farm', settings: { design: own.id } }];
    await server.call(`POST /api/v1/designs/${own.id}/edits`, { edits }, { 'if-match': '*' });
    const missing = await make(farm(nobody));
    const named = await make(farm(part.id, { parameters: { none: 1 } }));
    for (const [{ id }, rule, pointer] of [
      [own, 'subdesign-cycle', '/nodes/farm/settings/design'],
      [missing, 'subdesign-missing', '/nodes/farm/settings/design'],
      [await make(farm('parts/file.json')), 'subdesign-missing', '/nodes/farm/settings/design'],
      [named, 'subdesign-parameter', '/nodes/farm/settings/parameters/none'],
    ] as const) {
      const { body: found } = await server.call<Validation>(`POST /api/v1/designs/${id}/validate`);
      expect(found).toMatchObject({ verdict: 'refuted', findings: [{ rule, pointer, nodes: ['farm'] }] });
      const refused = await server.call(`POST /api/v1/designs/${id}/execute`, {});
      expect([refused.status, refused.body]).toMatchObject([422, { pointer, findings: [{ rule }] }]);
    }
  });

  it('[D11] a setting that is no end is refused where it is written', async () => {
    const { id } = await make(farm('x'));
    const edits = [{ do: 'node.set', id: 'farm', settings: { input: 'nonsense' } }];
    const refused = await server.call(`POST /api/v1/designs/${id}/edits`, { edits }, { 'if-match': '*' });
    expect(refused.body).toMatchObject({ code: 'SETTINGS_INVALID', pointer: '/edits/0/settings/input' });
    const kinds = ['control.farm-share', 'control.gather'];
    for (const kind of kinds) {
      const drawn = [{ do: 'node.add', node: { id: 'part', kind } }];
      const answer = await server.call(`POST /api/v1/designs/${id}/edits`, { edits: drawn }, { 'if-match': '*' });
      expect(answer.body).toMatchObject({ code: 'UNKNOWN_KIND' });
    }
  });

  it('[D16] a design file comes in with the files of its parts, each once; the nodes then name what is stored', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nested-'));
    const put = (name: string, nodes: object) =>
      writeFile(join(folder, name), JSON.stringify({ format: 'csp-design/1', name, nodes, connections: {} }));
    const sub = (design: string) => ({ kind: 'control.subdesign', settings: { design } });
    await put('leaf.json', { b: { kind: 'flow.buffer' } });
    await put('middle.json', { x: sub('leaf.json') });
    await put('outer.json', { a: sub('middle.json'), b: sub('./leaf.json'), c: sub('leaf.json'), d: sub('gone.json') });
    const before = (await server.app.listDesigns(owner('test'), { limit: 200 })).items.length;
    const outer = await server.app.importFile(owner('test'), join(folder, 'outer.json'));
    const stored = (await server.app.listDesigns(owner('test'), { limit: 200 })).items;
    expect(stored).toHaveLength(before + 3);
    const idOf = (name: string): string | undefined => stored.find((design) => design.name === name)?.id;
    const named = Object.values(outer.nodes).map(({ settings }) => settings['design']);
    expect(named).toEqual([idOf('middle.json'), idOf('leaf.json'), idOf('leaf.json'), 'gone.json']);
    await rm(folder, { recursive: true });
  });
});

import { Type } from 'typebox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RealServer, realServer } from '#api/http/testing/real-server.ts';
import { pipeline } from '#app/testing/real-app.ts';
import type { Kinds } from '#model/component.ts';
import type { Design, DesignBody, Node } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { duplicateEdits } from '../src/design/edits.ts';
import type { Replica } from './testing/replica.ts';
import { liveParts, Room } from './testing/room.ts';

/** What has cost teams their work elsewhere, each played through the page's own client on a real server. */

const live = liveParts();
let server: RealServer;
const rooms: Room[] = [];
beforeAll(async () => {
  server = await realServer({}, undefined, live.liveOf);
});
afterEach(async () => {
  const faults = await Promise.all(rooms.map((room) => room.faults()));
  for (const room of rooms.splice(0)) room.close();
  expect(faults.flat()).toEqual([]);
  expect([...live.reported, ...server.reported]).toEqual([]);
});
afterAll(async () => {
  live.close();
  await server.close();
});

async function room(body: Partial<DesignBody> = pipeline('Room')): Promise<Room> {
  const opened = await Room.open(server, body);
  rooms.push(opened);
  return opened;
}

async function two(body?: Partial<DesignBody>) {
  const at = await room(body);
  return { at, ann: await at.join('Ann'), bea: await at.join('Bea') };
}

const rest = <T = Record<string, unknown>>(request: Parameters<RealServer['call']>[0], body: unknown, match = '*') =>
  server.call<T>(request, body, { 'csp-actor': 'CI bot', 'if-match': match });

const move = (id: string, x: number): Edit => ({ do: 'node.move', id, at: { x, y: 0 } });
const label = (id: string, text: string): Edit => ({ do: 'node.set', id, label: text });
const set = (id: string, settings: Record<string, unknown>): Edit => ({ do: 'node.set', id, settings });
const add = (id: string): Edit => ({ do: 'node.add', node: { id, kind: 'flow.buffer' }, at: { x: 0, y: 0 } });
const remove = (id: string): Edit => ({ do: 'node.delete', id });
const type = (at: number, text: string): Edit => ({
  do: 'text.edit',
  node: 'from',
  name: 'gate',
  change: at === 0 ? [text] : [at, text],
});
const shown = ({ store }: Replica) => store.state.get().shown;
const told = ({ news }: Replica): string => news.map(({ text }) => text).join('\n');
const countOf = (design: DesignBody) => design.nodes['from']?.settings['count'];
const labelOf = (design: DesignBody, id = 'from') => design.nodes[id]?.label;

describe('a deleted connection whose node another one deletes', () => {
  it('[E34] is not brought back by undo: nothing dangles, and who undoes is told', async () => {
    const { at, ann, bea } = await two();
    ann.store.commit('delete wire', [{ do: 'disconnect', id: 'wire' }]);
    await at.settled();
    bea.store.commit('delete sink', [remove('to')]);
    await at.settled();
    expect(ann.store.undo()).toEqual({ is: 'impossible', label: 'delete wire', left: [expect.stringContaining('to is gone')] });
    await at.settled();
    expect((await at.now()).connections).toEqual({});
    expect((await at.log()).map((tx) => tx.label)).toEqual(['delete wire', 'delete sink']);
  });

  it('[E17] [E34] nor by one who was away and does not know: then the server says so, and who it was', async () => {
    const { at, ann, bea } = await two();
    ann.store.commit('delete wire', [{ do: 'disconnect', id: 'wire' }]);
    await at.settled();
    ann.cut();
    bea.store.commit('delete sink', [remove('to')]);
    await at.settled();
    expect(ann.store.undo()).toMatchObject({ is: 'done' });
    await ann.connect();
    await at.settled();
    expect((await at.now()).connections).toEqual({});
    expect(told(ann)).toContain('Bea came first with “delete sink”');
    // And when the sink is there again, so is nothing that was deleted before it.
    bea.store.undo();
    await at.settled();
    expect(Object.keys((await at.now()).nodes).sort()).toEqual(['from', 'to']);
    expect((await at.now()).connections).toEqual({});
  });
});

describe('a tab that was hidden for an hour', () => {
  it('[E39] [E36] overwrites nothing: of what it made before, exactly that is added', async () => {
    const at = await room();
    let sleptMs = 0;
    const now = () => Date.now() + sleptMs;
    const [idle, hidden, bea] = [await at.join('Idle', { now }), await at.join('Hidden', { now }), await at.join('Bea')];
    for (const tab of [idle, hidden]) tab.cut();
    hidden.store.commit('rename source', [label('from', 'made before')]);
    for (let n = 0; n < 40; n++) bea.store.commit(`step ${n}`, [move('from', n), set('from', { count: n }), add(`b${n}`)]);
    for (let n = 0; n < 40; n += 2) bea.store.commit(`delete ${n}`, [remove(`b${n}`)]);
    await at.settled();
    await rest(`PATCH /api/v1/designs/${at.design.id}`, { name: 'By curl' });
    const before = await at.now();
    sleptMs = 3_600_000;
    for (const tab of [idle, hidden]) await tab.connect();
    await at.settled();
    const after = await at.now();
    expect({ ...after, rev: 0, updatedAt: '' }).toEqual({
      ...before,
      nodes: { ...before.nodes, from: { ...before.nodes['from'], label: 'made before' } },
      rev: 0,
      updatedAt: '',
    });
    const woken = (await at.log()).filter(({ actor }) => actor !== 'Bea' && actor !== 'CI bot');
    expect(woken).toMatchObject([{ actor: 'Hidden', edits: [label('from', 'made before')] }]);
  });
});

describe('a deploy by REST while canvases are open', () => {
  it('[W11] [W31] a PUT of the whole design reaches all in its place; what others have waiting is carried over it, or taken back and says who', async () => {
    const body = pipeline('Before');
    const more = (id: string): Record<string, Node> => ({ [id]: { ...(body.nodes['to'] as Node), id } });
    const at = await room({ ...body, nodes: { ...body.nodes, ...more('old') } });
    const [ann, bea, cid] = [await at.join('Ann'), await at.join('Bea'), await at.join('Cid')];
    cid.cut();
    cid.store.commit('name source', [label('from', 'by Cid')]);
    cid.store.commit('name old', [label('old', 'also by Cid')]);
    for (let n = 0; n < 10; n++) ann.store.commit(`ann ${n}`, [move('to', n)]);
    const deployed = { ...body, name: 'Deployed', nodes: { ...body.nodes, ...more('extra') } };
    const put = await rest<Design>(`PUT /api/v1/designs/${at.design.id}`, deployed);
    expect(put.status).toBe(200);
    for (let n = 0; n < 10; n++) bea.store.commit(`bea ${n}`, [move('from', n)]);
    await at.settled();
    await cid.connect();
    await at.settled();
    const log = await at.log();
    expect(log.map(({ rev }) => rev)).toEqual(log.map((_, n) => n + 2));
    expect(log.filter(({ actor }) => actor === 'CI bot').map(({ rev }) => rev)).toEqual([put.body.rev]);
    for (const person of at.people)
      expect(shown(person)).toMatchObject({
        name: 'Deployed',
        nodes: { from: { label: 'by Cid' }, extra: {} },
        canvas: { positions: { from: { x: 9 } } },
      });
    expect(told(cid)).toContain('CI bot came first');
    expect(told(cid)).toContain('name old');
    expect(told(cid)).not.toContain('name source');
  });

  it('[W4] [W11] a PATCH with If-Match is done on what it was made for, else refused with what came between; all see the same', async () => {
    const { at, ann, bea } = await two();
    const node = `/api/v1/designs/${at.design.id}/nodes/from` as const;
    const etag = async () => (await server.call(`GET ${node}`)).headers.get('etag') ?? '';
    const seen = await etag();
    ann.store.commit('name source', [label('from', 'by Ann')]);
    await at.settled();
    const late = await rest(`PATCH ${node}`, { settings: { count: 5 } }, seen);
    expect(late.body).toMatchObject({ status: 412, missed: [{ actor: 'Ann', edits: [label('from', 'by Ann')] }] });
    // What others do elsewhere does not make it stale.
    const fresh = await etag();
    bea.store.commit('name sink', [label('to', 'by Bea')]);
    await at.settled();
    expect((await rest(`PATCH ${node}`, { settings: { count: 5 } }, fresh)).status).toBe(200);
    await at.settled();
    for (const person of at.people) expect([countOf(shown(person)), labelOf(shown(person))]).toEqual([5, 'by Ann']);
  });
});

describe('a validation error in one field', () => {
  // A page that knows the kinds otherwise than the server: it lets through what the server refuses.
  const lenient: Kinds = {
    get: (kind) => {
      const spec = server.catalog.get(kind);
      return (
        spec && { ...spec, settings: Type.Object({ count: Type.Optional(Type.Unknown()), gate: Type.String({ default: '' }) }) }
      );
    },
  };

  it('[E32] that only the server finds locks nothing: a hundred allowed changes after it all stand', async () => {
    const at = await room();
    const [ann, bea] = [await at.join('Ann', { kinds: lenient }), await at.join('Bea')];
    ann.store.commit('vetoed', [set('from', { count: -1 })]);
    for (let n = 0; n < 100; n++)
      ann.store.commit(`allowed ${n}`, n % 2 === 0 ? [move('from', n)] : [label('from', `label ${n}`)]);
    await at.settled();
    expect((await at.log()).map((tx) => tx.label)).toEqual(Array.from({ length: 100 }, (_, n) => `allowed ${n}`));
    expect(told(ann)).toContain('Taken back: vetoed.');
    expect(ann.news).toHaveLength(1);
    for (const person of [ann, bea]) expect(labelOf(shown(person))).toBe('label 99');
    expect(countOf(shown(ann))).toBeUndefined();
  });

  it('[E1] that the page finds itself is answered at once, and what follows is saved', async () => {
    const { at, ann } = await two();
    expect(ann.store.commit('wrong', [set('from', { count: -1 })])).toMatchObject({ code: 'SETTINGS_INVALID' });
    for (let n = 0; n < 100; n++) expect(ann.store.commit(`allowed ${n}`, [set('from', { count: n })])).toBeUndefined();
    await at.settled();
    expect(countOf(await at.now())).toBe(99);
    expect(ann.news).toEqual([]);
  });
});

describe('redo', () => {
  it('[E34] [E42] after another has changed something else brings back what was undone, and nothing of the other goes', async () => {
    const { at, ann, bea } = await two();
    ann.store.commit('set', [set('from', { count: 5 }), label('from', 'by Ann')]);
    await at.settled();
    ann.store.undo();
    await at.settled();
    bea.store.commit('set', [label('from', 'by Bea'), move('from', 7)]);
    await at.settled();
    expect(ann.store.redo()).toMatchObject({ is: 'done' });
    await at.settled();
    const design = await at.now();
    expect([countOf(design), labelOf(design), design.canvas.positions['from']?.x]).toEqual([5, 'by Bea', 7]);
  });

  it('[E34] of something on a node that another has deleted does nothing, and says so', async () => {
    const { at, ann, bea } = await two();
    ann.store.commit('set', [set('from', { count: 5 })]);
    ann.store.undo();
    await at.settled();
    bea.store.commit('delete source', [remove('from')]);
    await at.settled();
    expect(ann.store.redo()).toEqual({ is: 'impossible', label: 'set', left: [expect.stringContaining('gone')] });
    await at.settled();
    expect((await at.log()).at(-1)).toMatchObject({ actor: 'Bea', label: 'delete source' });
  });
});

describe('one who comes back after 10,000 revisions', () => {
  it('[W30] [E36] has all, keeps what waits, and takes nothing back', async () => {
    const { at, ann, bea } = await two();
    ann.cut();
    ann.store.commit('name sink', [label('to', 'from long ago')]);
    const caller = { actor: 'CI bot', via: 'test' };
    const moved = (x: number) => server.app.commitTx(caller, at.design.id, { edits: [move('from', x)] });
    for (let n = 0; n < 10_000; n += 500) await Promise.all(Array.from({ length: 500 }, (_, x) => moved(n + x)));
    await ann.connect();
    await at.settled();
    const design = await at.now();
    expect(design.rev).toBe(10_002);
    for (const person of [ann, bea]) {
      expect(labelOf(shown(person), 'to')).toBe('from long ago');
      expect(shown(person).canvas.positions['from']?.x).toBe(9_999);
    }
    expect(ann.news).toEqual([]);
  }, 240_000);
});

describe('one gesture', () => {
  it('[E14] [E34] pasting 200 nodes with their wires is one transaction, and one undo', async () => {
    const { at, ann, bea } = await two();
    const nodes = Array.from({ length: 200 }, (_, n) => `n${n}`);
    const wires = nodes.slice(1).map(
      (id, n): Edit => ({
        do: 'connect',
        connection: { id: `w${n}`, from: { node: `n${n}`, port: 'out' }, to: { node: id, port: 'in' } },
      }),
    );
    ann.store.commit('draw', [...nodes.map(add), ...wires]);
    await at.settled();
    const before = await at.now();
    const paste = duplicateEdits(shown(ann), nodes);
    expect(ann.store.commit('paste', paste.edits)).toBeUndefined();
    await at.settled();
    expect(Object.keys(shown(bea).nodes)).toHaveLength(402);
    expect(Object.keys(shown(bea).connections)).toHaveLength(1 + 2 * 199);
    expect((await at.log()).map((tx) => tx.label)).toEqual(['draw', 'paste']);
    ann.store.undo();
    await at.settled();
    expect((await at.log()).map((tx) => tx.label)).toEqual(['draw', 'paste', 'undo paste']);
    expect({ ...(await at.now()), rev: 0, updatedAt: '' }).toEqual({ ...before, rev: 0, updatedAt: '' });
  });

  it('[W33] [E14] a drag is seen by others while it lasts, and is one line of the log', async () => {
    const { at, ann, bea } = await two();
    for (let x = 1; x <= 90; x++) ann.say({ type: 'presence', designId: at.design.id, drag: { from: { x, y: 0 } } });
    await bea.until(() => bea.doings.some(({ drag }) => drag?.['from']?.x === 90));
    expect((await at.now()).rev).toBe(1);
    ann.say({ type: 'presence', designId: at.design.id, drag: null });
    ann.store.commit('move', [move('from', 90)]);
    await at.settled();
    expect(await at.log()).toMatchObject([{ rev: 2, actor: 'Ann', edits: [move('from', 90)] }]);
  });
});

describe('two people who type in one prompt at once', () => {
  const turn = () => new Promise((go) => setImmediate(go));

  it('[E13] [E35] [E40] both texts are there, each in its place', async () => {
    const { at, ann, bea } = await two(pipeline('Prompt', { gate: ' You help people. ' }));
    const [first, last] = ['Be brief 🙂 and kind.', 'Never guess.'];
    const length = Math.max(first.length, last.length);
    for (let n = 0; n < length; n++) {
      const [one, other] = [[...first][n], [...last][n]];
      const end = [...String(shown(bea).nodes['from']?.settings['gate'])].length;
      if (one !== undefined) ann.store.commit('type', [type(n, one)]);
      if (other !== undefined) bea.store.commit('type', [type(end, other)]);
      await turn();
    }
    await at.settled();
    expect((await at.now()).nodes['from']?.settings['gate']).toBe(`${first} You help people. ${last}`);
  });

  it('[E40] also when both write at the same place', async () => {
    const { at, ann, bea } = await two(pipeline('Prompt', { gate: '[]' }));
    for (const person of [ann, bea]) person.cut();
    for (const [n, letter] of [...'alpha'].entries()) ann.store.commit('type', [type(1 + n, letter)]);
    for (const [n, letter] of [...'OMEGA'].entries()) bea.store.commit('type', [type(1 + n, letter)]);
    await Promise.all([ann.connect(), bea.connect()]);
    await at.settled();
    expect(['[alphaOMEGA]', '[OMEGAalpha]']).toContain((await at.now()).nodes['from']?.settings['gate']);
  });
});

describe('a page that is loaded again', () => {
  it('[E39] [E34] still undoes and redoes what was done before, around what others did since', async () => {
    const { at, ann, bea } = await two();
    ann.store.commit('one', [set('from', { count: 5 })]);
    ann.store.commit('two', [label('from', 'by Ann')]);
    await at.settled();
    ann.reload();
    await ann.connect();
    bea.store.commit('move', [move('from', 7)]);
    await at.settled();
    expect([ann.store.undo(), ann.store.undo()]).toMatchObject([{ label: 'two' }, { label: 'one' }]);
    await at.settled();
    ann.reload();
    await ann.connect();
    await at.settled();
    expect([countOf(await at.now()), labelOf(await at.now())]).toEqual([undefined, '']);
    expect([ann.store.redo(), ann.store.redo()]).toMatchObject([{ label: 'one' }, { label: 'two' }]);
    await at.settled();
    const design = await at.now();
    expect([countOf(design), labelOf(design), design.canvas.positions['from']?.x]).toEqual([5, 'by Ann', 7]);
    const log = await at.log();
    expect(log.map(({ undoOf }) => undoOf !== undefined)).toEqual([false, false, false, true, true, true, true]);
  });
});

describe('a client that sends all its old transactions again', () => {
  it('[E14] [W35] changes nothing, in whatever order, and is answered as the first time', async () => {
    const { at, ann, bea } = await two();
    for (let n = 0; n < 30; n++) ann.store.commit(`step ${n}`, n % 3 === 0 ? [add(`b${n}`)] : [move('from', n)]);
    for (let n = 0; n < 30; n += 6) ann.store.commit(`delete ${n}`, [remove(`b${n}`)]);
    ann.store.undo();
    await at.settled();
    bea.store.commit('move', [move('from', 1_000)]);
    await at.settled();
    const before = await at.now();
    ann.cut();
    ann.acknowledged.clear();
    await ann.connect(100);
    await ann.until(() => ann.acknowledged.size === 36);
    await at.settled();
    expect(await at.now()).toEqual(before);
    expect(ann.news).toEqual([]);
  });
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type RealServer, realServer } from '#api/http/testing/real-server.ts';
import { pipeline } from '#app/testing/real-app.ts';
import { newUuid } from '#base/ids.ts';
import type { Design } from '#model/design.ts';
import { mostEdits } from '#model/edits/tx.ts';
import { Listener } from '#realtime/testing/listener.ts';
import { liveParts, liveUrl } from './testing/room.ts';

/** What should not come through the socket, and does: refused with a reason, while somebody else on the same design notices nothing. */

const socketsPerAddress = 100;
const live = liveParts();
let server: RealServer;
let design: Design;
let bea: Listener;
let mallory: Listener;

beforeAll(async () => {
  server = await realServer({ socketsPerAddress }, undefined, live.liveOf);
});
afterAll(async () => {
  live.close();
  await server.close();
});
beforeEach(async () => {
  design = await made(pipeline('Bad input'));
  bea = await opened('Bea');
  mallory = await opened('Mallory');
  await bea.next('peer.came');
  return async () => {
    await beaNoticedNothing();
    for (const { socket } of [bea, mallory]) socket.terminate();
    expect([...live.reported, ...server.reported]).toEqual([]);
  };
});

async function made(body: Parameters<RealServer['app']['createDesign']>[1]): Promise<Design> {
  const done = await server.app.createDesign({ actor: 'test', via: 'test' }, body);
  if (done.is === 'refused') throw new Error(done.refusal.message);
  return done.design;
}

async function listener(): Promise<Listener> {
  const socket = new WebSocket(liveUrl(server));
  const client = new Listener(socket);
  await once(socket, 'open');
  return client;
}

async function opened(name: string): Promise<Listener> {
  const client = await listener();
  await client.hello(design.id, { name });
  return client;
}

const now = () => server.app.getDesign({ actor: 'test', via: 'test' }, design.id);

/** She was told nothing but who comes and goes, and what she does next is done. */
async function beaNoticedNothing(): Promise<void> {
  const { rev } = await now();
  const txId = bea.tx(design.id, [{ do: 'node.set', id: 'to', label: 'by Bea' }]);
  expect(await bea.next('ack')).toMatchObject({ txId, rev: rev + 1 });
  const { txs } = await bea.next('edits', ({ to }) => to === rev + 1);
  expect(txs.at(-1)).toMatchObject({ txId, actor: 'Bea' });
  const told = bea.told.filter(({ type }) => type !== 'peer.came' && type !== 'peer.left');
  expect(told).toEqual([]);
}

/** Says one transaction, its edits as JSON, and answers what is said of it. */
async function refusal(edits: string, more: Readonly<Record<string, unknown>> = {}) {
  const txId = newUuid();
  const rest = JSON.stringify({ type: 'tx', designId: design.id, txId, ...more }).slice(0, -1);
  mallory.say(`${rest},"edits":${edits}}`);
  const answer = await Promise.race([
    mallory.next('refused', (told) => told.txId === txId),
    mallory.next('problem', (told) => told.txId === txId),
    mallory.next('ack', (told) => told.txId === txId),
  ]);
  if (answer.type === 'refused') return { ...answer.refusal, is: 'refused' };
  return answer.type === 'problem' ? { is: 'problem', code: answer.code, message: answer.detail } : { is: 'done' };
}

const set = (settings: string): string => `[{"do":"node.set","id":"from","settings":${settings}}]`;
const label = (text: string): string => JSON.stringify([{ do: 'node.set', id: 'from', label: text }]);
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** What is wrong, the edits as they are sent, the code of the answer, and what it must point at or say. */
const badEdits: readonly (readonly [string, string, string, string])[] = [
  ['a kind of edit that there is not', '[{"do":"node.explode","id":"from"}]', 'EDIT_MALFORMED', '/edits/0/do'],
  ['an edit that is none', '[null]', 'EDIT_MALFORMED', '/edits/0'],
  ['an edit that is a list', '[["node.delete","from"]]', 'EDIT_MALFORMED', '/edits/0'],
  ['an edit that says no kind', '[{"id":"from"}]', 'EDIT_MALFORMED', '/edits/0/do'],
  ['no edit', '[]', 'LIVE_MALFORMED', '/edits'],
  ['a field that there is not', '[{"do":"node.delete","id":"from","force":true}]', 'EDIT_MALFORMED', '/edits/0'],
  ['more edits than may be', `[${'{"do":""},'.repeat(mostEdits)}{"do":""}]`, 'LIVE_MALFORMED', '/edits'],
  ['100,000 edits', `[${'{"do":""},'.repeat(99_999)}{"do":""}]`, 'LIVE_MALFORMED', '/edits'],
  ['a huge text', set(`{"gate":"${'x'.repeat(1_000_001)}"}`), 'EDIT_MALFORMED', '/edits/0/settings/gate'],
  ['a place at 1e308', '[{"do":"node.move","id":"from","at":{"x":1e308,"y":0}}]', 'EDIT_MALFORMED', '/edits/0/at/x'],
  ['a place at 1e999', '[{"do":"node.move","id":"from","at":{"x":1e999,"y":0}}]', 'EDIT_MALFORMED', '/edits/0/at/x'],
  ['a setting of 1e999', set('{"count":1e999}'), 'EDIT_MALFORMED', '/edits/0/settings/count'],
  ['a setting of NaN as text', set('{"count":"NaN"}'), 'SETTINGS_INVALID', '/edits/0/settings/count'],
  ['a name with a control character', label('a\u0007b'), 'EDIT_MALFORMED', '/edits/0/label'],
  ['a name that turns the direction of writing', label('a\u202eb'), 'EDIT_MALFORMED', '/edits/0/label'],
  ['a design named so', '[{"do":"design.set","name":"a\\u2066b"}]', 'EDIT_MALFORMED', '/edits/0/name'],
  ['a text with U+0000', set('{"gate":"\\u0000"}'), 'EDIT_MALFORMED', '/edits/0/settings/gate'],
  ['half of a surrogate pair', set('{"gate":"\\ud800"}'), 'EDIT_MALFORMED', '/edits/0/settings/gate'],
  ['a setting 10,000 deep', set(`{"gate":${nested(10_000)}}`), 'EDIT_MALFORMED', '/edits/0/settings/gate/0'],
  ['a setting 400,000 deep', set(`{"gate":${nested(400_000)}}`), 'EDIT_MALFORMED', '/edits/0/settings/gate/0'],
  ['edits 100,000 deep', nested(100_000), 'EDIT_MALFORMED', '/edits/0'],
  [
    'groups within each other',
    '[{"do":"group.add","group":{"id":"g","title":""}},{"do":"group.add","group":{"id":"h","title":"","parent":"g"}},{"do":"group.set","id":"g","parent":"h"}]',
    'GROUP_CYCLE',
    '/edits/2/parent',
  ],
  [
    'a group within itself',
    '[{"do":"group.add","group":{"id":"g","title":"","parent":"g"}}]',
    'GROUP_CYCLE',
    '/edits/0/group/parent',
  ],
  [
    '__proto__ as the id of a node',
    '[{"do":"node.add","node":{"id":"__proto__","kind":"flow.buffer"}}]',
    'EDIT_MALFORMED',
    '/edits/0/node/id',
  ],
  ['a node constructor that is not there', '[{"do":"node.delete","id":"constructor"}]', 'UNKNOWN_NODE', '/edits/0/id'],
  ['a wire constructor that is not there', '[{"do":"disconnect","id":"constructor"}]', 'UNKNOWN_CONNECTION', '/edits/0/id'],
  [
    'a group constructor that is not there',
    '[{"do":"group.assign","node":"from","group":"constructor"}]',
    'UNKNOWN_GROUP',
    '/edits/0/group',
  ],
  ['a kind constructor', '[{"do":"node.kind","id":"from","kind":"constructor"}]', 'EDIT_MALFORMED', '/edits/0/kind'],
  [
    'a port constructor',
    '[{"do":"connection.rewire","id":"wire","from":{"node":"from","port":"constructor"}}]',
    'UNKNOWN_PORT',
    '/edits/0/from/port',
  ],
  ['a node of another design', '[{"do":"node.delete","id":"elsewhere"}]', 'UNKNOWN_NODE', '/edits/0/id'],
];

describe('a transaction', () => {
  it.each(badEdits)('[E18] [W35] with %s is refused, and nothing has changed', async (_what, edits, code, where) => {
    const before = await now();
    const answer = await refusal(edits);
    expect(answer).toMatchObject({ code });
    expect('pointer' in answer ? answer.pointer : 'message' in answer && answer.message).toContain(where);
    expect(await now()).toEqual(before);
  });

  it.each(['[{"do":"node.remove","id":"from"}]', '[{"id":"from"}]', '[null]', '[{"do":"node.set","id":"from","priority":"x"}]'])(
    '[E53] of %s is refused in the same words by the socket and by HTTP',
    async (edits) => {
      const { message, pointer, code } = (await refusal(edits)) as { message: string; pointer: string; code: string };
      const { body } = await server.call(`POST /api/v1/designs/${design.id}/edits`, { edits: JSON.parse(edits) });
      expect(body).toMatchObject({ status: 400, code, pointer, detail: message });
    },
  );

  it('[E16] made on a revision from the future, or on none, is refused', async () => {
    expect(await refusal(label('x'), { baseRev: 1_000 })).toMatchObject({ code: 'REVISION_UNKNOWN', pointer: '/baseRev' });
    for (const baseRev of [0, -1, 1.5, 1e308]) expect((await refusal(label('x'), { baseRev })).is).not.toBe('done');
    expect(await now()).toEqual(design);
  });

  it('[W20] with a number that is none is no JSON', async () => {
    mallory.say(`{"type":"tx","designId":"${design.id}","txId":"${newUuid()}","edits":${set('{"count":NaN}')}}`);
    expect(await mallory.next('problem')).toMatchObject({ code: 'LIVE_MALFORMED', detail: expect.stringContaining('not JSON') });
  });

  it('[E18] 1e308 is a number like any other where numbers of any size may be', async () => {
    expect(await refusal(set('{"count":1e308}'))).toEqual({ is: 'done' });
    expect((await now()).nodes['from']?.settings['count']).toBe(1e308);
    await bea.next('edits');
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '[E7] [E13] that sets %s sets a name like any other: it is kept as it is, taken back, and nobody else’s',
    async (name) => {
      const within = `"node":"from","name":"${name}"`;
      const setting = async () => Object.entries((await now()).nodes['from']?.settings ?? {});
      const steps: readonly (readonly [string, unknown])[] = [
        [set(`{"${name}":{"count":1}}`), { count: 1 }],
        [set(`{"${name}":null}`), undefined],
        [`[{"do":"text.edit",${within},"change":["x"]}]`, 'x'],
        [`[{"do":"text.edit",${within},"change":[{"d":"x"}],"unset":true}]`, undefined],
        [`[{"do":"list.insert",${within},"at":0,"item":1}]`, [1]],
        [set(`{"${name}":null}`), undefined],
      ];
      for (const [edits, held] of steps) {
        expect(await refusal(edits)).toEqual({ is: 'done' });
        expect(await setting()).toEqual(held === undefined ? [] : [[name, held]]);
        await bea.next('edits');
      }
      expect(({} as Record<string, unknown>)['count']).toBeUndefined();
    },
  );

  it('[E14] that is old changes nothing when it is sent again, whoever sends it', async () => {
    const first = Array.from({ length: 20 }, (_, n) =>
      mallory.tx(design.id, [{ do: 'node.move', id: 'from', at: { x: n, y: 0 } }]),
    );
    for (const txId of first) await mallory.next('ack', (told) => told.txId === txId);
    await bea.editsUntil(21);
    const before = await now();
    const again = await opened('Mallory again');
    for (const txId of first.toReversed())
      again.say({ type: 'tx', designId: design.id, txId, edits: [{ do: 'node.delete', id: 'from' }] });
    for (const [n, txId] of first.entries())
      expect(await again.next('ack', (told) => told.txId === txId)).toMatchObject({ rev: n + 2 });
    again.socket.terminate();
    expect(await now()).toEqual(before);
  });
});

const hello = { type: 'hello' };
describe('a frame', () => {
  it.each<[string, () => unknown, string]>([
    [
      'that is a transaction on a design that is not open',
      () => ({ type: 'tx', txId: newUuid(), edits: [{ do: 'node.delete', id: 'from' }] }),
      'LIVE_NOT_OPEN',
    ],
    ['of presence there', () => ({ type: 'presence', cursor: { x: 1, y: 1 } }), 'LIVE_NOT_OPEN'],
    ['that says something there', () => ({ type: 'say', to: newUuid(), text: 'x' }), 'LIVE_NOT_OPEN'],
    ['that says hello to no design', () => ({ ...hello, designId: newUuid() }), 'APP_DESIGN_UNKNOWN'],
    ['with a name that turns the direction of writing', () => ({ ...hello, name: 'a\u202eb' }), 'LIVE_MALFORMED'],
    ['with a revision below 1', () => ({ ...hello, lastRev: 0 }), 'LIVE_MALFORMED'],
    ['that is nothing', () => 'null', 'LIVE_MALFORMED'],
    ['that is 10,000 deep', () => nested(10_000), 'LIVE_MALFORMED'],
    ['that drags 1e999 far', () => `{"type":"presence","drag":{"from":{"x":1e999,"y":0}}}`, 'LIVE_MALFORMED'],
    ['of type __proto__', () => '{"type":"__proto__"}', 'LIVE_MALFORMED'],
    ['of type constructor', () => '{"type":"constructor"}', 'LIVE_MALFORMED'],
  ])('[W20] %s is answered by a problem, and the socket stays open', async (_what, frame, code) => {
    const stranger = await listener();
    const request = frame();
    stranger.say(typeof request === 'string' ? request : { designId: design.id, ...(request as object) });
    expect((await stranger.next('problem')).code).toBe(code);
    expect(await stranger.soFar('problem')).toEqual([]);
    stranger.socket.terminate();
  });

  it('[W20] of bytes is a problem; of 10 MB, or no frame at all, the end of its socket', async () => {
    mallory.socket.send(Buffer.from([1, 2, 3]));
    expect((await mallory.next('problem')).code).toBe('LIVE_BINARY');
    const closed = once(mallory.socket, 'close');
    mallory.socket.send('x'.repeat(10_000_000));
    expect((await closed)[0]).toBe(1009);
    await bea.next('peer.left');
    const raw = await rawSocket();
    const answered = once(raw, 'data');
    raw.write(Buffer.from('this is no frame'));
    // A frame that says goodbye.
    expect((await answered)[0][0]).toBe(0x88);
    raw.destroy();
  });

  it('[W33] that drags __proto__ reaches nobody’s prototype', async () => {
    mallory.say(`{"type":"presence","designId":"${design.id}","drag":{"__proto__":{"x":1,"y":2}}}`);
    const { doings } = await bea.next('presence');
    const [doing] = Object.values(doings);
    expect(Object.entries(doing?.drag ?? {})).toEqual([['__proto__', { x: 1, y: 2 }]]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

/** A socket that has shaken hands and then does as it likes. */
async function rawSocket(): Promise<Socket> {
  const { hostname, port, pathname } = new URL(liveUrl(server));
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => {});
  const key = Buffer.alloc(16).toString('base64');
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  await once(socket, 'data');
  socket.resume();
  return socket;
}

describe('a crowd', () => {
  it('[W42] of a thousand sockets from one address: so many are taken, the others are refused with 429', async () => {
    const tries = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const socket = new WebSocket(liveUrl(server));
        socket.on('error', () => {});
        return await Promise.race([
          once(socket, 'open').then(() => socket),
          once(socket, 'unexpected-response').then(([, { statusCode }]) => Number(statusCode)),
        ]);
      }),
    );
    await beaNoticedNothing();
    const taken = tries.filter((one) => one instanceof WebSocket);
    // The server may learn a moment later that those of another test are gone.
    expect(taken.length).toBeLessThanOrEqual(socketsPerAddress - 2);
    expect(taken.length).toBeGreaterThan(0);
    expect(tries.filter((one) => one === 429)).toHaveLength(1_000 - taken.length);
    const gone = taken.map((socket) => once(socket, 'close'));
    for (const socket of taken) socket.close();
    await Promise.all(gone);
  });

  it('[W26] [W32] of sockets that close their half is let go', async () => {
    const half = await Promise.all(Array.from({ length: 40 }, rawSocket));
    for (const socket of half) socket.end();
    await Promise.all(half.map((socket) => once(socket, 'close')));
  });

  it.each<[string, (n: number) => unknown, 'pong' | 'problem' | 'refused']>([
    ['questions', () => ({ type: 'ping' }), 'pong'],
    ['frames that are none', (n) => `{"n":${n}`, 'problem'],
    [
      'transactions that cannot be',
      () => ({ type: 'tx', designId: design.id, txId: newUuid(), edits: [{ do: 'node.delete', id: 'ghost' }] }),
      'refused',
    ],
  ])('[W27] of 10,000 %s at once is answered, each of them, and Bea meanwhile', async (_what, frame, type) => {
    for (let n = 0; n < 10_000; n++) mallory.say(frame(n));
    await beaNoticedNothing();
    for (let n = 0; n < 10_000; n++) await mallory.next(type);
    expect(mallory.socket.readyState).toBe(WebSocket.OPEN);
  });
});

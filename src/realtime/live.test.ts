import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { owner } from '#app/parts.ts';
import { openGate, pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { ManualClock } from '#base/clock.ts';
import type { Design, DesignBody } from '#model/design.ts';
import type { Session, SessionState } from '#model/sessions/session.ts';
import type { Listener } from './testing/listener.ts';
import { LiveBed } from './testing/live-bed.ts';
import { stored } from './testing/stored.ts';

const caller = owner('test');
const nobody = '00000000-0000-7000-8000-000000000000';

let real: RealApp;
let clock: ManualClock;
let bed: LiveBed;

beforeAll(async () => {
  real = await realApp();
});
afterAll(() => real.close());

beforeEach(async () => {
  clock = new ManualClock();
  bed = await LiveBed.open(real.app, clock);
});
afterEach(async () => {
  await bed.close();
  expect(clock.pending).toBe(0);
  expect(bed.reported).toEqual([]);
});

const listener = (): Promise<Listener> => bed.listener();

async function make(body: DesignBody = pipeline('Live')): Promise<Design> {
  const made = await real.app.createDesign(caller, body);
  if (made.is === 'refused') throw new Error(made.refusal.message);
  return made.design;
}

async function run(settings: Record<string, unknown>): Promise<Session> {
  const { id } = await make(pipeline('Run', settings));
  return await real.app.executeDesign(caller, id);
}

async function reached(client: Listener, state: SessionState): Promise<void> {
  while ((await client.next('session.status')).session.state !== state);
}

async function stopped({ id }: Session): Promise<void> {
  const client = await listener();
  await client.subscribe('session', id);
  await real.app.stopSession(caller, id);
  await reached(client, 'stopped');
  client.socket.terminate();
}

async function tellEdits(designId: string, rev: number, description: string): Promise<void> {
  stored(real.app, designId, rev, description);
  clock.advance(16);
  // What need not wait is told with the end of this turn.
  await setImmediate();
}

describe('sessions', () => {
  it('[W21] [W22] status and figures come at once, then at most four times a second, and only when something moved', async () => {
    const session = await run({ count: 0, everyMs: 1 });
    const client = await listener();
    await client.subscribe('session', session.id);
    await reached(client, 'running');
    expect((await client.next('session.snapshot')).snapshot.sessionId).toBe(session.id);
    clock.advance(249);
    expect(await client.soFar('session.snapshot')).toEqual([]);
    clock.advance(1);
    expect((await client.next('session.snapshot')).snapshot.channels[0]?.connection).toBe('wire');
    await real.app.pauseSession(caller, session.id);
    await reached(client, 'paused');
    clock.advance(250);
    expect((await client.next('session.snapshot')).snapshot.state).toBe('paused');
    clock.advance(250);
    clock.advance(250);
    // The rate falls to zero, which is news; then nothing moves.
    await client.soFar('session.snapshot');
    clock.advance(1_000);
    expect(await client.soFar('session.snapshot')).toEqual([]);
    client.socket.terminate();
    await stopped(session);
  });

  it('[W22] one timer serves all who look, and none is left when nobody does', async () => {
    const session = await run({ count: 0, everyMs: 1 });
    const clients = [await listener(), await listener(), await listener()];
    const heartbeats = clock.pending;
    for (const client of clients) await client.subscribe('session', session.id);
    for (const client of clients) await client.subscribe('connection', session.id, 'wire');
    expect(clock.pending).toBe(heartbeats + 1);
    for (const client of clients) {
      client.say({ type: 'unsubscribe', topic: 'session', id: session.id });
      client.say({ type: 'unsubscribe', topic: 'connection', id: session.id, connection: 'wire' });
      await client.soFar('pong');
    }
    expect(clock.pending).toBe(heartbeats);
    await stopped(session);
  });

  it('[W22] an ended session is told a last time and then left alone', async () => {
    const session = await run({ count: 5 });
    const client = await listener();
    await client.subscribe('session', session.id);
    await reached(client, 'completed');
    clock.advance(250);
    const last = (await client.soFar('session.snapshot')).at(-1);
    expect(last?.snapshot).toMatchObject({ state: 'completed', channels: [{ received: 5 }] });
    clock.advance(250);
    await client.soFar('session.snapshot');
    clock.advance(250);
    expect(await client.soFar('session.snapshot')).toEqual([]);
    expect(clock.pending).toBe(1);
  });

  it('[W46] one who says where he looks is told of that, four times a second at most, and of all again when he wants all', async () => {
    const session = await run({ count: 0, everyMs: 1 });
    const [near, all] = [await listener(), await listener()];
    await all.subscribe('session', session.id);
    const request = { type: 'subscribe', topic: 'session', id: session.id };
    const looks = async (look?: object) => {
      near.say({ ...request, ...(look !== undefined && { look }) });
      await near.next('subscribed');
    };
    const seen = async () => {
      const { snapshot, whole } = await near.next('session.snapshot');
      const { processes, channels } = snapshot;
      return [processes.map(({ node }) => node), channels.map(({ connection }) => connection), whole !== undefined];
    };
    await all.next('session.snapshot');
    await looks({ nodes: ['from'], connections: [] });
    expect(await seen()).toEqual([['from'], [], true]);
    await looks({ nodes: ['to'], connections: ['wire'] });
    clock.advance(249);
    expect(await near.soFar('session.snapshot')).toEqual([]);
    clock.advance(1);
    expect(await seen()).toEqual([['to'], ['wire'], true]);
    await looks();
    clock.advance(250);
    expect(await seen()).toEqual([['from', 'to'], ['wire'], false]);
    for (const { snapshot, whole } of await all.soFar('session.snapshot'))
      expect([snapshot.processes.length, snapshot.channels.length, whole]).toEqual([2, 1, undefined]);
    near.say({ ...request, look: { nodes: Array.from({ length: 501 }, (_, n) => `n${n}`), connections: [] } });
    expect(await near.next('problem')).toMatchObject({ code: 'LIVE_MALFORMED', detail: expect.stringContaining('/look/nodes') });
    await stopped(session);
  });

  it('faults are told with the node', async () => {
    const body = pipeline('Failing', { gate: 'told' });
    body.nodes['to'] = { id: 'to', kind: 'test.fail', version: 1, label: '', settings: {}, onFailure: 'stop' };
    const { id } = await make(body);
    const session = await real.app.executeDesign(caller, id);
    const client = await listener();
    await client.subscribe('session', session.id);
    openGate('told');
    expect(await client.next('session.fault')).toMatchObject({ sessionId: session.id, fault: { node: 'to' } });
    await reached(client, 'failed');
  });
});

describe('messages of a wire', () => {
  it('[W23] begin with the kept ones, then the new ones follow: in order, none twice, twenty a frame at most', async () => {
    const session = await run({ count: 0, everyMs: 1 });
    const client = await listener();
    await client.subscribe('session', session.id);
    await client.subscribe('connection', session.id, 'wire');
    const numbers: number[] = [];
    while (numbers.length < 60) {
      clock.advance(250);
      for (const { samples } of await client.soFar('session.samples')) {
        expect(samples.length).toBeLessThanOrEqual(20);
        numbers.push(...samples.map(({ number }) => number));
      }
    }
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    client.socket.terminate();
    await stopped(session);
  });

  it('[W23] each who joins later gets the kept ones, too', async () => {
    const session = await run({ count: 3 });
    const first = await listener();
    await first.subscribe('session', session.id);
    await reached(first, 'completed');
    for (const client of [first, await listener()]) {
      await client.subscribe('connection', session.id, 'wire');
      expect((await client.next('session.samples')).samples.map(({ value }) => value)).toEqual([1, 2, 3]);
    }
  });
});

describe('[W20] what cannot be answered', () => {
  it.each([
    ['{', 'LIVE_MALFORMED', /not JSON/],
    ['null', 'LIVE_MALFORMED', /./],
    ['{"type":"explode"}', 'LIVE_MALFORMED', /\/type of the frame must be one of hello, leave, tx, .*; "explode" is none/],
    [`{"type":"helo","designId":"${nobody}"}`, 'LIVE_MALFORMED', /\/type of the frame .*"helo" is none/],
    ['{"type":"constructor"}', 'LIVE_MALFORMED', /\/type/],
    ['{"type":"__proto__"}', 'LIVE_MALFORMED', /\/type/],
    [`{"type":"subscribe","topic":"weather","id":"${nobody}"}`, 'LIVE_MALFORMED', /\/topic/],
    ['{"type":"subscribe","topic":"session","id":"7"}', 'LIVE_MALFORMED', /\/id/],
    ['{"type":"hello","designId":"7"}', 'LIVE_MALFORMED', /\/designId/],
    [`{"type":"hello","designId":"${nobody}","name":"a\\u202eb"}`, 'LIVE_MALFORMED', /\/name/],
    [`{"type":"hello","designId":"${nobody}","name":"a\\nb"}`, 'LIVE_MALFORMED', /\/name/],
    [`{"type":"hello","designId":"${nobody}","lastRev":0}`, 'LIVE_MALFORMED', /\/lastRev/],
    [`{"type":"hello","designId":"${nobody}"}`, 'APP_DESIGN_UNKNOWN', /no design/],
    [`{"type":"presence","designId":"${nobody}","cursor":{"x":1,"y":2}}`, 'LIVE_NOT_OPEN', /not open/],
    [`{"type":"presence","designId":"${nobody}","cursor":{"x":1}}`, 'LIVE_MALFORMED', /\/cursor/],
    [`{"type":"say","designId":"${nobody}","to":"${nobody}","text":"a"}`, 'LIVE_NOT_OPEN', /not open/],
    [`{"type":"say","designId":"${nobody}","to":"${nobody}","text":"${'x'.repeat(2_001)}"}`, 'LIVE_MALFORMED', /\/text/],
    [`{"type":"tx","designId":"${nobody}","txId":"${nobody}","edits":[{"do":"design.set"}]}`, 'LIVE_NOT_OPEN', /not open/],
    [`{"type":"tx","designId":"${nobody}","txId":"7","edits":[{"do":"design.set"}]}`, 'LIVE_MALFORMED', /\/txId/],
    [`{"type":"tx","designId":"${nobody}","txId":"${nobody}","edits":[]}`, 'LIVE_MALFORMED', /\/edits/],
    [`{"type":"subscribe","topic":"connection","id":"${nobody}"}`, 'LIVE_MALFORMED', /which connection/],
    [`{"type":"subscribe","topic":"session","id":"${nobody}"}`, 'APP_SESSION_UNKNOWN', /no session/],
    [`{"type":"subscribe","topic":"connection","id":"${nobody}","connection":"a"}`, 'APP_SESSION_UNKNOWN', /no session/],
  ])('%s is a problem, and the socket stays open', async (frame, code, detail) => {
    const client = await listener();
    client.say(frame);
    const problem = await client.next('problem');
    expect(problem.code).toBe(code);
    expect(problem.detail).toMatch(detail);
    expect(await client.soFar('problem')).toEqual([]);
  });

  it('a binary frame is a problem', async () => {
    const client = await listener();
    client.socket.send(new Uint8Array([1, 2, 3]));
    expect((await client.next('problem')).code).toBe('LIVE_BINARY');
  });

  it('[W27] a socket takes a hundred subscriptions and open designs; the same twice is one', async () => {
    const client = await listener();
    const { id } = await make();
    await client.hello(id);
    await client.hello(id);
    const session = await run({ count: 1 });
    for (let n = 1; n < 100; n++) await client.hello((await make(pipeline(`S${n}`))).id);
    client.say({ type: 'hello', designId: (await make()).id });
    expect((await client.next('problem')).code).toBe('LIVE_TOO_MANY_SUBSCRIPTIONS');
    client.say({ type: 'subscribe', topic: 'session', id: session.id });
    expect((await client.next('problem')).code).toBe('LIVE_TOO_MANY_SUBSCRIPTIONS');
    client.say({ type: 'leave', designId: id });
    await client.subscribe('session', session.id);
  });

  it('[W27] one who asks faster than can be answered is read more slowly, and every request is answered', async () => {
    const client = await listener();
    for (let n = 0; n < 1_000; n++) client.say({ type: 'subscribe', topic: 'session', id: nobody });
    const [served] = [...bed.server.clients];
    let wasPaused = false;
    for (let n = 0; n < 1_000; n++) {
      expect((await client.next('problem')).code).toBe('APP_SESSION_UNKNOWN');
      wasPaused ||= served?.isPaused === true;
    }
    expect(wasPaused).toBe(true);
    expect(await client.soFar('problem')).toEqual([]);
    expect(served?.isPaused).toBe(false);
  });
});

describe('slow readers', () => {
  it('[W24] while a session runs, what waits for a stalled reader stays small; when it reads again it gets the newest', async () => {
    const session = await run({ count: 0, everyMs: 0, padding: 12_000 });
    const client = await listener();
    await client.subscribe('session', session.id);
    await client.subscribe('connection', session.id, 'wire');
    const [served] = [...bed.server.clients];
    client.socket.pause();
    let most = 0;
    let skipped = 0;
    for (let n = 0; n < 4_000 && skipped < 200; n++) {
      const before = served?.bufferedAmount ?? 0;
      clock.advance(250);
      const after = served?.bufferedAmount ?? 0;
      if (after > 0 && after <= before) skipped++;
      most = Math.max(most, after);
      await setImmediate();
    }
    expect(skipped).toBe(200);
    const frame = 20 * 16 * 1024 * 2;
    expect(most).toBeLessThan(1024 * 1024 + frame);
    const wanted = (await real.app.sessionMetrics(caller, session.id)).channels[0]?.received ?? 0;
    client.socket.resume();
    for (let newest = 0; newest < wanted; ) {
      clock.advance(250);
      newest = (await client.soFar('session.samples')).at(-1)?.samples.at(-1)?.number ?? newest;
    }
    client.socket.terminate();
    await stopped(session);
  }, 60_000);

  it('[W25] one who must be told more than 8 MiB that he does not read is closed with 4008, and never costs more', async () => {
    const { id, rev } = await make();
    const client = await listener();
    await client.hello(id);
    const [served] = [...bed.server.clients];
    client.socket.pause();
    let most = 0;
    for (let n = 1; n < 5_000 && served?.readyState === WebSocket.OPEN; n++) {
      await tellEdits(id, rev + n, 'ü'.repeat(9_000));
      most = Math.max(most, served.bufferedAmount);
      await setImmediate();
    }
    expect(served?.readyState).toBe(WebSocket.CLOSING);
    expect(most).toBeGreaterThan(7.9 * 1024 * 1024);
    expect(served?.bufferedAmount).toBeLessThanOrEqual(8 * 1024 * 1024);
    const closed = once(client.socket, 'close');
    client.socket.resume();
    expect((await closed)[0]).toBe(4008);
    expect(client.told.at(-1)).toMatchObject({ type: 'resync', designId: id });
  });

  it('[W25] a design that is larger than all that may wait is told nevertheless, to one who waits for nothing else', async () => {
    const { id } = await make();
    const small = await LiveBed.open(real.app, clock, {
      limits: { dropAboveBytes: 100, skipAboveBytes: 100, closeAboveBytes: 33 * 1024 },
    });
    const client = await small.listener();
    await real.app.commitTx(caller, id, { edits: [{ do: 'design.set', description: 'x'.repeat(9_000) }] });
    expect((await client.hello(id)).snapshot?.description).toHaveLength(9_000);
    await small.close();
  });

  it('[W25] one who does not even read the goodbye is cut off a second later', async () => {
    const { id, rev } = await make();
    const client = await listener();
    await client.hello(id);
    const [served] = [...bed.server.clients];
    client.socket.pause();
    for (let n = 1; n < 100 && served?.readyState === WebSocket.OPEN; n++) await tellEdits(id, rev + n, 'x'.repeat(1_000_000));
    expect(served?.readyState).toBe(WebSocket.CLOSING);
    const gone = once(served as WebSocket, 'close');
    clock.advance(1_000);
    await gone;
  });

  it('[W26] one who does not answer for thirty seconds is gone, one who does stays', async () => {
    const [quick, dead] = [await listener(), await listener()];
    const { id } = await make();
    await quick.hello(id);
    await dead.hello(id);
    dead.socket.pause();
    const left = new Promise<void>((settle) => {
      for (const socket of bed.server.clients) socket.once('close', () => settle());
    });
    const pinged = once(quick.socket, 'ping');
    clock.advance(30_000);
    await pinged;
    await quick.soFar('pong');
    clock.advance(30_000);
    await left;
    expect(bed.server.clients.size).toBe(1);
    expect(await quick.soFar('pong')).toEqual([]);
  });
});

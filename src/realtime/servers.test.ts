import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bus } from '#app/bus.ts';
import { owner } from '#app/parts.ts';
import { pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { type Clock, ManualClock, systemClock } from '#base/clock.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { PostgresBus } from '#store/bus/postgres-bus.ts';
import { RedisBus } from '#store/bus/redis-bus.ts';
import { PausableProxy } from '#store/testing/pausable-proxy.ts';
import { type RealRedis, startRealRedis } from '#store/testing/real-redis.ts';
import { sharedUrl } from '#store/testing/shared-postgres.ts';
import { LiveBed } from './testing/live-bed.ts';

/** Two servers of one database, each an application of its own; the bus between them goes through a proxy. */

const caller = owner('test');
const ignored = (): void => {};
const patienceMs = 60_000;

let redis: RealRedis;
let url: string;
let apps: RealApp[];
beforeAll(async () => {
  [url, redis] = await Promise.all([sharedUrl(), startRealRedis()]);
  apps = [await realApp({ url, poolSize: 4 }), await realApp({ url, poolSize: 4 })];
});
afterAll(async () => {
  await Promise.all((apps ?? []).map((app) => app.close()));
  await redis?.stop();
});

const through = (text: string, port: number): string => {
  const at = new URL(text);
  at.port = `${port}`;
  return at.href;
};

const buses = {
  'LISTEN and NOTIFY': {
    target: () => url,
    make: async (at: string): Promise<Bus> => new PostgresBus({ url: at, clock: systemClock, report: ignored }),
  },
  Redis: {
    target: () => redis.url,
    make: async (at: string): Promise<Bus> => await RedisBus.create({ url: at, channel: 'test', report: ignored }),
  },
};

describe.each(Object.entries(buses))('two servers with %s between', (_name, { target, make }) => {
  let proxy: PausableProxy;
  let opened: { bed: LiveBed; bus: Bus }[] = [];
  let id: string;
  beforeEach(async () => {
    proxy = await PausableProxy.open(Number(new URL(target()).port));
    const made = await (apps[0] as RealApp).app.createDesign(caller, pipeline('Shared'));
    id = made.is === 'created' ? made.design.id : '';
  });
  afterEach(async () => {
    for (const { bed } of opened) await bed.close();
    await Promise.all(opened.map(({ bus }) => bus.close()));
    expect(opened.flatMap(({ bed }) => bed.reported)).toEqual([]);
    opened = [];
    await proxy.cut().catch(ignored);
  });

  async function server(number: 0 | 1, clock: Clock): Promise<LiveBed> {
    const bus = await make(through(target(), proxy.port));
    const bed = await LiveBed.open((apps[number] as RealApp).app, clock, { bus });
    opened.push({ bed, bus });
    return bed;
  }

  /** One client on each of two servers that hear each other, and nothing is on its way between them. */
  async function pair(clocks: readonly Clock[] = [systemClock, systemClock]) {
    const beds = [await server(0, clocks[0] as Clock), await server(1, clocks[1] as Clock)] as const;
    const [a, b] = [await beds[0].listener(), await beds[1].listener()];
    await a.hello(id, { name: 'Bea' });
    const { peers } = await b.hello(id, { name: 'Cem' });
    // Who was there first is told by the other server: after the welcome, or before it when that came late.
    const bea = peers.map(({ doing: _doing, ...peer }) => peer)[0] ?? (await b.next('peer.came')).peer;
    const cem = (await a.next('peer.came')).peer;
    // A bus keeps the order of one sender: with this, whatever each asked the other is answered, and the answer was heard.
    for (const [from, to, peer] of [
      [b, a, bea],
      [a, b, cem],
      [b, a, bea],
    ] as const) {
      from.say({ type: 'say', designId: id, to: peer.id, text: 'Here?' });
      await to.next('said');
    }
    return { a, b, bea, cem };
  }

  const add = (node: string): Edit => ({ do: 'node.add', node: { id: node, kind: 'compute.discard' } });
  const stored = (): Promise<Design> => (apps[0] as RealApp).app.getDesign(caller, id);

  it('[W40] edits of each are told at the other, every revision once and in order', async () => {
    const { a, b } = await pair();
    const more = await (opened[1] as { bed: LiveBed }).bed.listener();
    await more.hello(id);
    const sent = new Map<string, string>();
    for (let n = 0; n < 60; n++)
      for (const [name, client] of Object.entries({ a, b })) {
        const edits = n % 4 === 3 ? [{ do: 'node.delete' as const, id: `${name}${n - 1}` }] : [add(`${name}${n}`)];
        sent.set(client.tx(id, edits), name);
      }
    for (const client of [a, b, more]) {
      const txs = await client.editsUntil(121);
      expect(txs.map(({ rev }) => rev)).toEqual(Array.from({ length: 120 }, (_, n) => n + 2));
      expect(new Set(txs.map(({ txId }) => txId))).toEqual(new Set(sent.keys()));
    }
    for (const client of [a, b]) expect(await client.soFar('refused')).toEqual([]);
    expect((await stored()).rev).toBe(121);
  });

  it('[W32] [W33] [W38] people of both see each other, what they do, and hear what is said', async () => {
    const { a, b, bea, cem } = await pair();
    expect([bea.name, cem.name]).toEqual(['Bea', 'Cem']);
    a.say({ type: 'presence', designId: id, cursor: { x: 3, y: 4 }, field: { node: 'from', name: 'count' } });
    await b.next('presence', ({ doings }) => doings[bea.id]?.cursor?.x === 3);
    const late = await (opened[1] as { bed: LiveBed }).bed.listener();
    const welcome = await late.hello(id, { name: 'Dan' });
    expect(welcome.peers.find((peer) => peer.id === bea.id)).toMatchObject({ doing: { cursor: { x: 3, y: 4 } } });
    expect(new Set([bea.colour, welcome.you.colour]).size).toBe(2);
    b.say({ type: 'say', designId: id, to: bea.id, text: 'ü'.repeat(2_000) });
    expect(await a.next('said')).toMatchObject({ from: cem, text: 'ü'.repeat(2_000) });
    a.say({ type: 'say', designId: id, to: '00000000-0000-7000-8000-000000000000', text: 'Who?' });
    expect((await a.next('problem')).code).toBe('LIVE_PEER_GONE');
    b.socket.terminate();
    expect((await a.next('peer.left', ({ peer }) => peer === cem.id)).peer).toBe(cem.id);
  });

  it('[W33] what somebody did is told at the other once: no server answers its own words', async () => {
    const clocks = [new ManualClock(), new ManualClock()];
    const { a, b, cem: peer } = await pair(clocks);
    a.say({ type: 'presence', designId: id, cursor: { x: 3, y: 4 } });
    await a.soFar('pong');
    clocks[0]?.advance(16);
    await vi.waitFor(() => {
      clocks[1]?.advance(16);
      expect(b.told.map(({ type }) => type)).toContain('presence');
    }, patienceMs);
    await b.soFar('presence');
    await a.soFar('pong');
    clocks[0]?.advance(100);
    // What is published later is heard later.
    a.say({ type: 'say', designId: id, to: peer.id, text: 'Done.' });
    await b.next('said');
    clocks[1]?.advance(100);
    expect(await b.soFar('presence')).toEqual([]);
  });

  it('[W40] sessions and the deletion of a design are told at the other', async () => {
    const { a, b } = await pair();
    const session = await (apps[0] as RealApp).app.executeDesign(caller, id);
    for (const client of [a, b])
      await client.next('session.status', (told) => told.session.id === session.id && told.session.state === 'completed');
    await (apps[1] as RealApp).app.removeDesign(caller, id);
    for (const client of [a, b]) expect((await client.next('design.deleted')).designId).toBe(id);
  });

  it('[W41] while the bus is paused each looks at the log; when it goes on nothing is told twice', async () => {
    const clocks = [new ManualClock(), new ManualClock()];
    const { a, b } = await pair(clocks);
    proxy.pause();
    // One alone writes: the other hears of nothing, and looks.
    const alone = Array.from({ length: 20 }, (_, n) => a.tx(id, [add(`a${n}`)]));
    for (let n = 0; n < 20; n++) await a.next('ack');
    for (const clock of clocks) clock.advance(5_000);
    for (const client of [a, b]) expect((await client.editsUntil(21)).map(({ txId }) => txId)).toEqual(alone);
    // Both write: each sees by its own that it missed something.
    const both = new Set<string>();
    for (let n = 0; n < 10; n++) both.add(a.tx(id, [add(`c${n}`)])).add(b.tx(id, [add(`b${n}`)]));
    a.tx(id, [{ do: 'design.set', name: 'from a' }]);
    for (let n = 0; n < 11; n++) await a.next('ack');
    for (let n = 0; n < 10; n++) await b.next('ack');
    b.tx(id, [{ do: 'design.set', name: 'from b' }]);
    await b.next('ack');
    clocks[1]?.advance(48);
    expect((await b.editsUntil(43)).map(({ rev }) => rev)).toEqual(Array.from({ length: 22 }, (_, n) => n + 22));
    clocks[0]?.advance(5_000);
    const told = new Set((await a.editsUntil(43)).map(({ txId }) => txId));
    expect(both.isSubsetOf(told)).toBe(true);
    proxy.resume();
    a.tx(id, [add('last')]);
    for (const client of [a, b]) {
      // The time of the clocks must not run away from that of the sockets: who does not answer for 30 s is gone.
      await vi.waitFor(() => {
        for (const clock of clocks) clock.advance(16);
        expect(client.told.map(({ type }) => type)).toContain('edits');
      }, patienceMs);
      expect((await client.editsUntil(44)).map(({ rev }) => rev)).toEqual([44]);
    }
  });

  it('[W41] when the bus is back each looks at the log at once', async () => {
    const clocks = [new ManualClock(), new ManualClock()];
    const { a, b } = await pair(clocks);
    await proxy.cut();
    const sent = Array.from({ length: 10 }, (_, n) => a.tx(id, [add(`a${n}`)]));
    for (let n = 0; n < 10; n++) await a.next('ack');
    await proxy.mend();
    expect((await b.editsUntil(11)).map(({ txId }) => txId)).toEqual(sent);
  });

  it('[W41] people of a server that is silent for half a minute have left', async () => {
    const clocks = [new ManualClock(), new ManualClock()];
    const { b, bea: peer } = await pair(clocks);
    proxy.pause();
    for (let looks = 0; looks < 5; looks++) clocks[1]?.advance(5_000);
    expect(await b.soFar('peer.left')).toEqual([]);
    clocks[1]?.advance(5_000);
    expect((await b.next('peer.left')).peer).toBe(peer.id);
    proxy.resume();
    clocks[0]?.advance(10_000);
    expect((await b.next('peer.came')).peer).toEqual(peer);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { owner } from '#app/parts.ts';
import { pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { ManualClock } from '#base/clock.ts';
import type { Doing } from '#model/presence.ts';
import type { Listener } from './testing/listener.ts';
import { LiveBed } from './testing/live-bed.ts';
import { stored } from './testing/stored.ts';

const caller = owner('test');

let real: RealApp;
let clock: ManualClock;
let bed: LiveBed;
let id: string;
beforeAll(async () => {
  real = await realApp();
});
afterAll(() => real.close());
beforeEach(async () => {
  clock = new ManualClock();
  bed = await LiveBed.open(real.app, clock);
  const made = await real.app.createDesign(caller, pipeline('Live'));
  id = made.is === 'created' ? made.design.id : '';
});
afterEach(async () => {
  await bed.close();
  expect(clock.pending).toBe(0);
  expect(bed.reported).toEqual([]);
});

async function does(client: Listener, doing: Doing): Promise<void> {
  client.say({ type: 'presence', designId: id, ...doing });
  // Answered after it: the server has it.
  await client.soFar('pong');
}

const cursor = (x: number): Doing => ({ cursor: { x, y: 0 } });

describe('who is there', () => {
  it('[W32] everybody is told who comes and goes, and by which name; a page that is reloaded is somebody else', async () => {
    const [bea, cem] = [await bed.listener(), await bed.listener()];
    const { you } = await bea.hello(id, { name: 'Bea' });
    const other = await cem.hello(id, { name: 'Cem' });
    expect(await bea.next('peer.came')).toEqual({ type: 'peer.came', designId: id, peer: other.you });
    await bea.hello(id, { name: 'Beatrix' });
    expect(await cem.next('peer.came')).toMatchObject({ peer: { ...you, name: 'Beatrix' } });
    bea.say({ type: 'leave', designId: id });
    expect(await cem.next('peer.left')).toEqual({ type: 'peer.left', designId: id, peer: you.id });
    const again = await bea.hello(id, { name: 'Bea' });
    expect(again.you.id).not.toBe(you.id);
    expect((await cem.next('peer.came')).peer).toEqual(again.you);
    bea.socket.terminate();
    expect((await cem.next('peer.left')).peer).toBe(again.you.id);
    expect(await cem.soFar('peer.came')).toEqual([]);
  });

  it('[W32] of twelve people no two have the same colour', async () => {
    const colours = new Set<number>();
    for (let n = 0; n < 12; n++) colours.add((await (await bed.listener()).hello(id)).you.colour);
    expect(colours.size).toBe(12);
  });
});

describe('what they do', () => {
  it('[W33] is told to the others at most twenty times a second, the last of it always, and to who comes later', async () => {
    const [bea, cem] = [await bed.listener(), await bed.listener()];
    const { you } = await bea.hello(id);
    await cem.hello(id);
    clock.advance(100);
    let frames = 0;
    const until = clock.now() + 1_000;
    for (let x = 0; clock.now() < until; x++) {
      await does(bea, cursor(x));
      clock.advance(10);
      frames += (await cem.soFar('presence')).length;
    }
    expect(frames).toBeLessThanOrEqual(21);
    expect(frames).toBeGreaterThan(15);
    await does(bea, { ...cursor(7), drag: { from: { x: 1, y: 1 } } });
    await does(bea, { drag: null, selection: { nodes: ['from'], connections: [] } });
    clock.advance(50);
    const last = (await cem.soFar('presence')).at(-1);
    expect(last?.doings[you.id]).toEqual({ ...cursor(7), drag: null, selection: { nodes: ['from'], connections: [] } });
    clock.advance(1_000);
    expect(await cem.soFar('presence')).toEqual([]);
    const { peers } = await (await bed.listener()).hello(id);
    expect(peers.find((peer) => peer.id === you.id)?.doing).toMatchObject({ ...cursor(7), drag: null });
    expect(await bea.soFar('presence')).toEqual([]);
  });

  it('[W36] of many people is told in one frame', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => bed.listener()));
    const peers = [];
    for (const client of clients) peers.push((await client.hello(id)).you.id);
    clock.advance(100);
    for (const client of clients) for (const one of await client.soFar('presence')) expect(one.doings).toEqual({});
    for (const [x, client] of clients.entries()) await does(client, cursor(x));
    clock.advance(16);
    for (const client of clients) {
      const told = await client.soFar('presence');
      expect(told).toHaveLength(1);
      expect(new Set(Object.keys(told[0]?.doings ?? {}))).toEqual(new Set(peers));
    }
  });

  it('[W34] is not told to one who reads slowly; when there is room he is told what everybody does then', async () => {
    const limits = { dropAboveBytes: 1_000, skipAboveBytes: 10_000_000, closeAboveBytes: 50_000_000 };
    const small = await LiveBed.open(real.app, clock, { limits });
    const [bea, cem, slow] = [await small.listener(), await small.listener(), await small.listener()];
    const { you } = await bea.hello(id);
    const other = await cem.hello(id);
    await slow.hello(id);
    clock.advance(100);
    const served = [...small.server.clients][2];
    slow.socket.pause();
    // Fills the way to the slow one.
    let rev = 1;
    while ((served?.bufferedAmount ?? 0) <= limits.dropAboveBytes) {
      rev++;
      stored(real.app, id, rev, 'x'.repeat(360_000));
      clock.advance(16);
      await bea.editsUntil(rev);
    }
    const before = served?.bufferedAmount ?? 0;
    for (let x = 0; x < 50; x++) {
      await does(bea, cursor(x));
      await does(cem, { field: { node: 'from', name: `f${x}` } });
      clock.advance(50);
    }
    expect(served?.bufferedAmount).toBe(before);
    expect((await cem.soFar('presence')).length).toBeGreaterThan(40);
    slow.socket.resume();
    await slow.editsUntil(rev);
    clock.advance(250);
    const told = (await slow.next('presence', ({ doings }) => doings[you.id] !== undefined)).doings;
    expect(told[you.id]).toEqual(cursor(49));
    expect(told[other.you.id]).toEqual({ field: { node: 'from', name: 'f49' } });
    clock.advance(1_000);
    expect(await slow.soFar('presence')).toEqual([]);
    await small.close();
  });
});

describe('what one says to another', () => {
  it('[W38] is heard by that one alone, and refused when nobody is there', async () => {
    const [bea, cem, dan] = [await bed.listener(), await bed.listener(), await bed.listener()];
    const { you } = await bea.hello(id, { name: 'Bea' });
    const to = (await cem.hello(id)).you.id;
    await dan.hello(id);
    bea.say({ type: 'say', designId: id, to, text: 'Look at the gate.' });
    expect(await cem.next('said')).toMatchObject({ designId: id, from: you, text: 'Look at the gate.' });
    expect([await bea.soFar('said'), await dan.soFar('said')]).toEqual([[], []]);
    cem.say({ type: 'leave', designId: id });
    await bea.next('peer.left');
    bea.say({ type: 'say', designId: id, to, text: 'Are you there?' });
    expect(await bea.next('problem')).toMatchObject({ code: 'LIVE_PEER_GONE', designId: id });
  });

  it('[W38] twenty things in ten seconds', async () => {
    const [bea, cem] = [await bed.listener(), await bed.listener()];
    await bea.hello(id);
    const to = (await cem.hello(id)).you.id;
    for (let n = 0; n < 21; n++) bea.say({ type: 'say', designId: id, to, text: `${n}` });
    expect((await bea.next('problem')).code).toBe('LIVE_SAID_TOO_OFTEN');
    expect(await cem.soFar('said')).toHaveLength(20);
    clock.advance(10_000);
    bea.say({ type: 'say', designId: id, to, text: 'again' });
    expect((await cem.next('said')).text).toBe('again');
  });
});

import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { owner } from '#app/parts.ts';
import { pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { ManualClock } from '#base/clock.ts';
import { LiveBed } from './testing/live-bed.ts';
import { stored } from './testing/stored.ts';

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

async function make(): Promise<{ readonly id: string; readonly rev: number }> {
  const made = await real.app.createDesign(owner('test'), pipeline('Live'));
  if (made.is === 'refused') throw new Error(made.refusal.message);
  return made.design;
}

describe('edits', () => {
  it('[W36] [W44] are told at once, and those that follow within 8 ms together', async () => {
    const { id, rev } = await make();
    const client = await bed.listener();
    await client.hello(id);
    const told = async (): Promise<number[][]> => (await client.soFar('edits')).map(({ from, to }) => [from - rev, to - rev]);
    stored(real.app, id, rev + 1);
    await client.next('edits', ({ to }) => to === rev + 1);
    stored(real.app, id, rev + 2);
    clock.advance(5);
    stored(real.app, id, rev + 3);
    clock.advance(2);
    expect(await told()).toEqual([]);
    clock.advance(1);
    expect(await told()).toEqual([[2, 3]]);
    clock.advance(8);
    stored(real.app, id, rev + 4);
    stored(real.app, id, rev + 5);
    expect(await told()).toEqual([[4, 5]]);
  });
});

describe('what waits before it is sent', () => {
  it('[W25] waits for its reader like all else: when a design is long in being read for him, he is sent away', async () => {
    const { id, rev } = await make();
    const read = Promise.withResolvers<void>();
    let isSlow = false;
    const getDesign: typeof real.app.getDesign = async (...asked) => {
      if (isSlow) await read.promise;
      return await real.app.getDesign(...asked);
    };
    const slow = await LiveBed.open({ ...real.app, getDesign }, clock);
    const [quick, late] = [await slow.listener(), await slow.listener()];
    await quick.hello(id);
    isSlow = true;
    late.say({ type: 'hello', designId: id });
    const gone = once(late.socket, 'close');
    const [, served] = [...slow.server.clients];
    let told = 0;
    while (served?.readyState === WebSocket.OPEN) {
      stored(real.app, id, rev + ++told, 'x'.repeat(1_000_000));
      clock.advance(16);
      await quick.editsUntil(rev + told);
    }
    expect((await gone)[0]).toBe(4008);
    expect(told).toBeGreaterThanOrEqual(8);
    read.resolve();
    await slow.close();
  });
});

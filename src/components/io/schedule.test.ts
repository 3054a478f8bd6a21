import { describe, expect, test } from 'vitest';
import { allows } from '#contract/monitor.ts';
import { manualTools, type Ran, rig } from '#kit/testing.ts';
import { schedule } from './schedule.ts';

interface Tick {
  readonly dueAt: string;
  readonly missed: number;
}
const ticks = (ran: Ran): Tick[] => ran.gives['tick'] as Tick[];
const dueMs = (ran: Ran): number[] => ticks(ran).map(({ dueAt }) => Date.parse(dueAt));

async function cronTicks(from: string, cron: string, timeZone: string, count: number): Promise<string[]> {
  const tools = manualTools();
  tools.clock.advance(Date.parse(from));
  const ran = await rig(schedule, { settings: { by: 'cron', cron, timeZone, count }, tools }).run();
  expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  expect(ran.timesMs['tick']).toEqual(dueMs(ran));
  return ticks(ran).map(({ dueAt }) => dueAt);
}

describe('io.schedule', () => {
  test('[SC2] an interval does not drift, however slow the reader', async () => {
    const ran = await rig(schedule, { settings: { intervalMs: 1_000, count: 3 }, slowMs: { tick: 700 } }).run();
    expect(dueMs(ran)).toEqual([1_000, 2_000, 3_000]);
    expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  });

  test.each([
    ['skip', [1_000, 4_000, 7_000], [0, 2, 2]],
    ['once', [1_000, 3_000, 7_000], [0, 1, 3]],
    ['all', [1_000, 2_000, 3_000], [0, 0, 0]],
  ])('[SC3] missed times: %s', async (misfire, due, missed) => {
    // The reader comes at 3500, 7000, 10500.
    const ran = await rig(schedule, { settings: { intervalMs: 1_000, count: 3, misfire }, slowMs: { tick: 3_500 } }).run();
    expect(dueMs(ran)).toEqual(due);
    expect(ticks(ran).map((tick) => tick.missed)).toEqual(missed);
  });

  test('[SC1] five or six fields, names and steps', async () => {
    expect(await cronTicks('2026-01-01T00:00:00Z', '*/20 * * * *', 'UTC', 2)).toEqual([
      '2026-01-01T00:20:00.000Z',
      '2026-01-01T00:40:00.000Z',
    ]);
    expect(await cronTicks('2026-01-01T00:00:00Z', '30 0 12 * * MON', 'UTC', 1)).toEqual(['2026-01-05T12:00:30.000Z']);
    expect(await cronTicks('2025-01-01T00:00:00Z', '0 0 29 2 *', 'UTC', 1)).toEqual(['2028-02-29T00:00:00.000Z']);
  });

  test('[SC4] the wall clock of the zone counts, also when it is put forward or back', async () => {
    // Europe/Oslo: forward on 2026-03-29 at 01:00Z, back on 2026-10-25 at 01:00Z.
    expect(await cronTicks('2026-03-28T00:00:00Z', '0 7 * * *', 'Europe/Oslo', 2)).toEqual([
      '2026-03-28T06:00:00.000Z',
      '2026-03-29T05:00:00.000Z',
    ]);
    expect(await cronTicks('2026-10-24T00:00:00Z', '0 7 * * *', 'Europe/Oslo', 2)).toEqual([
      '2026-10-24T05:00:00.000Z',
      '2026-10-25T06:00:00.000Z',
    ]);
  });

  test('it ends when nobody reads, and stops with the run', async () => {
    const ran = await rig(schedule, { settings: { onStart: true }, takes: { tick: 2 } }).run();
    expect(ran.ended).toEqual({ state: 'completed' });
    const stopped = await rig(schedule, { stopAfterMs: 180_000 }).run();
    expect(ticks(stopped)).toHaveLength(3);
    expect(stopped.tools.clock.pending).toBe(0);
  });

  test.each([
    [{ by: 'cron', cron: '61 * * * *' }, '/cron'],
    [{ by: 'cron', cron: 'now and then' }, '/cron'],
    [{ by: 'cron', cron: '0 0 31 2 *' }, '/cron'],
    [{ by: 'cron', timeZone: 'Mars/Olympus' }, '/timeZone'],
    [{ by: 'cron', cron: '0 0 * * *', timeZone: 'Asia/Tokyo' }, undefined],
    [{ by: 'interval', cron: 'not looked at' }, undefined],
  ])('settings %j are at fault in %s', (settings, pointer) => {
    expect(schedule.check(settings)?.pointer).toBe(pointer);
  });

  test('[SC1] [SC2] [SC3] [P8] saved at any tick it goes on counting, at its times', async () => {
    for (const settings of [
      { intervalMs: 1_000, count: 5, onStart: true },
      { by: 'cron', cron: '*/5 * * * *', count: 4 },
    ]) {
      const run = (restoreAfter: number[]) => rig(schedule, { settings, restoreAfter, slowMs: { tick: 1_700 } }).run();
      const [plain, restored] = [await run([]), await run([1, 3])];
      expect(restored.saved).toHaveLength(2);
      expect([restored.gives, restored.timesMs]).toEqual([plain.gives, plain.timesMs]);
    }
  });
});

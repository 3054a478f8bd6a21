import { describe, expect, test } from 'vitest';
import { allows } from '#contract/monitor.ts';
import { rig } from '#kit/testing.ts';
import { manual } from './manual.ts';

describe('io.manual', () => {
  test('[MA1] [MA2] so often, so far apart, from the start', async () => {
    const ran = await rig(manual, { settings: { payload: 'x', repeat: 3, intervalMs: 500 } }).run();
    expect(ran.gives['out']).toEqual(['x', 'x', 'x']);
    expect(ran.timesMs['out']).toEqual([0, 500, 1_000]);
    expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  });

  test('[MA2] without onStart the first waits an interval', async () => {
    const ran = await rig(manual, { settings: { onStart: false, repeat: 2 } }).run();
    expect(ran.timesMs['out']).toEqual([1_000, 2_000]);
  });

  test('[MA3] a slow reader is not caught up with', async () => {
    const ran = await rig(manual, { settings: { repeat: 3, intervalMs: 100 }, slowMs: { out: 1_000 } }).run();
    expect(ran.timesMs['out']).toEqual([1_000, 2_000, 3_000]);
  });

  test('[MA1] without end it runs until nobody reads, or the run is stopped', async () => {
    const ran = await rig(manual, { settings: { repeat: 0 }, takes: { out: 4 } }).run();
    expect(ran.gives['out']).toHaveLength(4);
    expect(ran.ended).toEqual({ state: 'completed' });
    expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
    const stopped = await rig(manual, { settings: { repeat: 0, intervalMs: 0 }, stopAfterMs: 0, slowMs: { out: 1 } }).run();
    expect(stopped.ended).toMatchObject({ state: 'stopped' });
    expect(stopped.tools.clock.pending).toBe(0);
  });

  test('each message is a value of its own', async () => {
    const ran = await rig(manual, { settings: { payload: { a: [1] }, repeat: 2, intervalMs: 0 } }).run();
    const [first, second] = ran.gives['out'] as object[];
    expect(first).toEqual(second);
    expect(first).not.toBe(second);
  });
});

import { describe, expect, it } from 'vitest';
import { pause, rig } from '#kit/testing.ts';
import { delay } from './delay.ts';

describe('flow.delay', () => {
  it('[L1] fixed: each message waits its own time, side by side', async () => {
    const { timesMs } = await rig(delay, { settings: { delayMs: 100 } }).run({ in: [1, pause(30), 2, 3] });
    expect(timesMs['out']).toEqual([100, 130, 130]);
  });

  it('[L1] [L3] from the message: as long as it says, without overtaking', async () => {
    const settings = { mode: 'message', expression: 'message * 10' };
    const { timesMs, gives } = await rig(delay, { settings }).run({ in: [5, 1, 20] });
    expect([gives['out'], timesMs['out']]).toEqual([
      [5, 1, 20],
      [50, 50, 200],
    ]);
  });

  it('[L2] rate: the first at once, then evenly; a break is not made up for by a burst', async () => {
    const { timesMs } = await rig(delay, { settings: { mode: 'rate', perSecond: 4 } }).run({ in: [1, 2, 3, pause(1_000), 4, 5] });
    expect(timesMs['out']).toEqual([0, 250, 500, 1_000, 1_250]);
  });

  it('[L4] at most `holds` messages wait here', async () => {
    const { trace } = await rig(delay, { settings: { holds: 2 } }).run({ in: [1, 2, 3] });
    expect(trace.slice(0, 3)).toEqual(['in', 'in', 'out']);
  });

  it.each([['soon'], [-1], [1e12], [null]])('[L5] %j is no time to wait', async (delayMs) => {
    const { gives } = await rig(delay, { settings: { mode: 'message' }, arity: { err: 1 } }).run({ in: [{ delayMs }] });
    expect(gives['err']).toMatchObject([{ error: { code: 'FLOW_DELAY_STRANGE' }, original: { delayMs } }]);
  });

  it('[L6] what waits leaves after the input has ended', async () => {
    const { trace } = await rig(delay).run({ in: [1, 2] });
    expect(trace).toEqual(['in', 'in', 'in.end', 'out', 'out', 'out.end']);
  });

  it('a slow reader holds messages back, and they still leave in order', async () => {
    const { timesMs } = await rig(delay, { settings: { delayMs: 10 }, slowMs: { out: 100 } }).run({ in: [1, 2, 3] });
    expect(timesMs['out']).toEqual([100, 200, 300]);
  });

  it('ends when nobody reads any more, and leaves no timer behind', async () => {
    const { ended, tools } = await rig(delay, { takes: { out: 1 } }).run({ in: [1, pause(50), 2, 3] });
    expect([ended.state, tools.clock.pending]).toEqual(['completed', 0]);
  });

  it('an expression that does not parse is refused, in the mode that uses it', () => {
    expect(delay.check({ mode: 'message', expression: 'message.' })).toMatchObject({ pointer: '/expression' });
    expect(delay.check({ mode: 'fixed', expression: 'message.' })).toBeUndefined();
  });

  it('[L1] [L2] [P8] what waits when it is saved leaves when it was to leave', async () => {
    const settings = [{ delayMs: 1_000 }, { mode: 'rate', perSecond: 2 }];
    for (const set of settings) {
      const run = (restoreAfter: number[]) => rig(delay, { settings: set, restoreAfter }).run({ in: [1, pause(300), 2, 3] });
      const [plain, restored] = [await run([]), await run([2, 4])];
      expect(restored.saved.length).toBeGreaterThan(0);
      expect([restored.gives, restored.timesMs]).toEqual([plain.gives, plain.timesMs]);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { pause, rig } from '#kit/testing.ts';
import { choice } from './choice.ts';

describe('flow.choice', () => {
  it('[H1] priority takes the first input that has a message, fair takes turns', async () => {
    const given = { 'in[0]': [1, 2, 3], 'in[1]': ['a', 'b'] };
    expect((await rig(choice, { settings: { prefer: 'priority' } }).run(given)).gives['out']).toEqual([1, 2, 3, 'a', 'b']);
    expect((await rig(choice).run(given)).gives['out']).toEqual([1, 'a', 2, 'b', 3]);
  });

  it('[H2] an input whose guard is false is never read', async () => {
    const { trace } = await rig(choice, { settings: { guards: [true, false] } }).run({ 'in[0]': [1], 'in[1]': ['a'] });
    expect(trace).toEqual(['in.0', 'out', 'in.0.end', 'out.end', 'timeout.end']);
  });

  it('[H3] says that nothing came in time, again and again, and starts anew with every message', async () => {
    const { timesMs, gives } = await rig(choice, { settings: { timeoutMs: 100 } }).run({
      in: [pause(250), 'late', pause(50), 'soon'],
    });
    expect(timesMs).toMatchObject({ timeout: [100, 200], out: [250, 300] });
    expect(gives['timeout']).toEqual([{ waitedMs: 100 }, { waitedMs: 100 }]);
  });

  it('[H3] the end of one input is no message: the wait goes on', async () => {
    const { timesMs } = await rig(choice, { settings: { timeoutMs: 100 } }).run({ 'in[0]': [pause(60)], 'in[1]': [pause(110)] });
    expect(timesMs['timeout']).toEqual([100]);
  });

  it('[H3] 0 waits for ever', async () => {
    const { gives } = await rig(choice).run({ in: [pause(1e9), 1] });
    expect(gives).toMatchObject({ out: [1], timeout: [] });
  });

  it('[H4] with every guard false there is nothing to wait for', async () => {
    const { ended } = await rig(choice, { settings: { guards: [false] } }).run({ in: [1] });
    expect(ended.state).toBe('completed');
  });

  it('[H5] ends when nobody reads any more', async () => {
    const { trace } = await rig(choice, { takes: { out: 0 } }).run({ in: [1, 2, 3] });
    expect(trace).toEqual(['in.0', 'out.gone', 'out.end', 'timeout.end']);
  });
});

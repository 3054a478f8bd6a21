import { describe, expect, it } from 'vitest';
import { rig } from '#kit/testing.ts';
import { discard } from './discard.ts';

describe('compute.discard', () => {
  it('[I1] takes everything until the end', async () => {
    const { trace } = await rig(discard).run({ in: [1, 2] });
    expect(trace).toEqual(['in', 'in', 'in.end']);
  });

  it('[I2] stop: reads no more after some, and the sender is told', async () => {
    const { trace, ended } = await rig(discard, { settings: { action: 'stop', after: 2 } }).run({ in: [1, 2, 3, 4] });
    expect([trace, ended.state]).toEqual([['in', 'in'], 'completed']);
  });

  it('[I3] fail: the message with that number fails the process with the sentence that is set', async () => {
    const settings = { action: 'fail', after: 2, message: 'No second reading may come.' };
    const { ended } = await rig(discard, { settings }).run({ in: [1, 2, 3] });
    expect(ended).toMatchObject({
      state: 'failed',
      fault: { code: 'COMPUTE_DISCARD_FAILED', message: 'No second reading may come.' },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { describeComponent } from '#kit/testing/conformance.ts';
import { pause, rig } from '#kit/testing.ts';
import { barrier } from './barrier.ts';

describeComponent(barrier);

describe('control.barrier', () => {
  it('[Z1] [Z2] who arrives again waits until all have come', async () => {
    const { gives, timesMs, trace } = await rig(barrier).run({
      'arrive[0]': [1, 2],
      'arrive[1]': [pause(50), 'a', pause(50), 'b'],
    });
    expect(gives['release']).toMatchObject([{ messages: [1, 'a'] }, { messages: [2, 'b'] }]);
    expect(timesMs['release']).toEqual([50, 100]);
    expect(trace.slice(0, 3)).toEqual(['arrive.0', 'arrive.1', 'release']);
  });

  it('[Z1] a number of parties is enough', async () => {
    const { gives } = await rig(barrier, { settings: { parties: 2 } }).run({
      'arrive[0]': [1],
      'arrive[1]': [2],
      'arrive[2]': [pause(50), 3],
    });
    expect(gives['release']).toEqual([
      { phase: 1, messages: [1, 2, null], complete: true },
      { phase: 2, messages: [null, null, 3], complete: true },
    ]);
  });

  it('[Z4] a phase that takes too long leaves as it is', async () => {
    const { gives, timesMs } = await rig(barrier, { settings: { timeoutMs: 20 } }).run({
      'arrive[0]': [pause(10), 1, pause(100)],
      'arrive[1]': [pause(50), 2],
    });
    expect(gives['release']).toEqual([
      { phase: 1, messages: [1, null], complete: false },
      { phase: 2, messages: [null, 2], complete: false },
    ]);
    expect(timesMs['release']).toEqual([30, 70]);
  });

  it('[Z5] ends with its inputs, and when nobody reads any more', async () => {
    const { ended, trace } = await rig(barrier, { takes: { release: 1 } }).run({
      'arrive[0]': [1, 2, 3],
      'arrive[1]': [1, 2, 3],
    });
    expect([ended.state, trace.at(-2)]).toEqual(['completed', 'release.gone']);
  });

  it('more inputs than its contract can count are refused in words', () => {
    expect(() => barrier.contractOf({}, { arrive: 8 })).toThrow('a barrier takes at most 7 inputs');
  });
});

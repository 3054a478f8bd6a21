import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pause, rig } from '#kit/testing.ts';
import { merge } from './merge.ts';

describe('flow.merge', () => {
  it('[M1] every message leaves once, those of one input in their order', async () => {
    const inputs = fc.array(fc.array(fc.oneof(fc.nat(9), fc.nat(50).map(pause)), { maxLength: 8 }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(inputs, async (lists) => {
        const given = Object.fromEntries(
          lists.map((list, index) => [
            `in[${index}]`,
            list.map((value) => (typeof value === 'number' ? { index, value } : value)),
          ]),
        );
        const { gives } = await rig(merge, { arity: { in: lists.length } }).run(given);
        const out = gives['out'] as { index: number; value: number }[];
        for (const [index, list] of lists.entries())
          expect(out.filter((message) => message.index === index).map(({ value }) => value)).toEqual(
            list.filter((value) => typeof value === 'number'),
          );
      }),
      { numRuns: 50 },
    );
  });

  it('[M2] an input that is always ready does not starve another', async () => {
    const { gives } = await rig(merge).run({ 'in[0]': Array(50).fill('fast'), 'in[1]': ['slow'] });
    expect(gives['out']?.indexOf('slow')).toBeLessThanOrEqual(1);
  });

  it('[M3] the output ends when the last input has ended, however late', async () => {
    const { gives, ended, tools } = await rig(merge).run({ 'in[0]': [1], 'in[1]': [pause(5_000)] });
    expect([gives['out'], ended.state, tools.clock.now()]).toEqual([[1], 'completed', 5_000]);
  });

  it('[M4] when nobody reads any more, the senders are told', async () => {
    const { trace, ended } = await rig(merge, { takes: { out: 1 } }).run({ 'in[0]': [1, 2, 3, 4], 'in[1]': [5, 6, 7] });
    expect(ended.state).toBe('completed');
    expect(trace).toEqual(['in.0', 'out', 'in.1', 'out.gone', 'out.end']);
  });
});

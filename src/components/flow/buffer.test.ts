import { describe, expect, it } from 'vitest';
import { rig } from '#kit/testing.ts';
import { buffer } from './buffer.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

describe('flow.buffer', () => {
  it('[U1] keeps the order over many more messages than it holds', async () => {
    const { gives } = await rig(buffer, { settings: { capacity: 3 } }).run({ in: numbers(500) });
    expect(gives['out']).toEqual(numbers(500));
  });

  it('[U2] [U3] block: takes no more than it holds while nobody reads', async () => {
    const { trace } = await rig(buffer, { settings: { capacity: 3 }, slowMs: { out: 1_000 } }).run({ in: numbers(5) });
    expect(trace.slice(0, 4)).toEqual(['in', 'in', 'in', 'out']);
  });

  it.each([
    ['drop-oldest', [3, 4]],
    ['drop-newest', [0, 1]],
  ])('[U3] %s: a full buffer keeps %j of five', async (whenFull, kept) => {
    const { gives } = await rig(buffer, { settings: { capacity: 2, whenFull }, slowMs: { out: 1_000 } }).run({ in: numbers(5) });
    expect(gives['out']).toEqual(kept);
  });

  it('[U4] what is held leaves after the input has ended', async () => {
    const { trace } = await rig(buffer, { slowMs: { out: 1_000 } }).run({ in: numbers(2) });
    expect(trace).toEqual(['in', 'in', 'in.end', 'out', 'out', 'out.end']);
  });

  it('[U5] initial messages leave before anything came', async () => {
    const { trace } = await rig(buffer, { settings: { initial: ['go'] } }).run({ in: [] });
    expect(trace.filter((event) => event === 'out')).toHaveLength(1);
  });

  it('[U5] more initial messages than it holds are refused', () => {
    expect(buffer.check({ capacity: 1, initial: [1, 2] })).toMatchObject({ pointer: '/initial' });
  });

  it('ends when nobody reads any more', async () => {
    const { ended } = await rig(buffer, { takes: { out: 1 } }).run({ in: numbers(50) });
    expect(ended.state).toBe('completed');
  });
});

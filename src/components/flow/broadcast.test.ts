import { describe, expect, it } from 'vitest';
import { rig } from '#kit/testing.ts';
import { broadcast } from './broadcast.ts';

describe('flow.broadcast', () => {
  it('[B1] every message leaves once at every output, also at twenty', async () => {
    const { gives } = await rig(broadcast, { arity: { out: 20 } }).run({ in: [1, 2, 3] });
    for (let index = 0; index < 20; index++) expect(gives[`out[${index}]`]).toEqual([1, 2, 3]);
  });

  it('[B2] parallel, a slow reader does not make another wait for the same message; in turn, it does', async () => {
    const slowMs = { 'out[0]': 1_000 };
    const parallel = await rig(broadcast, { arity: { out: 2 }, slowMs }).run({ in: ['x', 'y'] });
    expect(parallel.timesMs).toMatchObject({ 'out[0]': [1_000, 2_000], 'out[1]': [0, 1_000] });
    const inTurn = await rig(broadcast, { settings: { order: 'in turn' }, arity: { out: 2 }, slowMs }).run({ in: ['x', 'y'] });
    expect(inTurn.timesMs).toMatchObject({ 'out[0]': [1_000, 2_000], 'out[1]': [1_000, 2_000] });
  });

  it('[B3] the next message is taken when every output has this one', async () => {
    const { trace } = await rig(broadcast, { arity: { out: 2 }, slowMs: { 'out[1]': 10 } }).run({ in: ['x', 'y'] });
    expect(trace).toEqual(['in', 'out.0', 'out.1', 'in', 'out.0', 'out.1', 'in.end', 'out.0.end', 'out.1.end']);
  });

  it('[B4] an output nobody reads holds nobody up', async () => {
    const { gives } = await rig(broadcast, { arity: { out: 2 }, takes: { 'out[0]': 1 } }).run({ in: [1, 2, 3] });
    expect(gives).toMatchObject({ 'out[0]': [1], 'out[1]': [1, 2, 3] });
  });

  it('[B4] when none is read, broadcasting ends', async () => {
    const { trace, ended } = await rig(broadcast, { arity: { out: 2 }, takes: { 'out[0]': 1, 'out[1]': 1 } }).run({
      in: [1, 2, 3, 4, 5],
    });
    expect([ended.state, trace.filter((event) => event === 'in').length]).toEqual(['completed', 2]);
  });
});

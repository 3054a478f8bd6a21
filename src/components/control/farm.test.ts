import { describe, expect, it } from 'vitest';
import { pause, rig } from '#kit/testing.ts';
import { settingFaults } from '#model/settings.ts';
import { collect } from './farm/collect.ts';
import { share } from './farm/share.ts';
import { farm } from './farm.ts';

describe('control.farm', () => {
  it('[FA1] says how many copies there are at most and at the start', () => {
    const nesting = farm.nesting?.({ design: 'd', input: 'a.in', output: 'a.out', copies: 7, atOnce: 2 });
    expect(nesting?.farm).toMatchObject({ copies: 7, atOnce: 2, ordered: true });
  });

  it('[FA4] a key that is no expression is refused when it is written', () => {
    expect(farm.check({ key: 'message.' })).toMatchObject({ pointer: '/key' });
    expect(farm.check({ key: 'message.city' })).toBeUndefined();
    expect(settingFaults(farm.spec, { input: 'nonsense' }).map(({ pointer }) => pointer)).toEqual(['/input']);
  });
});

describe('control.farm-share', () => {
  it('[FS1] a message goes to a copy that takes it at once', async () => {
    const { gives } = await rig(share, { arity: { to: 2 }, slowMs: { 'to[0]': 100 } }).run({ in: [1, 2, 3, 4] });
    expect(gives['to[1]']?.length).toBeGreaterThan(gives['to[0]']?.length ?? 0);
    expect([...(gives['to[0]'] ?? []), ...(gives['to[1]'] ?? [])].toSorted()).toEqual([1, 2, 3, 4]);
  });

  it('[FS2] messages of one key go to one copy, in their order', async () => {
    const messages = Array.from({ length: 40 }, (_, n) => ({ city: `c${n % 7}`, n }));
    const { gives } = await rig(share, { settings: { key: 'message.city' }, arity: { to: 3 } }).run({ in: messages });
    const lists = ['to[0]', 'to[1]', 'to[2]'].map((end) => gives[end] as typeof messages);
    for (let c = 0; c < 7; c++) {
      const of = lists.map((list) => list.filter(({ city }) => city === `c${c}`)).filter((list) => list.length > 0);
      expect(of).toEqual([messages.filter(({ city }) => city === `c${c}`)]);
    }
  });

  it('[FS4] a message for which the key has no value fails alone', async () => {
    const { gives } = await rig(share, { settings: { key: 'message.id' }, arity: { to: 1, err: 1 } }).run({
      in: [{}, { id: 1 }],
    });
    expect([gives['err']?.length, gives['to[0]']]).toEqual([1, [{ id: 1 }]]);
  });

  it('[FS5] a copy that has ended takes no more, the others go on; when all have ended it ends', async () => {
    const some = await rig(share, { arity: { to: 2 }, takes: { 'to[0]': 1 } }).run({ in: [1, 2, 3, 4, 5] });
    expect(some.gives['to[0]']?.length).toBe(1);
    expect(some.gives['to[1]']?.length).toBeGreaterThanOrEqual(3);
    const none = await rig(share, { arity: { to: 2 }, takes: { 'to[0]': 0, 'to[1]': 1 } }).run({ in: Array(100).fill(1) });
    expect(none.ended.state).toBe('completed');
    expect(none.trace.length).toBeLessThan(20);
  });
});

describe('control.farm-collect', () => {
  it('[FC2] results leave in the order of the places, however late the first one is', async () => {
    const given = { 'from[0]': [pause(5), 'c', 'd'], 'from[1]': [pause(50), 'a', 'b'], order: [1, 0] };
    const { gives } = await rig(collect, { settings: { ordered: true } }).run(given);
    expect(gives['out']).toEqual(['a', 'b', 'c', 'd']);
  });

  it('[FC3] a copy that is given its next message gives up the place before', async () => {
    const { gives } = await rig(collect, { settings: { ordered: true } }).run({
      'from[0]': [],
      'from[1]': ['b'],
      order: [0, 1, 0],
    });
    expect(gives['out']).toEqual(['b']);
  });

  it('[FC5] what fails leaves at err', async () => {
    const failure = { error: { code: 'X', message: 'x' }, original: 1 };
    const { gives } = await rig(collect, { arity: { from: 1, failed: 1, err: 1 } }).run({
      'from[0]': [1],
      'failed[0]': [failure],
    });
    expect([gives['out'], gives['err']]).toEqual([[1], [failure]]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractFaults } from '#contract/faults.ts';
import { pause, rig } from '#kit/testing.ts';
import { zip } from './zip.ts';

describe('flow.zip', () => {
  it('[I1] [I4] tuples are as many as the shortest input has messages, each with one of every input, in order', async () => {
    const inputs = fc.array(fc.array(fc.oneof(fc.nat(9), fc.nat(50).map(pause)), { maxLength: 8 }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(inputs, async (lists) => {
        const { gives, ended } = await rig(zip, { arity: { in: lists.length } }).run(
          Object.fromEntries(lists.map((list, index) => [`in[${index}]`, list])),
        );
        const sent = lists.map((list) => list.filter((value) => typeof value === 'number'));
        const tuples = Array.from({ length: Math.min(...sent.map(({ length }) => length)) }, (_, at) =>
          sent.map((list) => list[at]),
        );
        expect(ended.state).toBe('completed');
        expect(gives['tuple']).toEqual(tuples);
      }),
      { numRuns: 50 },
    );
  });

  it('[I2] who is ahead waits until the tuple has left; the others come in any order', async () => {
    const { trace, timesMs } = await rig(zip).run({ 'in[0]': [pause(50), 1, 2], 'in[1]': ['a', 'b'] });
    expect(trace.slice(0, 3)).toEqual(['in.1', 'in.0', 'tuple']);
    expect(timesMs['tuple']).toEqual([50, 50]);
  });

  it('[I3] a tuple that takes too long leaves as far as it has come, and the next begins', async () => {
    const { gives, timesMs } = await rig(zip, { settings: { timeoutMs: 20 } }).run({
      'in[0]': [pause(10), 1, pause(100), 3],
      'in[1]': [pause(50), 2, pause(70), 4],
    });
    const given = [
      [
        { messages: [1, null], waitedMs: 20 },
        { messages: [null, 2], waitedMs: 20 },
      ],
      [[3, 4]],
    ];
    expect([gives['timeout'], gives['tuple']]).toEqual(given);
    expect([timesMs['timeout'], timesMs['tuple']]).toEqual([[30, 70], [120]]);
  });

  it('[I3] the wait begins with the first message, and 0 waits for ever', async () => {
    const late = { 'in[0]': [pause(1e8), 1], 'in[1]': [pause(1e8 + 15), 2] };
    expect((await rig(zip, { settings: { timeoutMs: 20 } }).run(late)).gives).toEqual({ tuple: [[1, 2]], timeout: [] });
    expect((await rig(zip).run({ 'in[0]': [1], 'in[1]': [pause(1e9), 2] })).gives).toEqual({ tuple: [[1, 2]], timeout: [] });
  });

  it('[I4] ends at once with an input of which nothing is held, and not before what is held of it has left', async () => {
    const { trace, tools } = await rig(zip).run({ 'in[0]': [1], 'in[1]': [pause(50), 'a', pause(1_000), 'b'] });
    expect(trace).toEqual(['in.0', 'in.1', 'tuple', 'in.0.end', 'tuple.end', 'timeout.end']);
    expect(tools.clock.now()).toBeGreaterThanOrEqual(50);
    const { gives } = await rig(zip).run({ 'in[0]': ['dropped'], 'in[1]': [] });
    expect(gives['tuple']).toEqual([]);
  });

  it('[I5] ends when nobody reads the tuples any more', async () => {
    const { trace } = await rig(zip, { takes: { tuple: 1 } }).run({ 'in[0]': [1, 2, 3], 'in[1]': [4, 5, 6] });
    expect(trace.slice(-3)).toEqual(['tuple.gone', 'tuple.end', 'timeout.end']);
  });

  it('its contract holds for ten inputs, also with a time limit; more are refused in words', () => {
    for (const timeoutMs of [0, 5]) {
      const ports = { ...zip.spec.ports, in: { ...zip.spec.ports['in'], channels: 10 } };
      expect(contractFaults(zip.contractOf({ timeoutMs }, { in: 10 }), ports as never)).toEqual([]);
    }
    expect(() => zip.contractOf({}, { in: 11 })).toThrow('a zip takes at most 10 inputs');
  });
});

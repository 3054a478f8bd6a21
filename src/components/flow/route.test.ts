import { describe, expect, it } from 'vitest';
import { rig } from '#kit/testing.ts';
import { route } from './route.ts';

const rules = ['message.n > 10', 'message.n > 1'];

describe('flow.route', () => {
  it('[R1] [R2] first: the message goes where the first rule that holds says', async () => {
    const { gives } = await rig(route, { settings: { rules }, arity: { out: 2 } }).run({ in: [{ n: 5 }, { n: 50 }, { n: 0 }] });
    expect(gives).toMatchObject({ 'out[0]': [{ n: 50 }], 'out[1]': [{ n: 5 }], rest: [{ n: 0 }] });
  });

  it('[R2] all: in the order of the rules', async () => {
    const { trace } = await rig(route, { settings: { rules, match: 'all' }, arity: { out: 2 } }).run({ in: [{ n: 50 }] });
    expect(trace.slice(0, 3)).toEqual(['in', 'out.0', 'out.1']);
  });

  it('[R3] with rest unconnected, what no rule wants is dropped', async () => {
    const { gives, ended } = await rig(route, { settings: { rules }, arity: { out: 2, rest: 0 } }).run({
      in: [{ n: 0 }, { n: 2 }],
    });
    expect([gives['out[1]'], ended.state]).toEqual([[{ n: 2 }], 'completed']);
  });

  it('[R4] a message without an answer fails the process when err is not connected', async () => {
    const { ended } = await rig(route, { settings: { rules }, arity: { out: 2 } }).run({ in: [{}] });
    expect(ended).toMatchObject({ state: 'failed', fault: { code: 'KIT_EXPRESSION_FAILED', node: 'component' } });
  });

  it('[R4] all: a message is judged whole before any of it is sent', async () => {
    const settings = { rules: ['true', 'message.n > 1'], match: 'all' };
    const { gives } = await rig(route, { settings, arity: { out: 2, err: 1 } }).run({ in: [{}] });
    expect(gives['out[0]']).toEqual([]);
    expect(gives['err']).toHaveLength(1);
  });

  it('[R5] an output nobody reads loses its messages, the others go on', async () => {
    const { gives } = await rig(route, { settings: { rules }, arity: { out: 2 }, takes: { 'out[0]': 0 } }).run({
      in: [{ n: 50 }, { n: 5 }],
    });
    expect(gives['out[1]']).toEqual([{ n: 5 }]);
  });

  it('[R1] a rule without an output is said at the start', async () => {
    const { ended } = await rig(route, { settings: { rules }, arity: { out: 1 } }).run({ in: [{ n: 5 }] });
    expect(ended).toMatchObject({
      fault: { code: 'FLOW_ROUTE_WITHOUT_CHANNEL', message: expect.stringContaining('connect out[1]') },
    });
  });

  it('a rule that does not parse is refused where it stands', () => {
    expect(route.check({ rules: ['true', 'message >'] })).toMatchObject({ pointer: '/rules/1' });
  });
});

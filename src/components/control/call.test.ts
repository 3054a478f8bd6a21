import { describe, expect, it } from 'vitest';
import { describeComponent } from '#kit/testing/conformance.ts';
import { pause, rig } from '#kit/testing.ts';
import { call } from './call.ts';

describeComponent(call);

describe('control.call', () => {
  it('[N1] one call at a time: the next is made when the reply has left', async () => {
    const { trace } = await rig(call).run({ in: ['a', 'b'], call: [1, 2] });
    expect(trace.slice(0, 8)).toEqual(['in', 'call.ask', 'call.reply', 'out', 'in', 'call.ask', 'call.reply', 'out']);
  });

  it('[N2] what is late, and what is asked of a server that has gone, leaves at err', async () => {
    const arity = { err: 1 };
    const late = await rig(call, { arity, settings: { deadlineMs: 50 } }).run({ in: ['a', 'b'], call: [pause(80), 1, 2] });
    expect(late.gives).toMatchObject({ out: [2], err: [{ error: { code: 'CONTROL_CALL_LATE' }, original: 'a' }] });
    const gone = await rig(call, { arity, takes: { call: 1 } }).run({ in: ['a', 'b'], call: [1] });
    expect(gone.gives).toMatchObject({ out: [1], err: [{ error: { code: 'CONTROL_CALL_GONE' }, original: 'b' }] });
  });

  it('[N3] ends when nobody reads the replies any more', async () => {
    const { ended, gives } = await rig(call, { takes: { out: 1 } }).run({ in: [1, 2, 3], call: [1, 2, 3] });
    expect([ended.state, gives['call']]).toEqual(['completed', [1, 2]]);
  });
});

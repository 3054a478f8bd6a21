import { describe, expect, it } from 'vitest';
import { describeComponent } from '#kit/testing/conformance.ts';
import { pause, rig } from '#kit/testing.ts';
import { state } from './state.ts';

describeComponent(state);

describe('compute.state', () => {
  const get = { op: 'get' };
  const put = (value: unknown): object => ({ op: 'put', value });

  it('[V1] [V2] clients see each other’s changes, whole', async () => {
    const { gives } = await rig(state).run({ 'op[0]': [put(1), pause(10), get], 'op[1]': [get, put(2)] });
    expect(gives).toMatchObject({
      'op[0]': [
        { value: 1, changed: true },
        { value: 2, changed: false },
      ],
      'op[1]': [
        { value: 1, changed: false },
        { value: 2, changed: true },
      ],
    });
  });

  it('[V2] equality is that of JSON, whatever the order of the names', async () => {
    const expected = { b: [1], a: null };
    const { gives } = await rig(state, { settings: { initial: { a: null, b: [1] } } }).run({
      op: [{ op: 'compare-and-set', expected, value: 'done' }],
    });
    expect(gives['op[0]']).toEqual([{ value: 'done', changed: true }]);
  });

  it.each([[null], ['get'], [{ op: 'put' }], [{ op: 'compare-and-set', value: 1 }], [{}]])(
    '[V3] %j is no operation',
    async (request) => {
      const { gives } = await rig(state, { settings: { initial: 5 } }).run({ op: [request, get] });
      expect(gives['op[0]']).toMatchObject([{ failed: { code: 'COMPUTE_STATE_OPERATION' } }, { value: 5 }]);
    },
  );

  it('[V4] clients that ask at once are served in turn', async () => {
    const { trace } = await rig(state).run({ 'op[0]': [get, get], 'op[1]': [get, get] });
    expect(trace.filter((event) => event.endsWith('.ask'))).toEqual(['op.0.ask', 'op.1.ask', 'op.0.ask', 'op.1.ask']);
  });

  it('[V5] it ends with its clients', async () => {
    const { ended } = await rig(state).run({ 'op[0]': [], 'op[1]': [get] });
    expect(ended.state).toBe('completed');
  });
});

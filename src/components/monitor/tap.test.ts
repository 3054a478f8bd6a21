import { describe, expect, it } from 'vitest';
import { rig } from '#kit/testing.ts';
import { tap } from './tap.ts';

const run = async (settings: Record<string, unknown>, messages: unknown[]) => rig(tap, { settings }).run({ in: messages });

describe('monitor.tap', () => {
  it('[T1] lets everything through as it is', async () => {
    const messages = [{ a: 1 }, null, 'x'];
    const { gives } = await run({}, messages);
    expect(gives['out']).toEqual(messages);
    expect(gives['out']?.[0]).toBe(messages[0]);
  });

  it('[T1] ends the stream when nothing is connected behind it', async () => {
    const { ended, tools } = await rig(tap, { arity: { out: 0 } }).run({ in: [1, 2] });
    expect([ended.state, tools.logged.length]).toEqual(['completed', 2]);
  });

  it('[T2] logs the first match and then every n-th', async () => {
    const { tools } = await run({ every: 2, condition: 'message > 1' }, [1, 2, 3, 4, 5, 6]);
    expect(tools.logged).toEqual([
      { level: 'info', message: '2', facts: { match: 1 } },
      { level: 'info', message: '4', facts: { match: 3 } },
      { level: 'info', message: '6', facts: { match: 5 } },
    ]);
  });

  it('[T3] a condition without an answer does not hold', async () => {
    const { tools, gives } = await run({ condition: 'message.n > 1' }, [{ n: 2 }, {}]);
    expect([tools.logged.length, gives['out']?.length]).toEqual([1, 2]);
  });

  it('[T4] cuts long messages', async () => {
    const { tools } = await run({ longest: 4 }, ['long text']);
    expect(tools.logged[0]?.message).toBe('"lon…');
  });

  it('[T5] counts', async () => {
    const { tools } = await run({ condition: 'message > 1' }, [1, 2, 3]);
    expect(Object.fromEntries(tools.numbers)).toEqual({ messages_total: 3, matches_total: 2 });
  });

  it('a condition that does not parse is refused', () => {
    expect(tap.check({ condition: 'message >' })).toMatchObject({ pointer: '/condition' });
    expect(tap.check({ condition: '' })).toBeUndefined();
  });
});

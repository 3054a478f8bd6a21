import { setTimeout as later } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { OwnTimers, type Whose } from './own-timers.ts';

function threadOf() {
  const seen = { whose: undefined as Whose | undefined, threw: [] as unknown[] };
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = globalThis;
  const thread = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
  const timers = new OwnTimers(
    () => seen.whose,
    (whose, thrown) => seen.threw.push([whose, (thrown as Error).message]),
  );
  timers.install(thread);
  return { thread, timers, seen };
}

describe('[H22] timers of a thread', () => {
  test('are those of the machine: they fire with what they were given, are cleared, and have their promise form', async () => {
    const { thread, timers, seen } = threadOf();
    timers.begin('s');
    for (const whose of [undefined, { session: 's', node: 'n' }]) {
      seen.whose = whose;
      const calls: unknown[] = [];
      thread.setTimeout((...given) => calls.push(given), 1, 'a', 'b');
      thread.setImmediate((given) => calls.push(given), 'c');
      const beat = thread.setInterval(() => (calls.length < 5 ? calls.push('beat') : thread.clearInterval(beat)), 1);
      thread.clearTimeout(thread.setTimeout(() => calls.push('never'), 0));
      while (calls.length < 5) await later(1);
      expect(calls).toEqual(expect.arrayContaining([['a', 'b'], 'c', 'beat']));
      expect(calls).not.toContain('never');
      thread.clearInterval(beat);
      expect(await promisify(thread.setTimeout)(1, 'kept')).toBe('kept');
    }
    expect(timers.end('s')).toEqual(new Map());
    expect(() => thread.setTimeout('no function' as never, 1)).toThrow(TypeError);
  });

  test('that a session left running end with it, counted by node; those of another go on', async () => {
    const { thread, timers, seen } = threadOf();
    for (const session of ['s', 'other']) timers.begin(session);
    const calls: string[] = [];
    for (const whose of [
      { session: 's', node: 'a' },
      { session: 's', node: 'a' },
      { session: 's', node: undefined },
      { session: 'other', node: 'b' },
    ]) {
      seen.whose = whose;
      thread.setInterval(() => calls.push(whose.session), 1);
    }
    expect(timers.end('s')).toEqual(
      new Map([
        ['a', 2],
        [undefined, 1],
      ]),
    );
    while (calls.length < 3) await later(1);
    expect(new Set(calls)).toEqual(new Set(['other']));
    expect(timers.end('other').get('b')).toBe(1);
  });

  test('that are set by the call of another are those of its node', async () => {
    const { thread, timers, seen } = threadOf();
    timers.begin('s');
    let calls = 0;
    const again = (): void => {
      calls++;
      thread.setImmediate(again);
    };
    seen.whose = { session: 's', node: 'n' };
    thread.setImmediate(again);
    seen.whose = { session: 's' };
    while (calls < 3) await later(1);
    expect(timers.end('s')).toEqual(new Map([['n', 1]]));
  });

  test('cannot be set by a session that has ended', async () => {
    const { thread, timers, seen } = threadOf();
    timers.begin('s');
    timers.end('s');
    const calls: string[] = [];
    seen.whose = { session: 's', node: 'n' };
    thread.setTimeout(() => calls.push('late'), 0);
    thread.setImmediate(() => calls.push('late'));
    seen.whose = undefined;
    await new Promise<void>((resolve) => void thread.setTimeout(resolve, 5));
    expect(calls).toEqual([]);
  });

  test('that throw are told with who set them', async () => {
    const { thread, timers, seen } = threadOf();
    timers.begin('s');
    seen.whose = { session: 's', node: 'n' };
    thread.setTimeout(() => JSON.parse('no JSON'), 0);
    while (seen.threw.length === 0) await later(1);
    expect(seen.threw).toEqual([[{ session: 's', node: 'n' }, expect.stringContaining('no JSON')]]);
  });
});

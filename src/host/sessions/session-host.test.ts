import process from 'node:process';
import { setImmediate as breath, setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Clock, ManualClock, systemClock } from '#base/clock.ts';
import { toolsOf } from '#host/outside/tools.ts';
import { catalog, draw } from '#host/testing/designs.ts';
import { MemoryFiles } from '#kit/testing/memory-files.ts';
import type { DesignBody } from '#model/design.ts';
import { hasEnded, type SessionLimits } from '#model/sessions/session.ts';
import { graceMs } from '#runtime/network.ts';
import { createSessionHost, type RunEvent, type RunningSession, type SessionHost } from './session-host.ts';
import { lowerLimits } from './session-limits.ts';

let host: SessionHost | undefined;
afterEach(() => host?.close());

function hostWith(clock: Clock, mostSessions = 10): SessionHost {
  const shared = {
    clock,
    http: fetch,
    files: new MemoryFiles({}, () => clock.now()),
    secret: async () => undefined,
    log: () => {},
  };
  host = createSessionHost({ catalog, clock, mostSessions, tools: (...where) => toolsOf(shared, ...where) });
  return host;
}

let orders = 0;
async function start(
  on: SessionHost,
  body: DesignBody,
  limits: SessionLimits = {},
): Promise<{ session: RunningSession; events: RunEvent[] }> {
  const session = await on.start({ sessionId: `s${++orders}`, designId: 'd', rev: 1, body, limits });
  const events: RunEvent[] = [];
  session.onEvent((event) => events.push(event));
  return { session, events };
}

/** Lets the session's turns come until `reached`: each wait hands over to the event loop, none to a time. */
async function turnsUntil(reached: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(reached, { interval: 1, timeout: 10_000 });
}

const pipeline = draw(
  {
    from: { kind: 'probe.list', settings: { messages: [1, 2, 3, 4] } },
    even: { kind: 'data.filter', settings: { condition: 'message % 2 == 0' } },
    to: { kind: 'compute.discard' },
  },
  ['from.out -> even.in', 'even.match -> to.in'],
);
const streaming = draw(
  {
    from: { kind: 'io.manual', settings: { payload: '1', repeat: 1_000_000_000, intervalMs: 0 } },
    to: { kind: 'compute.discard' },
  },
  ['from.out -> to.in'],
);
const beating = draw({ from: { kind: 'probe.ticking', settings: { everyMs: 100 } }, to: { kind: 'compute.discard' } }, [
  'from.out -> to.in',
]);

describe('a session', () => {
  test('[H7] every event comes after start has returned, and the counts are those of its messages', async () => {
    const { session, events } = await start(hostWith(new ManualClock()), pipeline);
    expect([session.state, events]).toEqual(['starting', []]);
    expect(await session.ended).toEqual({ state: 'completed' });
    expect(events.map((event) => (event.is === 'state' ? event.state : event.is))).toEqual(['running', 'completed']);
    const { channels, processes, state } = await session.snapshot();
    expect(state).toBe('completed');
    expect(channels.map(({ connection, received }) => [connection, received])).toEqual([
      ['c0', 4],
      ['c1', 2],
    ]);
    expect(processes.map(({ node, state: one }) => [node, one])).toEqual([
      ['from', 'completed'],
      ['even', 'completed'],
      ['to', 'completed'],
    ]);
  });

  test('rates are over the time since the last look', async () => {
    const clock = new ManualClock();
    const { session } = await start(hostWith(clock), beating);
    const rate = async (): Promise<number | undefined> => (await session.snapshot()).channels[0]?.perSecond;
    await turnsUntil(async () => (await session.samples('c0')).length === 1);
    await rate();
    for (let beat = 2; beat <= 6; beat++) {
      clock.advance(100);
      await turnsUntil(async () => (await session.samples('c0')).length === beat);
    }
    expect(await rate()).toBe(10);
    clock.advance(50);
    expect(await rate()).toBe(0);
    await session.stop();
  });

  test('samples are the last messages of a connection, after a number if wanted', async () => {
    const { session } = await start(hostWith(new ManualClock()), pipeline);
    await session.ended;
    expect((await session.samples('c0')).map(({ number, value }) => [number, value])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    expect((await session.samples('c0', 3)).map(({ value }) => value)).toEqual([4]);
    expect(await session.samples('c0', 99)).toEqual([]);
    await expect(session.samples('c9')).rejects.toThrow(/no connection c9/);
  });

  test('messages that are not JSON pass between processes, and are told in words', async () => {
    const body = draw({ odd: { kind: 'probe.strange' }, to: { kind: 'compute.discard' } }, ['odd.out -> to.in']);
    const { session } = await start(hostWith(new ManualClock()), body);
    expect((await session.ended).state).toBe('completed');
    const told = (await session.samples('c0')).map(({ value }) => value);
    expect(told).toEqual(['undefined', 'not JSON: [object BigInt]', 'not JSON: [object Object]', '() => 1', null, {}]);
    const all = [await session.samples('c0'), await session.snapshot()];
    expect(() => JSON.stringify(all)).not.toThrow();
  });

  test('what a component counts is seen', async () => {
    const body = draw({ here: { kind: 'probe.mirror' }, from: { kind: 'probe.list' }, to: { kind: 'compute.discard' } }, [
      'from.out -> here.in',
      'here.out -> to.in',
    ]);
    const { session } = await start(hostWith(new ManualClock()), body);
    await session.ended;
    expect((await session.snapshot()).processes.find(({ node }) => node === 'here')?.metrics).toEqual({ seen: 1 });
    expect((await session.snapshot()).processes.find(({ node }) => node === 'to')).not.toHaveProperty('metrics');
  });

  test('pausing parks every process, resuming goes on where it was', async () => {
    const clock = new ManualClock();
    const { session, events } = await start(hostWith(clock), beating);
    await turnsUntil(async () => (await session.samples('c0')).length === 1);
    await session.pause();
    expect((await session.snapshot()).processes.map(({ state }) => state)).toEqual(['paused', 'paused']);
    clock.advance(1_000);
    expect(await session.samples('c0')).toHaveLength(1);
    session.resume();
    await turnsUntil(async () => (await session.samples('c0')).length === 2);
    await session.stop();
    const states = events.map((event) => (event.is === 'state' ? event.state : event.is));
    expect(states).toEqual(['running', 'pausing', 'paused', 'running', 'stopping', 'stopped']);
  });

  test('who stops hearing hears no more', async () => {
    const session = await hostWith(new ManualClock()).start({ sessionId: 's', designId: 'd', rev: 1, body: pipeline });
    const events: RunEvent[] = [];
    session.onEvent((event) => events.push(event))();
    await session.ended;
    expect(events).toEqual([]);
  });
});

describe('what goes wrong', () => {
  test('a process that fails ends its session, which says who and why', async () => {
    const body = draw({ bad: { kind: 'probe.failing' }, still: { kind: 'probe.hanging' } });
    const { session, events } = await start(hostWith(new ManualClock()), body);
    expect(await session.ended).toMatchObject({ state: 'failed', fault: { node: 'bad', message: 'too far' } });
    expect(events.at(-1)).toMatchObject({ is: 'state', state: 'failed', fault: { node: 'bad' } });
    expect(events.filter(({ is }) => is === 'fault')).toHaveLength(1);
    expect(JSON.stringify(events)).not.toContain('.ts:');
  });

  test('[H10] failures that a policy handles are told now and then, the one that ends the session always', async () => {
    const messages = [...new Array<string>(500).fill('no'), 7];
    const body = draw(
      {
        from: { kind: 'probe.list', settings: { messages } },
        p: { kind: 'probe.picky', onFailure: 'skip' },
        to: { kind: 'compute.discard', settings: { action: 'fail', message: 'enough' } },
      },
      ['from.out -> p.in', 'p.out -> to.in'],
    );
    const { session, events } = await start(hostWith(new ManualClock()), body);
    expect((await session.ended).state).toBe('failed');
    const told = events.flatMap((event) => (event.is === 'fault' ? [`${event.fault.node}: ${event.fault.message}`] : []));
    expect(told).toEqual(['p: a text: no', 'to: enough']);
    expect((await session.snapshot()).processes.find(({ node }) => node === 'p')?.failures).toBe(500);
  });

  test('everyone waiting for each other is told once, and the session can still be stopped', async () => {
    const body = draw({ a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } }, ['a.out -> b.in', 'b.out -> a.in']);
    const { session, events } = await start(hostWith(new ManualClock()), body);
    await turnsUntil(() => events.some(({ is }) => is === 'stuck'));
    expect(events.filter(({ is }) => is === 'stuck')).toMatchObject([{ nodes: ['a', 'b'], connections: ['c1', 'c0'] }]);
    expect(session.state).toBe('running');
    await session.stop();
    expect(session.state).toBe('stopped');
    expect(events.map(({ is }) => is)).toContain('unstuck');
  });

  test('what cannot be wired is thrown by start, and takes no place', async () => {
    const on = hostWith(new ManualClock(), 1);
    const body = draw({ lonely: { kind: 'compute.discard' } });
    for (let n = 0; n < 3; n++) await expect(start(on, body)).rejects.toThrow(/lonely\.in must be connected/);
    expect((await (await start(on, pipeline)).session.ended).state).toBe('completed');
  });
});

describe('[H11] limits', () => {
  test('a life that is over, also in a pause', async () => {
    const clock = new ManualClock();
    const { session, events } = await start(hostWith(clock), beating, { wallMs: 1_000 });
    await turnsUntil(() => session.state === 'running');
    await session.pause();
    clock.advance(1_000);
    expect(await session.ended).toMatchObject({ state: 'failed', fault: { code: 'HOST_SESSION_WALL_TIME' } });
    expect(events.at(-1)).toMatchObject({ is: 'state', state: 'failed', fault: { code: 'HOST_SESSION_WALL_TIME' } });
    expect([session.state, clock.pending]).toEqual(['failed', 0]);
  });

  test('more messages in flight than may be: it says who sent them', async () => {
    const clock = new ManualClock();
    const drawn = draw(
      { from: { kind: 'probe.list', settings: { messages: [1, 2, 3, 4, 5, 6] } }, to: { kind: 'probe.stalling' } },
      ['from.out -> to.in'],
    );
    const [c0] = Object.values(drawn.connections);
    const body = { ...drawn, connections: { c0: { ...c0!, capacity: 10 } } };
    const { session } = await start(hostWith(clock), body, { messagesInFlight: 2 });
    await turnsUntil(async () => ((await session.snapshot()).channels[0]?.depth ?? 0) > 2);
    clock.advance(100);
    expect(await session.ended).toMatchObject({ state: 'failed', fault: { code: 'HOST_SESSION_IN_FLIGHT', node: 'from' } });
    expect(clock.pending).toBe(0);
  });

  test('[H16] one that has used its share of the processor waits, and can be stopped meanwhile', async () => {
    const clock = new ManualClock();
    const { session } = await start(hostWith(clock), streaming, { cpuPercent: 1 });
    const received = async (): Promise<number> => (await session.snapshot()).channels[0]?.received ?? 0;
    // One timer is that which looks for who is stuck (S81).
    await turnsUntil(() => clock.pending > 1);
    const before = await received();
    for (let n = 0; n < 10; n++) await breath();
    expect([await received(), before > 0]).toEqual([before, true]);
    clock.advance(10_000);
    await turnsUntil(async () => (await received()) > before);
    const { cpu } = await session.snapshot();
    expect([(cpu?.usedMs ?? 0) > 0, (cpu?.deferredMs ?? 0) > 0]).toEqual([true, true]);
    await turnsUntil(() => clock.pending > 1);
    await session.stop();
    expect([session.state, clock.pending]).toEqual(['stopped', 0]);
  });

  test('[H17] of two that always have something to do, the one with the higher priority does more', async () => {
    const on = hostWith(new ManualClock());
    const started = (priority: 'low' | 'high'): Promise<RunningSession> =>
      on.start({ sessionId: priority, designId: 'd', rev: 1, body: streaming, priority });
    const sessions = [await started('low'), await started('high')];
    const received = async (): Promise<number[]> =>
      await Promise.all(sessions.map(async (session) => (await session.snapshot()).channels[0]?.received ?? 0));
    await turnsUntil(async () => ((await received())[0] ?? 0) > 50_000);
    const [low = 0, high = 0] = await received();
    expect(high / low).toBeGreaterThan(2);
  });

  test('a host lowers what is asked for beyond its own', async () => {
    expect(lowerLimits({ wallMs: 5, outsideCalls: 7 }, { wallMs: 9, outsideCalls: 2, heapMib: 64 })).toEqual({
      wallMs: 5,
      outsideCalls: 2,
      heapMib: 64,
    });
  });
});

describe('stopping', () => {
  test.each(['body', 'clock', 'throws'])('[H8] a process that hangs (%s) is ended without waiting for anything', async (how) => {
    const clock = new ManualClock();
    const { session } = await start(hostWith(clock), draw({ stuck: { kind: 'probe.hanging', settings: { how } } }));
    await turnsUntil(async () => ((await session.snapshot()).processes[0]?.waitingFor.length ?? 0) > 0);
    await session.stop();
    expect([session.state, (await session.snapshot()).processes[0]?.state, clock.pending]).toEqual(['stopped', 'stopped', 0]);
  });

  test('[H8] one that hangs in its clean-up is given up after the grace time, which is below a second', async () => {
    const clock = new ManualClock();
    const { session } = await start(hostWith(clock), draw({ stuck: { kind: 'probe.hanging', settings: { how: 'finally' } } }));
    await turnsUntil(async () => ((await session.snapshot()).processes[0]?.waitingFor.length ?? 0) > 0);
    const stopped = session.stop();
    await turnsUntil(() => clock.pending === 1);
    clock.advance(graceMs - 1);
    await turnsUntil(() => session.state === 'stopping');
    clock.advance(1);
    await stopped;
    expect(session.state).toBe('stopped');
    expect(graceMs).toBeLessThan(1_000);
  });

  test.each(['at once', 'paused', 'again', 'after the end'])('it can be done %s', async (when) => {
    const { session } = await start(hostWith(new ManualClock()), when === 'after the end' ? pipeline : beating);
    if (when === 'paused') {
      await turnsUntil(() => session.state === 'running');
      await session.pause();
    }
    if (when === 'after the end') await session.ended;
    await Promise.all(when === 'again' ? [session.stop(), session.stop()] : [session.stop()]);
    expect(session.state).toBe(when === 'after the end' ? 'completed' : 'stopped');
  });

  test('the signal of a session is aborted when it is stopped, and when it ends by itself', async () => {
    for (const body of [beating, pipeline]) {
      const signals: AbortSignal[] = [];
      const clock = new ManualClock();
      const shared = { clock, http: fetch, files: new MemoryFiles({}, () => 0), secret: async () => undefined, log: () => {} };
      const tools = (session: string, node: string, signal: AbortSignal): ReturnType<typeof toolsOf> => {
        signals.push(signal);
        return toolsOf(shared, session, node, signal);
      };
      host = createSessionHost({ catalog, clock, mostSessions: 1, tools });
      const { session } = await start(host, body);
      await turnsUntil(() => session.state !== 'starting');
      if (body === beating) await session.stop();
      await session.ended;
      expect(signals.length).toBeGreaterThan(0);
      expect(signals.every(({ aborted }) => aborted)).toBe(true);
    }
  });

  test('closing the host stops every session', async () => {
    const on = hostWith(new ManualClock());
    const sessions = (await Promise.all([start(on, beating), start(on, beating), start(on, pipeline)])).map(
      ({ session }) => session,
    );
    await on.close();
    expect(sessions.every(({ state }) => hasEnded(state))).toBe(true);
  });
});

describe('many sessions', () => {
  test('[H9] one more than there may be is refused, until one has ended', async () => {
    const on = hostWith(new ManualClock(), 2);
    const [first] = [await start(on, beating), await start(on, beating)];
    await expect(start(on, beating)).rejects.toThrow(expect.objectContaining({ code: 'HOST_TOO_MANY_SESSIONS', blame: 'world' }));
    await first?.session.stop();
    expect((await start(on, beating)).session.state).toBe('starting');
  });

  test('[H9] 200 sessions on the machine’s own clock, stopped, failed and completed, leave no timer and no handle', async () => {
    const bodies = [
      beating,
      pipeline,
      draw({ bad: { kind: 'probe.failing' }, beat: { kind: 'probe.ticking' }, to: { kind: 'compute.discard' } }, [
        'beat.out -> to.in',
      ]),
      draw({ stuck: { kind: 'probe.hanging', settings: { how: 'clock' } } }),
    ];
    const on = hostWith(systemClock, 50);
    const before = resources();
    for (let round = 0; round < 50; round++) {
      const sessions = (await Promise.all(bodies.map((body) => start(on, body)))).map(({ session }) => session);
      await turnsUntil(() => sessions.every(({ state }) => state !== 'starting'));
      await Promise.all([sessions[1]?.ended, sessions[2]?.ended]);
      await Promise.all(sessions.map((session) => session.stop()));
      expect(sessions.map(({ state }) => state).sort()).toEqual(['completed', 'failed', 'stopped', 'stopped']);
    }
    await setTimeout(0);
    // What a session leaves behind is there fifty times; the test runner has a timer more or less.
    for (const [name, count] of Object.entries(resources())) expect(count - (before[name] ?? 0), name).toBeLessThan(10);
  });
});

function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

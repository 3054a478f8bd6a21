import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { Services } from '#host/outside/services.ts';
import type { RunEvent, RunningSession } from '#host/sessions/session-host.ts';
import { catalog, draw } from '#host/testing/designs.ts';
import { niceThreads } from '#host/testing/nice-threads.ts';
import type { DesignBody } from '#model/design.ts';
import { expand } from '#model/expand.ts';
import type { Profile } from '#model/sessions/profile.ts';
import { hasEnded, type SessionLimits } from '#model/sessions/session.ts';
import { createSessionThreads, type ThreadsPlan } from './session-threads.ts';

type Host = ReturnType<typeof createSessionThreads>;

let host: Host | undefined;
const services = new Services(systemClock, { atOnce: 2, own: {}, waiting: 10, waitMs: 60_000 });
afterEach(() => host?.close());

const patient = { heapMib: 256, unyieldingMs: 30_000 };

function hostWith(threads: number, limits: ThreadsPlan['limits'] = patient, lines: string[] = []): Host {
  host = createSessionThreads({
    setup: {
      componentsUrl: new URL('../testing/designs.ts', import.meta.url).href,
      folders: [],
      filesFolder: tmpdir(),
      httpLimits: { maxMs: 1_000, maxBytes: 1_000, privateAddresses: 'admit' },
      logLevel: 'info',
    },
    clock: systemClock,
    mostSessions: 60,
    threads,
    limits,
    secret: async () => undefined,
    permits: services,
    write: (line) => lines.push(line),
  });
  return host;
}

let orders = 0;
async function start(on: Host, body: DesignBody, limits: SessionLimits = {}) {
  const session = await on.start({ sessionId: `s${++orders}`, designId: 'd', rev: 1, body, limits });
  const events: RunEvent[] = [];
  session.onEvent((event) => events.push(event));
  return { session, events };
}

async function turnsUntil(reached: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(reached, { interval: 5, timeout: 60_000 });
}

const names = (events: readonly RunEvent[]): string[] => events.map((event) => (event.is === 'state' ? event.state : event.is));
const isBeating = (session: RunningSession) => async (): Promise<boolean> => (await session.samples('c0')).length > 1;

const pipeline = draw({ from: { kind: 'probe.list', settings: { messages: [1, 2, 3, 4] } }, to: { kind: 'compute.discard' } }, [
  'from.out -> to.in',
]);
const beating = draw({ from: { kind: 'probe.ticking', settings: { everyMs: 5 } }, to: { kind: 'compute.discard' } }, [
  'from.out -> to.in',
]);
const hostile = (how: string, afterMs = 0): DesignBody =>
  draw({ quiet: { kind: 'probe.hanging' }, bad: { kind: 'probe.hostile', settings: { how, afterMs } } });

describe('a session in a thread', () => {
  test('[S23] a farm grows there as it does here, never beyond its bound; the figures tell of every copy', async () => {
    const inner = draw({ work: { kind: 'flow.delay', settings: { delayMs: 1 } } });
    const settings = { design: 'inner', input: 'work.in', output: 'work.out', copies: 3 };
    const farm = draw(
      {
        from: { kind: 'io.manual', settings: { repeat: 30, intervalMs: 0 } },
        farm: { kind: 'control.farm', settings },
        to: { kind: 'compute.discard' },
      },
      ['from.out -> farm.in', 'farm.out -> to.in'],
    );
    const { flat } = expand(farm, catalog, ({ design }) => ({ key: design, body: inner }));
    const { session } = await start(hostWith(1), flat);
    const copies = async (): Promise<number[]> =>
      (await session.snapshot()).processes.filter(({ node }) => node.endsWith('/work')).map(({ received }) => received);
    expect(await session.ended).toEqual({ state: 'completed' });
    const received = await copies();
    expect(received).toHaveLength(3);
    expect(received.reduce((sum, one) => sum + one, 0)).toBe(30);
    expect(Math.min(...received)).toBeGreaterThan(0);
    expect((await session.samples('farm/3.in')).length).toBeGreaterThan(0);
  });

  test('[H7] its events come in order, after the start; figures and messages are there after the end', async () => {
    const { session, events } = await start(hostWith(1), pipeline);
    expect([session.state, events]).toEqual(['starting', []]);
    expect(await session.ended).toEqual({ state: 'completed' });
    expect(names(events)).toEqual(['running', 'completed']);
    const { state, channels, processes } = await session.snapshot();
    expect([state, channels[0]?.received, processes.map((one) => one.state)]).toEqual([
      'completed',
      4,
      ['completed', 'completed'],
    ]);
    expect((await session.samples('c0', 1)).map(({ number, value }) => [number, value])).toEqual([
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    await expect(session.samples('c9')).rejects.toThrow(/no connection c9/);
  });

  test('[H24] it goes after the server, is paused, looked at, resumed and stopped', async () => {
    const { session, events } = await start(hostWith(1), beating);
    await turnsUntil(isBeating(session));
    if (process.platform === 'linux') expect(await niceThreads()).toBeGreaterThan(0);
    await session.pause();
    const paused = await session.samples('c0');
    expect((await session.snapshot()).processes.map(({ state }) => state)).toEqual(['paused', 'paused']);
    expect(await session.samples('c0')).toEqual(paused);
    session.resume();
    await turnsUntil(async () => (await session.samples('c0', paused.at(-1)?.number)).length > 0);
    await session.stop();
    expect(names(events)).toEqual(['running', 'pausing', 'paused', 'running', 'stopping', 'stopped']);
  });

  test('[S39] [S40] [S42] [S43] breakpoints, steps and refusals cross the thread; it stops while parts are held', async () => {
    const on = hostWith(1);
    const order = { designId: 'd', rev: 1, body: pipeline };
    const wrong = { breakpoints: { c0: { condition: 'message +' } } };
    await expect(on.start({ ...order, sessionId: 'wrong', ...wrong })).rejects.toMatchObject({
      code: 'HOST_CONDITION_INVALID',
      pointer: '/breakpoints/c0/condition',
      facts: { character: 10 },
    });
    const breakpoints = { c0: { condition: 'message > 1 && message.x == 1 || message == 2' } };
    const session = await on.start({ ...order, sessionId: 'held', breakpoints });
    const events: RunEvent[] = [];
    session.onEvent((event) => events.push(event));
    await turnsUntil(() => session.state === 'paused');
    expect(session.pausedAt).toMatchObject({ connection: 'c0', message: { number: 2, value: 2 } });
    expect((await session.snapshot()).channels[0]?.breakpoint).toMatchObject({ hits: 1 });
    expect(await session.intervene({ do: 'step' })).toEqual({
      says: '3 passes c0 from from to to',
      passed: [{ connection: 'c0', number: 3 }],
    });
    expect([session.state, session.pausedAt]).toEqual(['paused', undefined]);
    await expect(session.intervene({ do: 'node.pause', node: 'nobody' })).rejects.toMatchObject({ code: 'HOST_NODE_UNKNOWN' });
    expect(await session.intervene({ do: 'node.pause', node: 'to' })).toBeUndefined();
    expect(await session.intervene({ do: 'connection.pause', connection: 'c0' })).toBeUndefined();
    session.resume();
    await turnsUntil(() => session.state === 'running');
    await expect(session.intervene({ do: 'step' })).rejects.toMatchObject({ code: 'HOST_SESSION_NOT_PAUSED' });
    await session.stop();
    expect(names(events)).toEqual(['running', 'pausing', 'paused', 'paused', 'running', 'stopping', 'stopped']);
    expect(await session.intervene({ do: 'step' })).toBeUndefined();
  });

  test('[H3] what cannot be wired is refused with the same words', async () => {
    const on = hostWith(1);
    await expect(start(on, draw({ lonely: { kind: 'compute.discard' } }))).rejects.toThrow(
      expect.objectContaining({
        code: 'HOST_PORT_UNCONNECTED',
        blame: 'input',
        pointer: '/nodes/lonely',
        facts: { node: 'lonely', port: 'in' },
      }),
    );
    expect((await (await start(on, pipeline)).session.ended).state).toBe('completed');
  });

  test('messages that cannot be cloned stay in the thread and are told in words; log lines come out', async () => {
    const lines: string[] = [];
    const on = hostWith(1, patient, lines);
    const odd = await start(on, draw({ odd: { kind: 'probe.strange' }, to: { kind: 'compute.discard' } }, ['odd.out -> to.in']));
    expect((await odd.session.ended).state).toBe('completed');
    expect((await odd.session.samples('c0')).map(({ value }) => value)).toContain('() => 1');
    const mirror = { here: { kind: 'probe.mirror' }, from: { kind: 'probe.list' }, to: { kind: 'compute.discard' } };
    await (await start(on, draw(mirror, ['from.out -> here.in', 'here.out -> to.in']))).session.ended;
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ node: 'here', message: 'mirror' }]);
  });
});

describe('a profile', () => {
  const burning = draw({ from: { kind: 'probe.endless' }, burn: { kind: 'probe.burning' }, to: { kind: 'compute.discard' } }, [
    'from.out -> burn.in',
    'burn.out -> to.in',
  ]);

  const burnStandsOut = ({ nodes: [first, ...others] }: Profile): boolean =>
    first?.node === 'burn' &&
    /^(burn|run)$/.test(first.functions[0]?.name ?? '') &&
    first.cpuMs > others.reduce((sum, one) => sum + one.cpuMs, 0);

  test('[S66] [S67] names the node that computes first, and the function it does it in', async () => {
    const on = hostWith(1);
    const { session } = await start(on, burning);
    await turnsUntil(async () => ((await session.snapshot()).channels[1]?.received ?? 0) > 10);
    // A look may fall into what is compiled, or find the thread seldom at work; what was compiled into its caller is seen as that.
    let look = await session.profile(1_000);
    for (let again = 0; again < 9 && !burnStandsOut(look); again++) look = await session.profile(1_000);
    expect(look.nodes.map(({ node }) => node).sort()).toEqual(['burn', 'from', 'to']);
    expect(burnStandsOut(look)).toBe(true);
    const at = expect.stringMatching(/probes\.ts:\d+$/);
    expect(look.nodes[0]).toMatchObject({ kind: 'probe.burning', functions: { 0: { at } } });
    expect(look.tookMs).toBeGreaterThan(0);
    const lists = { nodes: expect.any(Array), samples: expect.any(Array), timeDeltas: expect.any(Array) };
    expect(look).toMatchObject({ otherSessions: 0, cpuprofile: lists });
  });

  test('[S66] [S68] there is one at a time in a thread, and it says who shares that', async () => {
    const on = hostWith(1);
    const [first, second] = [await start(on, beating), await start(on, beating)];
    const taking = first.session.profile(100);
    await expect(second.session.profile(100)).rejects.toThrow(expect.objectContaining({ code: 'HOST_PROFILE_UNDER_WAY' }));
    expect((await taking).otherSessions).toBe(1);
    expect((await second.session.profile(100)).nodes).toHaveLength(2);
  });

  test('[S66] it ends with its session; after that there is none', async () => {
    const { session } = await start(hostWith(1), beating);
    const taking = session.profile(30_000);
    await session.stop();
    expect((await taking).tookMs).toBeLessThan(30_000);
    await expect(session.profile(100)).rejects.toThrow(expect.objectContaining({ code: 'HOST_PROFILE_ENDED' }));
  });

  test('[S66] a thread that is lost answers that, too', async () => {
    const on = hostWith(1);
    const { session } = await start(on, hostile('exit', 50));
    await expect(session.profile(30_000)).rejects.toThrow(expect.objectContaining({ code: 'HOST_PROFILE_ENDED' }));
  });
});

describe('[S17] a session that is recorded in its thread', () => {
  const recorded = async (body: DesignBody, meanwhile: (session: RunningSession) => unknown, limits: SessionLimits = {}) => {
    const folder = await mkdtemp(join(tmpdir(), 'recorded-'));
    const file = join(folder, 'run.rec');
    const order = { sessionId: `s${++orders}`, designId: 'd', rev: 1, body, limits, recording: { file, mostBytes: 100_000 } };
    const session = await hostWith(1).start(order);
    await meanwhile(session);
    const { state } = await session.ended;
    const lines = (await readFile(file, 'utf8')).split('\n');
    await rm(folder, { recursive: true });
    return { state, first: JSON.parse(lines[0] ?? ''), last: lines.at(-2) };
  };

  test('is whole when the session has ended', async () => {
    const { state, first, last } = await recorded(pipeline, () => {});
    expect(state).toBe('completed');
    expect(first).toMatchObject({ kind: 'run', seed: `s${orders}`, whenStuck: 'stay' });
    expect(last).toBe('{"do":"end","is":"completed"}');
  });

  test('ends with the thread when that has to be ended', async () => {
    const { state, last } = await recorded(hostile('spin', 20), () => {}, { unyieldingMs: 400 });
    expect(state).toBe('failed');
    expect(last ?? '').not.toContain('"end"');
  });

  test('is refused when it cannot be written', async () => {
    const recording = { file: join(tmpdir(), 'no', 'such', 'folder', 'a.rec'), mostBytes: 1_000 };
    const order = { sessionId: `s${++orders}`, designId: 'd', rev: 1, body: pipeline, recording };
    await expect(hostWith(1).start(order)).rejects.toThrow(
      expect.objectContaining({ code: 'HOST_RECORDING_FAILED', blame: 'world' }),
    );
  });
});

describe('[H13] a hostile session', () => {
  test('one that never yields is ended by its limit, which names the node and the code; its neighbour in another thread goes on', async () => {
    const on = hostWith(2);
    const good = await start(on, beating);
    const bad = await start(on, hostile('spin'), { unyieldingMs: 400 });
    expect(await bad.session.ended).toMatchObject({ state: 'failed', fault: { code: 'HOST_SESSION_UNYIELDING', node: 'bad' } });
    expect(names(bad.events)).toEqual(['running', 'fault', 'failed']);
    expect(bad.events.at(-1)).toMatchObject({
      fault: { message: expect.stringMatching(/^bad computed for 400 ms .*run, line \d+/) },
    });
    const { processes } = await bad.session.snapshot();
    expect(processes.map(({ node, state }) => [node, state])).toEqual([
      ['quiet', 'stopped'],
      ['bad', 'error'],
    ]);
    const seen = (await good.session.samples('c0')).at(-1)?.number;
    await turnsUntil(async () => (await good.session.samples('c0', seen)).length > 0);
    expect(good.session.state).toBe('running');
  });

  test('sessions that shared its thread fail with the one to blame, and its thread answers with the last that was known meanwhile', async () => {
    const on = hostWith(1);
    const good = await start(on, beating);
    await turnsUntil(isBeating(good.session));
    const bad = await start(on, hostile('spin', 50), { unyieldingMs: 2_000 });
    await turnsUntil(async () => (await good.session.samples('c0').catch(() => 'silent')) === 'silent');
    expect((await good.session.snapshot()).state).toBe('running');
    expect(await good.session.ended).toMatchObject({
      state: 'failed',
      fault: {
        code: 'HOST_WORKER_LOST',
        message: expect.stringContaining(
          `${bad.session instanceof Object && 'id' in bad.session ? bad.session.id : ''} in it (node bad)`,
        ),
      },
    });
    expect((await (await start(on, pipeline)).session.ended).state).toBe('completed');
  });

  test('one that fills the memory ends with that reason, in a thread of its own', async () => {
    const on = hostWith(1);
    const good = await start(on, beating);
    const bad = await start(on, hostile('leak'), { heapMib: 48 });
    expect(await bad.session.ended).toMatchObject({
      state: 'failed',
      fault: { code: 'HOST_SESSION_HEAP', message: expect.stringContaining('48 MiB') },
    });
    expect(good.session.state).toBe('running');
  });

  test('one that ends its thread ends alone when it was alone there, and the next has a new one', async () => {
    const on = hostWith(1);
    const { session } = await start(on, hostile('exit'));
    expect(await session.ended).toMatchObject({ state: 'failed', fault: { code: 'HOST_SESSION_THREAD_FAILED' } });
    expect((await (await start(on, pipeline)).session.ended).state).toBe('completed');
  });

  test('[H14] it is stopped although it never yields, and so says that it was', async () => {
    const { session, events } = await start(hostWith(1), hostile('spin', 20));
    await turnsUntil(() => session.state === 'running');
    await session.stop();
    expect([session.state, await session.ended]).toEqual(['stopped', { state: 'stopped' }]);
    expect(names(events)).not.toContain('failed');
  });

  test('[H15] closing the host ends all threads, also the one that computes', async () => {
    const on = hostWith(2);
    const all = [await start(on, beating), await start(on, hostile('spin', 20)), await start(on, pipeline)];
    await on.close();
    expect(all.map(({ session }) => hasEnded(session.state))).toEqual([true, true, true]);
    expect(on.threads).toBe(0);
    await expect(start(on, pipeline)).rejects.toThrow(expect.objectContaining({ code: 'HOST_CLOSED' }));
  });
});

test('[H16] [H18] its share of the processor and the services outside hold in a thread', async () => {
  const on = hostWith(1);
  const { session } = await start(on, beating, { cpuPercent: 5 });
  await turnsUntil(isBeating(session));
  expect((await session.snapshot()).cpu).toEqual({ usedMs: expect.any(Number), deferredMs: expect.any(Number) });
  const url = 'http://127.0.0.1:1/';
  const held = services.take({ session: 'other', node: 'n' }, 'http://127.0.0.1:1');
  const also = services.take({ session: 'other', node: 'n' }, 'http://127.0.0.1:1');
  const from = { kind: 'probe.list', settings: { messages: [1] } };
  const asking = draw({ from, ask: { kind: 'io.http', settings: { url, retries: 0 } }, to: { kind: 'compute.discard' } }, [
    'from.out -> ask.in',
    'ask.out -> to.in',
  ]);
  const asked = await start(on, asking);
  await turnsUntil(() => services.usage()[0]?.waiting === 1);
  held.give();
  // Nobody listens there, and that is an answer, too: it was let through.
  expect(await asked.session.ended).toMatchObject({ state: 'failed', fault: { code: 'IO_HTTP_NO_ANSWER', node: 'ask' } });
  expect(services.usage()).toMatchObject([{ service: 'http://127.0.0.1:1', inUse: 1, waiting: 0, granted: 3 }]);
  also.give();
});

test('[H12] fifty sessions at once use the threads of the pool, and leave no other and no handle', async () => {
  const before = process.getActiveResourcesInfo().length;
  const on = hostWith(2);
  const sessions = await Promise.all(Array.from({ length: 50 }, (_, n) => start(on, n % 2 === 0 ? beating : pipeline)));
  expect(on.threads).toBe(2);
  await Promise.all(sessions.map(({ session }) => session.stop()));
  expect(sessions.every(({ session }) => hasEnded(session.state))).toBe(true);
  expect(on.threads).toBeLessThanOrEqual(2);
  await on.close();
  expect(on.threads).toBe(0);
  expect(process.getActiveResourcesInfo().length - before).toBeLessThan(10);
});

describe('another version in a thread', () => {
  test('[S29] it is swapped there; what hinders it comes back with its place', async () => {
    const { session } = await start(hostWith(1), beating);
    await turnsUntil(isBeating(session));
    const with1 = draw(
      {
        from: { kind: 'probe.ticking', settings: { everyMs: 5 } },
        pass: { kind: 'monitor.tap', settings: { level: 'debug' } },
        to: { kind: 'compute.discard' },
      },
      ['from.out -> pass.in', 'pass.out -> to.in'],
    );
    expect(await session.swap(with1)).toMatchObject({ ok: true, report: { kept: ['from', 'to'], started: ['pass'] } });
    await turnsUntil(async () => (await session.samples('c1')).length > 1);
    await expect(session.swap(draw({ from: { kind: 'probe.ticking' } }))).rejects.toMatchObject({
      code: 'HOST_PORT_UNCONNECTED',
      pointer: '/nodes/from',
    });
    expect((await session.snapshot()).processes.map(({ node }) => node)).toEqual(['from', 'pass', 'to']);
    await session.stop();
  });
});

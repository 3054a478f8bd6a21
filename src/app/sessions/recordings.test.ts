import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock, systemClock } from '#base/clock.ts';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import { toolsOf } from '#host/outside/tools.ts';
import { Recordings } from '#host/sessions/recordings.ts';
import { createSessionHost, type HostPlan, type RunningSession } from '#host/sessions/session-host.ts';
import type { Http } from '#kit/tools.ts';
import type { DesignBody } from '#model/design.ts';
import { readDesignText } from '#model/design-text.ts';
import { alone } from '#model/expand.ts';
import type { BreakpointWish } from '#model/sessions/intervention.ts';
import type { SessionSnapshot } from '#model/sessions/session.ts';
import { replayBody } from './record-body.ts';
import type { ReplayReport } from './run-body.ts';

const catalog = createCatalog(components);
const sessionId = '018f0000-0000-7000-8000-000000000001';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recordings-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function draw(nodes: object, connections: object = {}): DesignBody {
  const read = readDesignText(JSON.stringify({ format: 'csp-design/1', name: 'drawn', nodes, connections }), catalog);
  if (!read.ok) throw new Error(`${read.fault.pointer}: ${read.fault.message}`);
  return read.design;
}

const nowhere: Http = async () => {
  throw new Error('nothing is asked here');
};

interface Recorded {
  readonly snapshot: SessionSnapshot;
  readonly samples: unknown;
  readonly text: string;
}

/** Runs a session that is recorded, lets `meanwhile` act on it, and gives what it was. */
async function record(
  body: DesignBody,
  meanwhile: (session: RunningSession) => Promise<void>,
  { http = nowhere, mostBytes = 1_000_000, ...more }: { http?: Http; mostBytes?: number } & Partial<HostPlan> = {},
  breakpoints: Readonly<Record<string, BreakpointWish>> = {},
): Promise<Recorded> {
  const secret = async (): Promise<string> => 'the-secret "itself"';
  const gone = (): never => {
    throw new Error('no files');
  };
  const shared = {
    clock: systemClock,
    http,
    secret,
    files: { read: gone, write: gone, list: gone, watch: gone },
    log: () => {},
  };
  const host = createSessionHost({
    catalog,
    clock: systemClock,
    mostSessions: 5,
    tools: (...where) => toolsOf(shared, ...where),
    ...more,
  });
  const file = join(folder, 'run.rec');
  await rm(file, { force: true });
  const session = await host.start({ sessionId, designId: 'd', rev: 1, body, breakpoints, recording: { file, mostBytes } });
  await meanwhile(session);
  await session.ended;
  const snapshot = await session.snapshot();
  const samples = await Promise.all(snapshot.channels.map(({ connection }) => session.samples(connection)));
  return { snapshot, samples, text: await readFile(file, 'utf8') };
}

const replay = (body: DesignBody): Promise<ReplayReport> =>
  replayBody(
    {
      catalog,
      clock: systemClock,
      sharedAt: () => {
        throw new Error('a replay touched the outside');
      },
    },
    alone(body),
    { recording: join(folder, 'run.rec'), outputs: [], out: () => {} },
  );

async function seen(session: RunningSession, wanted: (channels: SessionSnapshot['channels']) => boolean): Promise<void> {
  while (!wanted((await session.snapshot()).channels)) await new Promise((resolve) => setImmediate(resolve));
}

const passed = (session: RunningSession, count: number): Promise<void> =>
  seen(session, (channels) => channels.some(({ received }) => received >= count));

const beating = draw(
  {
    from: { kind: 'io.manual', settings: { repeat: 100_000, intervalMs: 1 } },
    both: { kind: 'flow.broadcast' },
    late: { kind: 'flow.delay', settings: { delayMs: 2, holds: 3 } },
    again: { kind: 'flow.merge' },
    end: { kind: 'compute.discard' },
  },
  {
    a: { from: 'from.out', to: 'both.in' },
    b: { from: 'both.out[0]', to: 'late.in' },
    c: { from: 'both.out[1]', to: 'again.in[0]', capacity: 2, policy: 'drop-oldest' },
    d: { from: 'late.out', to: 'again.in[1]' },
    e: { from: 'again.out', to: 'end.in' },
  },
);

/** What a replay must give again: processor and service times are measured, not replayed. */
const alike = ({ snapshot: { processes, channels } }: Recorded) => ({
  processes: processes.map(({ cpuMs: _cpu, services: _services, ...counts }) => counts),
  channels: channels.map((channel) => ({ ...channel, perSecond: 0 })),
});

describe('a recorded session', () => {
  test('[S17] [S15] is replayed bit for bit, pauses and all', async () => {
    const recorded = await record(beating, async (session) => {
      for (let count = 10; count <= 40; count += 10) {
        await passed(session, count);
        await session.pause();
        session.resume();
      }
      await session.stop();
    });
    const asked = recorded.text.split('\n').filter((line) => /"do":"(pause|resume|stop)"/.test(line));
    expect(asked).toHaveLength(9);
    const report = await replay(beating);
    expect(report.diverged).toBeUndefined();
    expect(report).toMatchObject({ state: 'stopped', cut: false, ...alike(recorded) });
  });

  test('[S17] [S15] is replayed with its breakpoints, steps and holds', async () => {
    const recorded = await record(
      beating,
      async (session) => {
        const paused = (): Promise<void> =>
          new Promise(
            (resolve) => void session.onEvent((event) => event.is === 'state' && event.state === 'paused' && resolve()),
          );
        await paused();
        for (let step = 0; step < 5; step++) await session.intervene({ do: 'step' });
        await session.intervene({ do: 'breakpoint.clear', connection: 'a' });
        await session.intervene({ do: 'node.pause', node: 'late' });
        await expect(session.intervene({ do: 'node.pause', node: 'nobody' })).rejects.toMatchObject({
          code: 'HOST_NODE_UNKNOWN',
        });
        session.resume();
        // Nothing passes beyond this until the node goes on.
        await seen(session, (channels) => channels.some(({ connection, blocked }) => connection === 'b' && blocked === 'sender'));
        await session.intervene({ do: 'node.resume', node: 'late' });
        await passed(session, 30);
        await session.stop();
      },
      {},
      { a: { afterHits: 4 } },
    );
    expect(recorded.text.split('\n').filter((line) => line.includes('"do":"intervene"'))).toHaveLength(9);
    const report = await replay(beating);
    expect(report.diverged).toBeUndefined();
    expect(report).toMatchObject({ state: 'stopped', ...alike(recorded) });
  });

  test('[S17] holds no secret, wherever it went, and is replayed all the same', async () => {
    const http: Http = async (request) => {
      const key = request.headers.get('authorization') ?? '';
      if (request.url.endsWith('fail')) throw new Error(`refused ${key}`);
      return new Response(JSON.stringify({ key }), { headers: { 'content-type': 'application/json', 'x-key': key } });
    };
    const body = draw(
      {
        from: { kind: 'io.manual', settings: { repeat: 3, intervalMs: 0 } },
        ask: { kind: 'io.http', settings: { url: 'https://api.example.com/', secret: 'KEY' } },
        end: { kind: 'compute.discard' },
      },
      { a: { from: 'from.out', to: 'ask.in' }, b: { from: 'ask.out', to: 'end.in' } },
    );
    const recorded = await record(body, async () => {}, { http });
    expect(JSON.stringify(recorded.samples)).toContain('the-secret');
    expect(recorded.text).not.toContain('the-secret');
    const bodies = recorded.text.match(/"body":"([^"]+)"/g) ?? [];
    expect(bodies).toHaveLength(3);
    for (const written of bodies) expect(Buffer.from(written.slice(8, -1), 'base64').toString()).not.toContain('the-secret');
    const report = await replay(body);
    expect([report.diverged, report.state]).toEqual([undefined, 'completed']);
  });

  test('[S17] that is stuck stays so until it is stopped, in the replay too', async () => {
    const ring = draw(
      { a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } },
      { ab: { from: 'a.out', to: 'b.in' }, ba: { from: 'b.out', to: 'a.in' } },
    );
    const recorded = await record(ring, async (session) => {
      await new Promise<void>((resolve) => void session.onEvent((event) => event.is === 'stuck' && resolve()));
      await session.pause();
      session.resume();
      await session.stop();
    });
    const report = await replay(ring);
    expect(report.diverged).toBeUndefined();
    expect(report).toMatchObject({ state: 'stopped', stuck: { nodes: ['a', 'b'] }, ...alike(recorded) });
  });

  test('[S17] [H11] that goes beyond a limit in the midst of a turn is replayed', async () => {
    const http: Http = () => new Promise(() => {});
    const body = draw(
      {
        from: { kind: 'io.manual', settings: { repeat: 5, intervalMs: 0 } },
        both: { kind: 'flow.broadcast' },
        ask1: { kind: 'io.http', settings: { url: 'https://api.example.com/1' } },
        ask2: { kind: 'io.http', settings: { url: 'https://api.example.com/2' } },
        end: { kind: 'flow.merge' },
        out: { kind: 'compute.discard' },
      },
      {
        a: { from: 'from.out', to: 'both.in' },
        b: { from: 'both.out[0]', to: 'ask1.in' },
        c: { from: 'both.out[1]', to: 'ask2.in' },
        d: { from: 'ask1.out', to: 'end.in[0]' },
        e: { from: 'ask2.out', to: 'end.in[1]' },
        f: { from: 'end.out', to: 'out.in' },
      },
    );
    const recorded = await record(body, async () => {}, { http, limits: { outsideCalls: 1 } });
    expect(recorded.snapshot.state).toBe('failed');
    const report = await replay(body);
    expect(report.diverged).toBeUndefined();
    expect(report.channels).toEqual(alike(recorded).channels);
  });

  test('[S17] becomes no larger than it may: it is cut, says so, and is replayed up to there', async () => {
    const recorded = await record(
      beating,
      async (session) => {
        await passed(session, 60);
        await session.stop();
      },
      { mostBytes: 3_000 },
    );
    expect(recorded.snapshot.state).toBe('stopped');
    expect(recorded.text.length).toBeLessThan(3_100);
    expect(recorded.text.endsWith('{"do":"end","is":"cut"}\n')).toBe(true);
    expect(await replay(beating)).toMatchObject({ cut: true, steps: recorded.text.split('\n').length - 3 });
    expect((await replay(beating)).diverged).toBeUndefined();
  });

  test('[S17] that cannot be written is refused, and leaves nothing; so does a design that cannot run', async () => {
    const host = createSessionHost({ catalog, clock: systemClock, mostSessions: 5, tools: () => ({}) as never });
    const order = { sessionId, designId: 'd', rev: 1 };
    const start = (body: DesignBody, file: string) => host.start({ ...order, body, recording: { file, mostBytes: 1_000 } });
    await expect(start(beating, join(folder, 'none', 'a.rec'))).rejects.toMatchObject({ code: 'HOST_RECORDING_FAILED' });
    const loose = draw({ end: { kind: 'compute.discard' } });
    await expect(start(loose, join(folder, 'b.rec'))).rejects.toMatchObject({ code: 'HOST_PORT_UNCONNECTED' });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the recordings that are kept', () => {
  const id = (n: number): string => sessionId.slice(0, -1) + n;
  const open = async (clock: ManualClock, mostKept = 2): Promise<Recordings> => {
    const recordings = new Recordings({ folder: join(folder, 'kept'), clock, mostBytes: 1_000, mostKept, mostAgeMs: 10_000_000 });
    await recordings.open();
    return recordings;
  };
  const make = async (recordings: Recordings, n: number, text: string): Promise<void> => {
    const { file } = await recordings.begin(id(n));
    await writeFile(file, text);
  };
  const whole = '{"format":"x"}\n{"do":"end","is":"completed"}\n';

  test('[S17] are as many as may be, the newest; those of running sessions are not counted', async () => {
    const clock = new ManualClock();
    const recordings = await open(clock);
    for (let n = 1; n <= 4; n++) await make(recordings, n, whole);
    expect(recordings.state(id(1))).toBe('running');
    for (let n = 1; n <= 3; n++) {
      clock.advance(1);
      await recordings.finish(id(n));
    }
    expect([1, 2, 3, 4, 5].map((n) => recordings.state(id(n)))).toEqual([
      undefined,
      'complete',
      'complete',
      'running',
      undefined,
    ]);
    expect((await readdir(join(folder, 'kept'))).sort()).toEqual([2, 3, 4].map((n) => `${id(n)}.rec`));
    expect(await recordings.read(id(1))).toBeUndefined();
    const handle = await recordings.read(id(2));
    expect(await handle?.readFile('utf8')).toBe(whole);
    await handle?.close();
    recordings.close();
    expect(clock.pending).toBe(0);
  });

  test('[S17] are deleted when they are too old, and whether they are whole is seen by their end', async () => {
    const clock = new ManualClock(Date.now());
    const recordings = await open(clock, 10);
    await make(recordings, 1, whole);
    await make(recordings, 2, '{"format":"x"}\n{"do":"end","is":"cut"}\n');
    await make(recordings, 3, '{"format":"x"}\n{"do":"tu');
    for (let n = 1; n <= 3; n++) await recordings.finish(id(n));
    expect([1, 2, 3].map((n) => recordings.state(id(n)))).toEqual(['complete', 'cut', 'cut']);
    await make(recordings, 4, whole);
    recordings.close();
    const next = await open(clock, 10);
    expect([1, 2, 3, 4].map((n) => next.state(id(n)))).toEqual(['complete', 'cut', 'cut', 'complete']);
    clock.advance(11_000_000);
    await next.tidy();
    expect(await readdir(join(folder, 'kept'))).toEqual([]);
    next.close();
  });
});

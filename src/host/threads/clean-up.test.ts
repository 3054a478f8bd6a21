import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { Services } from '#host/outside/services.ts';
import type { RunningSession } from '#host/sessions/session-host.ts';
import { draw } from '#host/testing/designs.ts';
import type { DesignBody } from '#model/design.ts';
import type { SessionLimits } from '#model/sessions/session.ts';
import { createSessionThreads } from './session-threads.ts';

/** A thousand sessions that end in every way there is, and what is left of them. */

const threads = 2;
const rounds = 50;
const at = { quick: 3, slow: 2 };

let folder: string;
let quick: Peer;
let slow: Peer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csp-clean-up-'));
  await mkdir(join(folder, 'watched'));
  await writeFile(join(folder, 'given.txt'), 'one\ntwo\nthree\n');
  quick = await peer(true);
  slow = await peer(false);
});
afterAll(async () => {
  for (const { server } of [quick, slow]) server.close();
  await rm(folder, { recursive: true, force: true });
});

interface Peer {
  readonly server: Server;
  readonly origin: string;
  /** Requests under way, and the most there were. */
  readonly seen: { now: number; most: number; all: number };
}

async function peer(answers: boolean): Promise<Peer> {
  const seen = { now: 0, most: 0, all: 0 };
  const server = createServer((_request, response) => {
    seen.all++;
    seen.most = Math.max(seen.most, ++seen.now);
    if (!answers) return;
    setImmediate(() => {
      seen.now--;
      response.end('answer');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const connections = ({ server }: Peer): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))));

const to = { kind: 'compute.discard' };
const list = { kind: 'probe.list', settings: { messages: [1, 2] } };
const asking = (url: string): DesignBody =>
  draw({ list, ask: { kind: 'io.http', settings: { url, timeoutMs: 60_000, retries: 0 } }, to }, [
    'list.out -> ask.in',
    'ask.out -> to.in',
  ]);
const file = (settings: Record<string, unknown>): { kind: string; settings: Record<string, unknown> } => ({
  kind: 'io.file',
  settings,
});

/** Twenty sessions: those that end by themselves, and those that are stopped. */
function bodies(round: number): { readonly ending: DesignBody[]; readonly endless: DesignBody[] } {
  const read = draw({ read: file({ path: 'given.txt', pieces: 'lines' }), to }, ['read.out -> to.in']);
  const written = draw({ list, write: file({ mode: 'write', path: `out/${round % 5}.txt` }), to }, [
    'list.out -> write.in',
    'write.out -> to.in',
  ]);
  const waiting = draw({ list, wait: { kind: 'flow.delay', settings: { delayMs: 60_000 } }, to }, [
    'list.out -> wait.in',
    'wait.out -> to.in',
  ]);
  const watching = draw({ watch: file({ mode: 'watch', path: 'watched' }), to }, ['watch.out -> to.in']);
  const leaving = draw({ bad: { kind: 'probe.misbehaving', settings: { how: 'leaves timers' } }, to }, ['bad.out -> to.in']);
  const failing = draw({ bad: { kind: 'probe.failing' }, beat: { kind: 'probe.ticking' }, to }, ['beat.out -> to.in']);
  const stray = draw({ bad: { kind: 'probe.misbehaving', settings: { how: 'rejects unheard' } } });
  const plain = draw({ list, to }, ['list.out -> to.in']);
  const asks = asking(`${quick.origin}/`);
  const hangs = asking(`${slow.origin}/`);
  return {
    ending: [plain, read, written, asks, asks, asks, leaving, failing, stray],
    endless: [
      waiting,
      watching,
      hangs,
      hangs,
      hangs,
      draw({ beat: { kind: 'probe.ticking', settings: { everyMs: 1 } }, to }, ['beat.out -> to.in']),
    ],
  };
}

const hostile = (how: string): DesignBody => draw({ bad: { kind: 'probe.hostile', settings: { how } } });

type Host = ReturnType<typeof createSessionThreads>;

let orders = 0;
const start = (host: Host, body: DesignBody, limits: SessionLimits = {}): Promise<RunningSession> =>
  host.start({ sessionId: `s${++orders}`, designId: 'd', rev: 1, body, limits });

/** What the threads hold open, one list a thread; a session in each looks. */
async function resourcesOf(host: Host): Promise<Record<string, number>[]> {
  const probe = draw({ look: { kind: 'probe.resources' }, to }, ['look.out -> to.in']);
  const sessions = [];
  for (let n = 0; n < threads; n++) sessions.push(await start(host, probe));
  const seen = await Promise.all(
    sessions.map(async (session) => {
      await vi.waitUntil(async () => (await session.samples('c0')).length > 0, { interval: 5, timeout: 10_000 });
      const [sample] = await session.samples('c0');
      return countsOf((sample?.value as { holds: string[] } | undefined)?.holds ?? []);
    }),
  );
  await Promise.all(sessions.map((session) => session.stop()));
  return seen;
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** More than a session or two could hold is something that sessions leave behind. */
function expectNoMore(after: Record<string, number>, before: Record<string, number>, where: string): void {
  for (const [name, count] of Object.entries(after)) expect(count - (before[name] ?? 0), `${name} in ${where}`).toBeLessThan(5);
}

async function round(host: Host, number: number): Promise<Record<string, number>> {
  const { ending, endless } = bodies(number);
  const [ended, running] = await Promise.all([
    Promise.all(ending.map((body) => start(host, body))),
    Promise.all(endless.map((body) => start(host, body))),
  ]);
  const some = await Promise.all(Array.from({ length: 5 }, () => start(host, ending[0] as DesignBody)));
  await Promise.all([...ended, ...some].map((session) => session.ended));
  await Promise.all(running.map((session) => session.stop()));
  return countsOf([...ended, ...some, ...running].map(({ state }) => state));
}

test('[H9] [H18] [H21] [H22] 1,000 sessions leave no handle, timer, socket, thread or permit, whatever way they end', async () => {
  const services = new Services(systemClock, {
    atOnce: at.quick,
    own: { [slow.origin]: at.slow },
    waiting: 1_000,
    waitMs: 60_000,
  });
  const host = createSessionThreads({
    setup: {
      componentsUrl: new URL('../testing/designs.ts', import.meta.url).href,
      folders: [],
      filesFolder: folder,
      httpLimits: { maxMs: 60_000, maxBytes: 1_000, privateAddresses: 'admit' },
      logLevel: 'silent',
    },
    clock: systemClock,
    mostSessions: 60,
    threads,
    limits: { heapMib: 256, unyieldingMs: 30_000, outsideCalls: 100 },
    secret: async () => undefined,
    permits: services,
    write: () => {},
  });
  await round(host, 0);
  const [before, beforeThreads] = [countsOf(process.getActiveResourcesInfo()), await resourcesOf(host)];
  for (let number = 1; number < rounds; number++) {
    expect(await round(host, number)).toEqual({ completed: 10 + 2, failed: 2, stopped: 6 });
  }
  expect(services.usage().map(({ inUse, waiting, refused }) => [inUse, waiting, refused])).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
  expect(quick.seen).toMatchObject({ most: at.quick, all: rounds * 6 });
  for (const [thread, after] of (await resourcesOf(host)).entries()) expectNoMore(after, beforeThreads[thread] ?? {}, 'a thread');
  // The hostile end with their threads, and what these held comes back, too.
  for (const [how, limits] of [
    ['spin', { unyieldingMs: 200 }],
    ['exit', {}],
    ['leak', { heapMib: 48 }],
  ] as const) {
    const besides = await Promise.all([start(host, asking(`${slow.origin}/`)), start(host, asking(`${slow.origin}/`))]);
    expect((await (await start(host, hostile(how), limits)).ended).state).toBe('failed');
    await Promise.all(besides.map((session) => session.stop()));
  }
  expect(services.usage().map(({ inUse, waiting }) => inUse + waiting)).toEqual([0, 0]);
  expect(host.threads).toBeLessThanOrEqual(threads);
  // Nobody waits for an answer any more.
  await vi.waitUntil(async () => (await connections(slow)) === 0, { interval: 5, timeout: 10_000 });
  expectNoMore(countsOf(process.getActiveResourcesInfo()), before, 'the thread of the server');
  await host.close();
  expect(host.threads).toBe(0);
  await vi.waitUntil(async () => (await connections(quick)) + (await connections(slow)) === 0, { interval: 5, timeout: 10_000 });
});

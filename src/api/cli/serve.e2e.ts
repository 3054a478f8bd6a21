import { once } from 'node:events';
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import type { DesignSummary } from '#model/design.ts';
import type { Session } from '#model/sessions/session.ts';
import { openDatabase } from '#store/database/database.ts';
import { Sessions } from '#store/sessions.ts';
import { type Ended, Launched, type LaunchOptions } from './testing/launched.ts';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
const migrations = fileURLToPath(new URL('../../store/migrations', import.meta.url));

let root: string;
/** A data folder that a server has used once: the first test makes it, the others take copies. */
let used: string;
const running = new Set<Launched>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'serve-'));
  used = join(root, 'used');
});
afterEach(async () => {
  for (const server of running) server.child.kill('SIGKILL');
  await Promise.all([...running].map(({ ended }) => ended));
  running.clear();
});
afterAll(() => rm(root, { recursive: true }));

function serve(data: string, args: readonly string[] = ['--port', '0'], options?: LaunchOptions): Launched {
  const server = new Launched(['serve', '--data', data, ...args], options);
  running.add(server);
  return server;
}

let copies = 0;
async function copy(): Promise<string> {
  const folder = join(root, `copy-${++copies}`);
  await cp(used, folder, { recursive: true });
  return folder;
}

const address = (server: Launched): Promise<string> => server.says(/^CSP Designer is open at (http:\/\/127\.0\.0\.1:[1-9]\d*)\n/);

async function list<T>(from: string, path: string): Promise<T[]> {
  const answer = await fetch(`${from}/api/v1/${path}`);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { items: T[] }).items;
}

/** The sessions, newest first, once none of them is still starting. */
async function begunSessions(from: string): Promise<Session[]> {
  return await vi.waitFor(
    async () => {
      const sessions = await list<Session>(from, 'executions');
      expect(sessions.map(({ state }) => state)).not.toContain('starting');
      return sessions;
    },
    { interval: 20, timeout: 60_000 },
  );
}

async function isLockedBy(folder: string, pid: number | undefined): Promise<boolean> {
  const locks = (await readdir(folder)).filter((name) => name.startsWith('lock'));
  const texts = await Promise.all(locks.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  return texts.some((text) => text.includes(`"pid":${pid}`));
}

/** A command that cannot go on: one sentence on standard error, nothing else, no stack trace. */
function expectSentence({ code, out, err }: Ended, exitCode: number, words: RegExp): void {
  expect(err).toMatch(words);
  expect(err).toMatch(/^csp: [^\n]+\n$/);
  expect([code, out]).toEqual([exitCode, '']);
}

async function stopped(server: Launched, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
  server.child.kill(signal);
  const ended = await server.ended;
  running.delete(server);
  return ended;
}

describe('the life of a server', () => {
  test('the first start prints the address, with the examples there and the philosophers dining', async () => {
    const server = serve(used);
    const at = await address(server);
    expect(await (await fetch(`${at}/api/v1/health`)).json()).toMatchObject({ status: 'ok', database: 'embedded' });
    const designs = await list<DesignSummary>(at, 'designs');
    expect(designs.map(({ name }) => name).sort()).toEqual([
      'A clerk',
      'Dining philosophers',
      'Four clerks',
      'Wet days of two cities',
    ]);
    const dining = designs.find(({ name }) => name === 'Dining philosophers');
    expect(await begunSessions(at)).toMatchObject([{ designId: dining?.id, state: 'running' }]);
    expect(await readFile(join(used, 'files/given/weather.csv'), 'utf8')).toContain('Seattle');
    const { code, out, err } = await stopped(server);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^[^\n]+\n$/);
  });

  test('the next start finds everything as it was left, and the philosophers dine again', async () => {
    const data = await copy();
    await appendFile(join(data, 'files/given/weather.csv'), 'mine');
    const server = serve(data);
    const at = await address(server);
    const designs = await list<DesignSummary>(at, 'designs');
    expect(designs).toHaveLength(4);
    expect((await begunSessions(at)).map(({ state }) => state)).toEqual(['running', 'stopped']);
    expect(await readFile(join(data, 'files/given/weather.csv'), 'utf8')).toMatch(/mine$/);
    const weather = designs.find(({ name }) => name.startsWith('Wet days'));
    expect((await fetch(`${at}/api/v1/designs/${weather?.id}`, { method: 'DELETE', headers: { 'if-match': '*' } })).status).toBe(
      204,
    );
    expect((await stopped(server, 'SIGINT')).code).toBe(0);
    const again = serve(data);
    expect(await list(await address(again), 'designs')).toHaveLength(3);
    expect((await stopped(again)).code).toBe(0);
  });

  test('the weather runs: its result is a file that can be asked for', async () => {
    const server = serve(await copy());
    const at = await address(server);
    const weather = (await list<DesignSummary>(at, 'designs')).find(({ name }) => name.startsWith('Wet days'));
    const begun = await fetch(`${at}/api/v1/designs/${weather?.id}/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(begun.status).toBe(201);
    const { id } = (await begun.json()) as Session;
    const session = async (): Promise<Session> => (await (await fetch(`${at}/api/v1/executions/${id}`)).json()) as Session;
    await vi.waitUntil(async () => (await session()).state === 'completed', { interval: 50, timeout: 60_000 });
    const table = (text: string): string[] => text.trimEnd().split('\n').sort();
    const wrote = await (await fetch(`${at}/api/v1/files/out/wet-days.csv`)).text();
    expect(table(wrote)).toEqual(table(await readFile(join(examples, 'weather/gives/wet-days.csv'), 'utf8')));
    expect((await stopped(server)).code).toBe(0);
  });

  test('it stops while somebody listens and somebody has a connection open', async () => {
    const server = serve(await copy());
    const at = await address(server);
    const socket = new WebSocket(`${at.replace('http', 'ws')}/api/v1/live`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    const { code, err } = await stopped(server);
    expect([code, err]).toEqual([0, '']);
    await closed;
  });

  test('a signal that comes while it starts is not lost', async () => {
    const data = await copy();
    const server = serve(data);
    // The folder is locked early: long before there is an address.
    await vi.waitUntil(() => isLockedBy(join(data, 'database'), server.child.pid), { interval: 5, timeout: 60_000 });
    const { code, err } = await stopped(server);
    expect([code, err]).toEqual([0, '']);
  });

  test('after a kill the next start says which sessions it cut off', async () => {
    const data = await copy();
    const server = serve(data);
    await address(server);
    await stopped(server, 'SIGKILL');
    const again = serve(data);
    const sessions = await begunSessions(await address(again));
    expect(sessions.map(({ state, fault }) => [state, fault?.code])).toEqual([
      ['running', undefined],
      ['failed', 'SERVER_STOPPED'],
      ['stopped', undefined],
    ]);
    expect((await stopped(again)).code).toBe(0);
  });
});

describe('what keeps it from starting', () => {
  let taken: Server;
  let port: string;
  beforeAll(async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    port = String((taken.address() as { port: number }).port);
  });
  afterAll(() => taken.close());

  test('a port in use is named, and so is the way out; nothing stays locked', async () => {
    const data = await copy();
    expectSentence(
      await serve(data, ['--port', port]).ended,
      1,
      new RegExp(`^csp: Port ${port} is in use\\. .*--port or PORT\\.`),
    );
    expectSentence(await serve(data, [], { env: { PORT: port } }).ended, 1, new RegExp(`Port ${port} is in use`));
    const { db, close } = await openDatabase({ folder: join(data, 'database') });
    const sessions = await new Sessions(db, systemClock, 'test').list({ limit: 10 });
    await close();
    expect(new Set(sessions.map(({ state }) => state))).toEqual(new Set(['stopped']));
  });

  test('a data folder that another server has open', async () => {
    const data = await copy();
    const server = serve(data);
    await address(server);
    expectSentence(await serve(data).ended, 1, new RegExp(`is open in process ${server.child.pid} .*choose another folder`));
    expect((await stopped(server)).code).toBe(0);
  });

  test('a damaged database is left as it is', async () => {
    const data = await copy();
    const control = join(data, 'database/pg/global/pg_control');
    await writeFile(control, Buffer.alloc(8_192));
    expectSentence(await serve(data).ended, 1, /move it away/);
    expect((await readFile(control)).every((byte) => byte === 0)).toBe(true);
  });

  test('a database of a newer version', async () => {
    const data = await copy();
    const newer = join(root, 'newer');
    await cp(migrations, newer, { recursive: true });
    await writeFile(join(newer, '9999_later.sql'), 'CREATE TABLE later (id integer);');
    await (await openDatabase({ folder: join(data, 'database'), migrationsFolder: newer })).close();
    expectSentence(await serve(data).ended, 1, /9999_later\.sql.*newer version/);
  });

  test('a data folder that is a file', async () => {
    const file = join(root, 'a-file');
    await writeFile(file, 'precious');
    expectSentence(await serve(file).ended, 1, /a-file/);
    expect(await readFile(file, 'utf8')).toBe('precious');
  });

  test('a database server that does not answer', async () => {
    const env = { DATABASE_URL: `postgres://ada:geheim@127.0.0.1:1/csp` };
    const ended = await serve(join(root, 'unused'), ['--port', '0'], { env }).ended;
    expectSentence(ended, 1, /cannot be reached/);
    expect(ended.err).not.toContain('geheim');
  });

  test.each([
    [['--port', '99999'], /PORT is "99999", but .*65535/],
    [['--port', 'http'], /PORT is "http"/],
    [['--components', '/no/such/folder'], /\/no\/such\/folder cannot be read/],
  ])('wrong words: %j', async (args, words) => {
    expectSentence(await serve(join(root, 'unused'), args).ended, 2, words);
  });

  test('an address that is not of this machine', async () => {
    expectSentence(await serve(await copy(), ['--port', '0', '--host', '192.0.2.1']).ended, 1, /cannot listen on 192\.0\.2\.1/);
  });
});

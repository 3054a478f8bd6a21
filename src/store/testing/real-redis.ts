import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** A Redis of a test's own: its folder, its port, and gone with it. */
export interface RealRedis {
  readonly url: string;
  /** Takes the processor from it: it is there, and says nothing. */
  freeze(): void;
  thaw(): void;
  /** Ends it at once; `restart` begins anew on the same port, with nothing. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one from Debian's package (see `tools/peers.ts`). */
export async function startRealRedis(): Promise<RealRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-real-redis-'));
  const port = await freePort();
  let server = await serve(folder, port);
  const crash = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    crash,
    restart: async () => {
      server = await serve(folder, port);
    },
    stop: async () => {
      await crash();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(folder: string, port: number): Promise<ChildProcess> {
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const orphaned = (): void => void server.kill('SIGKILL');
  process.once('exit', orphaned);
  server.once('exit', () => process.off('exit', orphaned));
  let said = '';
  await new Promise<void>((ready, failed) => {
    server.stdout.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('Ready to accept connections')) ready();
    });
    server.once('error', failed);
    server.once('exit', (code) => failed(new Error(`redis-server ended with code ${code}: ${said}`)));
  });
  return server;
}

import { once } from 'node:events';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CodedError, messageOf } from '#base/errors.ts';
import { storeDamaged, storeFolderUnusable, storeUnreachable } from '#store/store-errors.ts';
import type { EmbeddedReport, EmbeddedTask } from './embedded-worker.ts';
import { lockFolder, type Unlock } from './folder-lock.ts';

/** The embedded PostgreSQL, started in a thread of its own: a query of a second must not stop the server for one. */
export interface Embedded {
  /** Where pg finds it: a private socket, or a port of this machine where there are none. */
  readonly address: { readonly host: string; readonly port: number };
  /** Closes the database, then releases the folder. */
  stop(): Promise<void>;
}

// A thread whose disk has gone away may never answer; what is committed is in its log, so ending it loses nothing.
const patienceMs = 5_000;

/** Keeps nothing: gone when closed. */
export const inMemory = 'memory';

/**
 * Starts it on a folder, which is made when missing and locked while open.
 *
 * @throws STORE_FOLDER_LOCKED, STORE_FOLDER_UNUSABLE, STORE_DAMAGED (world).
 */
export async function startEmbedded(folder: string): Promise<Embedded> {
  if (folder === inMemory) return await startWorker(undefined, true, async () => {});
  const path = resolve(folder);
  let unlock: Unlock;
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    unlock = await lockFolder(path, new Date().toISOString());
  } catch (thrown) {
    throw thrown instanceof CodedError ? thrown : unusable(path, thrown);
  }
  try {
    return await startOnFolder(path, unlock);
  } catch (thrown) {
    await unlock();
    throw thrown;
  }
}

const unusable = (folder: string, cause: unknown): CodedError =>
  storeFolderUnusable({
    detail: `The data folder ${folder} cannot be used: ${messageOf(cause)}.`,
    facts: { folder },
    cause,
  });

const damaged = (data: string, why: string): CodedError =>
  storeDamaged({
    detail: `The database in ${data} cannot be opened: ${why}. Put back a copy of the folder, or move it away to start with an empty one.`,
    facts: { folder: data },
  });

// A first start that was cut off leaves half a cluster in which nobody was ever promised anything: begin again.
async function startOnFolder(path: string, unlock: Unlock): Promise<Embedded> {
  const data = join(path, 'pg');
  const unfinished = join(path, 'unfinished');
  let fresh: boolean;
  try {
    if (await exists(unfinished)) await rm(data, { recursive: true, force: true });
    fresh = !(await exists(data));
    if (fresh) await writeFile(unfinished, 'the first start has not ended yet\n');
    // PGlite would take a folder without this file for a new one and write over what is there.
    else if (!(await exists(join(data, 'PG_VERSION')))) throw damaged(data, 'the file PG_VERSION is missing');
  } catch (thrown) {
    throw thrown instanceof CodedError ? thrown : unusable(path, thrown);
  }
  const embedded = await startWorker(data, fresh, unlock);
  await rm(unfinished, { force: true });
  return embedded;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function startWorker(data: string | undefined, fresh: boolean, released: () => Promise<void>): Promise<Embedded> {
  // Others on this machine must not reach it, and there is no password: a socket in a folder only we may enter.
  const socketFolder = process.platform === 'win32' ? undefined : await mkdtemp(join(tmpdir(), 'csp-pg-'));
  const task: EmbeddedTask = { data, fresh, socket: socketFolder && join(socketFolder, '.s.PGSQL.5432') };
  const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), { workerData: task, stdout: true, stderr: true });
  const ended = once(worker, 'exit').catch(() => {});
  const cleared = async (): Promise<void> => {
    if (socketFolder !== undefined) await rm(socketFolder, { recursive: true, force: true });
  };
  try {
    const report = await firstReport(worker, data, fresh);
    return {
      address: { host: socketFolder ?? '127.0.0.1', port: report.port },
      stop: async () => {
        worker.postMessage('stop');
        const lost = setTimeout(() => void worker.terminate(), patienceMs);
        await ended;
        clearTimeout(lost);
        await cleared();
        await released();
      },
    };
  } catch (thrown) {
    await worker.terminate();
    await cleared();
    throw thrown;
  }
}

async function firstReport(worker: Worker, data: string | undefined, fresh: boolean): Promise<EmbeddedReport & { is: 'ready' }> {
  const report = await new Promise<EmbeddedReport>((settle) => {
    worker.once('message', settle);
    worker.once('error', (thrown) => settle({ is: 'failed', message: messageOf(thrown) }));
    worker.once('exit', (code) => settle({ is: 'failed', message: `it ended with code ${code}` }));
  });
  // A later failure shows as a lost connection; without a listener it would end the process.
  worker.on('error', () => {});
  if (report.is === 'ready') return report;
  if (data === undefined) throw storeUnreachable({ detail: `The embedded database did not start: ${report.message}.` });
  throw fresh ? unusable(data, report.message) : damaged(data, report.message);
}

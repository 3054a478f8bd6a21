import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { constants, zstdDecompressSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { messageOf } from '#base/errors.ts';

/** What the thread is to open: a folder (none keeps everything in memory), and a socket to listen on (none takes a port). */
export interface EmbeddedTask {
  readonly data: string | undefined;
  /** There is nothing in the folder yet. */
  readonly fresh: boolean;
  readonly socket: string | undefined;
}

export type EmbeddedReport =
  | { readonly is: 'ready'; readonly port: number }
  | { readonly is: 'failed'; readonly message: string };

// A third of the memory of the default 128 MB, and no slower here: what is read often fits, and Node's file cache has the rest.
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];

/** What PostgreSQL itself says of why it ends: PGlite's own error only says that it did. */
const lastWords: string[] = [];

function onStderr(line: string): boolean {
  const said = /(?:FATAL|PANIC|DETAIL):\s*(.+?)\.?\s*$/.exec(line)?.[1];
  if (said !== undefined && lastWords.length < 2) lastWords.push(said);
  return true;
}

/** What initdb makes, made beforehand by `tools/template-db.ts`: unpacking it takes a third of the time. */
async function emptyCluster(): Promise<Blob> {
  const packed = await readFile(new URL('./empty-cluster.tar.zst', import.meta.url));
  const tar = zstdDecompressSync(packed, { params: { [constants.ZSTD_d_windowLogMax]: 27 } });
  return new File([new Uint8Array(tar)], 'empty-cluster.tar', { type: 'application/x-tar' });
}

async function serve({ data, fresh, socket }: EmbeddedTask): Promise<void> {
  const place = data === undefined ? {} : { dataDir: data };
  const db = await PGlite.create({ ...place, ...(fresh && { loadDataDir: await emptyCluster() }), startParams, onStderr });
  lastWords.length = 0;
  const server = new PGLiteSocketServer({ db, ...(socket === undefined ? { port: 0 } : { path: socket }) });
  await server.start();
  parentPort?.once('message', async () => {
    await server.stop();
    await db.close();
    process.exit(0);
  });
  const port = socket === undefined ? Number(server.getServerConn().split(':').at(-1)) : 5432;
  parentPort?.postMessage({ is: 'ready', port } satisfies EmbeddedReport);
}

try {
  await serve(workerData as EmbeddedTask);
} catch (thrown) {
  parentPort?.postMessage({ is: 'failed', message: lastWords.join('; ') || messageOf(thrown) } satisfies EmbeddedReport);
}

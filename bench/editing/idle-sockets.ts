/**
 * What a socket that does nothing costs the server: resident memory with so many sockets open, less that without, for each socket.
 * `node bench/editing/idle-sockets.ts [sockets…]`, 1,000 and 2,000 unless told. Linux only, where the memory of a process is in `/proc`.
 */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { emptyDesign } from '#model/design.ts';
import { prepare, productAt, type Served, served } from '../served.ts';

const perDesign = 50;
const settleMs = 3_000;
const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 2_000];

async function residentKib(pid: number): Promise<number> {
  await setTimeout(settleMs);
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Opens a socket, and a design on it where one is named. */
async function opened(url: string, designId?: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  if (designId === undefined) return socket;
  socket.send(JSON.stringify({ type: 'hello', designId, name: 'Somebody' }));
  await once(socket, 'message');
  return socket;
}

async function measured(server: Served, designs: readonly string[], count: number, says: string): Promise<void> {
  const url = `${server.address.replace('http', 'ws')}/api/v1/live`;
  // The first sockets make what all share.
  const warm = await Promise.all(Array.from({ length: 50 }, () => opened(url, designs[0])));
  for (const socket of warm) socket.terminate();
  const before = await residentKib(server.pid);
  const sockets: WebSocket[] = [];
  for (let n = 0; n < count; n++) sockets.push(await opened(url, designs[Math.floor(n / perDesign)]));
  const after = await residentKib(server.pid);
  process.stdout.write(`${count} sockets, ${says}: ${((after - before) / count).toFixed(1)} KiB each\n`);
  for (const socket of sockets) socket.terminate();
}

const folder = await mkdtemp(join(tmpdir(), 'csp-bench-'));
for (const count of counts)
  for (const says of ['nothing open', `a design open, ${perDesign} on each`]) {
    const server = await served(productAt(join(folder, `${count} ${says}`)), { SOCKETS_PER_ADDRESS: '100000' });
    const designs: string[] = [];
    if (says !== 'nothing open')
      for (let n = 0; n * perDesign < count; n++)
        designs.push(await prepare(`${server.address}/api/v1`, { ...emptyDesign(`Idle ${n}`), format: 'csp-design/1' }));
    await measured(server, designs, count, says);
    await server.end();
  }
await rm(folder, { recursive: true, force: true });

/**
 * What a socket that does nothing costs the server: the heap and what it holds outside of it, all garbage collected, with so many sockets
 * open less without, for each socket. What the kernel keeps for a connection is not in it.
 * `node bench/editing/idle-sockets.ts [sockets…]`, 1,000 and 2,000 unless told.
 */
import { once } from 'node:events';
import process from 'node:process';
import { WebSocket } from 'ws';
import { asked } from '../child.ts';
import type { Asks, Says } from './idle-server.ts';

const perDesign = 50;
const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 2_000];

/** Opens a socket, and a design on it where one is named. */
async function opened(port: number, designId?: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`);
  await once(socket, 'open');
  if (designId === undefined) return socket;
  socket.send(JSON.stringify({ type: 'hello', designId, name: 'Somebody' }));
  await once(socket, 'message');
  return socket;
}

async function kibEach(count: number, isOpen: boolean): Promise<number> {
  const server = asked<Asks, Says>(new URL('./idle-server.ts', import.meta.url));
  const { port, ids } = await server.ask({ designs: isOpen ? Math.ceil(count / perDesign) : 0 });
  // The first sockets make what all share.
  const warm = await Promise.all(Array.from({ length: 50 }, () => opened(port, ids[0])));
  for (const socket of warm) {
    socket.close();
    await once(socket, 'close');
  }
  const before = await server.ask({ designs: 0 });
  for (let n = 0; n < count; n++) await opened(port, ids[Math.floor(n / perDesign)]);
  const after = await server.ask({ designs: 0 });
  await server.end();
  return (after.bytes - before.bytes) / count / 1024;
}

for (const count of counts)
  for (const isOpen of [false, true]) {
    const kib = await kibEach(count, isOpen);
    const says = isOpen ? `a design open, ${perDesign} people on each` : 'nothing open';
    process.stdout.write(`${count} sockets, ${says}: ${kib.toFixed(1)} KiB each\n`);
  }
process.exit();

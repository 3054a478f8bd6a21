/** The peer of the fan-out: a bare `ws` server that sends each frame to everybody, and does nothing else. Says where it is open at. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const text = String(data);
    for (const client of server.clients) client.send(text);
  });
});
await once(server, 'listening');
process.stdout.write(`open at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
process.once('SIGTERM', () => process.exit(0));

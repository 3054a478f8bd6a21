import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { owner } from '#app/parts.ts';
import { openGate, pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { ManualClock } from '#base/clock.ts';
import { type RealPostgres, startRealPostgres } from '#store/testing/real-postgres.ts';
import { liveSocket } from './live.ts';
import { Listener } from './testing/listener.ts';

const caller = owner('test');
const clock = new ManualClock();

let postgres: RealPostgres;
let real: RealApp;
let sockets: WebSocketServer;
beforeAll(async () => {
  postgres = await startRealPostgres();
  real = await realApp({ url: await postgres.freshUrl() }, clock);
  sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  sockets.on('connection', liveSocket(real.app, { clock: new ManualClock(), report: () => {} }));
  await once(sockets, 'listening');
});
afterAll(async () => {
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  await real?.close();
  await postgres?.stop();
});

test('[W28] [H23] while the database is away the socket says so; the end of a session is told when it is recorded', async () => {
  const made = await real.app.createDesign(caller, pipeline('Live', { count: 2, gate: 'live' }));
  const { id } = await real.app.executeDesign(caller, made.is === 'created' ? made.design.id : '');
  const client = new Listener(new WebSocket(`ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`));
  await once(client.socket, 'open');
  await client.subscribe('session', id);
  await postgres.crash();
  openGate('live');
  expect(await client.next('session.fault')).toMatchObject({ sessionId: id, fault: { code: 'STORE_UNREACHABLE' } });
  client.say({ type: 'subscribe', topic: 'design', id });
  expect(await client.next('problem')).toMatchObject({ code: 'STORE_UNREACHABLE' });
  await postgres.restart();
  while (clock.advanceToNext());
  for (;;) {
    const { session } = await client.next('session.status');
    if (session.state === 'completed') break;
  }
});

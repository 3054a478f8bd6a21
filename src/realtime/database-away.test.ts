import { afterAll, beforeAll, expect, test } from 'vitest';
import { owner } from '#app/parts.ts';
import { openGate, pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { ManualClock } from '#base/clock.ts';
import { type RealPostgres, startRealPostgres } from '#store/testing/real-postgres.ts';
import { LiveBed } from './testing/live-bed.ts';

const caller = owner('test');
const clock = new ManualClock();

let postgres: RealPostgres;
let real: RealApp;
let bed: LiveBed;
beforeAll(async () => {
  postgres = await startRealPostgres();
  real = await realApp({ url: await postgres.freshUrl() }, clock);
  bed = await LiveBed.open(real.app);
});
afterAll(async () => {
  await bed?.close();
  await real?.close();
  await postgres?.stop();
});

test('[W28] [H23] while the database is away the socket says so; the end of a session is told when it is recorded', async () => {
  const made = await real.app.createDesign(caller, pipeline('Live', { count: 2, gate: 'live' }));
  const { id } = await real.app.executeDesign(caller, made.is === 'created' ? made.design.id : '');
  const client = await bed.listener();
  await client.subscribe('session', id);
  await postgres.crash();
  openGate('live');
  expect(await client.next('session.fault')).toMatchObject({ sessionId: id, fault: { code: 'STORE_UNREACHABLE' } });
  client.say({ type: 'subscribe', topic: 'session', id: made.is === 'created' ? made.design.id : '' });
  expect(await client.next('problem')).toMatchObject({ code: 'STORE_UNREACHABLE' });
  await postgres.restart();
  while (clock.advanceToNext());
  for (;;) {
    const { session } = await client.next('session.status');
    if (session.state === 'completed') break;
  }
});

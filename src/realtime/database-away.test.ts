import { afterAll, beforeAll, expect, test } from 'vitest';
import { owner } from '#app/parts.ts';
import { openGate, pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { ManualClock } from '#base/clock.ts';
import type { Edit } from '#model/edits/edit.ts';
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

test('[W37] of transactions that the database cannot take none is lost or done out of turn: after hello they are sent again', async () => {
  const made = await real.app.createDesign(caller, pipeline('Away'));
  const id = made.is === 'created' ? made.design.id : '';
  const [bea, cem] = [await bed.listener(), await bed.listener()];
  await bea.hello(id);
  await cem.hello(id);
  bea.tx(id, [{ do: 'design.set', name: 'before' }]);
  await bea.next('ack');
  await postgres.crash();
  const add = { do: 'node.add' as const, node: { id: 'new', kind: 'compute.discard' } };
  const edits: Edit[][] = [[add], [{ do: 'node.set', id: 'new', label: 'later' }]];
  const sent = edits.map((some) => bea.tx(id, some));
  for (const txId of sent) expect(await bea.next('problem')).toMatchObject({ designId: id, txId });
  expect(await bea.next('resync')).toMatchObject({ designId: id });
  await postgres.restart();
  // What is built on it is not tried meanwhile, however well the database is.
  const after = bea.tx(id, [{ do: 'design.set', name: 'too early' }]);
  expect(await bea.next('problem')).toMatchObject({ txId: after, code: 'LIVE_TX_AFTER_FAILED' });
  expect((await bea.hello(id, { lastRev: 2 })).tail).toEqual([]);
  for (const [n, txId] of sent.entries()) bea.say({ type: 'tx', designId: id, txId, edits: edits[n] });
  for (const txId of sent) expect(await bea.next('ack')).toMatchObject({ txId });
  expect((await cem.editsUntil(4)).map(({ txId }) => txId).slice(1)).toEqual(sent);
});

import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type RealServer, realServer } from '#api/http/testing/real-server.ts';
import { pipeline } from '#app/testing/real-app.ts';
import { newUuid } from '#base/ids.ts';
import type { Design } from '#model/design.ts';
import { Listener } from '#realtime/testing/listener.ts';
import { liveParts, liveUrl } from './testing/room.ts';

/** What requests and the socket must agree on, for they are about the same designs. */

const live = liveParts();
let server: RealServer;
let design: Design;
let bea: Listener;

beforeAll(async () => {
  server = await realServer({}, undefined, live.liveOf);
});
afterAll(async () => {
  live.close();
  await server.close();
});
beforeEach(async () => {
  design = (await server.call<Design>('POST /api/v1/designs', pipeline('Doors'))).body;
  const socket = new WebSocket(liveUrl(server));
  bea = new Listener(socket);
  await once(socket, 'open');
  return () => {
    socket.terminate();
    expect([...live.reported, ...server.reported]).toEqual([]);
  };
});

const label = (text: string) => ({ do: 'node.set' as const, id: 'to', label: text });

describe('[E54] an id in large letters', () => {
  it('[E54] of a design is the same design: one room, whoever wrote it how', async () => {
    await bea.hello(design.id, { name: 'Bea' });
    bea.say({ type: 'hello', designId: design.id.toUpperCase(), lastRev: 1 });
    expect(await bea.next('welcome')).toMatchObject({ designId: design.id, you: { name: 'Bea' }, peers: [] });
    await server.call(`POST /api/v1/designs/${design.id.toUpperCase()}/edits`, { edits: [label('by curl')] });
    expect(await bea.next('edits')).toMatchObject({ designId: design.id, from: 2, txs: [{ edits: [label('by curl')] }] });
    const gone = await server.call(`DELETE /api/v1/designs/${design.id.toUpperCase()}`, undefined, { 'if-match': '*' });
    expect(gone.status).toBe(204);
    expect(await bea.next('design.deleted')).toMatchObject({ designId: design.id });
  });

  it('[E54] [E14] of a transaction is the same transaction: sent again it is answered as the first time, and taken back once', async () => {
    const txId = newUuid();
    const large = txId.toUpperCase();
    await bea.hello(design.id);
    for (let times = 0; times < 2; times++) {
      const { body } = await server.call(`POST /api/v1/designs/${design.id}/edits`, { txId: large, edits: [label('a')] });
      expect(body).toMatchObject({ txId, rev: 2 });
      bea.say({ type: 'tx', designId: design.id.toUpperCase(), txId: large, edits: [label('a')] });
      expect(await bea.next('ack')).toMatchObject({ designId: design.id, txId, rev: 2 });
    }
    expect((await bea.next('edits')).txs).toMatchObject([{ rev: 2, txId }]);
    bea.tx(design.id, [label('')], { undoOf: large });
    expect(await bea.next('ack')).toMatchObject({ rev: 3 });
    const again = await server.call(`POST /api/v1/designs/${design.id}/undo`, { txId: large });
    expect(again.body).toMatchObject({ status: 409, code: 'APP_UNDONE_ALREADY' });
  });
});

import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { App } from '#app/app.ts';
import { owner } from '#app/parts.ts';
import { pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import type { Design, DesignBody } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
import type { Listener } from './testing/listener.ts';
import { LiveBed } from './testing/live-bed.ts';

const caller = owner('test');

let real: RealApp;
let bed: LiveBed;
beforeAll(async () => {
  real = await realApp();
});
afterAll(() => real.close());
beforeEach(async () => {
  bed = await LiveBed.open(real.app);
});
afterEach(async () => {
  await bed.close();
  expect(bed.reported).toEqual([]);
});

async function make(body: DesignBody = pipeline('Live')): Promise<Design> {
  const made = await real.app.createDesign(caller, body);
  if (made.is === 'refused') throw new Error(made.refusal.message);
  return made.design;
}

const add = (id: string): Edit => ({ do: 'node.add', node: { id, kind: 'compute.discard' }, at: { x: 1, y: 2 } });
const rename = (name: string): Edit => ({ do: 'design.set', name });
const byHttp = async (id: string, ...edits: Edit[]): Promise<number> => {
  const done = await real.app.commitTx(caller, id, { edits });
  if (done.is !== 'committed') throw new Error(`it was ${done.is}`);
  return done.ack.rev;
};
const revsOf = (txs: readonly CommittedTx[]): number[] => txs.map(({ rev }) => rev);
const revs = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/** The revision a client has by the rule of W31, which must hold for all that it was told. */
function revOf({ history }: Listener): number {
  let rev: number | undefined;
  for (const message of history) {
    if (message.type === 'welcome') {
      expect(message.rev).toBeGreaterThanOrEqual(rev ?? 0);
      rev = message.rev;
    }
    if (message.type !== 'edits') continue;
    expect(message.from).toBe((rev ?? Number.NaN) + 1);
    expect(revsOf(message.txs)).toEqual(revs(message.from, message.to));
    rev = message.to;
  }
  return rev ?? 0;
}

describe('hello', () => {
  it('[W31] of one who is gone before it is answered leaves the next one who comes hearing', async () => {
    const { id } = await make();
    const gate = Promise.withResolvers<void>();
    // The only connection of the database is taken: nothing is read until it is given back.
    const held = Promise.withResolvers<void>();
    const holding = real.db.transaction().execute(async () => {
      held.resolve();
      await gate.promise;
    });
    await held.promise;
    const gone = await bed.listener();
    const bea = await bed.listener();
    gone.say({ type: 'hello', designId: id });
    await bea.soFar('welcome');
    const left = once([...bed.server.clients][0] as WebSocket, 'close');
    gone.socket.terminate();
    await left;
    bea.say({ type: 'hello', designId: id });
    await (await bed.listener()).soFar('welcome');
    gate.resolve();
    await holding;
    await bea.next('welcome');
    await byHttp(id, rename('Heard'));
    expect(revsOf(await bea.editsUntil(2))).toEqual([2]);
  });

  it('[W30] is answered by the design as it is, who one is there, and who else is', async () => {
    const { id } = await make();
    const [bea, cem] = [await bed.listener(), await bed.listener()];
    const first = await bea.hello(id, { name: 'Bea' });
    expect(first.snapshot).toEqual(await real.app.getDesign(caller, id));
    expect(first).toMatchObject({ rev: 1, you: { name: 'Bea' }, peers: [] });
    const second = await cem.hello(id);
    expect(second).toMatchObject({ you: { name: 'owner' }, peers: [{ ...first.you, doing: {} }] });
    expect(second.you.colour).not.toBe(first.you.colour);
  });

  it('[W30] with the revision one has it brings what came after, and nothing when nothing did', async () => {
    const { id } = await make();
    for (let n = 0; n < 10; n++) await byHttp(id, rename(`N${n}`));
    const client = await bed.listener();
    const welcome = await client.hello(id, { lastRev: 4 });
    expect(welcome.snapshot).toBeUndefined();
    expect(revsOf(welcome.tail ?? [])).toEqual(revs(5, 11));
    expect(welcome.tail?.[0]).toMatchObject({ actor: 'owner', via: 'test', edits: [rename('N3')] });
    expect(await client.hello(id, { lastRev: 11 })).toMatchObject({ rev: 11, tail: [] });
  });

  it('[W30] a revision that is not there yet, one long ago, or much since, is answered by the whole design', async () => {
    const { id } = await make();
    const client = await bed.listener();
    const future = await client.hello(id, { lastRev: 2 });
    expect([future.snapshot?.rev, future.by]).toEqual([1, undefined]);
    const described = (n: number): Edit => ({ do: 'design.set', description: `${n}${'x'.repeat(9_990)}` });
    for (let n = 0; n < 100; n++) await byHttp(id, described(n));
    expect((await client.hello(id, { lastRev: 1 })).tail).toHaveLength(100);
    for (let n = 100; n < 110; n++) await byHttp(id, described(n));
    const late = await client.hello(id, { lastRev: 1 });
    expect([late.snapshot?.rev, late.by]).toEqual([111, ['owner']]);
    expect((await client.hello(id)).by).toBeUndefined();
  });

  it('[W31] between welcome and the first edits nothing is missing and nothing comes twice, however much happens meanwhile', async () => {
    const { id } = await make();
    let stop = false;
    const written = (async () => {
      let rev = 1;
      for (let n = 0; !stop; n++) rev = await byHttp(id, rename(`N${n}`));
      return rev;
    })();
    const clients: Listener[] = [];
    for (let n = 0; n < 40; n++) {
      const client = await bed.listener();
      clients.push(client);
      await client.hello(id, n % 2 === 0 ? {} : { lastRev: n });
    }
    // Again on the same sockets, while they are told.
    for (const client of clients.slice(0, 10)) await client.hello(id);
    stop = true;
    const last = await written;
    for (const client of clients) {
      while (revOf(client) < last) await client.soFar('pong');
      expect(revOf(client)).toBe(last);
    }
  });

  it('after leave nothing is told; several designs are open on one socket', async () => {
    const [one, two] = [await make(), await make()];
    const client = await bed.listener();
    await client.hello(one.id);
    await client.hello(two.id);
    client.say({ type: 'leave', designId: one.id });
    await client.soFar('pong');
    await byHttp(one.id, rename('unheard'));
    await byHttp(two.id, rename('heard'));
    expect(await client.next('edits')).toMatchObject({ designId: two.id, from: 2, to: 2, txs: [{ edits: [rename('heard')] }] });
    client.tx(one.id, [rename('x')]);
    expect(await client.next('problem')).toMatchObject({ code: 'LIVE_NOT_OPEN', designId: one.id });
    expect(await client.soFar('edits')).toEqual([]);
  });

  it('[W28] [W39] sessions of the design are told, and its deletion after all edits; then it is not open any more', async () => {
    const { id } = await make(pipeline('Live', { count: 1 }));
    const client = await bed.listener();
    await client.hello(id);
    const session = await real.app.executeDesign(caller, id);
    await client.next('session.status', (told) => told.session.id === session.id && told.session.state === 'completed');
    await byHttp(id, rename('last'));
    await real.app.removeDesign(caller, id);
    await client.next('design.deleted', ({ designId }) => designId === id);
    expect((await client.soFar('edits')).flatMap(({ txs }) => revsOf(txs))).toEqual([2]);
    client.tx(id, [rename('x')]);
    expect((await client.next('problem')).code).toBe('LIVE_NOT_OPEN');
    client.say({ type: 'hello', designId: id, lastRev: 2 });
    expect(await client.next('problem')).toMatchObject({ code: 'APP_DESIGN_UNKNOWN', designId: id });
  });
});

describe('transactions', () => {
  it('[W35] are acknowledged to who sent them and told to all, to him after the acknowledgement', async () => {
    const { id } = await make();
    const [bea, cem] = [await bed.listener(), await bed.listener()];
    await bea.hello(id, { name: 'Bea' });
    await cem.hello(id);
    const sent = Array.from({ length: 30 }, (_, n) => bea.tx(id, [add(`n${n}`)]));
    const told = await cem.editsUntil(31);
    expect(told.map(({ txId }) => txId)).toEqual(sent);
    expect(told[0]).toMatchObject({ rev: 2, actor: 'Bea', via: 'socket', edits: [{ do: 'node.add', node: { id: 'n0' } }] });
    const acked: string[] = [];
    let seen = 0;
    while (seen < 30) {
      for (const message of bea.told.splice(0)) {
        if (message.type === 'ack') acked.push(message.txId);
        if (message.type !== 'edits') continue;
        for (const { txId } of message.txs) expect(acked).toContain(txId);
        seen += message.txs.length;
      }
      await bea.soFar('pong');
    }
    expect(acked).toEqual(sent);
    expect(await cem.soFar('ack')).toEqual([]);
  });

  it('[W35] however late the acknowledgement, ones own edits are not told before it, and nothing after them either', async () => {
    const { id } = await make();
    const gate = Promise.withResolvers<void>();
    const late: App = {
      ...real.app,
      commitTx: async (...asked) => {
        const done = await real.app.commitTx(...asked);
        await gate.promise;
        return done;
      },
    };
    const slow = await LiveBed.open(late);
    const [bea, cem] = [await slow.listener(), await slow.listener()];
    await bea.hello(id);
    await cem.hello(id);
    await byHttp(id, rename('before'));
    await bea.editsUntil(2);
    const txId = bea.tx(id, [rename('own')]);
    expect((await cem.editsUntil(3)).at(-1)?.txId).toBe(txId);
    await byHttp(id, rename('after'));
    await cem.editsUntil(4);
    expect([await bea.soFar('edits'), await bea.soFar('ack')]).toEqual([[], []]);
    gate.resolve();
    expect(revsOf(await bea.editsUntil(4))).toEqual([3, 4]);
    // It came before, so it is there.
    expect(bea.told.map(({ type }) => type)).toContain('ack');
    await slow.close();
  });

  it('[W35] a refusal says why, tells nobody else, and hinders nothing that follows', async () => {
    const { id } = await make();
    const [bea, cem] = [await bed.listener(), await bed.listener()];
    await bea.hello(id);
    await cem.hello(id);
    const bad = bea.tx(id, [rename('a'), { do: 'node.delete', id: 'nobody' }]);
    const malformed = bea.tx(id, [rename('b'), { do: 'node.explode' } as unknown as Edit]);
    const good = bea.tx(id, [rename('c')]);
    expect(await bea.next('refused')).toMatchObject({ txId: bad, refusal: { code: 'UNKNOWN_NODE', pointer: '/edits/1/id' } });
    expect(await bea.next('refused')).toMatchObject({ txId: malformed, refusal: { code: 'EDIT_MALFORMED' } });
    expect(await bea.next('ack')).toMatchObject({ txId: good, rev: 2, edits: [rename('c')], inverse: [rename('Live')] });
    expect(revsOf(await cem.editsUntil(2))).toEqual([2]);
    expect(await cem.soFar('refused')).toEqual([]);
  });

  it('[W35] the same sent again is acknowledged as the first time and told to nobody', async () => {
    const { id } = await make();
    const client = await bed.listener();
    await client.hello(id);
    const txId = client.tx(id, [rename('once')]);
    const first = await client.next('ack');
    await client.editsUntil(2);
    client.say({ type: 'tx', designId: id, txId, edits: [rename('once')] });
    expect(await client.next('ack')).toEqual(first);
    expect(await client.soFar('edits')).toEqual([]);
  });

  it('[W47] what was refused stays refused, also where it would fit by now, and on another socket', async () => {
    const { id } = await make();
    const [bea, cem] = [await bed.listener(), await bed.listener()];
    await bea.hello(id);
    await cem.hello(id);
    const edits: Edit[] = [{ do: 'node.delete', id: 'late' }];
    const txId = bea.tx(id, edits);
    const first = await bea.next('refused');
    expect(first).toMatchObject({ txId, refusal: { code: 'UNKNOWN_NODE' } });
    cem.tx(id, [add('late')]);
    await cem.next('ack');
    for (const again of [bea, cem]) {
      again.say({ type: 'tx', designId: id, txId, edits });
      expect(await again.next('refused')).toEqual(first);
    }
    expect(Object.keys((await real.app.getDesign(caller, id)).nodes)).toContain('late');
    expect((await real.app.getDesign(caller, id)).rev).toBe(2);
  });

  it('[W35] of a socket that closes at once what was handed over is committed or not, and known by its id', async () => {
    const { id } = await make();
    const client = await bed.listener();
    await client.hello(id);
    const sent = Array.from({ length: 20 }, (_, n) => client.tx(id, [add(`n${n}`)]));
    client.socket.close();
    await once(client.socket, 'close');
    const again = await bed.listener();
    await again.hello(id, { lastRev: 1 });
    for (const [n, txId] of sent.entries()) again.say({ type: 'tx', designId: id, txId, edits: [add(`n${n}`)] });
    for (const [n, txId] of sent.entries()) expect(await again.next('ack')).toMatchObject({ txId, rev: n + 2 });
    expect(Object.keys((await real.app.getDesign(caller, id)).nodes)).toHaveLength(22);
  });

  it('[W36] many writers: everybody is told the same in the same order, collected, and comes to the same design', async () => {
    const { id } = await make();
    const clients = await Promise.all(Array.from({ length: 8 }, () => bed.listener()));
    const welcomes = await Promise.all(clients.map((client, n) => client.hello(id, { name: `P${n}` })));
    for (let n = 0; n < 25; n++)
      for (const [at, client] of clients.entries())
        client.tx(id, [n % 5 === 4 ? { do: 'node.delete', id: `n${at}-${n - 1}` } : add(`n${at}-${n}`)]);
    const final = 1 + 25 * clients.length;
    const stored = async (): Promise<Design> => await real.app.getDesign(caller, id);
    for (const [at, client] of clients.entries()) {
      let frames = 0;
      const txs: CommittedTx[] = [];
      while ((txs.at(-1)?.rev ?? 0) < final) {
        const frame = await client.next('edits');
        expect([frame.from, frame.to]).toEqual([frame.txs[0]?.rev, frame.txs.at(-1)?.rev]);
        frames++;
        txs.push(...frame.txs);
      }
      expect(revsOf(txs)).toEqual(revs(2, final));
      expect(frames).toBeLessThan(200);
      const edited = applyAll(
        welcomes[at]?.snapshot as Design,
        txs.flatMap(({ edits }) => edits),
        real.catalog,
      );
      const { nodes, connections, canvas } = await stored();
      expect(
        edited.ok && { nodes: edited.design.nodes, connections: edited.design.connections, canvas: edited.design.canvas },
      ).toEqual({ nodes, connections, canvas });
    }
  });
});

describe('resume', () => {
  it('[W30] after 10,000 revisions the whole design comes, after 10 the tail', async () => {
    const { id } = await make();
    const last = 10_001;
    const move = (x: number): Edit => ({ do: 'node.move', id: 'from', at: { x, y: 0 } });
    for (let n = 0; n < last - 1; n += 500) await Promise.all(Array.from({ length: 500 }, (_, x) => byHttp(id, move(n + x))));
    const again = await bed.listener();
    expect(await again.hello(id, { lastRev: last - 10 })).toMatchObject({ rev: last, tail: { length: 10 } });
    expect((await again.hello(id, { lastRev: last - 998 })).tail).toHaveLength(998);
    expect((await again.hello(id, { lastRev: last - 999 })).snapshot?.rev).toBe(last);
    expect((await again.hello(id, { lastRev: 1 })).snapshot?.canvas.positions['from']).toEqual({ x: last - 2, y: 0 });
  }, 240_000);
});

describe('slow readers', () => {
  it('[W25] one who stalls under load is sent away with resync; with the revision it has it gets the rest', async () => {
    const { id } = await make();
    const small = await LiveBed.open(real.app, undefined, {
      limits: { dropAboveBytes: 8_000, skipAboveBytes: 16_000, closeAboveBytes: 300_000 },
    });
    const [quick, stalled] = [await small.listener(), await small.listener()];
    await quick.hello(id);
    await stalled.hello(id);
    const served = [...small.server.clients][1];
    stalled.socket.pause();
    let most = 0;
    let rev = 1;
    while (served?.readyState === WebSocket.OPEN) {
      quick.tx(id, [{ do: 'design.set', description: `${rev}${'x'.repeat(9_000)}` }]);
      rev = (await quick.next('ack')).rev;
      most = Math.max(most, served.bufferedAmount);
    }
    expect(most).toBeLessThanOrEqual(300_000);
    const gone = once(stalled.socket, 'close');
    stalled.socket.resume();
    expect((await gone)[0]).toBe(4008);
    expect(stalled.told.at(-1)).toMatchObject({ type: 'resync', designId: id });
    const have = stalled.told.flatMap((told) => (told.type === 'edits' ? revsOf(told.txs) : []));
    expect(have).toEqual(revs(2, have.length + 1));
    const back = await small.listener();
    const { tail = [] } = await back.hello(id, { lastRev: have.length + 1 });
    expect(revsOf(tail)).toEqual(revs(have.length + 2, rev));
    expect(revsOf(await quick.editsUntil(rev))).toEqual(revs(2, rev));
    await small.close();
  });
});

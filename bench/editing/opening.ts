import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { type RealServer, realServer } from '#api/http/testing/real-server.ts';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import type { Edit } from '#model/edits/edit.ts';
import { liveSocket } from '#realtime/live.ts';
import { figureOf, printTable } from '../figures.ts';
import { chainOf } from './drawings.ts';

const rounds = 7;
const nodes = 2_000;
const rows = 100_000;
const caller = { actor: 'bench', via: 'bench' };

// Many at a time share a transaction of the database, or this would take an hour.
async function written(server: RealServer, id: string): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < rows; n = next++) {
      const edit: Edit = { do: 'node.move', id: `n${n % nodes}`, at: { x: n, y: 0 } };
      await server.app.commitTx(caller, id, { txId: newUuid(), edits: [edit] });
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

async function timesMs(one: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const begun = performance.now();
    await one();
    if (round >= 0) times.push(performance.now() - begun);
  }
  return times;
}

async function hello(url: string, designId: string, lastRev?: number): Promise<void> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const first = once(socket, 'message');
  socket.send(JSON.stringify({ type: 'hello', designId, ...(lastRev !== undefined && { lastRev }) }));
  await first;
  socket.terminate();
}

/** Opening a design of 2,000 nodes with 100,000 lines of history, beside the same design without a history. */
export async function opening(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-bench-'));
  const server = await realServer({ socketsPerAddress: 1_000 }, { folder }, (app) =>
    liveSocket(app, { clock: systemClock, newId: newUuid, report: () => {} }),
  );
  const url = `${server.origin.replace('http', 'ws')}/api/v1/live`;
  try {
    const [young, old] = await Promise.all([1, 2].map(() => server.app.createDesign(caller, chainOf(nodes))));
    if (young?.is !== 'created' || old?.is !== 'created') throw new Error('a chain was refused');
    await written(server, old.design.id);
    const api = `${server.origin}/api/v1/designs`;
    const read = (id: string) => async () => await (await fetch(`${api}/${id}`)).text();
    const rev = rows + 1;
    const sides = {
      'hello, without a history': await timesMs(() => hello(url, young.design.id)),
      'hello, 100,000 lines': await timesMs(() => hello(url, old.design.id)),
      'hello with a revision 10 lines back': await timesMs(() => hello(url, old.design.id, rev - 10)),
      'hello with a revision 10,000 lines back': await timesMs(() => hello(url, old.design.id, rev - 10_000)),
      'GET, without a history': await timesMs(read(young.design.id)),
      'GET, 100,000 lines': await timesMs(read(old.design.id)),
      'first page of the history': await timesMs(async () => await (await fetch(`${api}/${old.design.id}/history`)).text()),
      'the state at revision 50,123': await timesMs(
        async () => await (await fetch(`${api}/${old.design.id}/revisions/50123`)).text(),
      ),
    };
    printTable([
      [`${nodes} nodes`, 'ms', 'spread'],
      ...Object.entries(sides).map(([name, values]) => {
        const { median, least, most } = figureOf(values);
        return [name, median.toFixed(1), `${least.toFixed(1)}–${most.toFixed(1)}`];
      }),
    ]);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

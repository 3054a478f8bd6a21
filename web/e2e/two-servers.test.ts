import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealServer, realServer } from '#api/http/testing/real-server.ts';
import { pipeline } from '#app/testing/real-app.ts';
import { systemClock } from '#base/clock.ts';
import type { Edit } from '#model/edits/edit.ts';
import { PostgresBus } from '#store/bus/postgres-bus.ts';
import { PausableProxy } from '#store/testing/pausable-proxy.ts';
import { sharedUrl } from '#store/testing/shared-postgres.ts';
import type { Replica } from './testing/replica.ts';
import { liveParts, Room } from './testing/room.ts';

/** Two servers of one PostgreSQL; what one of them tells and hears of the other goes through a proxy. */

let proxy: PausableProxy;
const buses: PostgresBus[] = [];
const servers: RealServer[] = [];
const lives: ReturnType<typeof liveParts>[] = [];
const gone = Promise.withResolvers<void>();

async function serve(url: string, busUrl: string, away: () => void): Promise<void> {
  const bus = new PostgresBus({ url: busUrl, clock: systemClock, report: away });
  const live = liveParts(bus);
  buses.push(bus);
  lives.push(live);
  servers.push(await realServer({}, { url, poolSize: 4 }, live.liveOf));
}

beforeAll(async () => {
  const url = await sharedUrl();
  const at = new URL(url);
  proxy = await PausableProxy.open(Number(at.port));
  at.port = `${proxy.port}`;
  await serve(url, at.href, () => gone.resolve());
  await serve(url, url, () => {});
});
afterAll(async () => {
  for (const live of lives) live.close();
  await Promise.all(buses.map((bus) => bus.close()));
  for (const server of servers) await server.close();
  await proxy?.cut().catch(() => {});
});

const add = (id: string): Edit => ({ do: 'node.add', node: { id, kind: 'flow.buffer' }, at: { x: 0, y: 0 } });
const type = (at: number, text: string): Edit => ({
  do: 'text.edit',
  name: 'description',
  change: at === 0 ? [text] : [at, text],
});
const shown = ({ store }: Replica) => store.state.get().shown;

/** Everybody draws, wires, moves what another has, types in one text, and takes some of it back. */
function edit(people: readonly Replica[], round: string): void {
  for (let n = 0; n < 6; n++)
    for (const [at, { store }] of people.entries()) {
      const id = `${round}-${at}-${n}`;
      store.commit(`add ${id}`, [add(id)]);
      if (n > 0) store.commit(`wire ${id}`, [connect(`${round}-${at}-${n - 1}`, id)]);
      store.commit(`move ${id}`, [{ do: 'node.move', id: 'from', at: { x: n, y: at } }]);
      store.commit('type', [type(0, `${id} `)]);
      if (n === 3) store.undo();
      if (n === 4) store.commit(`delete ${id}`, [{ do: 'node.delete', id: `${round}-${at}-0` }]);
    }
}

const connect = (from: string, to: string): Edit => ({
  do: 'connect',
  connection: { id: `w-${to}`, from: { node: from, port: 'out' }, to: { node: to, port: 'in' } },
});

describe('two servers, and people spread over both', () => {
  it('[W40] [W41] [E30] all see the same, also while the bus of one is paused until it is given up, and after', async () => {
    const [here, there] = servers as [RealServer, RealServer];
    const room = await Room.open(here, pipeline('Shared'));
    const people = [
      await room.join('Ann'),
      await room.join('Bea', { server: there }),
      await room.join('Cid'),
      await room.join('Dan', { server: there }),
    ];
    edit(people, 'before');
    await room.settled();
    proxy.pause();
    edit(people, 'paused');
    await room.settled();
    for (const person of people) expect(shown(person)).toEqual({ ...shown(people[0] as Replica), updatedAt: expect.any(String) });
    // Ten seconds without an answer: the bus is taken for gone.
    people[0]?.store.commit('move', [{ do: 'node.move', id: 'to', at: { x: 1, y: 1 } }]);
    await gone.promise;
    edit(people, 'gone');
    proxy.resume();
    edit(people, 'back');
    expect(await room.faults()).toEqual([]);
    const { description, nodes } = shown(people[3] as Replica);
    for (const round of ['before', 'paused', 'gone', 'back'])
      for (const at of people.keys()) {
        expect(description).toContain(`${round}-${at}-5 `);
        expect(Object.keys(nodes)).toContain(`${round}-${at}-5`);
      }
    room.close();
    expect([...lives.flatMap(({ reported }) => reported), ...servers.flatMap(({ reported }) => reported)]).toEqual([]);
  });
});

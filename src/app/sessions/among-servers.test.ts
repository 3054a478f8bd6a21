import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Happening } from '#app/feed.ts';
import { owner } from '#app/parts.ts';
import { openGate, pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { ManualClock } from '#base/clock.ts';
import { type RealPostgres, startRealPostgres } from '#store/testing/real-postgres.ts';

/** Servers that share a database, and what each does about the sessions of the others. */

const caller = owner('test');

let postgres: RealPostgres;
let url: string;
beforeAll(async () => {
  postgres = await startRealPostgres();
});
afterAll(() => postgres?.stop());

/** A server whose clock stands still unless the test moves it. */
class Server {
  readonly real: RealApp;
  readonly told: Happening[] = [];
  readonly #clock: ManualClock;

  private constructor(real: RealApp, clock: ManualClock) {
    this.real = real;
    this.#clock = clock;
    real.app.feed.listen((happening) => void this.told.push(happening));
  }

  static async started(): Promise<Server> {
    const clock = new ManualClock(Date.now());
    const server = new Server(await realApp({ url }, clock), clock);
    await server.real.app.join();
    return server;
  }

  /** Lets so many beats come, each after the one before. */
  async beats(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      await vi.waitFor(() => expect(this.#clock.pending).toBeGreaterThan(0));
      this.#clock.advanceToNext();
      await vi.waitFor(() => expect(this.#clock.pending).toBeGreaterThan(0));
    }
  }

  async running(gate: string): Promise<string> {
    const made = await this.real.app.createDesign(caller, pipeline(gate, { gate }));
    if (made.is !== 'created') throw new Error(made.is);
    const { id } = await this.real.app.executeDesign(caller, made.design.id);
    await vi.waitFor(async () => expect(await this.state(id)).toBe('running'));
    return id;
  }

  async state(id: string): Promise<string> {
    return (await this.real.app.getSession(caller, id)).state;
  }

  ended(id: string): unknown {
    return this.told.find((told) => told.type === 'session.status' && told.session.id === id && told.session.state === 'failed');
  }
}

/** As if a lease had gone by on the database's clock in which nothing was heard of any server. */
async function silence({ real }: Server): Promise<void> {
  await sql`UPDATE servers SET alive_until = now() - interval '1 millisecond'`.execute(real.db);
}

test('[S84] [S85] a server that starts leaves the sessions of the others alone; those of one that is gone are failed, and told', async () => {
  url = await postgres.freshUrl();
  const [one, two] = [await Server.started(), await Server.started()];
  const [gone, kept] = [await one.running('gone'), await two.running('kept')];
  const three = await Server.started();
  await three.beats(4);
  expect([await three.state(gone), await three.state(kept)]).toEqual(['running', 'running']);
  // All were late: each has as long as a lease to say that it lives, and the first does not.
  await silence(two);
  for (let n = 0; n < 3; n++) {
    await three.beats(1);
    await two.beats(1);
  }
  expect([await three.state(gone), await three.state(kept)]).toEqual(['running', 'running']);
  await three.beats(1);
  expect([await three.state(gone), await three.state(kept)]).toEqual(['failed', 'running']);
  expect(three.ended(gone)).toMatchObject({ session: { fault: { code: 'SERVER_STOPPED' } } });
  openGate('gone');
  openGate('kept');
  for (const server of [one, two, three]) await server.real.close();
});

test('[S86] a server whose sessions were taken for failed stops them, and says so once', async () => {
  url = await postgres.freshUrl();
  const [one, two] = [await Server.started(), await Server.started()];
  const lost = await one.running('lost');
  await two.beats(3);
  await sql`UPDATE servers SET alive_until = now() - interval '1 millisecond'
    WHERE id = (SELECT host FROM execution_sessions WHERE id = ${lost})`.execute(two.real.db);
  await two.beats(1);
  expect(await one.state(lost)).toBe('failed');
  expect(one.real.app.watchSession(caller, lost)?.state).toBe('running');
  await one.beats(1);
  await vi.waitFor(() => expect(one.real.app.watchSession(caller, lost)?.state).toBe('stopped'));
  expect(await one.state(lost)).toBe('failed');
  // It goes on as one of the servers.
  const next = await one.running('next');
  await two.beats(4);
  await one.beats(1);
  expect(await two.state(next)).toBe('running');
  expect(one.real.reported).toMatchObject([{ code: 'APP_SESSIONS_GIVEN_UP', facts: { sessionIds: [lost] } }]);
  for (const server of [one, two]) await server.real.close();
});

test('[S83] a server that ends leaves the list, so that nothing waits for its lease', async () => {
  url = await postgres.freshUrl();
  const [one, two] = [await Server.started(), await Server.started()];
  await one.real.close();
  const { rows } = await sql`SELECT id FROM servers`.execute(two.real.db);
  expect(rows).toHaveLength(1);
  await two.real.close();
});

test('[S85] while the database is away nothing is said of it, and no session is lost', async () => {
  url = await postgres.freshUrl();
  const [one, two] = [await Server.started(), await Server.started()];
  const id = await one.running('away');
  await postgres.crash();
  await one.beats(1);
  await two.beats(1);
  await postgres.restart();
  await silence(one);
  await two.beats(3);
  expect(await two.state(id)).toBe('running');
  await one.beats(1);
  await two.beats(2);
  expect(await two.state(id)).toBe('running');
  for (const server of [one, two]) {
    await server.real.close();
    expect(server.real.reported).toEqual([]);
  }
});

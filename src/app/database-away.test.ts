import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { type Database, openDatabase } from '#store/database/database.ts';
import { Metrics } from '#store/metrics.ts';
import { Sessions } from '#store/sessions.ts';
import { type RealPostgres, startRealPostgres } from '#store/testing/real-postgres.ts';
import type { Happening } from './feed.ts';
import { owner } from './parts.ts';
import { openGate, pipeline, type RealApp, realApp } from './testing/real-app.ts';

/** A database server that goes away while sessions run. */

const caller = owner('test');
const awayMs = 30_000;

let postgres: RealPostgres;
let url: string;
beforeAll(async () => {
  postgres = await startRealPostgres();
  url = await postgres.freshUrl();
});
afterAll(() => postgres?.stop());

/** What is told of sessions, taken in the order in which it was. */
class News {
  readonly #told: Happening[] = [];
  #heard = Promise.withResolvers<void>();

  constructor({ app }: RealApp) {
    app.feed.listen((happening) => {
      this.#told.push(happening);
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    });
  }

  async of(id: string, what: string): Promise<Happening> {
    for (;;) {
      const at = this.#told.findIndex((told) =>
        told.type === 'session.status'
          ? told.session.id === id && told.session.state === what
          : told.type === 'session.fault' && told.sessionId === id && told.fault.code === what,
      );
      if (at >= 0) return this.#told.splice(at, 1)[0] as Happening;
      await this.#heard.promise;
    }
  }

  count(type: Happening['type']): number {
    return this.#told.filter((told) => told.type === type).length;
  }
}

async function running(real: RealApp, gate: string, news: News): Promise<string> {
  const made = await real.app.createDesign(caller, pipeline(gate, { count: 3, gate }));
  if (made.is !== 'created') throw new Error(made.is);
  const { id } = await real.app.executeDesign(caller, made.design.id);
  await news.of(id, 'running');
  return id;
}

async function stored(id: string) {
  const database: Database = await openDatabase({ url });
  const clock = new ManualClock();
  const session = await new Sessions(database.db, clock, 'test').get(id);
  const metrics = await new Metrics(database.db).read(id, { limit: 10 });
  await database.close();
  return { session, counts: metrics.map(({ node, received, sent }) => [node, received, sent]) };
}

test('[H23] a session whose end cannot be recorded says so, and is recorded as it ended when the database is back', async () => {
  const clock = new ManualClock(1_700_000_000_000);
  const real = await realApp({ url }, clock);
  const news = new News(real);
  const ids = [await running(real, 'crash a', news), await running(real, 'crash b', news)];
  await postgres.crash();
  const endedAt = new Date(clock.now()).toISOString();
  openGate('crash a');
  openGate('crash b');
  for (const id of ids) {
    const told = await news.of(id, 'STORE_UNREACHABLE');
    expect(told).toMatchObject({ fault: { message: expect.stringMatching(/^What this session does is not recorded now/) } });
    // What is counted is here, and what is stored is not to be had.
    await expect(real.app.getSession(caller, id)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', blame: 'world' });
    expect(await real.app.sessionMetrics(caller, id)).toMatchObject({ state: 'completed' });
  }
  // Each alarm of the clock is another try, and each fails.
  for (const untilMs = clock.now() + awayMs; clock.now() < untilMs; ) {
    const pending = clock.pending;
    expect(clock.advanceToNext()).toBe(true);
    while (clock.pending < pending) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(news.count('session.fault')).toBe(0);
  await postgres.restart();
  while (clock.advanceToNext());
  for (const id of ids) {
    await news.of(id, 'completed');
    expect(await stored(id)).toMatchObject({
      session: { state: 'completed', endedAt },
      counts: [
        ['from', 0, 3],
        ['to', 3, 0],
      ],
    });
  }
  await real.close();
  expect(real.reported).toEqual([]);
});

test('[H23] a database that is there and silent is one that is away', async () => {
  const clock = new ManualClock();
  const real = await realApp({ url, answerMs: 500 }, clock);
  const news = new News(real);
  const id = await running(real, 'frozen', news);
  await postgres.freeze();
  openGate('frozen');
  await news.of(id, 'STORE_UNREACHABLE');
  await expect(real.app.getSession(caller, id)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  await postgres.thaw();
  clock.advanceToNext();
  await news.of(id, 'completed');
  expect((await stored(id)).counts).toHaveLength(2);
  await real.close();
});

test('[H23] closed meanwhile, the server does not wait for it; the next one says that the session was cut off', async () => {
  const real = await realApp({ url }, new ManualClock());
  const news = new News(real);
  const id = await running(real, 'closed', news);
  await postgres.crash();
  await real.close();
  expect(new Set(real.reported.map((thrown) => (thrown as { code: string }).code))).toEqual(new Set(['STORE_UNREACHABLE']));
  await postgres.restart();
  const database = await openDatabase({ url });
  const sessions = new Sessions(database.db, new ManualClock(), 'next');
  expect((await sessions.failThoseLeftRunning()).map((session) => session.id)).toContain(id);
  expect(await sessions.get(id)).toMatchObject({ state: 'failed', fault: { code: 'SERVER_STOPPED' } });
  await database.close();
});

test('a session that cannot be stored does not run, and leaves nothing that seems to', async () => {
  const real = await realApp({ url }, new ManualClock());
  const news = new News(real);
  const id = await running(real, 'refused', news);
  const { designId } = await real.app.getSession(caller, id);
  openGate('refused');
  await news.of(id, 'completed');
  await postgres.crash();
  await expect(real.app.executeDesign(caller, designId)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  await postgres.restart();
  const again = await real.app.executeDesign(caller, designId);
  await news.of(again.id, 'completed');
  await real.close();
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import type { CodedError } from '#base/errors.ts';
import { openDatabase } from '#store/database/database.ts';
import { databaseIdentity } from '#store/database/database-identity.ts';
import { type RealPostgres, startRealPostgres } from '#store/testing/real-postgres.ts';
import { type RealRedis, startRealRedis } from '#store/testing/real-redis.ts';
import { PostgresBus } from './postgres-bus.ts';
import { RedisBus } from './redis-bus.ts';

type Bus = PostgresBus | RedisBus;

/** A bus with what came over it. */
class Ear {
  readonly bus: Bus;
  readonly heard: string[] = [];
  backs = 0;
  #moved = Promise.withResolvers<void>();

  constructor(bus: Bus) {
    this.bus = bus;
    bus.listen(
      (text) => {
        this.heard.push(text);
        this.#moved.resolve();
      },
      () => {
        this.backs++;
        this.#moved.resolve();
      },
    );
  }

  async until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      await this.#moved.promise;
      this.#moved = Promise.withResolvers();
    }
  }
}

interface Place {
  make(report: (thrown: unknown) => void): Promise<Bus>;
  crash(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

let postgres: RealPostgres;
beforeAll(async () => {
  postgres = await startRealPostgres();
});
afterAll(() => postgres?.stop());

async function onPostgres(): Promise<Place> {
  const url = await postgres.freshUrl();
  const make = async (report: (thrown: unknown) => void): Promise<Bus> => new PostgresBus({ url, clock: systemClock, report });
  return { make, crash: postgres.crash, restart: postgres.restart, stop: async () => {} };
}

async function onRedis(): Promise<Place> {
  const real: RealRedis = await startRealRedis();
  return { ...real, make: (report) => RedisBus.create({ url: real.url, channel: 'test', report }) };
}

describe.each([
  ['LISTEN and NOTIFY', onPostgres],
  ['Redis', onRedis],
])('[W40] the bus of %s', (_name, start) => {
  let place: Place;
  const reported: unknown[] = [];
  const buses: Bus[] = [];
  beforeAll(async () => {
    place = await start();
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    reported.length = 0;
  });
  afterAll(() => place?.stop());

  async function ear(): Promise<Ear> {
    const made = new Ear(await place.make((thrown) => void reported.push(thrown)));
    buses.push(made.bus);
    await made.until(() => made.backs === 1);
    return made;
  }

  /** Publishes until the other has heard: which of the two is connected first is not known. */
  async function connected(from: Ear, to: Ear): Promise<void> {
    const beat = setInterval(() => from.bus.publish('beat'), 20);
    await to.until(() => to.heard.includes('beat'));
    clearInterval(beat);
  }

  it('carries texts to the others and to oneself, in their order, whatever is in them and however long they are', async () => {
    const [a, b] = [await ear(), await ear()];
    await connected(a, b);
    const texts = ['short', '', `long ${'x'.repeat(100_000)}`, 'ü€😀\n"\'\\ '.repeat(5_000), '😀'.repeat(9_999), 'last'];
    for (const text of texts) a.bus.publish(text);
    for (const one of [a, b]) {
      await one.until(() => one.heard.includes('last'));
      expect(one.heard.filter((text) => text !== 'beat')).toEqual(texts);
    }
    expect(reported).toEqual([]);
  });

  it('each says once that it is away, throws nothing meanwhile, and says when it is back', async () => {
    const [a, b] = [await ear(), await ear()];
    await connected(a, b);
    await place.crash();
    for (let n = 0; n < 100; n++) a.bus.publish('lost');
    await place.restart();
    await a.until(() => a.backs === 2);
    await b.until(() => b.backs === 2);
    a.heard.length = 0;
    b.heard.length = 0;
    await connected(a, b);
    await connected(b, a);
    expect(reported.map((thrown) => (thrown as CodedError).code)).toEqual(['STORE_BUS_AWAY', 'STORE_BUS_AWAY']);
  });

  it('makes new connections when it is told that nothing comes', async () => {
    const [a, b] = [await ear(), await ear()];
    a.bus.reconnect();
    await a.until(() => a.backs === 2);
    await connected(a, b);
    await connected(b, a);
  });
});

it('[W40] a database is called the same by all who have it open, and another one differently', async () => {
  const urls = [await postgres.freshUrl(), await postgres.freshUrl()];
  const [one, same, other] = await Promise.all([urls[0], urls[0]?.replace('127.0.0.1', 'localhost'), urls[1]].map(nameAt));
  expect(one).toBe(same);
  expect(one).not.toBe(other);
});

async function nameAt(url: string | undefined): Promise<string> {
  const { db, close } = await openDatabase({ url });
  const name = await databaseIdentity(db);
  await close();
  return name;
}

import { randomInt } from 'node:crypto';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealServer, realServer } from '#api/http/testing/real-server.ts';
import type { DatabasePlace } from '#store/database/database.ts';
import { Snapshots } from '#store/designs/snapshots.ts';
import { playHistory } from './history.ts';
import { liveParts } from './room.ts';

// biome-ignore lint/style/noProcessEnv: so a test is told; the program itself reads its environment in one place.
const { HISTORIES = '300', CHECK_SEED = randomInt(2 ** 31) } = process.env;
/** HISTORIES=20000 plays more, half of them on each database; CHECK_SEED repeats what is done, not when it arrives. */
const count = Math.ceil(Number(HISTORIES) / 2);
const seed = Number(CHECK_SEED);
/** Each waits for sockets and the database most of its time. */
const atOnce = 16;
const steps = 24;

/** Histories at random on the real server, with its data in a database of this kind. */
export function histories(database: string, place: DatabasePlace | undefined): void {
  const live = liveParts();
  let server: RealServer;
  beforeAll(async () => {
    server = await realServer({ socketsPerAddress: 1_000 }, place, live.liveOf);
  });
  afterAll(async () => {
    live.close();
    await server.close();
  });

  describe(`three pages and requests on one design, with ${database}`, () => {
    it(
      '[E30] [E17] [R2] see the same in the end, nothing ever dangles, the log leads to the tables, what was refused changed nothing',
      async () => {
        let next = 0;
        let [commits, refused] = [0, 0];
        const worker = async (): Promise<void> => {
          for (let number = next++; number < count; number = next++) {
            const played = await playHistory(server, new Snapshots(server.db), seed + number, steps);
            expect(played.faults, `seed ${seed + number}`).toEqual([]);
            commits += played.commits;
            refused += played.refused;
          }
        };
        await Promise.all(Array.from({ length: atOnce }, worker));
        expect([...live.reported, ...server.reported]).toEqual([]);
        // What is played must be worth playing; of one alone nothing can be said.
        if (count < 100) return;
        expect(commits).toBeGreaterThan(count * 4);
        expect(refused).toBeGreaterThan(count / 8);
      },
      600_000 + count * 1_000,
    );
  });
}

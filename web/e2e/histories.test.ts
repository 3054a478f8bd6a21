import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealServer, realServer } from '#api/http/testing/real-server.ts';
import { Snapshots } from '#store/snapshots.ts';
import { playHistory } from './testing/histories.ts';
import { liveParts } from './testing/room.ts';

/** HISTORIES=20000 plays more; CHECK_SEED repeats what is done, not when it arrives. */
const count = Number(process.env['HISTORIES'] ?? 300);
const seed = Number(process.env['CHECK_SEED'] ?? Date.now() % 2 ** 31);
const atOnce = 8;
const steps = 24;

const live = liveParts();
let server: RealServer;
beforeAll(async () => {
  server = await realServer({ socketsPerAddress: 1_000 }, undefined, live.liveOf);
});
afterAll(async () => {
  live.close();
  await server.close();
});

describe('three pages and requests on one design', () => {
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
      // What is played must be worth playing.
      expect(commits).toBeGreaterThan(count * 4);
      expect(refused).toBeGreaterThan(count / 8);
    },
    600_000 + count * 1_000,
  );
});

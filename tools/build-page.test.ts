import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isStale } from './build-page.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stale-'));
  for (const [name, seconds] of Object.entries({ old: 1_000, made: 2_000, young: 3_000 })) {
    await writeFile(at(name), '');
    await utimes(at(name), seconds, seconds);
  }
});

afterAll(() => rm(folder, { recursive: true }));

test('[P1] what is missing is stale', async () => {
  expect(await isStale(at('nothing'), [])).toBe(true);
});

test('[P2] what is younger than all its sources is fresh', async () => {
  expect(await isStale(at('made'), [at('old'), at('nothing')])).toBe(false);
});

test('[P3] one younger source makes it stale', async () => {
  expect(await isStale(at('made'), [at('old'), at('young')])).toBe(true);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './folder-lock.ts';

const since = '2026-01-01T00:00:00.000Z';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csp-lock-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('[L1] a folder that is taken is refused until it is given back, and the refusal names the holder', async () => {
  const unlock = await lockFolder(folder, since);
  const refused = lockFolder(folder, since);
  await expect(refused).rejects.toMatchObject({ code: 'STORE_FOLDER_LOCKED', facts: { folder, pid: process.pid, since } });
  await unlock();
  await (await lockFolder(folder, since))();
  const again = await lockFolder(folder, since);
  await unlock();
  await expect(lockFolder(folder, since)).rejects.toMatchObject({ code: 'STORE_FOLDER_LOCKED' });
  await again();
  expect(await readdir(folder)).toEqual(['lock.3']);
});

test('[L2] of many that find a dead holder’s lock at once, one takes it over, time after time', async () => {
  const dead = JSON.stringify({ pid: await deadProcess(), born: '', since });
  await writeFile(join(folder, 'lock.1'), dead);
  for (let round = 1; round <= 30; round++) {
    const tried = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder, since)));
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const files = await readdir(folder);
    expect(files).toHaveLength(1);
    await writeFile(join(folder, files[0] ?? ''), dead);
  }
});

test('[L1] many that come and go are never in it together', async () => {
  let inside = 0;
  let most = 0;
  let visits = 0;
  const visit = async (): Promise<void> => {
    for (let attempt = 0; attempt < 30; attempt++) {
      const unlock = await lockFolder(folder, since).catch(() => undefined);
      if (unlock === undefined) continue;
      most = Math.max(most, ++inside);
      visits++;
      await readdir(folder);
      inside--;
      await unlock();
    }
  };
  await Promise.all(Array.from({ length: 10 }, visit));
  expect(most).toBe(1);
  expect(visits).toBeGreaterThan(10);
});

test('[L2] a lock that says nothing readable has no holder', async () => {
  for (const text of ['', 'not json', '{"pid":"one"}', '{"pid":-1}']) {
    await writeFile(join(folder, 'lock.1'), text);
    const unlock = await lockFolder(folder, since);
    await unlock();
    await rm(join(folder, 'lock.2'));
  }
});

test.runIf(process.platform === 'linux')('[L3] another process that got the same number is not the holder', async () => {
  await writeFile(join(folder, 'lock.1'), JSON.stringify({ pid: process.pid, born: 'another-boot/1', since }));
  const unlock = await lockFolder(folder, since);
  expect(await readdir(folder)).toEqual(['lock.2']);
  await unlock();
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
  await unlock();
  expect(await readdir(folder)).toEqual([]);
  await (await lockFolder(folder, since))();
});

test('[L2] of many that find a dead holder’s lock, one takes it over', async () => {
  await writeFile(join(folder, 'lock'), JSON.stringify({ pid: await deadProcess(), born: '', since }));
  const tried = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder, since)));
  expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['lock']);
});

test('[L2] a lock that says nothing readable has no holder', async () => {
  for (const text of ['', 'not json', '{"pid":"one"}', '{"pid":-1}']) {
    await writeFile(join(folder, 'lock'), text);
    await (await lockFolder(folder, since))();
  }
});

test.runIf(process.platform === 'linux')('[L3] another process that got the same number is not the holder', async () => {
  const earlier = JSON.stringify({ pid: process.pid, born: 'another-boot/1', since });
  await writeFile(join(folder, 'lock'), earlier);
  const unlock = await lockFolder(folder, since);
  expect(await readFile(join(folder, 'lock'), 'utf8')).not.toBe(earlier);
  await unlock();
});

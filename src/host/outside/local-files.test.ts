import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Files } from '#kit/tools.ts';
import { localFiles } from './local-files.ts';

const free = new AbortController().signal;
let outer: string;
let root: string;
let files: Files;

beforeEach(async () => {
  outer = await mkdtemp(join(tmpdir(), 'local-files-'));
  root = join(outer, 'root');
  await mkdir(root);
  files = localFiles(root);
});
afterEach(() => rm(outer, { recursive: true }));

async function textOf(path: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of files.read(path, free)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function put(path: string, text: string, mode: 'replace' | 'append' = 'replace'): Promise<void> {
  const writer = await files.write(path, mode);
  await writer.write(Buffer.from(text));
  await writer.close();
}

describe('reading and writing', () => {
  test('what is written is read, folders on the way are made', async () => {
    await put('a/b/c.txt', 'one');
    await put('a/b/c.txt', ' two', 'append');
    expect(await textOf('a/./b//c.txt')).toBe('one two');
  });

  test('a file longer than one piece comes in order', async () => {
    const long = Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`).join('');
    await put('long.txt', long);
    expect(await textOf('long.txt')).toBe(long);
  });

  test('[L2] until it is closed the old content stands, and abandoned there is no trace of the new', async () => {
    await put('x.txt', 'old');
    const writer = await files.write('x.txt', 'replace');
    await writer.write(Buffer.from('new'));
    expect(await textOf('x.txt')).toBe('old');
    expect((await files.list('')).map(({ path }) => path)).toEqual(['x.txt']);
    await writer.abandon();
    await writer.close();
    expect(await readdir(root)).toEqual(['x.txt']);
    expect(await textOf('x.txt')).toBe('old');
  });

  test('the list has the plain files of one folder, by name', async () => {
    await put('b.txt', '12');
    await put('a.txt', '');
    await put('sub/c.txt', '');
    expect((await files.list('.')).map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ['a.txt', 0],
      ['b.txt', 2],
    ]);
    expect((await files.list('sub')).map(({ path }) => path)).toEqual(['sub/c.txt']);
  });

  test('what is not there, is a folder or is no folder is said so', async () => {
    await put('a.txt', '');
    await mkdir(join(root, 'folder'));
    await expect(textOf('none.txt')).rejects.toMatchObject({ code: 'KIT_FILE_MISSING', message: 'There is no file none.txt.' });
    await expect(textOf('folder')).rejects.toThrowError('it is a folder');
    await expect(put('folder', '')).rejects.toThrowError('it is a folder');
    await expect(put('', '')).rejects.toThrowError('needs a name');
    await expect(textOf('a.txt/b')).rejects.toMatchObject({ code: 'KIT_FILE_UNUSABLE' });
    await expect(put('a.txt/b', '')).rejects.toMatchObject({ code: 'KIT_FILE_UNUSABLE' });
    await expect(files.list('none')).rejects.toMatchObject({ code: 'KIT_FILE_MISSING' });
  });

  test('an aborted reading stops and closes the file', async () => {
    await put('a.txt', 'x'.repeat(200_000));
    const stop = new AbortController();
    const pieces = files.read('a.txt', stop.signal)[Symbol.asyncIterator]();
    await pieces.next();
    stop.abort();
    await expect(pieces.next()).rejects.toThrowError(/abort/i);
  });
});

describe('the jail', () => {
  const ways = ['..', '../x', 'a/../../x', 'a/..', '/etc/passwd', 'C:/x', 'C:x', 'a\\b', 'x\0y'];

  test.each(ways)('[L1] %j is refused for reading, writing, listing and watching', async (path) => {
    const refused = { code: 'KIT_FILE_OUTSIDE' };
    await expect(textOf(path)).rejects.toMatchObject(refused);
    await expect(files.write(path, 'replace')).rejects.toMatchObject(refused);
    await expect(files.list(path)).rejects.toMatchObject(refused);
    await expect(files.watch(path, free)[Symbol.asyncIterator]().next()).rejects.toMatchObject(refused);
  });

  test('[L1] no link leads out, neither of a file nor of a folder', async () => {
    await writeFile(join(outer, 'secret.txt'), 'secret');
    await symlink(join(outer, 'secret.txt'), join(root, 'link.txt'));
    await symlink(outer, join(root, 'way'));
    const refused = { code: 'KIT_FILE_OUTSIDE' };
    await expect(textOf('link.txt')).rejects.toMatchObject(refused);
    await expect(textOf('way/secret.txt')).rejects.toMatchObject(refused);
    await expect(put('way/new.txt', 'x')).rejects.toMatchObject(refused);
    await expect(put('way/deep/new.txt', 'x')).rejects.toMatchObject(refused);
    await expect(put('link.txt', 'x', 'append')).rejects.toMatchObject(refused);
    await expect(files.list('way')).rejects.toMatchObject(refused);
    expect(await files.list('')).toEqual([]);
    // Replacing replaces the link, not what it leads to.
    await put('link.txt', 'mine');
    expect(await readFile(join(outer, 'secret.txt'), 'utf8')).toBe('secret');
    expect((await readdir(outer)).sort()).toEqual(['root', 'secret.txt']);
  });

  test('[L1] a link within the folder is followed', async () => {
    await put('real.txt', 'x');
    await symlink('real.txt', join(root, 'alias.txt'));
    expect(await textOf('alias.txt')).toBe('x');
  });

  test.runIf(process.platform !== 'win32')('[L3] what is no plain file is refused at once', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    await expect(textOf('socket')).rejects.toThrowError('not a plain file');
    await expect(put('socket', 'x', 'append')).rejects.toThrowError('not a plain file');
    expect(await files.list('')).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });
});

test('a watch tells what was made, changed and gone, until the signal', async () => {
  const stop = new AbortController();
  const facts = files.watch('', stop.signal)[Symbol.asyncIterator]();
  const first = facts.next();
  let seen = false;
  void first.then(() => {
    seen = true;
  });
  // The watch begins some turns after it is asked for; a file changed before is not news.
  for (let n = 0; !seen; n++) {
    await writeFile(join(root, 'a.txt'), 'x'.repeat(n));
    await setImmediate();
  }
  expect((await first).value).toMatchObject({ path: 'a.txt' });
  await rm(join(root, 'a.txt'));
  let last = await facts.next();
  while (!last.done && last.value.sizeBytes >= 0) last = await facts.next();
  expect(last.value).toMatchObject({ path: 'a.txt', sizeBytes: -1 });
  stop.abort();
  expect((await facts.next()).done).toBe(true);
});

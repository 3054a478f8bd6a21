import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Files } from '../../tools.ts';

const free = new AbortController().signal;

async function textOf(files: Files, path: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of files.read(path, free)) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

async function put(files: Files, path: string, text: string, mode: 'replace' | 'append' = 'replace'): Promise<void> {
  const writer = await files.write(path, mode);
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

/** What every `Files` keeps: a component tested with files in memory finds the same on a disk. */
export function describeFiles(name: string, make: () => Promise<{ files: Files; remove: () => Promise<void> }>): void {
  let files: Files;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ files, remove } = await make());
  });
  afterEach(() => remove());

  describe(`${name} keeps what Files promises`, () => {
    it('what is written is read, by any spelling of the path', async () => {
      await put(files, 'a/b/c.txt', 'one');
      await put(files, 'a/b/c.txt', ' two', 'append');
      expect(await textOf(files, './a//b/c.txt')).toBe('one two');
    });

    it('replace shows the new content at close, and abandoned never', async () => {
      await put(files, 'x', 'old');
      const writer = await files.write('x', 'replace');
      await writer.write(new TextEncoder().encode('new'));
      expect(await textOf(files, 'x')).toBe('old');
      await writer.abandon();
      await writer.close();
      expect(await textOf(files, 'x')).toBe('old');
    });

    it('append shows it at once', async () => {
      const writer = await files.write('x', 'append');
      await writer.write(new TextEncoder().encode('now'));
      expect(await textOf(files, 'x')).toBe('now');
      await writer.close();
    });

    it('lists the files of one folder, by name', async () => {
      for (const path of ['b', 'a', 'sub/c', 'sub/deep/d']) await put(files, path, path);
      expect((await files.list('')).map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
        ['a', 1],
        ['b', 1],
      ]);
      expect((await files.list('sub')).map(({ path }) => path)).toEqual(['sub/c']);
    });

    it('what is not there or is no file is said so', async () => {
      await put(files, 'folder/file', '');
      await expect(textOf(files, 'none')).rejects.toMatchObject({ code: 'KIT_FILE_MISSING', message: 'There is no file none.' });
      await expect(files.list('none')).rejects.toMatchObject({ code: 'KIT_FILE_MISSING' });
      await expect(textOf(files, 'folder')).rejects.toMatchObject({ code: 'KIT_FILE_UNUSABLE' });
      await expect(put(files, 'folder', '')).rejects.toMatchObject({ code: 'KIT_FILE_UNUSABLE' });
      await expect(put(files, 'folder/file/below', '')).rejects.toMatchObject({ code: 'KIT_FILE_UNUSABLE' });
      await expect(put(files, '', '')).rejects.toMatchObject({ code: 'KIT_FILE_UNUSABLE' });
    });

    it.each(['../x', '/etc/passwd', 'a/../../b', 'C:/x', 'a\\b', 'a\0b'])('%j leads outside', async (path) => {
      const refused = { code: 'KIT_FILE_OUTSIDE' };
      await expect(textOf(files, path)).rejects.toMatchObject(refused);
      await expect(files.write(path, 'replace')).rejects.toMatchObject(refused);
      await expect(files.list(path)).rejects.toMatchObject(refused);
    });

    it('an aborted reading stops', async () => {
      await put(files, 'long', 'x'.repeat(300_000));
      const stop = new AbortController();
      const pieces = files.read('long', stop.signal)[Symbol.asyncIterator]();
      await pieces.next();
      stop.abort();
      await expect(pieces.next()).rejects.toThrow(/abort/i);
    });

    it('watching tells changes until the signal', async () => {
      await put(files, 'd/a', '1');
      const stop = new AbortController();
      const sizes: number[] = [];
      const watching = (async () => {
        for await (const { path, sizeBytes } of files.watch('d', stop.signal)) {
          if (path === 'd/b') sizes.push(sizeBytes);
          if (sizeBytes === 3) stop.abort();
        }
      })();
      // Nobody says when a watch has begun: write until it has seen it.
      while (!stop.signal.aborted) {
        await put(files, 'd/b', '123');
        await new Promise((resolve) => setImmediate(resolve));
      }
      await watching;
      expect(sizes.at(-1)).toBe(3);
    });
  });
}

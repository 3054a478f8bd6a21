import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, realpath, rename, rm, stat, watch } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { CodedError, messageOf } from '#base/errors.ts';
import { fileMissing, fileOutside, fileUnusable, pathNames } from '#kit/file-path.ts';
import type { FileFact, Files, FileWriter } from '#kit/tools.ts';

/**
 * L1  No path leads out: not by `..`, an absolute path or a NUL, and not through a symbolic link, at reading or writing.
 * L2  `replace` writes beside the file and renames: a reader sees the old content or the new, never a part.
 * L3  Only plain files are opened: a pipe or a device in the folder would hold a thread for ever.
 *
 * Someone who may write into the folder at the same time could swap a folder on the way for a link between check and use;
 * whoever can do that has the rights of this process already.
 */

const pieceBytes = 65_536;
const partFile = /^\..+\.[0-9a-f-]{36}\.part$/;

/** The files of a folder of this machine. The folder is made when it is first written to. */
export function localFiles(rootFolder: string): Files {
  return {
    read: (path, signal) => read(rootFolder, path, signal),
    write: (path, mode) => translated(path, () => write(rootFolder, path, mode)),
    list: (folder) => translated(folder, () => list(rootFolder, folder)),
    watch: (folder, signal) => watchFolder(rootFolder, folder, signal),
  };
}

async function translated<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw inOurWords(path, cause);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this program may not',
  EPERM: 'this program may not',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  ELOOP: 'its links lead nowhere',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'its name is too long',
  EEXIST: 'something else has this name',
};

function inOurWords(path: string, cause: unknown): unknown {
  if (cause instanceof CodedError) return cause;
  const code = (cause as { code?: unknown }).code;
  if (code === 'ENOENT') return fileMissing({ detail: `There is no file ${path || '(root)'}.`, facts: { path }, cause });
  const reason = (typeof code === 'string' && reasons[code]) || messageOf(cause);
  return fileUnusable({ detail: `The file ${path || '(root)'} cannot be used: ${reason}.`, facts: { path }, cause });
}

// L1: a path that exists, with every link followed.
async function existing(rootFolder: string, path: string): Promise<string> {
  const names = pathNames(path);
  const root = await realpath(rootFolder);
  return inside(root, await realpath(join(root, ...names)), path);
}

function inside(root: string, real: string, path: string): string {
  if (real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)) return real;
  throw fileOutside({ detail: `The path ${JSON.stringify(path)} leads out of the folder of files by a link.`, facts: { path } });
}

async function openPlain(file: string, path: string, flags: number): Promise<FileHandle> {
  // Without waiting for a writer, should this be a pipe; asked before, so that nothing is opened that reacts to it.
  const before = await stat(file).catch(() => undefined);
  if (before !== undefined && !before.isFile()) throw notPlain(path, before);
  return open(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

function notPlain(path: string, facts: Stats): Error {
  const reason = facts.isDirectory() ? 'it is a folder' : 'it is not a plain file';
  return fileUnusable({ detail: `The file ${path || '(root)'} cannot be used: ${reason}.`, facts: { path } });
}

async function* read(rootFolder: string, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const handle = await translated(path, async () => openPlain(await existing(rootFolder, path), path, constants.O_RDONLY));
  try {
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead, buffer } = await translated(path, () => handle.read(new Uint8Array(pieceBytes), 0, pieceBytes, null));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

// L1: makes the folders on the way, none of them through a link that leads out.
async function folderFor(rootFolder: string, names: readonly string[], path: string): Promise<string> {
  await mkdir(rootFolder, { recursive: true });
  const root = await realpath(rootFolder);
  let folder = root;
  for (const name of names) {
    const next = join(folder, name);
    await mkdir(next).catch((thrown: { code?: unknown }) => {
      if (thrown.code !== 'EEXIST') throw thrown;
    });
    folder = inside(root, await realpath(next), path);
  }
  return folder;
}

async function write(rootFolder: string, path: string, mode: 'replace' | 'append'): Promise<FileWriter> {
  const names = pathNames(path);
  const name = names.at(-1);
  if (name === undefined) throw fileUnusable({ detail: 'A file to write needs a name.', facts: { path } });
  const file = join(await folderFor(rootFolder, names.slice(0, -1), path), name);
  const there = await lstat(file).catch(() => undefined);
  if (there?.isDirectory()) throw notPlain(path, there);
  if (mode === 'replace') return replacing(file, path);
  const target = there?.isSymbolicLink() ? await existing(rootFolder, path) : file;
  const { O_WRONLY, O_CREAT, O_APPEND } = constants;
  const handle = await openPlain(target, path, O_WRONLY | O_CREAT | O_APPEND);
  return writerOf(handle, path, { keep: async () => undefined, forget: async () => undefined });
}

async function replacing(file: string, path: string): Promise<FileWriter> {
  const name = file.slice(file.lastIndexOf(sep) + 1);
  const part = join(file, '..', `.${name.slice(0, 200)}.${randomUUID()}.part`);
  const handle = await open(part, 'wx');
  return writerOf(handle, path, {
    keep: () => rename(part, file),
    forget: () => rm(part, { force: true }),
  });
}

function writerOf(
  handle: FileHandle,
  path: string,
  { keep, forget }: { keep(): Promise<void>; forget(): Promise<void> },
): FileWriter {
  let open = true;
  const closing = async (then: () => Promise<void>): Promise<void> => {
    if (!open) return;
    open = false;
    await handle.close();
    await then();
  };
  return {
    write: (piece) => translated(path, () => handle.writeFile(piece)),
    async close() {
      if (!open) return;
      await translated(path, async () => {
        await handle.sync();
        await closing(keep);
      });
    },
    abandon: () => translated(path, () => closing(forget)),
  };
}

function factOf(path: string, facts: Stats): FileFact {
  return { path, sizeBytes: facts.size, changedAtMs: Math.round(facts.mtimeMs) };
}

// Undefined for what is no plain file below the root: a folder, a link that leads out.
async function factAt(rootFolder: string, path: string): Promise<FileFact | undefined> {
  try {
    const facts = await stat(await existing(rootFolder, path));
    return facts.isFile() ? factOf(path, facts) : undefined;
  } catch {
    return undefined;
  }
}

async function list(rootFolder: string, folder: string): Promise<readonly FileFact[]> {
  const real = await existing(rootFolder, folder);
  const names = (await readdir(real)).filter((name) => !partFile.test(name)).sort();
  const facts: FileFact[] = [];
  for (const name of names) {
    const fact = await factAt(rootFolder, [...pathNames(folder), name].join('/'));
    if (fact !== undefined) facts.push(fact);
  }
  return facts;
}

async function* watchFolder(rootFolder: string, folder: string, signal: AbortSignal): AsyncGenerator<FileFact> {
  const real = await translated(folder, () => existing(rootFolder, folder));
  let last: FileFact | undefined;
  try {
    for await (const { filename } of watch(real, { signal })) {
      if (filename === null || partFile.test(filename)) continue;
      const fact = await changeOf(rootFolder, real, [...pathNames(folder), filename].join('/'), filename);
      // The system often says one change twice.
      if (fact === undefined || sameFact(fact, last)) continue;
      last = fact;
      yield fact;
    }
  } catch (thrown) {
    if (!signal.aborted) throw inOurWords(folder, thrown);
  }
}

async function changeOf(rootFolder: string, real: string, path: string, name: string): Promise<FileFact | undefined> {
  const fact = await factAt(rootFolder, path);
  if (fact !== undefined) return fact;
  const isThere = await lstat(join(real, name)).catch(() => undefined);
  return isThere === undefined ? { path, sizeBytes: -1, changedAtMs: 0 } : undefined;
}

function sameFact(a: FileFact, b: FileFact | undefined): boolean {
  return a.path === b?.path && a.sizeBytes === b.sizeBytes && a.changedAtMs === b.changedAtMs;
}

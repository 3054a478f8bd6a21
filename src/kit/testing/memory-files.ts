import { fileMissing, fileUnusable, pathNames } from '../file-path.ts';
import type { FileFact, Files, FileWriter } from '../tools.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Held {
  bytes: Uint8Array;
  changedAtMs: number;
}

/** A folder in memory. It keeps the promises of `Files`; bytes are read in pieces of `pieceBytes`, so that seams are met. */
export class MemoryFiles implements Files {
  readonly #held = new Map<string, Held>();
  readonly #watchers = new Set<(fact: FileFact) => void>();
  readonly #now: () => number;
  readonly #pieceBytes: number;
  /** Files opened and not closed yet: zero once everybody has cleaned up. */
  open = 0;

  constructor(texts: Readonly<Record<string, string | Uint8Array>> = {}, now: () => number = () => 0, pieceBytes = 7) {
    this.#now = now;
    this.#pieceBytes = pieceBytes;
    for (const [path, text] of Object.entries(texts)) this.put(path, text);
  }

  /** Changes a file from outside. */
  put(path: string, content: string | Uint8Array): void {
    this.#set(inside(path), typeof content === 'string' ? encoder.encode(content) : content);
  }

  remove(path: string): void {
    this.#held.delete(path);
    this.#tell({ path, sizeBytes: -1, changedAtMs: this.#now() });
  }

  /** Every file as text, by path. */
  texts(): Record<string, string> {
    return Object.fromEntries([...this.#held].map(([path, { bytes }]) => [path, decoder.decode(bytes)]));
  }

  async *read(path: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    signal.throwIfAborted();
    const held = this.#held.get(this.#plain(path));
    if (held === undefined) throw fileMissing({ detail: `There is no file ${path}.`, facts: { path } });
    const { bytes } = held;
    this.open++;
    try {
      for (let at = 0; at < bytes.length; at += this.#pieceBytes) {
        yield bytes.slice(at, at + this.#pieceBytes);
        signal.throwIfAborted();
      }
    } finally {
      this.open--;
    }
  }

  async write(path: string, mode: 'replace' | 'append'): Promise<FileWriter> {
    const at = this.#plain(path);
    const pieces: Uint8Array[] = [];
    const before = (): Uint8Array => this.#held.get(at)?.bytes ?? new Uint8Array();
    if (mode === 'append' && !this.#held.has(at)) this.#set(at, new Uint8Array());
    this.open++;
    let isOpen = true;
    const closing = (): void => {
      if (isOpen) this.open--;
      isOpen = false;
    };
    return {
      write: async (piece) => {
        if (mode === 'append') this.#set(at, joined([before(), piece]));
        else pieces.push(piece.slice());
      },
      close: async () => {
        if (isOpen && mode === 'replace') this.#set(at, joined(pieces));
        closing();
      },
      abandon: async () => closing(),
    };
  }

  async list(folder: string): Promise<readonly FileFact[]> {
    const prefix = pathNames(folder)
      .map((name) => `${name}/`)
      .join('');
    const within = [...this.#held].filter(([path]) => path.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (prefix !== '' && within.length === 0)
      throw fileMissing({ detail: `There is no file ${folder}.`, facts: { path: folder } });
    const direct = within.filter(([path]) => !path.slice(prefix.length).includes('/'));
    return direct.map(([path, { bytes, changedAtMs }]) => ({ path, sizeBytes: bytes.length, changedAtMs }));
  }

  async *watch(folder: string, signal: AbortSignal): AsyncIterable<FileFact> {
    const prefix = pathNames(folder)
      .map((name) => `${name}/`)
      .join('');
    const facts: FileFact[] = [];
    let wake = (): void => {};
    const watcher = (fact: FileFact): void => {
      if (fact.path.startsWith(prefix)) facts.push(fact);
      wake();
    };
    this.#watchers.add(watcher);
    const aborted = (): void => wake();
    signal.addEventListener('abort', aborted);
    try {
      while (!signal.aborted) {
        const fact = facts.shift();
        if (fact !== undefined) yield fact;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#watchers.delete(watcher);
      signal.removeEventListener('abort', aborted);
    }
  }

  // A name is that of a file or that of a folder, never both.
  #plain(path: string): string {
    const at = inside(path);
    for (const other of this.#held.keys()) {
      if (other.startsWith(`${at}/`))
        throw fileUnusable({ detail: `The file ${path} cannot be used: it is a folder.`, facts: { path } });
      if (at.startsWith(`${other}/`))
        throw fileUnusable({ detail: `The file ${path} cannot be used: ${other} is no folder.`, facts: { path } });
    }
    return at;
  }

  #set(path: string, bytes: Uint8Array): void {
    this.#held.set(path, { bytes, changedAtMs: this.#now() });
    this.#tell({ path, sizeBytes: bytes.length, changedAtMs: this.#now() });
  }

  #tell(fact: FileFact): void {
    for (const watcher of this.#watchers) watcher(fact);
  }
}

function inside(path: string): string {
  const names = pathNames(path);
  if (names.length === 0) throw fileUnusable({ detail: 'The folder of files itself is no file.', facts: { path } });
  return names.join('/');
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

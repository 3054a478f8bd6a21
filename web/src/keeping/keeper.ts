import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { createStore, type Store } from '../base/store.ts';
import type { Line } from '../design/line.ts';
import { goneTabs } from './tab.ts';

/**
 * E39  What is not confirmed yet, what can be undone, and the confirmed design they are made on, in the browser's database: each tab keeps
 * its own, so none overwrites another's. What a tab that is gone has left waiting is taken over by one other.
 */
export interface Keeper {
  /** What this tab has kept of the design, or one that is gone has left waiting. */
  read(): Promise<Line | undefined>;
  /** What else was left waiting by tabs that are gone: each is to be sent and then forgotten. */
  takeOver(): Promise<readonly Left[]>;
  /** Keeps it soon: what this person did at once, what others did a little later. */
  keep(line: Line): void;
  /** How many of the waiting transactions are written: only these survive a reload. */
  readonly kept: Store<number>;
  /** Resolves when all is written. */
  rest(): Promise<void>;
  close(): void;
}

export interface Left {
  readonly line: Line;
  /** Keeps what still waits of it; forgets it when nothing does. */
  keep(line: Line): Promise<unknown>;
}

interface Around {
  readonly designId: string;
  readonly tab: string;
  readonly locks: Pick<LockManager, 'request' | 'query'> | undefined;
  /** Nothing can be kept here. */
  failed(error: unknown): void;
}

interface Kept {
  readonly designId: string;
  readonly tab: string;
  readonly line: Line;
}
interface Schema extends DBSchema {
  lines: { key: [designId: string, tab: string]; value: Kept };
}

const othersMs = 2_000;
const waits = ({ waiting, aside }: Line): boolean => waiting.length > 0 || aside !== undefined;
const isWorthIt = (line: Line): boolean => waits(line) || line.undo.length > 0 || line.redo.length > 0 || line.notes.length > 0;

/** Opens the keeper of one design in this tab. Where nothing can be kept it reads nothing and says so once. */
export function openKeeper(around: Around): Keeper {
  return new IndexedKeeper(around);
}

class IndexedKeeper implements Keeper {
  readonly kept = createStore(0);
  readonly #around: Around;
  readonly #database: Promise<IDBPDatabase<Schema> | undefined>;
  #latest: Line | undefined;
  #written: Line | undefined;
  #isThere = false;
  #writing: Promise<void> = Promise.resolve();
  #isBusy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(around: Around) {
    this.#around = around;
    this.#database = openDB<Schema>('csp-designer', 1, {
      upgrade: (database) => void database.createObjectStore('lines', { keyPath: ['designId', 'tab'] }),
    }).catch((error: unknown) => {
      around.failed(error);
      return undefined;
    });
  }

  async read(): Promise<Line | undefined> {
    const { designId, tab, failed } = this.#around;
    try {
      const kept = await (await this.#database)?.get('lines', [designId, tab]);
      this.#isThere = kept !== undefined;
      const line = kept?.line ?? (await this.#adopted());
      this.kept.set(line?.waiting.length ?? 0);
      return line;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  async takeOver(): Promise<readonly Left[]> {
    const { designId, tab } = this.#around;
    const lines = (await this.#left()).map(async ({ tab: of, line }): Promise<Left[]> => {
      const to = `${tab}.${of}`;
      if (!(await this.#move(of, to))) return [];
      return [{ line, keep: (next) => this.#put({ designId, tab: to, line: next }, waits(next)) }];
    });
    return (await Promise.all(lines)).flat();
  }

  keep(line: Line): void {
    const before = this.#latest;
    this.#latest = line;
    const own =
      before === undefined ||
      before.waiting !== line.waiting ||
      before.undo !== line.undo ||
      before.redo !== line.redo ||
      before.notes !== line.notes ||
      before.aside !== line.aside;
    if (own) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), othersMs);
  }

  async rest(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  close(): void {
    this.#write();
    void this.#writing.then(async () => (await this.#database)?.close());
  }

  // One at a time: when it is written, the newest is.
  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isBusy || this.#latest === undefined || this.#latest === this.#written) return;
    this.#isBusy = true;
    this.#writing = this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    const { designId, tab } = this.#around;
    while (this.#latest !== undefined && this.#latest !== this.#written) {
      const line = this.#latest;
      const worth = isWorthIt(line);
      const isWritten = worth || this.#isThere ? await this.#put({ designId, tab, line }, worth) : true;
      this.#isThere = worth;
      this.#written = line;
      if (isWritten) this.kept.set(line.waiting.length);
    }
    this.#isBusy = false;
  }

  /** @returns whether it is in the database. */
  async #put(kept: Kept, worth: boolean): Promise<boolean> {
    try {
      const database = await this.#database;
      if (worth) await database?.put('lines', kept);
      else await database?.delete('lines', [kept.designId, kept.tab]);
      return database !== undefined;
    } catch (error) {
      this.#around.failed(error);
      return false;
    }
  }

  // What tabs that are gone have left; what of it waits for nothing is of no use to anybody.
  async #left(): Promise<readonly Kept[]> {
    const database = await this.#database;
    const { designId, tab, locks } = this.#around;
    const all = (await database?.getAll('lines', IDBKeyRange.bound([designId], [designId, []]))) ?? [];
    const others = all.filter((kept) => kept.tab !== tab);
    // What was taken over is named after both tabs; the first has it, also after it was loaded again.
    const holder = (of: string) => of.split('.')[0] ?? of;
    const gone = await goneTabs(
      others.map((kept) => holder(kept.tab)),
      locks,
    );
    const left = others.filter((kept) => gone.has(holder(kept.tab)) || holder(kept.tab) === tab);
    for (const kept of left) if (!waits(kept.line)) await database?.delete('lines', [designId, kept.tab]);
    return left.filter(({ line }) => waits(line));
  }

  async #adopted(): Promise<Line | undefined> {
    for (const { tab, line } of await this.#left()) {
      if (!(await this.#move(tab, this.#around.tab))) continue;
      this.#isThere = true;
      return line;
    }
    return undefined;
  }

  // In one transaction: of two tabs that want it one gets it.
  async #move(from: string, to: string): Promise<boolean> {
    const { designId } = this.#around;
    const moving = (await this.#database)?.transaction('lines', 'readwrite');
    if (moving === undefined) return false;
    const kept = await moving.store.get([designId, from]);
    if (kept !== undefined) {
      await moving.store.delete([designId, from]);
      await moving.store.put({ ...kept, tab: to });
    }
    await moving.done;
    return kept !== undefined;
  }
}

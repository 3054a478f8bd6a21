import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { createStore, type Store } from '../base/store.ts';
import type { Line } from '../design/line.ts';
import type { Draft } from './drafts.ts';
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
  /** Keeps at once what is typed and is no change yet; in one write with the change that it becomes. */
  keepDrafts(drafts: readonly Draft[]): void;
  /** What this tab, or one that is gone, had typed. Handed out once. */
  takeDrafts(): Promise<readonly Draft[]>;
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
/** Beside the lines, under a name that is no design's. */
interface KeptDrafts {
  readonly designId: string;
  readonly tab: string;
  readonly drafts: readonly Draft[];
}
interface Schema extends DBSchema {
  lines: { key: [designId: string, tab: string]; value: Kept | KeptDrafts };
}

const draftsOf = (designId: string): string => `${designId}/drafts`;
const rangeOf = (designId: string): IDBKeyRange => IDBKeyRange.bound([designId], [designId, []]);
const isLine = (kept: Kept | KeptDrafts | undefined): kept is Kept => kept !== undefined && 'line' in kept;
const noDrafts: readonly Draft[] = [];

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
  /** The newest that is to be written now; what only others did may wait. */
  #due: Line | undefined;
  #written: Line | undefined;
  #drafts = noDrafts;
  #writtenDrafts = noDrafts;
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
      this.#isThere = isLine(kept);
      const line = isLine(kept) ? kept.line : await this.#adopted();
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
    if (own) this.#writeLine();
    else this.#timer ??= setTimeout(() => this.#writeLine(), othersMs);
  }

  keepDrafts(drafts: readonly Draft[]): void {
    this.#drafts = drafts;
    // What is typed becomes a change in the same breath: both are written together.
    queueMicrotask(() => this.#write());
  }

  async takeDrafts(): Promise<readonly Draft[]> {
    const { designId, tab, locks, failed } = this.#around;
    try {
      const database = await this.#database;
      const all = (await database?.getAllKeys('lines', rangeOf(draftsOf(designId)))) ?? [];
      const gone = await goneTabs(
        all.map(([, of]) => of).filter((of) => of !== tab),
        locks,
      );
      const taking = database?.transaction('lines', 'readwrite');
      const taken = all.map(async (key) => {
        if (taking === undefined || (key[1] !== tab && !gone.has(key[1]))) return noDrafts;
        const kept = await taking.store.get(key);
        await taking.store.delete(key);
        return kept !== undefined && 'drafts' in kept ? kept.drafts : noDrafts;
      });
      const drafts = (await Promise.all(taken)).flat();
      await taking?.done;
      return drafts;
    } catch (error) {
      failed(error);
      return noDrafts;
    }
  }

  async rest(): Promise<void> {
    this.#writeLine();
    await this.#writing;
  }

  close(): void {
    this.#writeLine();
    void this.#writing.then(async () => (await this.#database)?.close());
  }

  #writeLine(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = this.#latest;
    this.#write();
  }

  // One at a time: when it is written, the newest is.
  #write(): void {
    if (this.#isBusy || this.#isWritten()) return;
    this.#isBusy = true;
    this.#writing = this.#writeAll();
  }

  #isWritten(): boolean {
    return this.#due === this.#written && this.#drafts === this.#writtenDrafts;
  }

  async #writeAll(): Promise<void> {
    while (!this.#isWritten()) {
      const [line, drafts] = [this.#due, this.#drafts];
      const isWritten = await this.#putOwn(line === this.#written ? undefined : line, drafts);
      this.#written = line;
      this.#writtenDrafts = drafts;
      if (isWritten && line !== undefined) this.kept.set(line.waiting.length);
    }
    this.#isBusy = false;
  }

  // In one transaction: what was typed is a draft or a change, never both, never neither.
  async #putOwn(line: Line | undefined, drafts: readonly Draft[]): Promise<boolean> {
    const { designId, tab } = this.#around;
    const worth = line !== undefined && isWorthIt(line);
    try {
      const writing = (await this.#database)?.transaction('lines', 'readwrite');
      if (writing === undefined) return false;
      const { store } = writing;
      if (worth) await store.put({ designId, tab, line });
      else if (line !== undefined && this.#isThere) await store.delete([designId, tab]);
      const of = draftsOf(designId);
      if (drafts.length > 0) await store.put({ designId: of, tab, drafts });
      else if (drafts !== this.#writtenDrafts) await store.delete([of, tab]);
      await writing.done;
      if (line !== undefined) this.#isThere = worth;
      return true;
    } catch (error) {
      this.#around.failed(error);
      return false;
    }
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
    const all = (await database?.getAll('lines', rangeOf(designId))) ?? [];
    const others = all.filter((kept) => isLine(kept)).filter((kept) => kept.tab !== tab);
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

import type { Design } from '#model/design.ts';
import type { ElementKey } from '#model/edits/touched.ts';
import type { LogEntry } from './design-log.ts';

/** A design as this server knows it from its last commit, with the lines of its log that led there, oldest first. */
export interface CachedDesign {
  readonly design: Design;
  /** The revision in which each element last changed. */
  readonly revs: ReadonlyMap<ElementKey, number>;
  /** The last is that of the design's revision; there is no gap. Empty right after the design was read. */
  readonly tail: readonly LogEntry[];
  /** Another server was first the last time: what is here is less likely to be so still. */
  readonly shared: boolean;
}

/** What is known of a design after a commit. */
export interface News {
  readonly design: Design;
  /** Of the elements that changed; undefined when it is gone. */
  readonly revs: ReadonlyMap<ElementKey, number | undefined>;
  /** The lines of the log since what was cached. */
  readonly lines: readonly LogEntry[];
  /** These lines, or those right before them, are another server's. */
  readonly shared: boolean;
}

interface Kept extends CachedDesign {
  readonly revs: Map<ElementKey, number>;
  readonly tail: LogEntry[];
  bodySize: number;
  tailSize: number;
  /** Characters of lines since `bodySize` was counted: a bound of what the body grew by. */
  grown: number;
}

/** Lines of the log kept of each design, and characters in them. */
const mostLines = 1_000;
const mostTailSize = 4_000_000;
/** Characters of all designs together; a little more than as many bytes. */
const mostSizeOfAll = 64_000_000;
const mostGrown = 1_000_000;

/**
 * Designs that were worked on last, so that a commit need not read one. It decides nothing: what is here is held against the
 * revision in the database, by the statement that writes or under the lock.
 */
export class DesignCache {
  readonly #designs = new Map<string, Kept>();
  readonly #mostSize: number;
  #size = 0;

  constructor(mostSize = mostSizeOfAll) {
    this.#mostSize = mostSize;
  }

  get(id: string): CachedDesign | undefined {
    const found = this.#designs.get(id);
    if (found === undefined) return undefined;
    // The last used is the last in the map.
    this.#designs.delete(id);
    this.#designs.set(id, found);
    return found;
  }

  /** Keeps a design that was read whole. */
  put(id: string, { design, revs }: Pick<CachedDesign, 'design' | 'revs'>): CachedDesign {
    this.drop(id);
    const sizes = { bodySize: sizeOf(design), tailSize: 0, grown: 0 };
    return this.#keep(id, { design, revs: new Map(revs), tail: [], shared: false, ...sizes });
  }

  /** Brings a design forward that was cached; undefined when it is not at the revision before these lines. */
  advance(id: string, { design, revs, lines, shared }: News): CachedDesign | undefined {
    const before = this.#designs.get(id);
    if (before === undefined || before.design.rev + 1 !== lines[0]?.rev) return undefined;
    this.drop(id);
    const added = lines.reduce((sum, line) => sum + sizeOfLine(line), 0);
    for (const [key, rev] of revs) {
      if (rev === undefined) before.revs.delete(key);
      else before.revs.set(key, rev);
    }
    before.tail.push(...lines);
    const { bodySize, tailSize, grown } = before;
    const kept = { ...before, design, shared, tailSize: tailSize + added, grown: grown + added };
    return this.#keep(id, kept.grown > mostGrown ? { ...kept, bodySize: sizeOf(design), grown: 0 } : { ...kept, bodySize });
  }

  drop(id: string): void {
    const found = this.#designs.get(id);
    if (found === undefined) return;
    this.#size -= weightOf(found);
    this.#designs.delete(id);
  }

  #keep(id: string, kept: Kept): CachedDesign {
    while (kept.tail.length > mostLines || kept.tailSize > mostTailSize) {
      const oldest = kept.tail.shift();
      if (oldest === undefined) break;
      kept.tailSize -= sizeOfLine(oldest);
    }
    this.#designs.set(id, kept);
    this.#size += weightOf(kept);
    for (const oldest of this.#designs.keys()) {
      if (this.#size <= this.#mostSize) break;
      this.drop(oldest);
    }
    return kept;
  }
}

const weightOf = ({ bodySize, tailSize, grown }: Kept): number => bodySize + tailSize + grown;

const sizeOf = (value: unknown): number => JSON.stringify(value).length;

const sizesOfLines = new WeakMap<LogEntry, number>();

function sizeOfLine(line: LogEntry): number {
  let size = sizesOfLines.get(line);
  if (size === undefined) {
    size = sizeOf(line);
    sizesOfLines.set(line, size);
  }
  return size;
}

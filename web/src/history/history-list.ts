import type { HistoryEntry } from '#model/merging/history.ts';
import { createStore, type Store } from '../base/store.ts';
import type { Page } from '../client/client.ts';

/** What is known of a history, newest first; `cursor` asks for what is older, null at the beginning. */
export interface HistoryList {
  readonly items: readonly HistoryEntry[];
  readonly cursor: string | null;
  readonly is: 'asking' | 'known' | 'failed';
}

export interface HistoryReader {
  readonly state: Store<HistoryList>;
  /** Asks for what is new since it was last asked. */
  fresh(): Promise<void>;
  /** Asks for the next older part. */
  older(): Promise<void>;
}

type Asks = (cursor: string | undefined) => Promise<Page<HistoryEntry>>;

/** So many parts are asked for to close the gap to what is known; after a longer absence the list begins anew. */
const mostParts = 3;

/** A history that is read part by part, and grows at its head. */
export function createHistoryReader(ask: Asks): HistoryReader {
  const state = createStore<HistoryList>({ items: [], cursor: null, is: 'asking' });
  let last: Promise<void> = Promise.resolve();
  // One at a time: answers that overtake each other would leave holes.
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work).catch(() => state.set((now) => ({ ...now, is: 'failed' })));
    return last;
  };
  return {
    state,
    fresh: () =>
      inTurn(async () => {
        const { items: known, cursor } = state.get();
        const { items, end } = await headOf(ask, known[0]?.rev);
        const meets = end === undefined;
        state.set({ items: inForce(meets ? joined(items, known) : items), cursor: meets ? cursor : end, is: 'known' });
      }),
    older: () =>
      inTurn(async () => {
        const { items: known, cursor } = state.get();
        if (cursor === null) return;
        const page = await ask(cursor);
        state.set({ items: inForce(joined(known, page.items)), cursor: page.nextCursor, is: 'known' });
      }),
  };
}

// What is newer than the newest known; `end` is the cursor to go on with when it does not meet what is known.
async function headOf(
  ask: Asks,
  newest: number | undefined,
): Promise<{ items: readonly HistoryEntry[]; end: string | null | undefined }> {
  const items: HistoryEntry[] = [];
  let cursor: string | undefined;
  for (let part = 0; ; part++) {
    const page = await ask(cursor);
    items.push(...page.items);
    if (newest !== undefined && page.items.some(({ rev }) => rev <= newest)) return { items, end: undefined };
    if (newest === undefined || page.nextCursor === null || part + 1 === mostParts) return { items, end: page.nextCursor };
    cursor = page.nextCursor;
  }
}

function joined(first: readonly HistoryEntry[], then: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const there = new Set(first.map(({ rev }) => rev));
  return [...first, ...then.filter(({ rev }) => !there.has(rev))];
}

/** E27  What was taken back by something newer that is itself in force is marked so, whenever either was fetched. */
export function inForce(items: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const known = new Set(items.map(({ txId }) => txId));
  const undoers = new Map<string, string>();
  return items.map((entry) => {
    const { undoneBy: told, ...rest } = entry;
    const by = undoers.get(entry.txId) ?? (told !== undefined && !known.has(told) ? told : undefined);
    if (entry.undoOf !== undefined && by === undefined && !undoers.has(entry.undoOf)) undoers.set(entry.undoOf, entry.txId);
    return by === told ? entry : { ...rest, ...(by !== undefined && { undoneBy: by }) };
  });
}

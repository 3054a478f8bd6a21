import { Type } from 'typebox';
import { getDesign } from '#app/designs/get-design.ts';
import { committedTx } from '#app/editing/committed-tx.ts';
import { type Page, type PageWanted, pageOf } from '#app/page.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { DesignBody } from '#model/design.ts';
import { saysOf, withGone } from '#model/edits/says.ts';
import type { HistoryEntry } from '#model/merging/history.ts';
import type { HistoryWanted, LogEntry } from '#store/designs/design-log.ts';

const Key = Type.Object({ before: Type.Integer({ minimum: 1 }) });

/**
 * How a design came about: who did what, when, through which door, and whether it was taken back; newest first (E27).
 *
 * @param only of somebody, about an element, within a time.
 * @throws APP_DESIGN_UNKNOWN, APP_CURSOR_INVALID.
 */
export async function listHistory(
  work: Work,
  caller: Caller,
  id: string,
  wanted: PageWanted,
  only: Pick<HistoryWanted, 'actor' | 'element' | 'since' | 'until'>,
): Promise<Page<HistoryEntry>> {
  const design = await getDesign(work, caller, id);
  const page = await pageOf(
    wanted,
    Key,
    ({ rev }: LogEntry) => ({ before: rev }),
    (limit, after) => work.designs.history(id, { ...only, limit, ...after }),
  );
  const undoers = await work.history.undoers(
    id,
    page.items.map(({ txId }) => txId),
  );
  const items = page.items.map((entry): HistoryEntry => {
    const undoneBy = undoers.get(entry.txId);
    return { ...committedTx(entry), says: wordsOf(work, entry, design), ...(undoneBy !== undefined && { undoneBy }) };
  });
  return { ...page, items };
}

/** What a transaction did, for people: as it was said, or made of its edits. What it took away is called as it was. */
export function wordsOf({ catalog }: Pick<Work, 'catalog'>, { label, edits, inverse }: LogEntry, design: DesignBody): string {
  if (label !== undefined && label !== '') return label;
  return saysOf(edits, withGone(design, inverse), catalog);
}

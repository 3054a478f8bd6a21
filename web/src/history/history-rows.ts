import type { DesignVersion } from '#model/design.ts';
import type { HistoryEntry } from '#model/merging/history.ts';

/** A line of the history: something that was done, or a state that was kept. */
export type HistoryRow =
  | { readonly is: 'entry'; readonly entry: HistoryEntry }
  | { readonly is: 'version'; readonly version: DesignVersion };

/**
 * Entries and versions in one list, newest first; a version stands above the entry that led to what it keeps. Versions older than what is
 * known of the history come when that does.
 *
 * @param whole true when the entries go back to the beginning.
 */
export function historyRows(
  entries: readonly HistoryEntry[],
  versions: readonly DesignVersion[],
  whole: boolean,
): readonly HistoryRow[] {
  const oldest = entries.at(-1)?.rev ?? 0;
  const kept = versions.filter(({ rev }) => whole || rev >= oldest);
  const rows: HistoryRow[] = [
    ...kept.map((version): HistoryRow => ({ is: 'version', version })),
    ...entries.map((entry): HistoryRow => ({ is: 'entry', entry })),
  ];
  return rows.sort((a, b) => revOf(b) - revOf(a) || orderOf(b) - orderOf(a));
}

const revOf = (row: HistoryRow): number => (row.is === 'version' ? row.version.rev : row.entry.rev);
const orderOf = (row: HistoryRow): number => (row.is === 'version' ? row.version.number : 0);

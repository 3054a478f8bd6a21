import type { App } from '#app/app.ts';
import type { Edit } from '#model/edits/edit.ts';

const longest = 9_000;

/** Tells the feed of a transaction as if it had been stored; a long text is in as many edits as it takes. */
export function stored({ feed }: Pick<App, 'feed'>, designId: string, rev: number, text = ''): void {
  const [actor, via, at] = ['Bea', 'test', new Date(0).toISOString()];
  const edits: Edit[] = [];
  for (let from = 0; from === 0 || from < text.length; from += longest)
    edits.push({ do: 'design.set', description: text.slice(from, from + longest) });
  feed.tell({ type: 'edits', designId, from: rev, to: rev, txs: [{ rev, txId: crypto.randomUUID(), actor, via, at, edits }] });
}

import type { Design } from '#model/design.ts';
import type { Edit, Refusal } from '#model/edit.ts';
import type { Changed } from '#store/designs.ts';
import { designUnknown } from './app-errors.ts';
import type { Caller, Work } from './parts.ts';

/** What became of a change. All but the first left everything as it was. */
export type Change =
  | { readonly is: 'committed'; readonly design: Design; readonly edits: readonly Edit[]; readonly inverse: readonly Edit[] }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  /** The design is no longer at the expected revision: where it is, and what happened since. */
  | { readonly is: 'stale'; readonly rev: number; readonly edits: readonly Edit[] };

/** Conditions of a change. */
export interface Terms {
  /** Change only if the design still has this revision. */
  readonly expectedRev?: number | undefined;
  /** A UUID under which the change is known: sent again, it changes nothing and is answered as the first time. */
  readonly txId?: string | undefined;
}

/**
 * The one way by which use cases change a stored design: one transaction, then the news. Changes of one design take their
 * turn here, so that the news come in the order of revisions and those who wait hold no connection of the database.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function changeDesign(
  { designs, newId, feed, changes }: Work,
  caller: Caller,
  id: string,
  { expectedRev, txId = newId() }: Terms,
  change: (design: Design) => Changed,
): Promise<Change> {
  const done = await changes.run(id, async () => {
    const committed = await designs.commit({ id, expectedRev, ...caller, txId, change });
    if (committed.is === 'committed' && committed.edits.length > 0) {
      const { design, edits } = committed;
      const { rev, updatedAt: at } = design;
      feed.tell({ type: 'edits', designId: id, from: rev, to: rev, txs: [{ rev, txId, ...caller, at, edits: [...edits] }] });
    }
    return committed;
  });
  if (done.is === 'missing') throw designUnknown({ detail: `There is no design ${id}.`, facts: { designId: id } });
  // A repeated request is answered as the first time.
  if (done.is === 'repeated')
    return { is: 'committed', design: done.design, edits: done.entry.edits, inverse: done.entry.inverse };
  return done;
}

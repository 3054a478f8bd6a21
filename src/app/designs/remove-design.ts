import { designUnknown } from '#app/app-errors.ts';
import type { Change } from '#app/editing/change-design.ts';
import { committedTx } from '#app/editing/committed-tx.ts';
import type { Caller, Work } from '#app/parts.ts';

/**
 * Takes a design away. Sessions of it go on: they run a copy.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function removeDesign(
  { designs, feed }: Work,
  _caller: Caller,
  id: string,
  expectedRev?: number,
): Promise<{ readonly is: 'removed' } | Extract<Change, { is: 'stale' }>> {
  const done = await designs.remove(id, expectedRev);
  if (done.is === 'missing') throw designUnknown({ detail: `There is no design ${id}.`, facts: { designId: id } });
  if (done.is === 'removed') feed.tell({ type: 'design.deleted', designId: id });
  return done.is === 'stale' ? { ...done, since: done.since.map(committedTx) } : done;
}

import { designUnknown } from '#app/app-errors.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
import { committedTx } from './committed-tx.ts';

/**
 * What was done to a design after a revision, oldest first, without a gap.
 *
 * @param limit 1,000 at most.
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function editsSince(
  { designs }: Work,
  _caller: Caller,
  id: string,
  rev: number,
  limit?: number,
): Promise<CommittedTx[]> {
  if ((await designs.revOf(id)) === undefined)
    throw designUnknown({ detail: `There is no design ${id}.`, facts: { designId: id } });
  return (await designs.editsSince(id, rev, limit)).map(committedTx);
}

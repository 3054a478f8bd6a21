import { designUnknown } from '#app/app-errors.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Design } from '#model/design.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
import type { BranchMove } from '#store/designs/branches.ts';
import type { Authorship } from '#store/designs/design-log.ts';
import type { Committed, Wish } from '#store/designs/designs.ts';
import { committedTx } from './committed-tx.ts';
import { forbidden } from './may-edit.ts';

/** What became of a change. All but the first left everything as it was. */
export type Change =
  | { readonly is: 'committed'; readonly design: Design; readonly edits: readonly Edit[]; readonly inverse: readonly Edit[] }
  | { readonly is: 'refused'; readonly refusal: Refusal; readonly rev?: number }
  /** The design is no longer at the expected revision: where it is, and what happened since. */
  | { readonly is: 'stale'; readonly rev: number; readonly since: readonly CommittedTx[] };

/** What a pure change makes of a design; `applyAll` answers so. */
export type Changed =
  | { readonly ok: true; readonly design: Design; readonly edits: readonly Edit[]; readonly inverse: readonly Edit[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** Conditions of a change, and what is said of it. */
export interface Terms extends Partial<Pick<Authorship, 'txId' | 'label' | 'undoOf'>> {
  /** Change only if the design still has this revision. */
  readonly expectedRev?: number | undefined;
  /** E44  Where the branch that is merged starts its next merge, when the change is in this revision. */
  readonly merges?: ((rev: number) => BranchMove) | undefined;
}

/**
 * How use cases change a stored design by edits that they make out of its present state: to replace, restore, merge it.
 * Whoever has the edits already commits them with `commitTx`.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function changeDesign(
  work: Work,
  caller: Caller,
  id: string,
  { expectedRev, merges, txId = work.newId(), ...said }: Terms,
  change: (design: Design) => Changed,
): Promise<Change> {
  const decide: Wish['decide'] = async (held) => {
    const { design } = held;
    if (expectedRev !== undefined && expectedRev !== design.rev)
      return { ok: false, is: 'stale', since: (await held.since(expectedRev)) ?? [] };
    const changed = change(design);
    const refusal = changed.ok ? forbidden(work, caller, design, changed.edits) : changed.refusal;
    if (refusal !== undefined) return { ok: false, is: 'refused', refusal };
    const { edits } = changed as Extract<Changed, { ok: true }>;
    const moves = merges?.(edits.length === 0 ? design.rev : design.rev + 1);
    return { ...(changed as Extract<Changed, { ok: true }>), moves };
  };
  const done = await commitWish(work, id, { ...caller, ...said, txId, decide }, 1);
  if (done.is === 'refused') return { is: 'refused', refusal: done.refusal, rev: done.rev };
  if (done.is === 'stale') return { is: 'stale', rev: done.rev, since: done.since.map(committedTx) };
  if (done.is === 'unchanged') return { is: 'committed', design: done.design, edits: [], inverse: [] };
  // A repeated request is answered as the first time.
  return { is: 'committed', design: done.design, edits: done.entry.edits, inverse: done.entry.inverse };
}

/**
 * The one way to the store: through the queue of the design.
 *
 * @throws APP_DESIGN_UNKNOWN, and what the database refused.
 */
export async function commitWish(
  { commits }: Work,
  id: string,
  wish: Wish,
  weight: number,
): Promise<Exclude<Committed, { is: 'failed' }>> {
  const done = await commits.commit(id, wish, weight);
  if (done === undefined) throw designUnknown({ detail: `There is no design ${id}.`, facts: { designId: id } });
  if (done.is === 'failed') throw done.thrown;
  return done;
}

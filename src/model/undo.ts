import type { Edit } from './edit.ts';
import { rebase } from './transform.ts';
import type { LeftOut } from './tx.ts';

/**
 * E16  The edits that take a transaction back after others have gone on: its inverse, as if it had followed at once, carried over what came
 * since. What others have set since stays theirs; what they have built on is not taken away, and told.
 *
 * @param inverse of the transaction, in the order to apply it.
 * @param since what was committed after it, oldest first.
 * @returns the edits to commit with `atomic: false`, since what they need may be gone; `left` with the numbers of the inverse.
 */
export function undoEdits(
  inverse: readonly Edit[],
  since: readonly (readonly Edit[])[],
): { readonly edits: readonly Edit[]; readonly left: readonly LeftOut[] } {
  const { edits, left } = rebase(inverse, since.flat(), 'before');
  return { edits: edits.map(({ edit }) => edit), left };
}

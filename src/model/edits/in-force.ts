import type { Edit } from './edit.ts';
import { workOver } from './others.ts';
import { undoEdits } from './undo.ts';

/** A line of a log, as far as taking back is concerned. */
export interface Step {
  readonly txId: string;
  readonly undoOf?: string | undefined;
  readonly edits: readonly Edit[];
  readonly inverse: readonly Edit[];
}

/** Lines and edits that are only passed over, for one pair that shares something. */
const passedOver = 4;

/**
 * E28  What lines of a log come to without those that were taken back, nor what took them back: the steps in between are as they would
 * have been without. So whoever undoes two steps of his own one after the other gets back to before both, though each set the same.
 *
 * @param lines oldest first.
 * @param most of what it may cost (`workOver`).
 * @returns undefined when it would cost more.
 */
export function inForce(lines: readonly Step[], most: number): readonly (readonly Edit[])[] | undefined {
  const left = lines.map(({ txId, undoOf, edits, inverse }) => ({ txId, undoOf, edits, inverse }));
  let work = 0;
  // The last undoing first: a redo takes an undoing out before that takes out what it undid.
  for (let at = left.length - 1; at > 0; at--) {
    const undone = placeOfUndone(left, at);
    const step = left[undone];
    if (step === undefined) continue;
    let { inverse } = step;
    const others = left.slice(undone + 1, at);
    const over = others.flatMap(({ edits }) => edits);
    work += (others.length + over.length) / passedOver + workOver(inverse, over);
    if (work > most) return undefined;
    const between = others.map((line) => {
      const { edits, over } = undoEdits(inverse, [line.edits]);
      inverse = edits.map(({ edit }) => edit);
      return { ...line, edits: over };
    });
    left.splice(undone, between.length + 2, ...between);
    at--;
  }
  return left.map(({ edits }) => edits);
}

function placeOfUndone(lines: readonly Step[], at: number): number {
  const undoOf = lines[at]?.undoOf;
  return undoOf === undefined ? -1 : lines.findIndex(({ txId }, place) => place < at && txId === undoOf);
}

import { type Change, changeDesign, type Terms } from '#app/editing/change-design.ts';
import { unfit } from '#app/editing/commit.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { DesignBody } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import { bodyPointer, difference, strayFault } from '#model/edits/diff.ts';

/**
 * Makes a design what the given body says, by the edits that lead there; none when it already is.
 * The pointer of a refusal is into the body.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function replaceDesign(work: Work, caller: Caller, id: string, body: DesignBody, terms: Terms): Promise<Change> {
  const stray = strayFault(body);
  if (stray !== undefined) return { is: 'refused', refusal: stray };
  return await changeDesign(work, caller, id, terms, (design) => {
    const edits = difference(design, body);
    const fault = unfit(edits);
    const changed = fault === undefined ? applyAll(design, edits, work.catalog) : { ok: false as const, refusal: fault };
    return changed.ok
      ? changed
      : { ok: false, refusal: { ...changed.refusal, pointer: bodyPointer(edits, changed.refusal.pointer) } };
  });
}

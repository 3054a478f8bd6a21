import { type Change, changeDesign, type Terms } from '#app/editing/change-design.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { DesignBody } from '#model/design.ts';
import { strayFault } from '#model/edits/diff.ts';
import { drawnAs } from './drawn-as.ts';

/**
 * Makes a design what the given body says, by the edits that lead there; none when it already is.
 * The pointer of a refusal is into the body.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function replaceDesign(work: Work, caller: Caller, id: string, body: DesignBody, terms: Terms): Promise<Change> {
  const stray = strayFault(body);
  if (stray !== undefined) return { is: 'refused', refusal: stray };
  return await changeDesign(work, caller, id, terms, (design) => drawnAs(design, body, work.catalog));
}

import { type StateWanted, stateOf } from '#app/history/revisions.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Design } from '#model/design.ts';
import { plainShortened } from '#model/shortened.ts';
import { storeDesign } from './create-design.ts';

const longestName = 200;

/**
 * Makes a new design with the content of another, as it is or as it was.
 *
 * @param name without one it is the other's with `(copy)` behind it.
 * @throws APP_DESIGN_UNKNOWN, APP_REVISION_UNKNOWN, APP_VERSION_UNKNOWN.
 */
export async function duplicateDesign(
  work: Work,
  caller: Caller,
  id: string,
  name?: string,
  wanted: StateWanted = {},
): Promise<Design> {
  const { body } = await stateOf(work, caller, id, wanted);
  const mark = ' (copy)';
  return await storeDesign(work, caller, { ...body, name: name ?? plainShortened(body.name, longestName - mark.length) + mark });
}

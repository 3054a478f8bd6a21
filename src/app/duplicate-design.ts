import type { Design } from '#model/design.ts';
import { storeDesign } from './create-design.ts';
import { getDesign } from './get-design.ts';
import type { Caller, Work } from './parts.ts';

const longestName = 200;

/**
 * Makes a new design with the content of another.
 *
 * @param name without one it is the other's with `(copy)` behind it.
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function duplicateDesign(work: Work, caller: Caller, id: string, name?: string): Promise<Design> {
  const { id: _id, rev: _rev, createdAt: _createdAt, updatedAt: _updatedAt, ...body } = await getDesign(work, caller, id);
  const mark = ' (copy)';
  return await storeDesign(work, caller, { ...body, name: name ?? body.name.slice(0, longestName - mark.length) + mark });
}

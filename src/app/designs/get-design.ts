import { designUnknown } from '#app/app-errors.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Design } from '#model/design.ts';

/**
 * A design as it is now.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function getDesign({ designs }: Pick<Work, 'designs'>, _caller: Caller, id: string): Promise<Design> {
  const design = await designs.get(id);
  if (design === undefined) throw designUnknown({ detail: `There is no design ${id}.`, facts: { designId: id } });
  return design;
}

import { applyAll } from '#model/apply.ts';
import type { Edit } from '#model/edit.ts';
import { type Change, changeDesign, type Terms } from './change-design.ts';
import type { Caller, Work } from './parts.ts';

/**
 * Applies edits to a design, all or none; in the answer every default is filled in.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function commitEdits(
  work: Work,
  caller: Caller,
  id: string,
  edits: readonly Edit[],
  terms: Terms = {},
): Promise<Change> {
  return await changeDesign(work, caller, id, terms, (design) => applyAll(design, edits, work.catalog));
}

/** What others did to a design after `rev` and before `until`, oldest first. */
export async function editsBetween({ designs }: Work, _caller: Caller, id: string, rev: number, until: number): Promise<Edit[]> {
  if (rev + 1 >= until) return [];
  return (await designs.editsSince(id, rev)).filter((entry) => entry.rev < until).flatMap(({ edits }) => edits);
}

import type { Caller, MayEdit, Work } from '#app/parts.ts';
import type { Design } from '#model/design.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';

/** Everybody may do everything: what holds until there are accounts. */
export const everybodyMay: MayEdit = () => undefined;

/** E18  The first of the edits that somebody may not make; its pointer starts with the number of the edit. */
export function forbidden(
  { mayEdit }: Pick<Work, 'mayEdit'>,
  caller: Caller,
  design: Design,
  edits: readonly Edit[],
): Refusal | undefined {
  for (const [number, edit] of edits.entries()) {
    const refusal = mayEdit(caller, design.id, edit, design);
    if (refusal !== undefined) return { ...refusal, pointer: `/${number}${refusal.pointer}` };
  }
  return undefined;
}

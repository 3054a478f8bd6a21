import { replaceDesign } from '#app/designs/replace-design.ts';
import type { Change, Terms } from '#app/editing/change-design.ts';
import type { Caller, Work } from '#app/parts.ts';
import { plainShortened } from '#model/shortened.ts';
import { type StateWanted, stateOf } from './revisions.ts';
import { getVersion } from './versions.ts';

/**
 * Makes a design again what it was, by new edits: what was done in between stays in its history, and this can be taken back like
 * anything else (E29).
 *
 * @throws what `stateOf` throws.
 */
export async function restoreDesign(work: Work, caller: Caller, id: string, wanted: StateWanted, terms: Terms): Promise<Change> {
  const { rev, body } = await stateOf(work, caller, id, wanted);
  const { version } = wanted;
  const what =
    version === undefined
      ? `revision ${rev}`
      : `version ${version}, ${(await getVersion(work, caller, id, version)).version.name}`;
  return await replaceDesign(work, caller, id, body, { ...terms, label: terms.label ?? plainShortened(`restore ${what}`, 200) });
}

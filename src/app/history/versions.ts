import { Type } from 'typebox';
import { designUnknown, versionUnknown } from '#app/app-errors.ts';
import { getDesign } from '#app/designs/get-design.ts';
import type { Change } from '#app/editing/change-design.ts';
import { editsSince } from '#app/editing/edits-since.ts';
import { type Page, type PageWanted, pageOf } from '#app/page.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { DesignBody, DesignVersion } from '#model/design.ts';

const Key = Type.Object({ before: Type.Integer({ minimum: 1 }) });

/** The version that was kept, or that the design has another revision than the one it was to be kept in. */
export type Kept = { readonly is: 'kept'; readonly version: DesignVersion } | Extract<Change, { is: 'stale' }>;

/**
 * Keeps a design as it is now under a name.
 *
 * @param expectedRev the only revision to be kept.
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function keepVersion(
  work: Work,
  caller: Caller,
  id: string,
  given: { readonly name: string; readonly note?: string },
  expectedRev?: number,
): Promise<Kept> {
  const kept = await work.versions.keep(id, given, expectedRev);
  if (kept === undefined) throw designUnknown({ detail: `There is no design ${id}.`, facts: { designId: id } });
  if ('number' in kept) return { is: 'kept', version: kept };
  return { is: 'stale', rev: kept.rev, since: await editsSince(work, caller, id, expectedRev ?? kept.rev) };
}

/**
 * The versions of a design, newest first.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_CURSOR_INVALID.
 */
export async function listVersions(work: Work, caller: Caller, id: string, wanted: PageWanted): Promise<Page<DesignVersion>> {
  await getDesign(work, caller, id);
  return await pageOf(
    wanted,
    Key,
    ({ number }: DesignVersion) => ({ before: number }),
    (limit, after) => work.versions.list(id, { limit, ...after }),
  );
}

/**
 * A version and what it keeps.
 *
 * @throws APP_VERSION_UNKNOWN.
 */
export async function getVersion(
  { versions }: Work,
  _caller: Caller,
  id: string,
  number: number,
): Promise<{ readonly version: DesignVersion; readonly body: DesignBody }> {
  const kept = await versions.get(id, number);
  if (kept === undefined) throw versionUnknown({ detail: `The design ${id} has no version ${number}.` });
  return kept;
}

/**
 * Changes what a version is called; what it keeps stays as it is.
 *
 * @throws APP_VERSION_UNKNOWN.
 */
export async function renameVersion(
  { versions }: Work,
  _caller: Caller,
  id: string,
  number: number,
  set: { readonly name?: string; readonly note?: string },
): Promise<DesignVersion> {
  const version = await versions.rename(id, number, set);
  if (version === undefined) throw versionUnknown({ detail: `The design ${id} has no version ${number}.` });
  return version;
}

/**
 * Takes a version away. Its revision can still be read; its number is not given again, so that nothing that names it finds another.
 *
 * @throws APP_VERSION_UNKNOWN.
 */
export async function removeVersion({ versions }: Work, _caller: Caller, id: string, number: number): Promise<void> {
  if (!(await versions.remove(id, number))) throw versionUnknown({ detail: `The design ${id} has no version ${number}.` });
}

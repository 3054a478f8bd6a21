import type { Work } from '#app/parts.ts';
import type { DesignBody } from '#model/design.ts';
import type { InnerDesign, Wanted } from '#model/expand.ts';
import { readWhole } from './whole-design.ts';

/** A stored design as a part of another. */
export interface StoredPart extends InnerDesign {
  readonly designId: string;
  readonly rev: number;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads a stored design with its parts: each as it is now, or in the version that is named. */
export async function readStored(work: Work, body: DesignBody, key = ''): ReturnType<typeof readWhole<StoredPart>> {
  return await readWhole(body, key, work.catalog, (wanted) => storedPart(work, wanted));
}

/** By id and revision, so that a pinned version of a design is not the design itself. */
export function storedKey(id: string, rev: number): string {
  return `${id}@${rev}`;
}

async function storedPart({ designs, versions }: Work, { design, version }: Wanted): Promise<StoredPart | string | undefined> {
  if (!uuid.test(design)) return 'a stored design is named by its id';
  const designId = design.toLowerCase();
  if (version === undefined) {
    const stored = await designs.get(designId);
    return stored && { designId, rev: stored.rev, key: storedKey(designId, stored.rev), body: stored };
  }
  const kept = await versions.get(designId, version);
  return kept && { designId, rev: kept.version.rev, key: storedKey(designId, kept.version.rev), body: kept.body };
}

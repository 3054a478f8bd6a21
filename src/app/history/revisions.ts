import { designUnknown, revisionUnknown, revisionUnreadable } from '#app/app-errors.ts';
import { getDesign } from '#app/designs/get-design.ts';
import type { Caller, Work } from '#app/parts.ts';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import { Replay } from '#model/edits/replay.ts';
import { compare } from '#model/merging/compare.ts';
import type { Comparison, Revision } from '#model/merging/history.ts';
import type { LogEntry } from '#store/designs/design-log.ts';
import type { Designs } from '#store/designs/designs.ts';
import { getVersion } from './versions.ts';

/** A state of a design: by its revision, by a version, or by neither the present one. */
export interface StateWanted {
  readonly rev?: number | undefined;
  readonly version?: number | undefined;
}

/**
 * A design as it was in a revision: the last state kept before it, and what was done since.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_REVISION_UNKNOWN.
 */
export async function getRevision(work: Work, _caller: Caller, id: string, rev: number): Promise<Revision> {
  const present = await work.designs.revOf(id);
  if (present === undefined) throw designUnknown({ detail: `There is no design ${id}.`, facts: { designId: id } });
  if (rev < 1 || rev > present)
    throw revisionUnknown({ detail: `The design has no revision ${rev}; it is at ${present}.`, facts: { rev: present } });
  return { rev, body: await bodyAt(work, id, rev) };
}

async function bodyAt({ designs, snapshots, catalog }: Work, id: string, rev: number): Promise<DesignBody> {
  const start = (await snapshots.nearest(id, rev)) ?? { rev: 0, body: emptyDesign('') };
  const replay = new Replay(start.body, catalog);
  let at = start.rev;
  for (const line of await linesBetween(designs, id, start.rev, rev)) {
    const done = replay.line(line);
    if (!done.ok)
      throw revisionUnreadable({ detail: `Design ${id}: revision ${line.rev} cannot be replayed: ${done.refusal.message}.` });
    at = line.rev;
  }
  if (at !== rev) throw revisionUnreadable({ detail: `Design ${id}: the log ends with revision ${at}.` });
  return replay.design;
}

/** The lines of the log after a revision, up to another. */
export async function linesBetween(
  designs: Pick<Designs, 'editsSince'>,
  id: string,
  rev: number,
  until: number,
): Promise<LogEntry[]> {
  const lines: LogEntry[] = [];
  for (let at = rev; at < until; ) {
    const some = await designs.editsSince(id, at, until - at);
    if (some.length === 0) break;
    lines.push(...some);
    at = some.at(-1)?.rev ?? until;
  }
  return lines;
}

/**
 * A state of a design that somebody names.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_REVISION_UNKNOWN, APP_VERSION_UNKNOWN.
 */
export async function stateOf(work: Work, caller: Caller, id: string, { rev, version }: StateWanted): Promise<Revision> {
  if (version !== undefined) {
    const kept = await getVersion(work, caller, id, version);
    return { rev: kept.version.rev, body: kept.body };
  }
  if (rev !== undefined) return await getRevision(work, caller, id, rev);
  const { id: _id, rev: present, createdAt: _createdAt, updatedAt: _updatedAt, ...body } = await getDesign(work, caller, id);
  return { rev: present, body };
}

/** What differs between two states of a design. */
export interface Compared {
  readonly from: number;
  readonly to: number;
  readonly changes: Comparison;
}

/**
 * What led from one state of a design to another, by id (E20).
 *
 * @throws what `stateOf` throws.
 */
export async function compareRevisions(
  work: Work,
  caller: Caller,
  id: string,
  from: StateWanted,
  to: StateWanted,
): Promise<Compared> {
  const [before, after] = [await stateOf(work, caller, id, from), await stateOf(work, caller, id, to)];
  return { from: before.rev, to: after.rev, changes: compare(before.body, after.body) };
}

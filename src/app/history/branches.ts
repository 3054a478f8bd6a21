import { Type } from 'typebox';
import { mergeConflicts, mergeUnrelated } from '#app/app-errors.ts';
import { storeDesign } from '#app/designs/create-design.ts';
import { getDesign } from '#app/designs/get-design.ts';
import { type Change, changeDesign } from '#app/editing/change-design.ts';
import { editsSince } from '#app/editing/edits-since.ts';
import { type Page, type PageWanted, pageOf } from '#app/page.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Design, DesignBody } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import { difference } from '#model/edits/diff.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import { compare } from '#model/merging/compare.ts';
import type { Branch, Comparison, MergeConflict } from '#model/merging/history.ts';
import type { Choices } from '#model/merging/merge.ts';
import { plainShortened } from '#model/shortened.ts';
import type { BranchMove } from '#store/designs/branches.ts';
import { mergedWith } from './chosen-merge.ts';
import { getRevision, type StateWanted, stateOf } from './revisions.ts';

/**
 * Makes a branch: a design of its own that begins as another one is, or was.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_REVISION_UNKNOWN, APP_VERSION_UNKNOWN.
 */
export async function makeBranch(
  work: Work,
  caller: Caller,
  id: string,
  name: string,
  wanted: StateWanted,
): Promise<{ readonly branch: Branch; readonly design: Design }> {
  const { rev, body } = await stateOf(work, caller, id, wanted);
  const longestName = 200;
  const title = plainShortened(`${body.name} (${name})`, longestName);
  const origin = { name, ofDesign: id, ofRev: rev };
  const design = await storeDesign(work, caller, { ...body, name: title }, origin);
  return { branch: { ...origin, designId: design.id, ownRev: design.rev, base: 'of', createdAt: design.createdAt }, design };
}

const Key = Type.Object({ createdAt: Type.String({ format: 'date-time' }), designId: Type.String({ format: 'uuid' }) });

/**
 * The branches of a design, newest first.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_CURSOR_INVALID.
 */
export async function listBranches(work: Work, caller: Caller, id: string, wanted: PageWanted): Promise<Page<Branch>> {
  await getDesign(work, caller, id);
  return await pageOf(
    wanted,
    Key,
    ({ createdAt, designId }: Branch) => ({ createdAt, designId }),
    (limit, after) => work.branches.list(id, { limit, after }),
  );
}

/**
 * Where a branch comes from, and what it was last merged with; undefined of a design that is none.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function getBranch(work: Work, caller: Caller, id: string): Promise<Branch | undefined> {
  await getDesign(work, caller, id);
  return await work.branches.get(id);
}

export interface MergeWanted {
  /** The other design: a branch of this one, or the one that this is a branch of. */
  readonly from: string;
  /** Which side holds, by key of a conflict. */
  readonly choose?: Choices | undefined;
  /** True: only say what would come of it. */
  readonly dryRun?: boolean | undefined;
  /** Merge only into this revision of the design. */
  readonly expectedRev?: number | undefined;
}

/** What a merge did or would do; `conflicts` are those left, of a done merge only about where something is drawn. */
export interface MergeDone {
  readonly rev: number;
  readonly merged: boolean;
  readonly conflicts: readonly MergeConflict[];
  readonly changes: Comparison;
  readonly edits: readonly Edit[];
  readonly inverse: readonly Edit[];
}

export type MergeOutcome =
  | ({ readonly is: 'done' } & MergeDone)
  | { readonly is: 'refused'; readonly refusal: Refusal }
  | Extract<Change, { is: 'stale' }>;

/** Somebody else may change the design while it is merged; then it is merged with that. */
const mostTries = 5;

/**
 * Merges a branch into the design it comes from, or the other way round, in one transaction (E25), which also says where the next
 * merge starts (E44): both then have that state in common, so merging again merges what is new. Their names are their own.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_MERGE_UNRELATED, APP_CHOICE_IDLE; APP_MERGE_CONFLICTS with `conflicts`, when there are some that
 *   nobody chose a side of.
 */
export async function mergeBranch(work: Work, caller: Caller, id: string, wanted: MergeWanted): Promise<MergeOutcome> {
  for (let tries = 1; ; tries++) {
    const done = await tryMerge(work, caller, id, wanted);
    if (done !== undefined) return done;
    if (tries === mostTries) throw mergeConflicts({ detail: 'The design changes too fast to be merged. Try again.' });
  }
}

async function tryMerge(work: Work, caller: Caller, id: string, wanted: MergeWanted): Promise<MergeOutcome | undefined> {
  const { from, choose = {}, dryRun = false, expectedRev } = wanted;
  const [ours, theirs] = [await getDesign(work, caller, id), await getDesign(work, caller, from)];
  if (expectedRev !== undefined && expectedRev !== ours.rev)
    return { is: 'stale', rev: ours.rev, since: await editsSince(work, caller, id, expectedRev) };
  const branch = await branchBetween(work, id, from);
  const base = await commonState(work, caller, branch);
  const { name } = ours;
  const { body, conflicts, held } = mergedWith({ ...base, name }, ours, { ...theirs, name }, work.catalog, choose);
  const changes = compare(ours, body);
  if (dryRun) return { is: 'done', rev: ours.rev, merged: false, conflicts, changes, edits: difference(ours, body), inverse: [] };
  if (held) {
    const left = conflicts.filter(({ minor }) => minor !== true);
    const detail = `${left.length === 1 ? 'One thing was' : `${left.length} things were`} changed on both sides. Choose a side for each.`;
    throw mergeConflicts({ detail, facts: { conflicts, rev: ours.rev } });
  }
  const label = plainShortened(`merge ${branch.designId === from ? branch.name : theirs.name}`, 200);
  // The one that is merged is contained in the other, not the other way round.
  const merges = (rev: number): BranchMove =>
    branch.designId === from
      ? { designId: from, ofRev: rev, ownRev: theirs.rev, base: 'own' }
      : { designId: id, ofRev: theirs.rev, ownRev: rev, base: 'of' };
  const change = await changeDesign(work, caller, id, { expectedRev: ours.rev, label, merges }, (design) =>
    applyAll(design, difference(design, body), work.catalog),
  );
  if (change.is === 'stale') return expectedRev === undefined ? undefined : change;
  if (change.is === 'refused') return { is: 'refused', refusal: change.refusal };
  return { is: 'done', rev: change.design.rev, merged: true, conflicts, changes, edits: change.edits, inverse: change.inverse };
}

async function branchBetween({ branches }: Work, id: string, from: string): Promise<Branch> {
  const [of, own] = [await branches.get(from), await branches.get(id)];
  if (of?.ofDesign === id) return of;
  if (own?.ofDesign === from) return own;
  const detail = id === from ? 'A design is not merged into itself.' : `Neither of ${id} and ${from} is a branch of the other.`;
  throw mergeUnrelated({ detail, pointer: '/from', facts: { from } });
}

// What was merged last is in both, as it was on the side that it came from.
async function commonState(work: Work, caller: Caller, branch: Branch): Promise<DesignBody> {
  const { designId, ofDesign, ofRev, ownRev, base } = branch;
  const [id, rev] = base === 'of' ? [ofDesign, ofRev] : [designId, ownRev];
  return (await getRevision(work, caller, id, rev)).body;
}

import type { Caller, Work } from '#app/parts.ts';
import type { Design } from '#model/design.ts';
import { applySome, malformed } from '#model/edits/apply.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import { mostWork, workOver } from '#model/edits/others.ts';
import { unstorable } from '#model/edits/storable.ts';
import { type ElementKey, touchedBy } from '#model/edits/touched.ts';
import { rebase } from '#model/edits/transform.ts';
import type { Ack, CommittedTx, LeftOut, Tx } from '#model/edits/tx.ts';
import { tooMuchWithin } from '#model/edits/within-work.ts';
import type { LogEntry } from '#store/designs/design-log.ts';
import type { Decided } from '#store/designs/designs.ts';
import type { HeldDesign } from '#store/designs/held-design.ts';
import { commitWish } from './change-design.ts';
import { ackOf, committedTx } from './committed-tx.ts';
import { explicitKinds } from './explicit-kinds.ts';
import { inTheWay } from './in-the-way.ts';

/** What became of a transaction. All but the first left everything as it was. */
export type TxDone =
  | { readonly is: 'committed'; readonly ack: Ack; readonly tx: CommittedTx; readonly design: Design }
  /** The pointer is into the edits (`/0/node/id`), or says a field of the transaction (`/baseRev`). */
  | { readonly is: 'refused'; readonly refusal: Refusal; readonly rev: number }
  /** What it wants to change has changed since: the revision there is, and what happened. */
  | { readonly is: 'stale'; readonly rev: number; readonly since: readonly CommittedTx[] };

/** A transaction; without a txId of its own it is given one. */
export type AskedTx = Omit<Tx, 'txId'> & { readonly txId?: string | undefined };

/** Conditions besides those of the transaction. */
export interface TxConditions {
  /** Commit only on this revision of the design. */
  readonly expectedRev?: number | undefined;
  /** Commit only if none of these elements has changed since the revision given of it. */
  readonly elements?: Readonly<Partial<Record<ElementKey, number>>> | undefined;
}

/**
 * E17  Commits a transaction: the one way in for edits, whatever the door. It is rebased over what was committed since its base
 * revision, authorised, applied, and stored with its line of the log; then whoever has the design open is told.
 *
 * @throws APP_DESIGN_UNKNOWN; STORE_UNREACHABLE and others of the store, and then nothing was changed that an answer to the same
 *   transaction sent again would not tell.
 */
export async function commitTx(
  work: Work,
  caller: Caller,
  designId: string,
  asked: AskedTx,
  conditions: TxConditions = {},
): Promise<TxDone> {
  const tx: Tx = { ...asked, txId: asked.txId ?? work.newId() };
  const { txId, label, undoOf, baseRev } = tx;
  const said = { ...(label !== undefined && { label }), ...(undoOf !== undefined && { undoOf }), baseRev };
  const decide = (held: HeldDesign): Promise<Decided> => decideTx(work, caller, tx, conditions, held);
  const done = await commitWish(work, designId, { ...caller, txId, ...said, decide }, tx.edits.length);
  switch (done.is) {
    case 'refused':
      return { is: 'refused', refusal: done.refusal, rev: done.rev };
    case 'stale':
      return { is: 'stale', rev: done.rev, since: done.since.map(committedTx) };
    case 'unchanged':
      return nothingDone(work, caller, tx, done.design);
    default:
      return { is: 'committed', ack: ackOf(done.entry), tx: committedTx(done.entry), design: done.design };
  }
}

// Others did all of it before: there is no revision of its own.
function nothingDone({ clock }: Work, caller: Caller, { txId }: Tx, design: Design): TxDone {
  const { rev } = design;
  const at = new Date(clock.now()).toISOString();
  const ack: Ack = { txId, rev, outcome: 'rebased', edits: [], inverse: [] };
  return { is: 'committed', ack, tx: { rev, txId, ...caller, at, edits: [] }, design };
}

const refused = (refusal: Refusal): Decided => ({ ok: false, is: 'refused', refusal });

async function decideTx(
  work: Work,
  caller: Caller,
  tx: Tx,
  { expectedRev, elements = {} }: TxConditions,
  held: HeldDesign,
): Promise<Decided> {
  const { design } = held;
  const fault = unfit(tx.edits);
  if (fault !== undefined) return refused(fault);
  if (expectedRev !== undefined && expectedRev !== design.rev)
    return { ok: false, is: 'stale', since: (await held.since(expectedRev)) ?? [] };
  const changed = changedElements(held, elements);
  if (changed !== undefined) return { ok: false, is: 'stale', since: await touching(held, changed.rev, changed.keys) };
  if (tx.undoOf === tx.txId) return refused(undoesItself);
  const { baseRev = design.rev } = tx;
  if (baseRev < 1 || baseRev > design.rev) return refused(unknownRevision(baseRev, design.rev));
  const since = await held.since(baseRev);
  if (since === undefined) return { ok: false, is: 'stale', since: [] };
  if (tx.mode === 'exact') {
    const others = touchingOf(since, touchedBy(tx.edits));
    if (others.length > 0) return { ok: false, is: 'stale', since: others };
  }
  const tooMuch = tooMuchWithin(design, tx.edits);
  if (tooMuch !== undefined) return refused(tooMuch);
  const over = since.flatMap(({ edits }) => edits);
  if (workOver(tx.edits, over) > mostWork) return { ok: false, is: 'stale', since: [] };
  return applyTx(work, caller, tx, design, since, over);
}

// E56
const undoesItself: Refusal = {
  code: 'EDIT_MALFORMED',
  message: 'a transaction cannot take itself back',
  pointer: '/undoOf',
};

function unknownRevision(baseRev: number, rev: number): Refusal {
  const message = `the design has no revision ${baseRev}; it is at ${rev}. Read it again, and make the edits on what you read`;
  return { code: 'REVISION_UNKNOWN', message, pointer: '/baseRev' };
}

/** E18  What in edits is none, or could not be kept: looked at before all else, so that it spoils nothing for those committed with it. */
export function unfit(edits: readonly Edit[]): Refusal | undefined {
  for (const [number, edit] of edits.entries()) {
    const refusal = unstorable(edit) ?? malformed(edit);
    if (refusal !== undefined) return { ...refusal, pointer: `/${number}${refusal.pointer}` };
  }
  return undefined;
}

// Of the elements that have changed since the revision given of them: all, and the earliest of these revisions.
function changedElements(
  held: HeldDesign,
  elements: NonNullable<TxConditions['elements']>,
): { readonly rev: number; readonly keys: Set<ElementKey> } | undefined {
  const seen = Object.entries(elements) as [ElementKey, number][];
  const changed = seen.filter(([key, rev]) => {
    const now = held.revOf(key);
    return now !== undefined && (now > rev || rev > held.design.rev);
  });
  if (changed.length === 0) return undefined;
  return { rev: Math.min(...changed.map(([, rev]) => rev)), keys: new Set(changed.map(([key]) => key)) };
}

async function touching(held: HeldDesign, rev: number, keys: ReadonlySet<ElementKey>): Promise<LogEntry[]> {
  return touchingOf((await held.since(rev)) ?? [], keys);
}

function touchingOf(since: readonly LogEntry[], keys: ReadonlySet<ElementKey>): LogEntry[] {
  return since.filter(({ edits, inverse }) => !touchedBy(edits, inverse).isDisjointFrom(keys));
}

interface Numbered {
  readonly number: number;
  readonly edit: Edit;
}

/** @param over the edits of `since`. */
function applyTx(work: Work, caller: Caller, tx: Tx, design: Design, since: readonly LogEntry[], over: readonly Edit[]): Decided {
  const asked: Numbered[] = tx.edits.map((edit, number) => ({ number, edit }));
  const rebased = over.length === 0 ? { edits: asked, left: [] } : rebase(tx.edits, over, 'after');
  const [allowed, denied] = authorised(work, caller, design, rebased.edits);
  const some = applySome(
    design,
    allowed.map(({ edit }) => edit),
    work.catalog,
  );
  const notApplied = some.left.map(({ number, refusal }): LeftOut => ({ number: allowed[number]?.number ?? number, refusal }));
  const left = [...rebased.left, ...denied, ...notApplied]
    .sort((a, b) => a.number - b.number)
    .map(({ number, refusal }): LeftOut => ({ number, refusal: inTheWay(refusal, tx.edits[number], design, since) }));
  const [first] = left;
  if (first !== undefined && (tx.atomic !== false || some.edits.length === 0))
    return refused({ ...first.refusal, pointer: `/${first.number}${first.refusal.pointer}` });
  const edits = explicitKinds(design, some.edits, work.catalog);
  const asIs = rebased.edits.length === asked.length && rebased.edits.every(({ edit, number }) => edit === tx.edits[number]);
  const outcome = first !== undefined ? 'partial' : asIs ? 'applied' : 'rebased';
  return {
    ok: true,
    design: some.design,
    edits,
    inverse: some.inverse,
    outcome,
    ...(outcome !== 'applied' && { asked: tx.edits }),
    ...(first !== undefined && { left }),
  };
}

function authorised(
  { mayEdit }: Work,
  caller: Caller,
  design: Design,
  edits: readonly Numbered[],
): [allowed: Numbered[], denied: LeftOut[]] {
  const [allowed, denied]: [Numbered[], LeftOut[]] = [[], []];
  for (const one of edits) {
    const refusal = mayEdit(caller, design.id, one.edit, design);
    if (refusal === undefined) allowed.push(one);
    else denied.push({ number: one.number, refusal });
  }
  return [allowed, denied];
}

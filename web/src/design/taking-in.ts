import { applyAll } from '#model/apply.ts';
import type { Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import type { Edit, Refusal } from '#model/edit.ts';
import type { CommittedTx } from '#model/tx.ts';
import { behind, restoring, type Theirs } from './behind.ts';
import {
  applyPartly,
  carryPending,
  carrySteps,
  type LeftEdit,
  type Line,
  type Lost,
  longestHistory,
  type Pending,
  replay,
  type Step,
} from './line.ts';
import { carryOffers } from './notes.ts';
import { leftWords } from './words.ts';

/** What the server has committed, and what it has refused, as it changes what a page holds. Pure. */

export interface Taken {
  readonly line: Line;
  /** Set when it was somebody else's. */
  readonly theirs?: Theirs;
}

/**
 * E30  Takes in the next committed transaction. One of this person leaves what waits; one of somebody else goes before all that waits.
 *
 * @param expected E49  the name of the step that it is, when it is one of this person that went another way.
 * @returns undefined when it does not apply here: what is confirmed is then fetched anew.
 */
export function takeIn(line: Line, tx: CommittedTx, kinds: Kinds, expected?: string): Taken | undefined {
  const applied = applyAll(line.confirmed, tx.edits, kinds);
  if (!applied.ok) return undefined;
  const confirmed: Design = { ...applied.design, rev: tx.rev, updatedAt: tx.at };
  const own = line.waiting.findIndex(({ txId }) => txId === tx.txId);
  const aside = asideOver(line, tx);
  if (own >= 0) {
    // Those before it are still to be answered; the server has put it before them.
    const before = carryPending(line.waiting.slice(0, own), tx.edits, (_, refusal) => ({ refusal }));
    const waiting = [...before.waiting, ...line.waiting.slice(own + 1)];
    const known = (step: Line['undo'][number]) => (step.txId === tx.txId ? { ...step, back: applied.inverse, left: [] } : step);
    return { line: { ...line, confirmed, waiting, undo: line.undo.map(known), redo: line.redo.map(known), aside } };
  }
  if (expected !== undefined) {
    const { waiting, over } = carryPending(line.waiting, tx.edits, (_, refusal) => ({ refusal }));
    const step: Step = { txId: tx.txId, label: expected, back: applied.inverse, left: [] };
    const notes = carryOffers(line.notes, over);
    return { line: { ...line, confirmed, waiting, undo: withStep(line, step), redo: [], aside, notes } };
  }
  const theirs: Theirs = { tx, inverse: applied.inverse };
  const { waiting, over } = carryPending(line.waiting, tx.edits, (pending, refusal) => lostTo(pending, refusal, theirs));
  const says = (left: LeftEdit) => leftWords(left, line.confirmed, tx.actor);
  const [undo, redo] = [carrySteps(line.undo, over, says), carrySteps(line.redo, over, says)];
  return { line: { confirmed, waiting, undo, redo, aside, notes: carryOffers(line.notes, over) }, theirs };
}

// Steps are in the order of the log, so one that is confirmed goes below those that wait. Those before it do not feel it: it is undone first.
function withStep({ undo, waiting }: Line, step: Step): readonly Step[] {
  const ids = new Set(waiting.map(({ txId }) => txId));
  const at = undo.findIndex(({ txId }) => ids.has(txId));
  return undo.toSpliced(at < 0 ? undo.length : at, 0, step).slice(-longestHistory);
}

function lostTo(pending: Pending, refusal: Refusal, theirs: Theirs): Lost {
  const restore = restoring(pending.edits, theirs);
  return { refusal, by: theirs.tx, ...(restore !== undefined && { restore }) };
}

// What was put aside is carried along too; what of it has been committed after all, by a socket that was lost, leaves it.
function asideOver({ aside }: Line, tx: CommittedTx): Line['aside'] {
  if (aside === undefined) return undefined;
  const made = aside.made.filter(({ txId }) => txId !== tx.txId);
  if (made.length === 0) return undefined;
  const others = aside.carried.filter(({ txId }) => txId !== tx.txId);
  const carried =
    made.length < aside.made.length ? others : carryPending(others, tx.edits, (_, refusal) => ({ refusal })).waiting;
  return { ...aside, made, carried };
}

/** E32  Takes a transaction of this person back: what came after it stays, as if it had never been. Its step goes too. */
export function takeBack(line: Line, txId: string, kinds: Kinds): Line {
  const at = line.waiting.findIndex((pending) => pending.txId === txId);
  const pending = line.waiting[at];
  if (pending === undefined) return line;
  const undone = inverseHere(line, at, kinds);
  const needs = (_: Pending, refusal: Refusal): Lost => ({ refusal });
  const { waiting, over } = carryPending(line.waiting.slice(at + 1), undone, needs);
  const says = (left: LeftEdit) => leftWords(left, line.confirmed, undefined);
  return {
    ...line,
    waiting: [...line.waiting.slice(0, at), ...waiting],
    undo: carrySteps(line.undo, over, says, txId),
    redo: carrySteps(line.redo, over, says, txId),
    notes: carryOffers(line.notes, over),
  };
}

// What takes it back where it stands. One that is not shown any more was shown when what follows was made: its step still knows.
function inverseHere({ confirmed, waiting, undo, redo }: Line, at: number, kinds: Kinds): readonly Edit[] {
  const pending = waiting[at];
  if (pending === undefined) return [];
  if (pending.lost === undefined) {
    const { shown } = replay(confirmed, waiting.slice(0, at), kinds);
    const { inverse, left } = applyPartly(shown, pending.edits, kinds);
    if (left.length === 0 || pending.partly === true) return inverse;
  }
  return [...undo, ...redo].find(({ txId }) => txId === pending.txId)?.back ?? [];
}

/** E32  A transaction that can no longer be, with who is behind that as far as it is known. */
export function lossOf(pending: Pending, refusal: Refusal, recent: readonly Theirs[]): Lost {
  if (pending.lost?.by !== undefined) return pending.lost;
  const theirs = behind(pending.edits, refusal, recent);
  return theirs === undefined ? { refusal } : lostTo(pending, refusal, theirs);
}

/** Without a transaction that what is confirmed holds already: it came with the design as a whole. */
export function contained(line: Line, txId: string, inverse: readonly Edit[]): Line {
  const known = (step: Step): Step => (step.txId === txId ? { ...step, back: inverse, left: [] } : step);
  const waiting = line.waiting.filter((pending) => pending.txId !== txId);
  return { ...line, waiting, undo: line.undo.map(known), redo: line.redo.map(known) };
}

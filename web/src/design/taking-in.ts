import type { Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
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
  const mine = line.waiting[own];
  if (mine !== undefined && mine.lost === undefined) {
    // Those before it are still to be answered; the server has put it before them.
    const before = carryPending(line.waiting.slice(0, own), tx.edits, (_, refusal) => ({ refusal }));
    const waiting = [...before.waiting, ...line.waiting.slice(own + 1)];
    const known = (step: Line['undo'][number]) => (step.txId === tx.txId ? { ...step, back: applied.inverse, left: [] } : step);
    return { line: { ...line, confirmed, waiting, undo: line.undo.map(known), redo: line.redo.map(known), aside } };
  }
  // One that had stepped aside and was taken after all comes like one that went another way.
  const name = expected ?? mine?.label;
  const rest = mine === undefined ? line : { ...line, waiting: line.waiting.toSpliced(own, 1) };
  if (name !== undefined) {
    const { from, waiting, over } = carried(rest, 0, tx.edits, (_, refusal) => ({ refusal }), kinds);
    const step: Step = { txId: tx.txId, label: name, back: applied.inverse, left: [] };
    const notes = carryOffers(from.notes, over);
    return { line: { ...from, confirmed, waiting, undo: withStep(from, step), redo: [], aside, notes } };
  }
  const theirs: Theirs = { tx, inverse: applied.inverse };
  const { from, waiting, over } = carried(line, 0, tx.edits, (pending, refusal) => lostTo(pending, refusal, theirs), kinds);
  const says = (left: LeftEdit) => leftWords(left, line.confirmed, tx.actor);
  const [undo, redo] = [carrySteps(from.undo, over, says), carrySteps(from.redo, over, says)];
  return { line: { confirmed, waiting, undo, redo, aside, notes: carryOffers(from.notes, over) }, theirs };
}

// Carries what waits from a place on; what that makes impossible steps aside first, so that what was made on it is carried over that, too.
function carried(
  line: Line,
  at: number,
  edits: readonly Edit[],
  lose: (pending: Pending, refusal: Refusal) => Lost,
  kinds: Kinds,
) {
  let from = line;
  for (;;) {
    const { waiting, over } = carryPending(from.waiting.slice(at), edits, lose);
    const lost = waiting.find((pending, number) => pending.lost !== undefined && from.waiting[at + number]?.lost === undefined);
    if (lost?.lost === undefined) return { from, waiting, over };
    from = stepAside(from, lost.txId, lost.lost, kinds);
  }
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
  if (at < 0) return line;
  const needs = (_: Pending, refusal: Refusal): Lost => ({ refusal });
  const { from, waiting, over } = carried(line, at + 1, inverseHere(line, at, kinds), needs, kinds);
  const says = (left: LeftEdit) => leftWords(left, line.confirmed, undefined);
  return {
    ...from,
    waiting: [...from.waiting.slice(0, at), ...waiting],
    undo: carrySteps(from.undo, over, says, txId),
    redo: carrySteps(from.redo, over, says, txId),
    notes: carryOffers(from.notes, over),
  };
}

/**
 * E51  What is no longer possible and still waits for a word of the server is out of the way at once: what follows is as if it had never
 * been, and so is what is done from now on. It goes when the word comes.
 */
export function stepAside(line: Line, txId: string, lost: Lost, kinds: Kinds): Line {
  const at = line.waiting.findIndex((pending) => pending.txId === txId);
  const pending = line.waiting[at];
  if (pending === undefined) return line;
  const left = takeBack(line, txId, kinds);
  return { ...left, waiting: left.waiting.toSpliced(at, 0, { ...pending, lost }) };
}

// What takes it back where it stands; nothing does once it has stepped aside. One that is not shown any more was shown when what follows was
// made: its step still knows.
function inverseHere({ confirmed, waiting, undo, redo }: Line, at: number, kinds: Kinds): readonly Edit[] {
  const pending = waiting[at];
  if (pending === undefined || pending.lost !== undefined) return [];
  const { shown } = replay(confirmed, waiting.slice(0, at), kinds);
  const { inverse, left } = applyPartly(shown, pending.edits, kinds);
  if (left.length === 0 || pending.partly === true) return inverse;
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
  const own = line.waiting.find((pending) => pending.txId === txId);
  const rest = { ...line, waiting: line.waiting.filter((pending) => pending !== own) };
  // It had stepped aside, with its step.
  if (own?.lost !== undefined) return { ...rest, undo: withStep(rest, { txId, label: own.label, back: inverse, left: [] }) };
  return { ...rest, undo: line.undo.map(known), redo: line.redo.map(known) };
}

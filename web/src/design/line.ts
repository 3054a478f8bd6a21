import type { Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import { applyAll, applySome } from '#model/edits/apply.ts';
import { compose } from '#model/edits/compose.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import { type Rebased, rebase } from '#model/edits/transform.ts';
import type { CommittedTx, Tx } from '#model/edits/tx.ts';
import { undoEdits } from '#model/edits/undo.ts';
import type { Note } from './notes.ts';

/**
 * What a page holds of a design that others change too: what is confirmed, and what is on its way. Pure.
 * Rules E30… in `docs/spec/edit.md`.
 */

/** A transaction of this person that is not confirmed yet. */
export interface Pending {
  readonly txId: string;
  readonly label: string;
  /** As they apply on the confirmed design with the pending ones before it. */
  readonly edits: readonly Edit[];
  readonly madeAtMs: number;
  readonly undoOf?: string;
  /** What does not fit is left out, instead of all of it: an undo. */
  readonly partly?: boolean;
  /** As it went out. Sent again it is the same, whatever has happened here since. */
  readonly sent?: Tx;
  /** What somebody else did that made it impossible; one that was sent still waits for the server's word. */
  readonly lost?: Lost;
}

/** Why a transaction is no longer possible, who is behind that, and what would restore both their work and it. */
export interface Lost {
  readonly refusal: Refusal;
  readonly by?: CommittedTx;
  /** Puts back what was deleted, then does what was meant. */
  readonly restore?: readonly Edit[];
}

/** Something the person did and can take back; in the list of what was undone, something that can be done again. */
export interface Step {
  /** The transaction it takes back. */
  readonly txId: string;
  /** What was done, as it reads after "Undo ": `delete waiter`. */
  readonly label: string;
  /** The edits that take it back, on the design as shown once all steps after it are taken back. */
  readonly back: readonly Edit[];
  /** What can no longer be taken back, in words, each with its reason. */
  readonly left: readonly string[];
}

/** Steps that are kept. */
export const longestHistory = 100;

/** Transactions made while away that do not all fit any more: the person chooses what becomes of them. */
export interface Aside {
  /** The revision they were made on. */
  readonly rev: number;
  /** As they were made. */
  readonly made: readonly Pending[];
  /** As they apply on the confirmed design. */
  readonly carried: readonly Pending[];
}

/** All of it. Survives a reload as it is. */
export interface Line {
  readonly confirmed: Design;
  readonly waiting: readonly Pending[];
  readonly undo: readonly Step[];
  readonly redo: readonly Step[];
  readonly aside?: Aside | undefined;
  /** What came of it where others were in the way, the newest first. */
  readonly notes: readonly Note[];
}

/** When the oldest that waits was made; never when nothing does. */
export const oldestMs = ({ waiting }: Pick<Line, 'waiting'>): number =>
  waiting.reduce((least, { madeAtMs }) => Math.min(least, madeAtMs), Number.POSITIVE_INFINITY);

const plain = (rebased: Rebased): readonly Edit[] => rebased.edits.map(({ edit }) => edit);

/** What could not be done, and why. */
export interface LeftEdit {
  readonly edit: Edit;
  readonly refusal: Refusal;
}

/** Applies what can be applied, edit by edit; the rest is left out. `done` are the given edits, as they were asked for. */
export function applyPartly(design: Design, edits: readonly Edit[], kinds: Kinds) {
  const some = applySome(design, edits, kinds);
  const refusals = new Map(some.left.map(({ number, refusal }) => [number, refusal]));
  const done = edits.filter((_, number) => !refusals.has(number));
  const left = edits.flatMap((edit, number): LeftEdit[] => {
    const refusal = refusals.get(number);
    return refusal === undefined ? [] : [{ edit, refusal }];
  });
  return { design: some.design, done, left, inverse: some.inverse };
}

/** What is shown: the confirmed design with all that waits applied. */
export interface Replayed {
  readonly shown: Design;
  /** The edits that take each transaction back, as it applies now. */
  readonly inverses: ReadonlyMap<string, readonly Edit[]>;
  /** Those that do not apply as things are. */
  readonly unfit: ReadonlyMap<string, Refusal>;
}

/** E31  Applies what waits on what is confirmed, in order, from the beginning. */
export function replay(confirmed: Design, waiting: readonly Pending[], kinds: Kinds): Replayed {
  let shown = confirmed;
  const inverses = new Map<string, readonly Edit[]>();
  const unfit = new Map<string, Refusal>();
  for (const { txId, edits, partly, lost } of waiting) {
    if (lost !== undefined) continue;
    if (partly === true) {
      const { design, inverse } = applyPartly(shown, edits, kinds);
      shown = design;
      inverses.set(txId, inverse);
      continue;
    }
    const applied = applyAll(shown, edits, kinds);
    if (applied.ok) {
      shown = applied.design;
      inverses.set(txId, applied.inverse);
    } else unfit.set(txId, applied.refusal);
  }
  return { shown, inverses, unfit };
}

/** The steps with the way back of what is still pending made anew: what it takes back is what it now applies on. */
export function refreshed(steps: readonly Step[], inverses: Replayed['inverses']): readonly Step[] {
  if (inverses.size === 0) return steps;
  return steps.map((step) => {
    const back = inverses.get(step.txId);
    return back === undefined ? step : { ...step, back, left: [] };
  });
}

/** E35  What waits behind something else and is of the same thing becomes one with it; undefined when it does not. */
export function composedWith(line: Line, label: string, edits: readonly Edit[]): Line | undefined {
  const last = line.waiting.at(-1);
  if (last === undefined || last.sent !== undefined || last.lost !== undefined || last.label !== label) return undefined;
  if (line.undo.at(-1)?.txId !== last.txId) return undefined;
  const one = compose([...last.edits, ...edits]);
  if (one.length > last.edits.length || one.length === 0) return undefined;
  return { ...line, waiting: line.waiting.with(-1, { ...last, edits: one }), redo: [] };
}

type Lose = (pending: Pending, refusal: Refusal) => Lost;

/** Carries what waits over edits that the server put before it; also what these edits are once it has been applied. */
export function carryPending(waiting: readonly Pending[], edits: readonly Edit[], lose: Lose) {
  let over = edits;
  const carried = waiting.map((pending): Pending => {
    if (pending.lost !== undefined || over.length === 0) return pending;
    const mine = rebase(pending.edits, over, 'after');
    const [left] = mine.left;
    if (left !== undefined && pending.partly !== true) return { ...pending, lost: lose(pending, left.refusal) };
    over = mine.over;
    return { ...pending, edits: plain(mine) };
  });
  return { waiting: carried, over };
}

/** E37  With what was put aside waiting again, after what was done since, each with its step. */
export function withAsideBack({ aside, ...line }: Line): Line {
  if (aside === undefined) return line;
  const ours = line.waiting.flatMap(({ edits }) => edits);
  const { waiting } = carryPending(aside.carried, ours, (_, refusal) => ({ refusal }));
  const steps = waiting.map(({ txId, label }): Step => ({ txId, label, back: [], left: [] }));
  return {
    ...line,
    waiting: [...line.waiting, ...waiting],
    undo: [...line.undo, ...steps].slice(-longestHistory),
    redo: [],
  };
}

/**
 * E34  Carries the steps over edits that came after them, from the last one down: what somebody has changed since is no longer taken
 * back, and said. With `upTo`, that step is taken out: the edits are what undoes it, so those before it do not feel them.
 */
export function carrySteps(steps: readonly Step[], edits: readonly Edit[], says: (left: LeftEdit) => string, upTo?: string) {
  const carried = [...steps];
  let over = edits;
  for (let at = carried.length - 1; at >= 0; at--) {
    const step = carried[at];
    if (step === undefined) continue;
    if (step.txId === upTo) return carried.toSpliced(at, 1);
    if (over.length === 0) continue;
    const mine = undoEdits(step.back, [over]);
    const left = mine.left.flatMap(({ number, refusal }) => {
      const edit = step.back[number];
      return edit === undefined ? [] : [says({ edit, refusal })];
    });
    over = mine.over;
    carried[at] = { ...step, back: plain(mine), left: left.length === 0 ? step.left : [...step.left, ...left] };
  }
  return carried;
}

import { txTaken, txUnknown, undoImpossible, undoneAlready } from '#app/app-errors.ts';
import { getDesign } from '#app/designs/get-design.ts';
import { wordsOf } from '#app/history/history.ts';
import { linesBetween } from '#app/history/revisions.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import { inForce } from '#model/edits/in-force.ts';
import { mostWork, workOver } from '#model/edits/others.ts';
import type { Ack, LeftOut } from '#model/edits/tx.ts';
import { undoEdits } from '#model/edits/undo.ts';
import type { Undoable } from '#model/merging/history.ts';
import { plainShortened } from '#model/shortened.ts';
import type { LogEntry } from '#store/designs/design-log.ts';
import type { Turn } from '#store/designs/history.ts';
import type { Change } from './change-design.ts';
import { commitTx } from './commit.ts';

/** What taking back has done: the transaction that did it, and what could not be taken back. */
export interface Undone extends Omit<Ack, 'left'> {
  readonly is: 'undone';
  readonly says: string;
  readonly left: readonly Refusal[];
}

/** Conditions of taking back. */
export interface UndoTerms {
  readonly txId?: string | undefined;
  readonly expectedRev?: number | undefined;
}

type Stale = Extract<Change, { is: 'stale' }>;

/** So much may have happened since what is taken back; above that, restoring a revision is what helps. */
const farthestUndo = 20_000;

/**
 * Takes a transaction back, wherever it is in the history: as a new one, which leaves what others have made of it since and says what
 * it left. Taking that back in turn is redo.
 *
 * @param terms `txId` of the new transaction, so that the request sent again is done once; `expectedRev`, the only revision to do it on.
 * @throws APP_DESIGN_UNKNOWN, APP_TX_UNKNOWN, APP_TX_TAKEN, APP_UNDONE_ALREADY, APP_UNDO_IMPOSSIBLE.
 */
export async function undoTx(
  work: Work,
  caller: Caller,
  id: string,
  undoOf: string,
  { txId, expectedRev }: UndoTerms = {},
): Promise<Undone | Stale> {
  const design = await getDesign(work, caller, id);
  const entry = await work.designs.entry(id, undoOf);
  if (entry === undefined) throw txUnknown({ detail: `The design has no transaction ${undoOf}.`, facts: { txId: undoOf } });
  const says = undoWords(wordsOf(work, entry, design));
  const before = txId === undefined ? undefined : await work.designs.entry(id, txId);
  if (before !== undefined && before.undoOf !== undoOf)
    throw txTaken({ detail: `${txId} is another transaction of the design; choose an id of its own.`, pointer: '/as' });
  // Sent again, it is answered as the first time.
  const { edits, left } =
    before === undefined ? await editsBack(work, id, entry, design.rev, says) : { edits: before.edits, left: [] };
  const lost = left.map(({ refusal }) => refusal);
  if (edits.length === 0) throw nothingLeft(says, lost);
  const tx = {
    txId,
    edits: [...edits],
    baseRev: design.rev,
    atomic: false,
    undoOf,
    label: plainShortened(says, 200),
  };
  const done = await commitTx(work, caller, id, tx, { expectedRev });
  if (done.is === 'stale' && expectedRev !== undefined) return done;
  if (done.is !== 'committed') throw nothingLeft(says, done.is === 'refused' ? [...lost, done.refusal] : lost);
  const { left: notDone = [], ...ack } = done.ack;
  return { is: 'undone', ...ack, says, left: [...lost, ...notDone.map(({ refusal }) => refusal)] };
}

async function editsBack(
  work: Work,
  id: string,
  entry: LogEntry,
  present: number,
  says: string,
): Promise<{ readonly edits: readonly Edit[]; readonly left: readonly LeftOut[] }> {
  await expectInForce(work, id, entry, says);
  const tooMuch = (): Error => undoImpossible({ detail: `Too much has happened since to ${says}. Restore a revision instead.` });
  if (present - entry.rev > farthestUndo) throw tooMuch();
  const since = inForce(await linesBetween(work.designs, id, entry.rev, present), mostWork);
  if (since === undefined || workOver(entry.inverse, since.flat()) > mostWork) throw tooMuch();
  const { edits, left } = undoEdits(entry.inverse, since);
  return { edits: edits.map(({ edit }) => edit), left };
}

async function expectInForce({ history, designs }: Work, id: string, { txId }: LogEntry, says: string): Promise<void> {
  const by = (await history.undoers(id, [txId])).get(txId);
  if (by === undefined) return;
  const undoer = await designs.entry(id, by);
  const facts = { undoneBy: by, actor: undoer?.actor, rev: undoer?.rev };
  throw undoneAlready({
    detail: `There is nothing to ${says}: ${undoer?.actor ?? 'somebody'} has taken it back already.`,
    facts,
  });
}

function nothingLeft(says: string, left: readonly Refusal[]): Error {
  const [why] = left;
  const reason = why === undefined ? 'there is nothing in it to take back' : why.message;
  return undoImpossible({ detail: `It is not possible to ${says}: ${reason}.`, facts: { left } });
}

/** `undo delete waiter`; of an undoing `redo delete waiter`, and of that `undo delete waiter` again. */
function undoWords(says: string): string {
  if (says.startsWith('undo ')) return `redo ${says.slice('undo '.length)}`;
  return `undo ${says.startsWith('redo ') ? says.slice('redo '.length) : says}`;
}

/** What somebody would take back and do again next; null where there is nothing. */
export interface NextUndo {
  readonly undo: Undoable | null;
  readonly redo: Undoable | null;
}

/** How far back somebody's own steps are looked through. */
const longestTurns = 1_000;

/**
 * What a person would undo and redo next, each with the words it will be done under (`undo delete waiter`): the last of his own steps
 * that is in force, and the last of those he has taken back since. The same on every machine, and after a reload.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function nextUndo(work: Work, caller: Caller, id: string, actor: string): Promise<NextUndo> {
  const design = await getDesign(work, caller, id);
  const { undo, redo } = stacksOf(await work.history.turnsOf(id, actor, longestTurns));
  const taken = await work.history.undoers(id, [...undo, ...redo]);
  const last = async (stack: readonly string[]): Promise<Undoable | null> => {
    const txId = stack.findLast((one) => !taken.has(one));
    const entry = txId === undefined ? undefined : await work.designs.entry(id, txId);
    return entry === undefined ? null : { txId: entry.txId, rev: entry.rev, says: undoWords(wordsOf(work, entry, design)) };
  };
  return { undo: await last(undo), redo: await last(redo) };
}

// A step of one's own ends what could be redone; taking back somebody else's is such a step.
function stacksOf(turns: readonly Turn[]): { readonly undo: readonly string[]; readonly redo: readonly string[] } {
  let [undo, redo]: [string[], string[]] = [[], []];
  for (const { txId, undoOf } of turns) {
    const without = (stack: readonly string[]): string[] => stack.filter((one) => one !== undoOf);
    if (undoOf !== undefined && undo.includes(undoOf)) [undo, redo] = [without(undo), [...redo, txId]];
    else if (undoOf !== undefined && redo.includes(undoOf)) [undo, redo] = [[...undo, txId], without(redo)];
    else [undo, redo] = [[...undo, txId], []];
  }
  return { undo, redo };
}

import type { DesignBody } from '#model/design.ts';
import { difference } from '#model/edits/diff.ts';
import { mostEdits } from '#model/edits/tx.ts';
import type { HistoryEntry } from '#model/merging/history.ts';
import { plainShortened } from '#model/shortened.ts';
import { createBranch, keepVersion } from '../client/client.ts';
import { duplicateAt, restoreDesign, undoTx } from '../client/history-client.ts';
import { Refused, reasonOf } from '../client/problem.ts';
import { commit, type Desk } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { isNarrow } from '../shell/ui.ts';

/** What a person can do with the history of a design. */

/** Shows the design as it was in a revision; null goes back to the present. */
export function lookBack(desk: Desk, rev: number | null): void {
  const narrow = isNarrow();
  desk.ui.set((ui) => ({
    ...ui,
    past: rev,
    quick: null,
    wiring: null,
    replay: null,
    inspector: ui.inspector || (rev !== null && !narrow),
    drawer: narrow ? null : ui.drawer,
  }));
}

/** Lists who changed a node or wire. */
export function askWhoChanged(desk: Desk, element: string): void {
  desk.ui.set((ui) => ({ ...ui, drawer: 'history', historyOf: element, inspector: isNarrow() ? false : ui.inspector }));
}

/** E49  Takes an entry of the history back, whoever did it, and says what could not be. It is a step of this person, undone like any other. */
export async function takeBack(desk: Desk, { txId, says: was }: Pick<HistoryEntry, 'txId' | 'says'>): Promise<void> {
  const as = crypto.randomUUID();
  const callOff = desk.design.expect(as, `take back “${was}”`);
  try {
    const { says, left } = await undoTx(idOf(desk), txId, as);
    const words =
      left.length === 0 ? '' : `; not taken back: ${[...new Set(left.map(({ message }) => message))].slice(0, 3).join('; ')}`;
    say(left.length === 0 ? 'good' : 'plain', `Done: ${says}${words}`);
  } catch (error) {
    // Without an answer it may have been done all the same.
    if (error instanceof Refused) callOff();
    say('bad', `Not taken back: ${reasonOf(error)}`);
  }
}

/** Makes the design again what it was: new edits, one step to undo. */
export async function restore(desk: Desk, rev: number, body: DesignBody): Promise<void> {
  const label = `restore revision ${rev}`;
  const edits = difference(desk.design.state.get().shown, body);
  if (edits.length === 0) return say('plain', 'The design is as it was then.');
  if (edits.length > mostEdits) return await restoreThere(desk, rev, label);
  lookBack(desk, null);
  if (commit(desk, label, edits)) say('good', `The design is again as in revision ${rev}.`);
}

// More than fits one transaction of a page.
async function restoreThere(desk: Desk, rev: number, label: string): Promise<void> {
  try {
    await restoreDesign(idOf(desk), rev, label);
    lookBack(desk, null);
  } catch (error) {
    say('bad', `Not restored: ${reasonOf(error)}`);
  }
}

/** Copies the design as it was, and opens the copy. */
export async function duplicateFrom(desk: Desk, rev: number, { name }: DesignBody): Promise<void> {
  try {
    const { id } = await duplicateAt(idOf(desk), `${plainShortened(name, 170)} (copy of rev ${rev})`, rev);
    desk.go(id);
  } catch (error) {
    say('bad', `Not copied: ${reasonOf(error)}`);
  }
}

/** Makes a branch that begins as the design was, and opens it; false when it was not made. */
export async function branchFrom(desk: Desk, name: string, rev: number): Promise<boolean> {
  try {
    const { designId } = await createBranch(idOf(desk), name, rev);
    desk.go(designId);
    return true;
  } catch (error) {
    say('bad', `No branch was made: ${reasonOf(error)}`);
    return false;
  }
}

/** Keeps the present state under a name; false when it was not kept. */
export async function keep(desk: Desk, name: string, note: string): Promise<boolean> {
  try {
    const version = await keepVersion(idOf(desk), name, note);
    say('good', `Kept as “${version.name}”`);
    return true;
  } catch (error) {
    say('bad', `Not kept: ${reasonOf(error)}`);
    return false;
  }
}

const idOf = (desk: Desk): string => desk.design.state.get().confirmed.id;

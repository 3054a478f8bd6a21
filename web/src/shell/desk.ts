import { createContext, useContext } from 'react';
import type { ComponentSpec, Kinds } from '#model/component.ts';
import type { Edit } from '#model/edits/edit.ts';
import { type Store, usePart } from '../base/store.ts';
import type { LongCheck } from '../checks/long-check.ts';
import type { Live } from '../client/live.ts';
import type { Comments } from '../comments/comments.ts';
import type { DesignState, DesignStore } from '../design/design-state.ts';
import { travelledWords } from '../design/words.ts';
import type { Drafts } from '../keeping/drafts.ts';
import type { People } from '../people/people.ts';
import type { Checks } from '../problems/checks.ts';
import type { Run } from '../run/run.ts';
import { say } from './toasts.ts';
import type { Ui } from './ui.ts';

/** Everything a part of the page works on: one design, open. */
export interface Desk {
  readonly specs: readonly ComponentSpec[];
  readonly kinds: Kinds;
  readonly live: Live;
  readonly design: DesignStore;
  /** How many of the changes that wait would survive a reload. */
  readonly kept: Store<number>;
  /** What is typed and is no change yet. */
  readonly drafts: Drafts;
  readonly checks: Checks;
  /** The longer look of the server. */
  readonly long: LongCheck;
  readonly run: Run;
  readonly comments: Comments;
  /** The others who have it open. */
  readonly people: People;
  readonly ui: Store<Ui>;
  /** Opens another design. */
  readonly go: (designId: string) => void;
}

/** Hands the open design to every part of the page. */
export const DeskContext = createContext<Desk | null>(null);

/** The open design, in a part of the page that is shown with one. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error('this part of the page needs an open design');
  return desk;
}

/** One part of the design as shown now. */
export function useShown<R>(pick: (shown: DesignState['shown']) => R): R {
  return usePart(useDesk().design.state, ({ shown }) => pick(shown));
}

/** One part of what the page shows beside the design. */
export function useUi<R>(pick: (ui: Ui) => R): R {
  return usePart(useDesk().ui, pick);
}

/** Commits edits and says in one line why they do not fit; true when they do. */
export function commit(desk: Pick<Desk, 'design'> & Partial<Pick<Desk, 'ui'>>, label: string, edits: readonly Edit[]): boolean {
  if (edits.length === 0) return false;
  const past = desk.ui?.get().past ?? null;
  if (past !== null) {
    say('plain', 'This is how it was. Go back to now to change it.');
    return false;
  }
  const refusal = desk.design.commit(label, edits);
  if (refusal !== undefined) say('bad', `Cannot ${label}: ${refusal.message}`);
  return refusal === undefined;
}

/** Takes the last step back, or does it again, and says what that was, and what of it could not be. */
export function travel(desk: Pick<Desk, 'design'>, which: 'undo' | 'redo'): void {
  const done = which === 'undo' ? desk.design.undo() : desk.design.redo();
  if (done.is === 'nothing') return;
  say(done.is === 'impossible' ? 'bad' : 'plain', travelledWords(which, done));
}

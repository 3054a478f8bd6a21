import type { Finding } from '#model/checks/finding.ts';
import type { Anchor } from '#model/comment.ts';
import type { Position } from '#model/design.ts';
import { createStore, type Store } from '../base/store.ts';
import type { LooseEnd } from '../canvas/shapes.ts';

export type Drawer = 'components' | 'problems' | 'outline' | 'comments' | 'history' | 'runs';

/** What is chosen on the canvas and in the outline. */
export interface Selection {
  readonly nodes: readonly string[];
  readonly wires: readonly string[];
}

export const nothing: Selection = { nodes: [], wires: [] };

/** The search at the cursor: where it is shown, where a chosen kind goes, and what it is then wired to. */
export interface QuickSearch {
  readonly screen: Position;
  readonly at: Position;
  readonly from?: LooseEnd;
}

/** A counterexample being looked at: `step` counts its steps from 0; one past the last shows who then waits for whom. */
export interface Replay {
  readonly finding: Finding;
  readonly step: number;
  readonly playing: boolean;
}

/** What is being talked about: a thread, or one that is about to be opened. */
export type Talk = { readonly is: 'thread'; readonly id: string } | { readonly is: 'new'; readonly anchor: Anchor };

/** What the page shows beside the design itself; nothing of it is stored. */
export interface Ui {
  readonly drawer: Drawer | null;
  readonly inspector: boolean;
  readonly selection: Selection;
  readonly quick: QuickSearch | null;
  /** The end of a wire that looks for its other end. */
  readonly wiring: LooseEnd | null;
  readonly replay: Replay | null;
  /** Whether the next run is recorded. */
  readonly record: boolean;
  readonly sheet: boolean;
  /** Path of a file that is shown. */
  readonly result: string | null;
  readonly talk: Talk | null;
  /** Whether threads that are resolved are shown too. */
  readonly resolved: boolean;
  /** The revision that is shown instead of the present, with what has changed since; null for the present. */
  readonly past: number | null;
  /** The node or wire whose history is listed; null for that of the whole design. */
  readonly historyOf: string | null;
  /** The group that was chosen by its frame; it is as long as just its members are selected. */
  readonly group: string | null;
}

/** What a narrow page begins with is the canvas alone. */
export function createUi(narrow: boolean): Store<Ui> {
  return createStore<Ui>({
    drawer: narrow ? null : 'components',
    inspector: !narrow,
    selection: nothing,
    quick: null,
    wiring: null,
    replay: null,
    record: false,
    sheet: false,
    result: null,
    talk: null,
    resolved: false,
    past: null,
    historyOf: null,
    group: null,
  });
}

/** Selects nodes and wires, and nothing else. */
export function select(ui: Store<Ui>, selection: Partial<Selection>): void {
  ui.set((now) => ({ ...now, selection: { ...nothing, ...selection } }));
}

/** True on a page as narrow as a phone. */
export const isNarrow = (): boolean => matchMedia('(max-width: 760px)').matches;

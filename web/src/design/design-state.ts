import type { Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
import type { LiveMessage } from '#model/live.ts';
import type { Store } from '../base/store.ts';
import type { Line } from './line.ts';
import type { Note } from './notes.ts';
import type { Outside } from './sending.ts';

/** A design that is open: what is known of it, what can be done with it, and what it needs from outside. */

/** What the page knows of its design. `shown` is `confirmed` with all that waits applied. */
export interface DesignState extends Line {
  readonly shown: Design;
  /** `kept`: the server does not answer; what waits is sent when it does. */
  readonly saving: 'saved' | 'sending' | 'kept';
}

/** Something a person is told in one line; never a question that must be answered. */
export interface News {
  readonly is: Note['is'] | 'aside';
  readonly text: string;
  /** What is listed of it; what these offer can be done by `take`. */
  readonly notes: readonly Note[];
  /** What is taken back, as it would apply on what is shown, and why. */
  readonly lost?: GivenBack;
}

/** Edits of this person that were not taken. */
export interface GivenBack {
  readonly edits: readonly Edit[];
  readonly refusal: Refusal;
}

/** The outside of a design store. */
export interface Surroundings extends Outside {
  readonly kinds: Kinds;
  newId(): string;
  now(): number;
  tell(news: News): void;
  /** True when what was not taken stands again where it was typed: then nothing more need be said. */
  settles?(given: GivenBack): boolean;
  /** What must survive. */
  keep?(line: Line): void;
  /** Somebody else has changed the design. */
  theirs?(tx: CommittedTx): void;
}

/** What became of an undo or a redo; `left` says what could not be taken back. */
export type Travelled =
  | { readonly is: 'nothing' }
  | { readonly is: 'done' | 'impossible'; readonly label: string; readonly left: readonly string[] };

export interface DesignStore {
  readonly state: Store<DesignState>;
  /** Applies edits here at once and sends them; answers why not when they do not fit. */
  commit(label: string, edits: readonly Edit[]): Refusal | undefined;
  undo(): Travelled;
  redo(): Travelled;
  /** There is a socket. */
  opened(): void;
  /** There is none any more. */
  lost(): void;
  /** Anything the socket has said; what is of other designs is not heard. */
  heard(message: LiveMessage): void;
  /** Sends what was put aside as far as it fits, or forgets it. */
  settleAside(how: 'send' | 'forget'): void;
  /** E47  Does what these notes offer, as far as it still fits, as one step; what was done once is not done again. */
  take(notes: readonly string[]): void;
  /** The person has seen the notes, or wants none of them any more. */
  tend(how: 'seen' | 'forget'): void;
  /** Tells and lists what has come to another line of this person. */
  also(news: News): void;
  /** E49  A transaction of this person goes another way: when it comes it is a step of this name. The answer calls it off. */
  expect(txId: string, label: string): () => void;
  close(): void;
}

import type { Relation } from './relation.ts';
import type { View } from './view.ts';

/** A system as the structural engines see it. */
export interface Structure {
  readonly view: View;
  readonly neighbours: Neighbours;
  readonly hints: Hints;
}

/** What was found about a system that helps with the next one like it; it says nothing about any verdict. */
export interface Hints {
  /** V140  What follows from each two neighbours alone was not enough, and a rule was. */
  rulesFirst: boolean;
}

/** Who makes events with whom. What is between two parts stands at `first[part]` to `first[part+1]`, exclusive, for both of them. */
export interface Neighbours {
  readonly first: Int32Array;
  readonly others: Int32Array;
  readonly relations: readonly Relation[];
  /** 1 where the part is the right one of the relation. */
  readonly isRight: Uint8Array;
  /** Events of three or more parts, and of two whose relation would be too large: all that is known is that somebody must refuse. */
  readonly many: readonly ManyEvent[];
  readonly makers: Makers;
  /** Whether some part may be brought to the state after which its shape says less than the truth. */
  readonly cut: boolean;
}

/** Who makes each event, one list after the other: those of `event` stand at `first[event]` to `first[event+1]`, exclusive. */
export interface Makers {
  readonly first: Int32Array;
  readonly parts: Int32Array;
  /** The number that the event has among the part's own. */
  readonly own: Int32Array;
}

export interface ManyEvent {
  readonly event: number;
  readonly parts: readonly number[];
  /** For each of the parts its own number of the event. */
  readonly own: readonly number[];
}

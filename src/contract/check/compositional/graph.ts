/**
 * V40  What some parts of a system do together, seen from the other parts: a transition system whose labels are numbers. Label 0 is
 *      what happens inside and nobody else takes part in; the others are the events that parts outside share, numbered from 1.
 *
 * State 0 is the start. The moves of state `s` are numbers `first[s]` to `first[s+1]`, exclusive.
 */
export interface Graph {
  readonly first: Int32Array;
  readonly labels: Int32Array;
  readonly targets: Int32Array;
  /** Sums of `ended` and `cut`. */
  readonly marks: Uint8Array;
  /** Labels are smaller. */
  readonly labelCount: number;
}

export const inside = 0;

/** Mark of a state in which all processes have ended. Where something can happen inside it says nothing: the whole cannot be stuck there. */
export const ended = 1;
/** Mark of a state in which a part says less than the truth. */
export const cut = 2;

export function statesOf(graph: Graph): number {
  return graph.marks.length;
}

/** Whether something can happen inside. */
export function isRestless({ first, labels }: Graph, state: number): boolean {
  for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) if (labels[move] === inside) return true;
  return false;
}

/** Bytes of its tables. */
export function bytesOf({ first, labels, targets, marks }: Graph): number {
  return first.byteLength + labels.byteLength + targets.byteLength + marks.byteLength;
}

import type { TraceStep } from '#model/checks/finding.ts';

/**
 * Transition systems that make events together: what an engine searches. Plain data, so that it can be posted to a thread.
 * An event happens when all its parts make it at once; nothing else holds a part back.
 */
export interface System {
  /** Equal parts share a shape. */
  readonly shapes: readonly Shape[];
  /** The processes first, then the links: parts that only remember. */
  readonly parts: readonly Part[];
  /** How many of the parts are processes. When all these are in a final state the system has ended, whatever links still hold. */
  readonly processes: number;
  readonly events: readonly SystemEvent[];
}

export interface SystemEvent {
  /** The parts that make it, each once. With -1 among them the event is impossible: there is nobody to make it with. */
  readonly parts: readonly number[];
}

/** A design as a system: the processes are its nodes, the links what its connections have to remember; every event has one or two parts. */
export interface Network extends System {
  readonly events: readonly NetworkEvent[];
}

/** A transition system; state 0 is the start. The moves of state `s` are numbers `first[s]` to `first[s+1]`, exclusive. */
export interface Shape {
  readonly first: Int32Array;
  /** Per move, an index into the `events` of a part. */
  readonly labels: Int32Array;
  readonly targets: Int32Array;
  /** 1 where the process has ended. */
  readonly final: Uint8Array;
  /** True when the shape says less than the truth after this many states: a search that gets there proves nothing. */
  readonly cutAt?: number;
}

export interface Part {
  readonly name: string;
  readonly shape: number;
  /** For each label of the shape, the number of the event in the system. Two labels may have the same. */
  readonly events: Int32Array;
}

/** What happens in an event; `from` and `to` are set for all but `alone`. */
export interface NetworkEvent extends SystemEvent {
  /** message: handed over; ask, reply: of a call, with from its client; asks-gone, hears-gone: the same of a server that has returned; quit: the server learns that its client has given up; put, take: into and out of a buffer; gone: discarded, the reader has left; dropped: by policy; end: the
   *  sender ends; sees: the reader sees the end; leaves: the reader has returned; free: on a port nothing is connected to;
   *  alone: an own decision. */
  readonly is: TraceStep['is'];
  readonly parts: readonly [number] | readonly [number, number];
  readonly connection?: string;
  /** The ends as people read them, `node.port[index]`; for `free` the one end there is. */
  readonly from?: string;
  readonly to?: string;
  /** The nodes the connection joins. */
  readonly sender?: number;
  readonly receiver?: number;
}

/** A system whose labels are words, as it is built. */
export interface Drawn {
  readonly moves: readonly (readonly DrawnMove[])[];
  readonly final: ReadonlySet<number>;
  readonly cutAt?: number;
}

export interface DrawnMove {
  readonly label: string;
  readonly to: number;
}

/** The shape of a drawn system and its labels in the order of their numbers. */
export function shapeOf({ moves, final, cutAt }: Drawn): { readonly shape: Shape; readonly labels: readonly string[] } {
  const labels = [...new Set(moves.flatMap((list) => list.map(({ label }) => label)))];
  const numbers = new Map(labels.map((label, number) => [label, number]));
  const count = moves.reduce((sum, list) => sum + list.length, 0);
  const first = new Int32Array(moves.length + 1);
  const shape = { first, labels: new Int32Array(count), targets: new Int32Array(count), final: new Uint8Array(moves.length) };
  let at = 0;
  for (const [state, list] of moves.entries()) {
    for (const { label, to } of list) {
      shape.labels[at] = numbers.get(label) ?? 0;
      shape.targets[at++] = to;
    }
    first[state + 1] = at;
    if (final.has(state)) shape.final[state] = 1;
  }
  return { shape: { ...shape, ...(cutAt !== undefined && { cutAt }) }, labels };
}

import type { Again } from '#contract/check/engine.ts';
import type { StateGraph } from '#contract/check/full/graph.ts';
import type { System } from '#contract/network.ts';
import type { Cycles } from './cycles.ts';

/** V134  What takes events out of consideration: `[part, event, …]`, the events that are on no cycle of that part. */
export type Taken = readonly (readonly number[])[];

/** V134  Ranks of all states, in the order of their vectors, and who is left out in those with cycles: `[rank, process]`. Without ranks where these are too many. */
export type Ranking = Partial<{
  readonly ranks: readonly number[];
  readonly held: readonly (readonly [rank: number, process: number])[];
}>;

/** Local states that are compared to put states in order, at most. */
const mostCompared = 20_000_000;

/** Makes rankings of one graph, as long as there is room for their numbers. */
export class Rankings {
  readonly #system: System;
  readonly #graph: StateGraph;
  readonly #cycles: Cycles;
  #room: number;
  #order: Uint32Array | undefined;

  constructor(system: System, graph: StateGraph, cycles: Cycles, { states, numbers }: Again) {
    this.#system = system;
    this.#graph = graph;
    this.#cycles = cycles;
    const isSmall = graph.states <= states && graph.states * system.parts.length <= mostCompared;
    this.#room = isSmall ? numbers : 0;
  }

  /** @param leftOut the process that a group of states is unfair to, or -1: there the one that is asked about never could go on. */
  of(allowed: (event: number) => boolean, leftOut: (group: readonly number[]) => number): Ranking {
    this.#room -= this.#graph.states;
    if (this.#room < 0) return {};
    const { component, groups } = this.#cycles.components(allowed);
    this.#order ??= orderOf(this.#system, this.#graph);
    return {
      ranks: Array.from(this.#order, (state) => component[state] ?? 0),
      held: groups.map((group) => [component[group[0] ?? 0] ?? 0, leftOut(group)]),
    };
  }
}

// The numbers of the states in the order of their vectors, part by part.
function orderOf({ parts }: System, graph: StateGraph): Uint32Array {
  const width = parts.length;
  const vectors = new Int32Array(width * graph.states);
  for (let state = 0; state < graph.states; state++) graph.vectorOf(state, vectors.subarray(width * state, width * (state + 1)));
  const order = Uint32Array.from({ length: graph.states }, (_, state) => state);
  return order.sort((a, b) => {
    let part = 0;
    while (part < width && vectors[width * a + part] === vectors[width * b + part]) part++;
    return (vectors[width * a + part] ?? 0) - (vectors[width * b + part] ?? 0);
  });
}

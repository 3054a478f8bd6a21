import { type Graph, inside, statesOf } from './graph.ts';

/** The states in groups that reach each other by inside moves alone. */
export interface SilentCycles {
  /** For each state its group. An inside move that leaves its group leads to one with a lower number. */
  readonly group: Int32Array;
  readonly count: number;
  /** 1 for a group in which inside moves can go on for ever. */
  readonly endless: Uint8Array;
}

/** Strongly connected components of the inside moves (Tarjan 1972), with a stack of our own. */
export function silentCycles(graph: Graph): SilentCycles {
  const walk = new Walk(graph);
  for (let state = 0; state < statesOf(graph); state++) walk.from(state);
  return { group: walk.group, count: walk.count, endless: endlessOf(graph, walk) };
}

class Walk {
  readonly group: Int32Array;
  count = 0;
  readonly #graph: Graph;
  readonly #order: Int32Array;
  readonly #low: Int32Array;
  /** The next move of a state to be looked at. */
  readonly #next: Int32Array;
  readonly #open: Int32Array;
  readonly #frames: Int32Array;
  #opened = 0;
  #met = 0;
  #depth = 0;

  constructor(graph: Graph) {
    const size = statesOf(graph);
    this.#graph = graph;
    this.group = new Int32Array(size).fill(-1);
    this.#order = new Int32Array(size);
    this.#low = new Int32Array(size);
    this.#next = graph.first.slice(0, size);
    this.#open = new Int32Array(size);
    this.#frames = new Int32Array(size);
  }

  from(root: number): void {
    if (this.#order[root] !== 0) return;
    this.#enter(root);
    while (this.#depth > 0) {
      const state = this.#frames[this.#depth - 1] ?? 0;
      const target = this.#nextTarget(state);
      if (target < 0) this.#leave(state);
      else if (this.#order[target] === 0) this.#enter(target);
      else if (this.group[target] === -1) this.#lower(state, this.#order[target] ?? 0);
    }
  }

  #enter(state: number): void {
    this.#order[state] = ++this.#met;
    this.#low[state] = this.#met;
    this.#open[this.#opened++] = state;
    this.#frames[this.#depth++] = state;
  }

  #nextTarget(state: number): number {
    const { first, labels, targets } = this.#graph;
    const end = first[state + 1] ?? 0;
    for (let move = this.#next[state] ?? 0; move < end; move++) {
      if (labels[move] !== inside) continue;
      this.#next[state] = move + 1;
      return targets[move] ?? 0;
    }
    this.#next[state] = end;
    return -1;
  }

  #lower(state: number, to: number): void {
    if (to < (this.#low[state] ?? 0)) this.#low[state] = to;
  }

  #leave(state: number): void {
    this.#depth--;
    const low = this.#low[state] ?? 0;
    if (this.#depth > 0) this.#lower(this.#frames[this.#depth - 1] ?? 0, low);
    if (low !== this.#order[state]) return;
    for (let member = -1; member !== state; ) {
      member = this.#open[--this.#opened] ?? 0;
      this.group[member] = this.count;
    }
    this.count++;
  }
}

function endlessOf({ first, labels, targets }: Graph, { group, count }: Walk): Uint8Array {
  const endless = new Uint8Array(count);
  for (let state = 0; state < group.length; state++)
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++)
      if (labels[move] === inside && group[targets[move] ?? 0] === group[state]) endless[group[state] ?? 0] = 1;
  return endless;
}

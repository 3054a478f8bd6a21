import { cut, ended, type Graph, inside, statesOf } from './graph.ts';
import { silentCycles } from './silent-cycles.ts';
import { Split } from './split.ts';

/** A smallest equal graph, and for each state of the given one its state in it. */
export interface Minimised {
  readonly graph: Graph;
  readonly classes: Int32Array;
}

/**
 * V41  The smallest graph that nobody can tell from the given one: its quotient by divergence-preserving branching bisimulation
 *      (van Glabbeek and Weijland 1996). Kept are the branching structure, what can go on inside for ever, where all have ended
 *      and what is cut.
 *
 * States that reach each other by inside moves are one. The rest is split into classes until nothing splits. Every state of the given graph
 * is to be reachable.
 *
 * @param pause called before each round with the states it looks at; may throw.
 */
export function minimise(given: Graph, pause: (states: number) => void = () => {}): Minimised {
  const { group, count, endless } = silentCycles(given);
  const split = new Split(mergeGroups(given, group, count), endless);
  split.run(pause);
  const found = group.map((at) => split.classOf[at] ?? 0);
  const numbers = new Numbering(split, found);
  const classes = found.map((number) => numbers.numberOf(number));
  return { graph: numbers.graph(given.labelCount), classes };
}

// Inside moves within a group are left out. Where something can happen inside, `ended` says nothing and is left out.
function mergeGroups(given: Graph, group: Int32Array, count: number): Graph {
  const size = statesOf(given);
  const marks = new Uint8Array(count);
  const restless = new Uint8Array(count);
  const first = new Int32Array(count + 1);
  const stays = (state: number, move: number): boolean =>
    given.labels[move] === inside && group[given.targets[move] ?? 0] === group[state];
  for (let state = 0; state < size; state++) {
    const at = group[state] ?? 0;
    marks[at] = (marks[at] ?? 0) | (given.marks[state] ?? 0);
    for (let move = given.first[state] ?? 0; move < (given.first[state + 1] ?? 0); move++) {
      if (given.labels[move] === inside) restless[at] = 1;
      if (!stays(state, move)) first[at + 1] = (first[at + 1] ?? 0) + 1;
    }
  }
  for (let at = 0; at < count; at++) {
    first[at + 1] = (first[at + 1] ?? 0) + (first[at] ?? 0);
    if (restless[at] === 1) marks[at] = (marks[at] ?? 0) & ~ended;
  }
  const labels = new Int32Array(first[count] ?? 0);
  const targets = new Int32Array(first[count] ?? 0);
  const free = first.slice(0, count);
  for (let state = 0; state < size; state++) {
    const at = group[state] ?? 0;
    for (let move = given.first[state] ?? 0; move < (given.first[state + 1] ?? 0); move++) {
      if (stays(state, move)) continue;
      const slot = free[at] ?? 0;
      free[at] = slot + 1;
      labels[slot] = given.labels[move] ?? 0;
      targets[slot] = group[given.targets[move] ?? 0] ?? 0;
    }
  }
  return { first, labels, targets, marks, labelCount: given.labelCount };
}

/** The classes numbered anew in the order in which they are met, from that of the start. */
class Numbering {
  readonly #split: Split;
  readonly #numbers: Int32Array;
  readonly #ranks: Int32Array;
  readonly #order: number[] = [];

  constructor(split: Split, classOf: Int32Array) {
    this.#split = split;
    this.#numbers = new Int32Array(split.signatureOf.length).fill(-1);
    this.#ranks = ranksOf(classOf);
    this.#meet(classOf[0] ?? 0);
    for (let at = 0; at < this.#order.length; at++) for (const { to } of this.#movesOf(this.#order[at] ?? 0)) this.#meet(to);
  }

  numberOf(found: number): number {
    return this.#numbers[found] ?? 0;
  }

  graph(labelCount: number): Graph {
    const size = this.#order.length;
    const first = new Int32Array(size + 1);
    const marks = new Uint8Array(size);
    const labels: number[] = [];
    const targets: number[] = [];
    for (const [number, found] of this.#order.entries()) {
      for (const { label, to } of this.#movesOf(found)) {
        labels.push(label);
        targets.push(this.numberOf(to));
      }
      marks[number] = this.#marksOf(found);
      first[number + 1] = labels.length;
    }
    return { first, labels: Int32Array.from(labels), targets: Int32Array.from(targets), marks, labelCount };
  }

  #meet(found: number): void {
    if (this.#numbers[found] === -1) this.#numbers[found] = this.#order.push(found) - 1;
  }

  // By label, then by the first state of the class they lead to. What can go on inside for ever is an inside move to itself.
  #movesOf(found: number): readonly { readonly label: number; readonly to: number }[] {
    const { stride, ended: firstMark, endless } = this.#split.codes;
    const moves: { label: number; to: number }[] = [];
    this.#forEachCode(found, (code) => {
      if (code === endless) moves.push({ label: inside, to: found });
      else if (code < firstMark) moves.push({ label: Math.floor(code / stride) - 1, to: code % stride });
    });
    return moves.sort((a, b) => a.label - b.label || (this.#ranks[a.to] ?? 0) - (this.#ranks[b.to] ?? 0));
  }

  #marksOf(found: number): number {
    let marks = 0;
    this.#forEachCode(found, (code) => {
      if (code === this.#split.codes.ended) marks |= ended;
      if (code === this.#split.codes.cut) marks |= cut;
    });
    return marks;
  }

  #forEachCode(found: number, take: (code: number) => void): void {
    const { signatures, signatureOf } = this.#split;
    const number = signatureOf[found] ?? 0;
    for (let at = signatures.start(number); at < signatures.end(number); at++) take(signatures.value(at));
  }
}

// Each class has the place of its first state among the first states.
function ranksOf(classOf: Int32Array): Int32Array {
  const ranks = new Int32Array(classOf.length).fill(-1);
  let next = 0;
  for (const number of classOf) if (ranks[number] === -1) ranks[number] = next++;
  return ranks;
}

import { cut, ended, type Graph, inside, statesOf } from './graph.ts';
import { Signatures } from './signatures.ts';
import { silentCycles } from './silent-cycles.ts';

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
 * States that reach each other by inside moves are one. Then classes are split by *signatures* (Blom and Orzan 2003): what a state can do
 * after inside moves within its class, until nothing splits. Every state of the given graph is to be reachable.
 *
 * @param pause called before each round; may throw.
 */
export function minimise(given: Graph, pause: () => void = () => {}): Minimised {
  const { group, count, endless } = silentCycles(given);
  const merged = mergeGroups(given, group, count);
  const { classOf, signatures, codes } = split(merged, endless, pause);
  const numbers = new Numbering(signatures, codes, classOf[group[0] ?? 0] ?? 0);
  const classes = group.map((at) => numbers.numberOf(classOf[at] ?? 0));
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

/** How a signature writes a move or a mark as one number: `label * stride + class + 1`. Numbers up to the stride are classes. */
interface Codes {
  readonly stride: number;
  readonly ended: number;
  readonly cut: number;
  readonly endless: number;
}

interface Split {
  readonly classOf: Int32Array;
  /** Of the classes; what they speak of is numbered as `classOf`. */
  readonly signatures: Signatures;
  readonly codes: Codes;
}

// A signature begins with the class of the state, so that classes are only ever split.
function split(graph: Graph, endless: Uint8Array, pause: () => void): Split {
  const size = statesOf(graph);
  const codes = codesOf(graph.labelCount, size);
  const signatures = new Signatures();
  let classOf = new Int32Array(size);
  let next = new Int32Array(size);
  for (let count = 1; ; ) {
    pause();
    signatures.clear();
    for (let state = 0; state < size; state++) next[state] = signatureOf(state, graph, endless, classOf, next, signatures, codes);
    // Classes are numbered in the order of their first states: as many as before are the same as before.
    if (signatures.count === count) return { classOf, signatures, codes };
    count = signatures.count;
    [classOf, next] = [next, classOf];
  }
}

function codesOf(labelCount: number, size: number): Codes {
  const stride = size + 1;
  const mark = (number: number): number => (labelCount + 1 + number) * stride;
  return { stride, ended: mark(0), cut: mark(1), endless: mark(2) };
}

// Inside moves lead to states with lower numbers, whose signatures of this round are known.
function signatureOf(
  state: number,
  { first, labels, targets, marks }: Graph,
  endless: Uint8Array,
  classOf: Int32Array,
  next: Int32Array,
  signatures: Signatures,
  codes: Codes,
): number {
  const own = classOf[state] ?? 0;
  signatures.add(own);
  for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
    const [label = 0, target = 0] = [labels[move], targets[move]];
    const to = classOf[target] ?? 0;
    if (label === inside && to === own) signatures.addRestOf(next[target] ?? 0);
    else signatures.add((label + 1) * codes.stride + to);
  }
  const mark = marks[state] ?? 0;
  if ((mark & ended) !== 0) signatures.add(codes.ended);
  if ((mark & cut) !== 0) signatures.add(codes.cut);
  if (endless[state] === 1) signatures.add(codes.endless);
  return signatures.take();
}

/** The classes numbered anew in the order in which they are met, from that of the start. */
class Numbering {
  readonly #signatures: Signatures;
  readonly #codes: Codes;
  readonly #numbers: Int32Array;
  readonly #order: number[] = [];

  constructor(signatures: Signatures, codes: Codes, start: number) {
    this.#signatures = signatures;
    this.#codes = codes;
    this.#numbers = new Int32Array(signatures.count).fill(-1);
    this.#meet(start);
    for (let at = 0; at < this.#order.length; at++) this.#forEachMove(this.#order[at] ?? 0, (_, to) => this.#meet(to));
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
      this.#forEachMove(found, (label, to) => {
        labels.push(label);
        targets.push(this.numberOf(to));
      });
      marks[number] = this.#marksOf(found);
      first[number + 1] = labels.length;
    }
    return { first, labels: Int32Array.from(labels), targets: Int32Array.from(targets), marks, labelCount };
  }

  #meet(found: number): void {
    if (this.#numbers[found] === -1) this.#numbers[found] = this.#order.push(found) - 1;
  }

  // What can go on inside for ever is an inside move to itself.
  #forEachMove(found: number, take: (label: number, to: number) => void): void {
    const { stride, ended: firstMark, endless } = this.#codes;
    for (let at = this.#signatures.start(found) + 1; at < this.#signatures.end(found); at++) {
      const code = this.#signatures.value(at);
      if (code === endless) take(inside, found);
      else if (code < firstMark) take(Math.floor(code / stride) - 1, code % stride);
    }
  }

  #marksOf(found: number): number {
    let marks = 0;
    for (let at = this.#signatures.start(found) + 1; at < this.#signatures.end(found); at++) {
      const code = this.#signatures.value(at);
      if (code === this.#codes.ended) marks |= ended;
      if (code === this.#codes.cut) marks |= cut;
    }
    return marks;
  }
}

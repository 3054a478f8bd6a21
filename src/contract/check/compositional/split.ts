import { cut, ended, type Graph, inside, statesOf } from './graph.ts';
import { Signatures } from './signatures.ts';

/**
 * V41  Classes of states, split until all states of a class can do the same: after inside moves within the class, the same moves to the same other classes,
 *      with the same marks. What a state can do is its signature (Blom and Orzan 2003).
 *
 * A round works out the signatures of those states only that a split of the round before concerns. In a class whose states are not all
 * concerned, those that are not keep its number; otherwise the most do.
 */
export class Split {
  readonly classOf: Int32Array;
  /** For each class what its states can do. */
  readonly signatureOf: number[] = [-1];
  readonly signatures = new Signatures();
  readonly codes: Codes;
  readonly #graph: Graph;
  readonly #endless: Uint8Array;
  readonly #before: Before;
  readonly #own: Int32Array;
  readonly #sizes: number[];
  readonly #isDirty: Uint8Array;
  #dirty: Int32Array;

  /** @param graph inside moves lead to states with lower numbers. @param endless 1 where inside moves can go on for ever. */
  constructor(graph: Graph, endless: Uint8Array) {
    const size = statesOf(graph);
    this.#graph = graph;
    this.#endless = endless;
    this.codes = codesOf(graph.labelCount, size);
    this.classOf = new Int32Array(size);
    this.#own = new Int32Array(size);
    this.#sizes = [size];
    this.#before = beforeOf(graph);
    this.#isDirty = new Uint8Array(size);
    this.#dirty = new Int32Array(size).map((_, state) => state);
  }

  /** @param pause called before each round with the states it looks at; may throw. */
  run(pause: (states: number) => void): void {
    while (this.#dirty.length > 0) {
      pause(this.#dirty.length);
      if (this.signatures.count > 8 * this.classOf.length + 1_000) this.#beginAnew();
      for (const state of this.#dirty) this.#own[state] = this.#look(state);
      this.#dirty = this.#concernedBy(this.#move());
    }
  }

  // So that signatures nobody has any more do not fill the memory.
  #beginAnew(): void {
    this.signatures.clear();
    this.#dirty = new Int32Array(this.classOf.length).map((_, state) => state);
  }

  // Those that an inside move within the class leads to have lower numbers: what they can do is known.
  #look(state: number): number {
    const { first, labels, targets, marks } = this.#graph;
    const { signatures, codes, classOf } = this;
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      const [label = 0, target = 0] = [labels[move], targets[move]];
      const to = classOf[target] ?? 0;
      if (label === inside && to === classOf[state]) signatures.addAllOf(this.#own[target] ?? 0);
      else signatures.add((label + 1) * codes.stride + to);
    }
    const mark = marks[state] ?? 0;
    if ((mark & ended) !== 0) signatures.add(codes.ended);
    if ((mark & cut) !== 0) signatures.add(codes.cut);
    if (this.#endless[state] === 1) signatures.add(codes.endless);
    return signatures.take();
  }

  // Gives states that differ from their class one of their own; returns them.
  #move(): readonly number[] {
    const groups = new Map<number, number>();
    const concerned = new Map<number, number>();
    for (const state of this.#dirty) {
      const key = this.#keyOf(state);
      groups.set(key, (groups.get(key) ?? 0) + 1);
      const own = this.classOf[state] ?? 0;
      concerned.set(own, (concerned.get(own) ?? 0) + 1);
    }
    this.#chooseKeepers(groups, concerned);
    const fresh = new Map<number, number>();
    const moved: number[] = [];
    for (const state of this.#dirty) {
      const own = this.classOf[state] ?? 0;
      if (this.#own[state] === this.signatureOf[own]) continue;
      const key = this.#keyOf(state);
      const number = fresh.get(key) ?? this.#newClass(this.#own[state] ?? 0);
      fresh.set(key, number);
      this.#sizes[own] = (this.#sizes[own] ?? 0) - 1;
      this.#sizes[number] = (this.#sizes[number] ?? 0) + 1;
      this.classOf[state] = number;
      moved.push(state);
    }
    return moved;
  }

  #keyOf(state: number): number {
    return (this.classOf[state] ?? 0) * 0x800_0000 + (this.#own[state] ?? 0);
  }

  #chooseKeepers(groups: ReadonlyMap<number, number>, concerned: ReadonlyMap<number, number>): void {
    const most = new Map<number, number>();
    for (const [key, members] of groups) {
      const own = Math.floor(key / 0x800_0000);
      if (concerned.get(own) !== this.#sizes[own] || members <= (most.get(own) ?? 0)) continue;
      most.set(own, members);
      this.signatureOf[own] = key % 0x800_0000;
    }
  }

  #newClass(signature: number): number {
    this.#sizes.push(0);
    return this.signatureOf.push(signature) - 1;
  }

  // Who moved, who can move there, and who can do what these can by inside moves within the class; in the order of their numbers.
  #concernedBy(moved: readonly number[]): Int32Array {
    const found: number[] = [];
    const add = (state: number): void => {
      if (this.#isDirty[state] === 1) return;
      this.#isDirty[state] = 1;
      found.push(state);
    };
    const { first, states, labels } = this.#before;
    for (const state of moved) {
      add(state);
      for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++) add(states[at] ?? 0);
    }
    for (const state of found)
      for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++)
        if (labels[at] === inside && this.classOf[states[at] ?? 0] === this.classOf[state]) add(states[at] ?? 0);
    for (const state of found) this.#isDirty[state] = 0;
    return Int32Array.from(found).sort();
  }
}

/** How a signature writes a move or a mark as one number: a move as `(label + 1) * stride + class`. */
export interface Codes {
  readonly stride: number;
  readonly ended: number;
  readonly cut: number;
  readonly endless: number;
}

function codesOf(labelCount: number, size: number): Codes {
  const stride = size + 1;
  const mark = (number: number): number => (labelCount + 1 + number) * stride;
  return { stride, ended: mark(0), cut: mark(1), endless: mark(2) };
}

/** For each state where moves to it begin, and their labels. */
interface Before {
  readonly first: Int32Array;
  readonly states: Int32Array;
  readonly labels: Int32Array;
}

function beforeOf(graph: Graph): Before {
  const size = statesOf(graph);
  const first = new Int32Array(size + 1);
  for (const target of graph.targets) first[target + 1] = (first[target + 1] ?? 0) + 1;
  for (let state = 0; state < size; state++) first[state + 1] = (first[state + 1] ?? 0) + (first[state] ?? 0);
  const free = first.slice(0, size);
  const states = new Int32Array(graph.targets.length);
  const labels = new Int32Array(graph.targets.length);
  for (let state = 0; state < size; state++)
    for (let move = graph.first[state] ?? 0; move < (graph.first[state + 1] ?? 0); move++) {
      const target = graph.targets[move] ?? 0;
      const slot = free[target] ?? 0;
      free[target] = slot + 1;
      states[slot] = state;
      labels[slot] = graph.labels[move] ?? 0;
    }
  return { first, states, labels };
}

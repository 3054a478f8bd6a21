import { cut, ended, type Graph, inside, statesOf } from './graph.ts';
import { Numbers } from './numbers.ts';
import { PairTable } from './pair-table.ts';

/** How two graphs make events together. */
export interface Wiring {
  /** For each label of the left graph the label of the right one that is the same event, 0 where the right takes no part. */
  readonly partner: Int32Array;
  /** For each label of the left graph: 1 when nobody else takes part in it, so that it happens inside from now on. */
  readonly hidden: Uint8Array;
}

/** V42  Two graphs put together; what happens inside is still told apart by `source`. */
export interface Product {
  readonly graph: Graph;
  /** For each state the states of the left and of the right graph. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** For each move who makes it: the label of the left graph, or `onlyLeft`, `onlyRight` for what happens inside one, or -3 - label of the right. */
  readonly source: Int32Array;
}

export const onlyLeft = -1;
export const onlyRight = -2;

/** For each label of both graphs its label in the product; 0 where it is hidden. */
export interface Labels {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly count: number;
}

/** The labels of the left graph that stay, then those that are the right graph's alone. */
export function labelsOf(left: Graph, right: Graph, { partner, hidden }: Wiring): Labels {
  const of = { left: new Int32Array(left.labelCount), right: new Int32Array(right.labelCount) };
  const shared = new Uint8Array(right.labelCount);
  let count = 1;
  for (let label = 1; label < left.labelCount; label++) {
    shared[partner[label] ?? 0] = 1;
    if (hidden[label] !== 1) of.left[label] = count++;
    of.right[partner[label] ?? 0] = of.left[label] ?? 0;
  }
  of.right[inside] = inside;
  for (let label = 1; label < right.labelCount; label++) if (shared[label] !== 1) of.right[label] = count++;
  return { ...of, count };
}

/**
 * V42  All states that two graphs can come to together: an event of both is made by both, another by one alone.
 *
 * @param spend called with the states found since the last call; may throw.
 * @returns undefined when there are more than `most` states.
 */
export function productOf(
  left: Graph,
  right: Graph,
  wiring: Wiring,
  most: number,
  spend: (states: number) => void,
): Product | undefined {
  const search = new Search(left, right, wiring);
  return search.run(most, spend) ? search.product() : undefined;
}

class Search {
  readonly #left: Graph;
  readonly #right: Graph;
  readonly #wiring: Wiring;
  readonly #labels: Labels;
  readonly #shared: Uint8Array;
  readonly #known: PairTable;
  readonly #pairs = { left: new Numbers(), right: new Numbers() };
  readonly #first = new Numbers();
  readonly #moves = { labels: new Numbers(), targets: new Numbers(), source: new Numbers() };

  constructor(left: Graph, right: Graph, wiring: Wiring) {
    this.#left = left;
    this.#right = right;
    this.#wiring = wiring;
    this.#labels = labelsOf(left, right, wiring);
    this.#shared = new Uint8Array(right.labelCount);
    for (const label of wiring.partner) if (label !== 0) this.#shared[label] = 1;
    this.#known = new PairTable(statesOf(right));
  }

  run(most: number, spend: (states: number) => void): boolean {
    this.#numberOf(0, 0);
    let told = 0;
    for (let at = 0; at < this.#pairs.left.length; at++) {
      if (this.#pairs.left.length > most) return false;
      if (this.#pairs.left.length - told >= tellEvery) {
        spend(this.#pairs.left.length - told);
        told = this.#pairs.left.length;
      }
      this.#first.push(this.#moves.labels.length);
      this.#movesOf(this.#pairs.left.at(at), this.#pairs.right.at(at));
    }
    this.#first.push(this.#moves.labels.length);
    spend(this.#pairs.left.length - told);
    return true;
  }

  product(): Product {
    const [left, right] = [this.#pairs.left.values(), this.#pairs.right.values()];
    const marks = new Uint8Array(left.length);
    for (let at = 0; at < left.length; at++) {
      const [a, b] = [this.#left.marks[left[at] ?? 0] ?? 0, this.#right.marks[right[at] ?? 0] ?? 0];
      marks[at] = (a & b & ended) | ((a | b) & cut);
    }
    const graph = {
      first: this.#first.values(),
      labels: this.#moves.labels.values(),
      targets: this.#moves.targets.values(),
      marks,
      labelCount: this.#labels.count,
    };
    return { graph, left, right, source: this.#moves.source.values() };
  }

  #movesOf(a: number, b: number): void {
    const { partner } = this.#wiring;
    const [left, right] = [this.#left, this.#right];
    for (let move = left.first[a] ?? 0; move < (left.first[a + 1] ?? 0); move++) {
      const [label = 0, to = 0] = [left.labels[move], left.targets[move]];
      const other = partner[label] ?? 0;
      if (label === inside) this.#add(inside, to, b, onlyLeft);
      else if (other === 0) this.#add(this.#labels.left[label] ?? 0, to, b, label);
      else this.#meet(label, other, to, b);
    }
    for (let move = right.first[b] ?? 0; move < (right.first[b + 1] ?? 0); move++) {
      const [label = 0, to = 0] = [right.labels[move], right.targets[move]];
      if (label === inside) this.#add(inside, a, to, onlyRight);
      else if (this.#shared[label] !== 1) this.#add(this.#labels.right[label] ?? 0, a, to, -3 - label);
    }
  }

  #meet(label: number, other: number, to: number, b: number): void {
    const { first, labels, targets } = this.#right;
    for (let move = first[b] ?? 0; move < (first[b + 1] ?? 0); move++)
      if (labels[move] === other) this.#add(this.#labels.left[label] ?? 0, to, targets[move] ?? 0, label);
  }

  #add(label: number, a: number, b: number, source: number): void {
    this.#moves.labels.push(label);
    this.#moves.targets.push(this.#numberOf(a, b));
    this.#moves.source.push(source);
  }

  #numberOf(a: number, b: number): number {
    const number = this.#known.numberOf(a, b);
    if (number === this.#pairs.left.length) {
      this.#pairs.left.push(a);
      this.#pairs.right.push(b);
    }
    return number;
  }
}

const tellEvery = 512;

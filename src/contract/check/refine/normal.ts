import { type Lts, tau } from '#contract/lts.ts';

/**
 * V51  The normal form of a specification, made as far as it is asked for: each node stands for all the states that one trace can lead to, own
 *      moves included (subset construction). What may be refused there is told by the minimal sets of events a stable state offers.
 *
 * Labels are the caller's numbers; `tick`, the number after the last of them, is the end.
 */
export class Normal {
  /** Where `after` begins for a node, in labels. */
  readonly stride: number;
  readonly tick: number;
  /** Words of a set of labels. */
  readonly words: number;
  /** Node after a label, at `node * stride + label`; -1 where the label cannot follow. What follows `tick` is never looked at. */
  after: Int32Array<ArrayBuffer>;
  /** 1 where the specification may go on by itself for ever. */
  diverges: Uint8Array<ArrayBuffer> = new Uint8Array(64);
  /** Minimal acceptances of a node, each `words` long, in a row. */
  readonly acceptances: Int32Array[] = [];
  /** All labels that may follow, `words` long. */
  readonly initials: Int32Array[] = [];

  readonly #spec: Lts;
  readonly #number: readonly number[];
  readonly #divergent: Uint8Array;
  readonly #members: Int32Array[] = [];
  readonly #known = new Map<string, number>();
  #expanded = 0;
  #ints = 0;

  /** @param number the caller's number of each label of the specification. */
  constructor(spec: Lts, number: readonly number[], labels: number) {
    this.#spec = spec;
    this.#number = number;
    this.tick = labels;
    this.stride = labels + 1;
    this.words = (labels >>> 5) + 1;
    this.after = new Int32Array(64 * this.stride).fill(-1);
    this.#divergent = divergentStates(spec);
    this.#node([0]);
  }

  get size(): number {
    return this.#members.length;
  }

  /** Bytes that all nodes take, about. */
  get bytes(): number {
    return 4 * (this.after.length + 2 * this.#ints);
  }

  /** Works out what follows every node there is by now up to this one. */
  expandTo(node: number): void {
    for (; this.#expanded <= node; this.#expanded++) this.#expand(this.#expanded);
  }

  #expand(node: number): void {
    const targets = new Map<number, Set<number>>();
    const initials = new Int32Array(this.words);
    const offered: Int32Array[] = [];
    for (const state of this.#members[node] ?? []) {
      const offer = new Int32Array(this.words);
      let stable = true;
      for (const { label, to } of this.#spec.moves[state] ?? []) {
        if (label === tau) {
          stable = false;
          continue;
        }
        const number = this.#number[label] ?? -1;
        put(offer, number);
        const set = targets.get(number) ?? new Set();
        targets.set(number, set.add(to));
      }
      for (let i = 0; i < offer.length; i++) initials[i] = (initials[i] ?? 0) | (offer[i] ?? 0);
      if (this.#spec.final[state] === true) offered.push(this.#ends(node, initials));
      else if (stable) offered.push(offer);
    }
    for (const [label, set] of targets) {
      const target = this.#node([...set]);
      this.after[node * this.stride + label] = target;
    }
    this.initials[node] = initials;
    this.acceptances[node] = joined(minimal(offered), this.words);
    this.#ints += this.acceptances[node]?.length ?? 0;
  }

  // The end cannot be refused, and it can refuse all else: nobody has a say in it.
  #ends(node: number, initials: Int32Array): Int32Array {
    const offer = new Int32Array(this.words);
    put(offer, this.tick);
    put(initials, this.tick);
    this.after[node * this.stride + this.tick] = 0;
    return offer;
  }

  #node(states: readonly number[]): number {
    const members = this.#closure(states);
    const key = members.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const node = this.#members.push(members) - 1;
    this.#known.set(key, node);
    this.#ints += 2 * members.length + 2 * this.words;
    if ((node + 1) * this.stride > this.after.length) {
      const longer = new Int32Array(this.after.length * 2).fill(-1);
      longer.set(this.after);
      this.after = longer;
    }
    if (node === this.diverges.length) {
      const longer = new Uint8Array(node * 2);
      longer.set(this.diverges);
      this.diverges = longer;
    }
    if (members.some((state) => this.#divergent[state] === 1)) this.diverges[node] = 1;
    return node;
  }

  #closure(states: readonly number[]): Int32Array {
    const found = new Set(states);
    for (const state of found) for (const { label, to } of this.#spec.moves[state] ?? []) if (label === tau) found.add(to);
    return Int32Array.from(found).sort();
  }
}

// States from which own moves can go on for ever: what stays when those that have no own move to one that stays are taken away.
function divergentStates({ moves }: Lts): Uint8Array {
  const left = new Int32Array(moves.length);
  const before = moves.map((): number[] => []);
  for (const [state, list] of moves.entries())
    for (const { label, to } of list) {
      if (label !== tau) continue;
      left[state] = (left[state] ?? 0) + 1;
      before[to]?.push(state);
    }
  const divergent = new Uint8Array(moves.length).fill(1);
  const quiet = [...left.keys()].filter((state) => left[state] === 0);
  for (let at = 0; at < quiet.length; at++) {
    const state = quiet[at] ?? 0;
    divergent[state] = 0;
    for (const from of before[state] ?? []) {
      left[from] = (left[from] ?? 0) - 1;
      if (left[from] === 0) quiet.push(from);
    }
  }
  return divergent;
}

function put(set: Int32Array, label: number): void {
  set[label >>> 5] = (set[label >>> 5] ?? 0) | (1 << (label & 31));
}

/** Whether every label of the first set is in the second. */
function isWithin(one: Int32Array, other: Int32Array): boolean {
  return one.every((word, i) => (word & ~(other[i] ?? 0)) === 0);
}

function minimal(sets: readonly Int32Array[]): Int32Array[] {
  const kept: Int32Array[] = [];
  for (const set of sets) {
    if (kept.some((one) => isWithin(one, set))) continue;
    const rest = kept.filter((one) => !isWithin(set, one));
    kept.splice(0, kept.length, ...rest, set);
  }
  return kept;
}

function joined(sets: readonly Int32Array[], words: number): Int32Array {
  const all = new Int32Array(sets.length * words);
  for (const [number, set] of sets.entries()) all.set(set, number * words);
  return all;
}

/** The numbers in a set that begins at `at`. */
export function numbersIn(set: Int32Array, words: number, at = 0): number[] {
  const numbers: number[] = [];
  for (let label = 0; label < words * 32; label++)
    if ((((set[at + (label >>> 5)] ?? 0) >>> (label & 31)) & 1) === 1) numbers.push(label);
  return numbers;
}

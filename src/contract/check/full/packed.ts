import type { System } from '#contract/network.ts';

/** Where the state of a part stands in the words of a packed state; no part crosses a word. */
export interface Layout {
  readonly words: number;
  readonly word: Int32Array;
  readonly shift: Int32Array;
  readonly mask: Int32Array;
}

export function layoutOf({ parts, shapes }: System): Layout {
  const layout = { word: new Int32Array(parts.length), shift: new Int32Array(parts.length), mask: new Int32Array(parts.length) };
  let [words, used] = [1, 0];
  for (const [number, part] of parts.entries()) {
    const states = shapes[part.shape]?.final.length ?? 1;
    const bits = 32 - Math.clz32(states - 1);
    if (used + bits > 32) [words, used] = [words + 1, 0];
    layout.word[number] = words - 1;
    layout.shift[number] = used;
    layout.mask[number] = bits === 32 ? -1 : (1 << bits) - 1;
    used += bits;
  }
  return { ...layout, words };
}

/** A set of packed states numbered in the order in which they came, each with the state and event that led to it. */
export class PackedStates {
  readonly #width: number;
  #words: Int32Array<ArrayBuffer>;
  #parents: Int32Array<ArrayBuffer> = new Int32Array(1024);
  #events: Int32Array<ArrayBuffer> = new Int32Array(1024);
  #table: Int32Array<ArrayBuffer> = new Int32Array(4096).fill(-1);
  #size = 0;

  constructor(width: number) {
    this.#width = width;
    this.#words = new Int32Array(1024 * width);
  }

  get size(): number {
    return this.#size;
  }

  /** Adds the state if it is new. */
  add(state: Int32Array, parent: number, event: number): boolean {
    const mask = this.#table.length - 1;
    let slot = hash(state) & mask;
    for (let number = this.#table[slot] ?? -1; number >= 0; number = this.#table[slot] ?? -1) {
      if (this.#same(number, state)) return false;
      slot = (slot + 1) & mask;
    }
    this.#grow();
    this.#table[slot] = this.#size;
    this.#words.set(state, this.#size * this.#width);
    this.#parents[this.#size] = parent;
    this.#events[this.#size] = event;
    this.#size++;
    if (this.#size * 2 > this.#table.length) this.#rehash();
    return true;
  }

  /** The number of a state that was added. */
  numberOf(state: Int32Array): number {
    const mask = this.#table.length - 1;
    let slot = hash(state) & mask;
    while (!this.#same(this.#table[slot] ?? 0, state)) slot = (slot + 1) & mask;
    return this.#table[slot] ?? 0;
  }

  read(number: number, into: Int32Array): void {
    const start = number * this.#width;
    for (let i = 0; i < this.#width; i++) into[i] = this.#words[start + i] ?? 0;
  }

  /** The events from the first state to this one. */
  way(number: number): number[] {
    const events: number[] = [];
    for (let at = number; at > 0; at = this.#parents[at] ?? 0) events.push(this.#events[at] ?? 0);
    return events.reverse();
  }

  #same(number: number, state: Int32Array): boolean {
    const start = number * this.#width;
    for (let i = 0; i < this.#width; i++) if (this.#words[start + i] !== state[i]) return false;
    return true;
  }

  #grow(): void {
    if (this.#size < this.#parents.length) return;
    this.#words = doubled(this.#words);
    this.#parents = doubled(this.#parents);
    this.#events = doubled(this.#events);
  }

  #rehash(): void {
    this.#table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = this.#table.length - 1;
    const state = new Int32Array(this.#width);
    for (let number = 0; number < this.#size; number++) {
      this.read(number, state);
      let slot = hash(state) & mask;
      while ((this.#table[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
      this.#table[slot] = number;
    }
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const next = new Int32Array(array.length * 2);
  next.set(array);
  return next;
}

// Multiply and fold, word by word, with the finishing steps of MurmurHash3 (public domain): every bit reaches the low ones.
function hash(state: Int32Array): number {
  let h = 0x9e3779b9 | 0;
  for (let i = 0; i < state.length; i++) {
    h = Math.imul(h ^ (state[i] ?? 0), 0x85ebca6b);
    h ^= h >>> 15;
  }
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) & 0x7fffffff;
}

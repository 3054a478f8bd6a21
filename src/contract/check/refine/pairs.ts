import { doubled } from './steps.ts';

/**
 * A set of keys of some words each, numbered in the order in which they came, each with the number and event it was first reached by.
 * About `4 × words + 16` bytes a key.
 */
export class Pairs {
  readonly #width: number;
  /** The keys in a row. */
  keys: Int32Array<ArrayBuffer>;
  #parents: Int32Array<ArrayBuffer> = new Int32Array(1024);
  #events: Int32Array<ArrayBuffer> = new Int32Array(1024);
  #table: Int32Array<ArrayBuffer> = new Int32Array(4096).fill(-1);
  #firsts = new Int32Array(64);
  #size = 0;

  constructor(width: number) {
    this.#width = width;
    this.keys = new Int32Array(1024 * width);
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes that all arrays take. */
  get bytes(): number {
    return 4 * (this.keys.length + 2 * this.#parents.length + this.#table.length);
  }

  /** Adds the key made of words `from[offset]` on and one last word, unless it is there. */
  add(from: Int32Array, offset: number, last: number, parent: number, event: number): void {
    const slot = this.#slot(from, offset, last);
    if ((this.#table[slot] as number) >= 0) return;
    this.#grow();
    const number = this.#size++;
    this.#table[slot] = number;
    const width = this.#width;
    const at = number * width;
    for (let i = 0; i < width - 1; i++) this.keys[at + i] = from[offset + i] as number;
    this.keys[at + width - 1] = last;
    this.#parents[number] = parent;
    this.#events[number] = event;
    if (this.#size * 2 > this.#table.length) this.#rehash();
  }

  /**
   * Adds `count` keys that stand in a row in `from`, with their last words in `lasts`. All places in the table are looked up before any key is
   * compared: reads that do not wait for each other take a third of the time.
   */
  addAll(from: Int32Array, count: number, lasts: Int32Array, parent: number, events: Int32Array): void {
    if (this.#firsts.length < count) this.#firsts = new Int32Array(2 * count);
    const width = this.#width;
    const firsts = this.#firsts;
    const table = this.#table;
    const mask = table.length - 1;
    for (let i = 0; i < count; i++)
      firsts[i] = table[hashOf(from, i * (width - 1), width - 1, lasts[i] as number) & mask] as number;
    for (let i = 0; i < count; i++) {
      const last = lasts[i] as number;
      const offset = i * (width - 1);
      const first = firsts[i] as number;
      // What stood there first is nearly always the same key, or nothing.
      if (first >= 0 && this.#isAt(first, from, offset, last)) continue;
      this.add(from, offset, last, parent, events[i] as number);
    }
  }

  #isAt(number: number, from: Int32Array, offset: number, last: number): boolean {
    const width = this.#width;
    const keys = this.keys;
    const at = number * width;
    if (keys[at + width - 1] !== last) return false;
    for (let i = 0; i < width - 1; i++) if (keys[at + i] !== from[offset + i]) return false;
    return true;
  }

  /** The number of a key; -1 when it is not there. */
  numberOf(from: Int32Array, offset: number, last: number): number {
    return this.#table[this.#slot(from, offset, last)] as number;
  }

  /** The last word of a key. */
  lastOf(number: number): number {
    return this.keys[number * this.#width + this.#width - 1] as number;
  }

  /** The events from the first key to this one. */
  way(number: number): number[] {
    const events: number[] = [];
    for (let at = number; at > 0; at = this.#parents[at] as number) events.push(this.#events[at] as number);
    return events.reverse();
  }

  // Where the key is, or would be.
  #slot(from: Int32Array, offset: number, last: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = hashOf(from, offset, this.#width - 1, last) & mask;
    for (let number = table[slot] as number; number >= 0; number = table[slot] as number) {
      if (this.#isAt(number, from, offset, last)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    if (this.#size < this.#parents.length) return;
    this.keys = doubled(this.keys);
    this.#parents = doubled(this.#parents);
    this.#events = doubled(this.#events);
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = table.length - 1;
    const width = this.#width;
    for (let number = 0; number < this.#size; number++) {
      const at = number * width;
      let slot = hashOf(this.keys, at, width - 1, this.keys[at + width - 1] as number) & mask;
      while ((table[slot] as number) >= 0) slot = (slot + 1) & mask;
      table[slot] = number;
    }
    this.#table = table;
  }
}

// Multiply and fold word by word, finished as in MurmurHash3 (Appleby, public domain), so that every bit reaches the low ones.
function hashOf(from: Int32Array, offset: number, count: number, last: number): number {
  let hash = Math.imul(last ^ 0x9e3779b9, 0x85ebca6b);
  hash ^= hash >>> 15;
  for (let i = 0; i < count; i++) {
    hash = Math.imul(hash ^ (from[offset + i] as number), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & 0x7fffffff;
}

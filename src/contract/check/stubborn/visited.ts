/** States a chunk: memory grows by so many, and nothing is copied. */
const chunkBits = 12;
const chunkStates = 1 << chunkBits;

/** A set of packed states numbered in the order in which they came. The caller hashes; equal words are equal states, whatever the hash. */
export class Visited {
  readonly #width: number;
  readonly #chunks: Int32Array[] = [];
  #hashes: Int32Array<ArrayBuffer> = new Int32Array(1024);
  #table: Int32Array<ArrayBuffer> = new Int32Array(4096).fill(-1);
  #size = 0;

  constructor(width: number) {
    this.#width = width;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return 4 * (this.#chunks.length * chunkStates * this.#width + this.#hashes.length + this.#table.length);
  }

  /** The number of the state if it is new; else -1 minus the number it has. */
  add(words: Int32Array, hash: number): number {
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (let number = this.#table[slot] ?? -1; number >= 0; number = this.#table[slot] ?? -1) {
      if (this.#hashes[number] === hash && this.#same(number, words)) return -1 - number;
      slot = (slot + 1) & mask;
    }
    const number = this.#size++;
    this.#table[slot] = number;
    this.#put(number, words, hash);
    if (this.#size * 2 > this.#table.length) this.#rehash();
    return number;
  }

  read(number: number, into: Int32Array): void {
    const chunk = this.#chunks[number >>> chunkBits] as Int32Array;
    const start = (number & (chunkStates - 1)) * this.#width;
    for (let i = 0; i < this.#width; i++) into[i] = chunk[start + i] ?? 0;
  }

  #put(number: number, words: Int32Array, hash: number): void {
    if (number >>> chunkBits === this.#chunks.length) this.#chunks.push(new Int32Array(chunkStates * this.#width));
    this.#chunks[number >>> chunkBits]?.set(words, (number & (chunkStates - 1)) * this.#width);
    if (number === this.#hashes.length) {
      const more = new Int32Array(number * 2);
      more.set(this.#hashes);
      this.#hashes = more;
    }
    this.#hashes[number] = hash;
  }

  #same(number: number, words: Int32Array): boolean {
    const chunk = this.#chunks[number >>> chunkBits] as Int32Array;
    const start = (number & (chunkStates - 1)) * this.#width;
    for (let i = 0; i < this.#width; i++) if (chunk[start + i] !== words[i]) return false;
    return true;
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let slot = (this.#hashes[number] ?? 0) & mask;
      while ((table[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
      table[slot] = number;
    }
    this.#table = table;
  }
}

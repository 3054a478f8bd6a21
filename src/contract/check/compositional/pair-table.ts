/** Numbers of pairs of states in the order in which they are met. */
export class PairTable {
  count = 0;
  readonly #width: number;
  #keys: Float64Array;
  /** The number of the key in the same place and one; 0 is free. */
  #values: Int32Array;

  /** @param width the second of a pair is smaller. */
  constructor(width: number) {
    this.#width = width;
    this.#keys = new Float64Array(64);
    this.#values = new Int32Array(64);
  }

  /** The number of a pair; `count` before it was asked when the pair is new. */
  numberOf(first: number, second: number): number {
    const key = first * this.#width + second;
    const slot = this.#slotOf(key);
    const known = this.#values[slot] ?? 0;
    if (known > 0) return known - 1;
    this.#keys[slot] = key;
    this.#values[slot] = ++this.count;
    if (2 * this.count > this.#keys.length) this.#widen();
    return this.count - 1;
  }

  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    const mixed = Math.imul((key | 0) ^ Math.imul((key / 0x1_0000_0000) | 0, 0x85ebca6b), 0x9e3779b1);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    while (this.#values[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #widen(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(2 * keys.length);
    this.#values = new Int32Array(2 * keys.length);
    for (const [at, value] of values.entries()) {
      if (value === 0) continue;
      const slot = this.#slotOf(keys[at] ?? 0);
      this.#keys[slot] = keys[at] ?? 0;
      this.#values[slot] = value;
    }
  }
}

/** Integers in a row that grows. */
export class Numbers {
  #values: Int32Array;
  #length = 0;

  constructor(room = 64) {
    this.#values = new Int32Array(room);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const wider = new Int32Array(2 * this.#length);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#length++] = value;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  /** A copy of just the values. */
  values(): Int32Array {
    return this.#values.slice(0, this.#length);
  }
}

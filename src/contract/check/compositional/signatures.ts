/** Sets of numbers, each kept once and called by a number from 0 in the order in which it was first met. */
export class Signatures {
  #values = new Float64Array(1024);
  #ends = new Int32Array(256);
  #table = new Int32Array(512);
  #hashes = new Int32Array(256);
  #count = 0;
  /** What is being put together. */
  #draft = new Float64Array(64);
  #drafted = 0;

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
    this.#drafted = 0;
    this.#table.fill(0);
  }

  add(value: number): void {
    if (this.#drafted === this.#draft.length) this.#draft = widerFloats(this.#draft);
    this.#draft[this.#drafted++] = value;
  }

  addAllOf(number: number): void {
    for (let at = this.start(number); at < this.end(number); at++) this.add(this.#values[at] ?? 0);
  }

  start(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] ?? 0);
  }

  end(number: number): number {
    return this.#ends[number] ?? 0;
  }

  value(at: number): number {
    return this.#values[at] ?? 0;
  }

  /** The number of the set that was put together since the last time. */
  take(): number {
    const length = this.#sort();
    this.#drafted = 0;
    const hash = this.#hash(length);
    const mask = this.#table.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const found = (this.#table[slot] ?? 0) - 1;
      if (found < 0) return this.#keep(slot, hash, length);
      if (this.#hashes[found] === hash && this.#equals(found, length)) return found;
    }
  }

  // Sorted and without doubles; most are short.
  #sort(): number {
    const [draft, length] = [this.#draft, this.#drafted];
    if (length > 24) draft.subarray(0, length).sort();
    else
      for (let at = 1; at < length; at++) {
        const value = draft[at] ?? 0;
        let to = at;
        for (; to > 0 && (draft[to - 1] ?? 0) > value; to--) draft[to] = draft[to - 1] ?? 0;
        draft[to] = value;
      }
    let kept = 0;
    for (let at = 0; at < length; at++) if (at === 0 || draft[at] !== draft[kept - 1]) draft[kept++] = draft[at] ?? 0;
    return kept;
  }

  #hash(length: number): number {
    let hash = length;
    for (let at = 0; at < length; at++) {
      const value = this.#draft[at] ?? 0;
      hash = Math.imul(hash ^ (value | 0), 0x9e3779b1);
      hash = Math.imul(hash ^ (value / 0x1_0000_0000) ^ (hash >>> 15), 0x85ebca6b);
    }
    return hash ^ (hash >>> 13);
  }

  #equals(number: number, length: number): boolean {
    const start = this.start(number);
    if (this.end(number) - start !== length) return false;
    for (let at = 0; at < length; at++) if (this.#values[start + at] !== this.#draft[at]) return false;
    return true;
  }

  #keep(slot: number, hash: number, length: number): number {
    const number = this.#count++;
    const start = this.start(number);
    while (start + length > this.#values.length) this.#values = widerFloats(this.#values);
    this.#values.set(this.#draft.subarray(0, length), start);
    if (number === this.#ends.length) {
      this.#ends = wider(this.#ends);
      this.#hashes = wider(this.#hashes);
    }
    this.#ends[number] = start + length;
    this.#hashes[number] = hash;
    this.#table[slot] = number + 1;
    if (2 * this.#count > this.#table.length) this.#widenTable();
    return number;
  }

  #widenTable(): void {
    this.#table = new Int32Array(2 * this.#table.length);
    const mask = this.#table.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let slot = (this.#hashes[number] ?? 0) & mask;
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
      this.#table[slot] = number + 1;
    }
  }
}

function wider(values: Int32Array): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(2 * values.length);
  twice.set(values);
  return twice;
}

function widerFloats(values: Float64Array): Float64Array<ArrayBuffer> {
  const twice = new Float64Array(2 * values.length);
  twice.set(values);
  return twice;
}

/** A first-in-first-out queue in one array that wraps around: no allocation for each item, and no shifting. */
export class Ring<T> {
  #slots: (T | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = item;
    this.#size++;
  }

  /** The oldest item, or undefined when there is none. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#size--;
    return item;
  }

  /** The items, the oldest first. */
  list(): T[] {
    return Array.from({ length: this.#size }, (_, i) => this.#slots[(this.#head + i) & (this.#slots.length - 1)] as T);
  }

  /** Takes an item out of its place, where it is. */
  remove(item: T): void {
    for (let left = this.size; left > 0; left--) {
      const other = this.shift();
      if (other !== undefined && other !== item) this.push(other);
    }
  }

  clear(): void {
    this.#slots = [];
    this.#head = 0;
    this.#size = 0;
  }

  // The length stays a power of two, so that wrapping is a mask.
  #grow(): void {
    const old = this.#slots;
    const slots = new Array<T | undefined>(Math.max(8, old.length * 2)).fill(undefined);
    for (let i = 0; i < this.#size; i++) slots[i] = old[(this.#head + i) & (old.length - 1)];
    this.#slots = slots;
    this.#head = 0;
  }
}

/**
 * The peer: a channel as one writes it with async/await and nothing else. It rendezvouses or buffers, and ends.
 * It has no alternation, counts, samples, pause or stop. It promises only where it must wait.
 */
export class PromiseChannel<T> {
  readonly #capacity: number;
  readonly #held: T[] = [];
  #head = 0;
  #sender: { readonly value: T; readonly taken: () => void } | undefined;
  #receiver: ((got: T | undefined) => void) | undefined;
  #ended = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  send(value: T): Promise<void> | undefined {
    const receiver = this.#receiver;
    if (receiver !== undefined) {
      this.#receiver = undefined;
      receiver(value);
      return undefined;
    }
    if (this.#held.length - this.#head < this.#capacity) {
      this.#held.push(value);
      return undefined;
    }
    return new Promise((taken) => {
      this.#sender = { value, taken };
    });
  }

  /** The next message; undefined is the end. */
  receive(): Promise<T | undefined> | T | undefined {
    const sender = this.#sender;
    if (this.#held.length > this.#head) {
      const value = this.#held[this.#head++];
      if (this.#head === 1_024) this.#head -= this.#held.splice(0, 1_024).length;
      if (sender !== undefined) this.#held.push(this.#take(sender));
      return value;
    }
    if (sender !== undefined) return this.#take(sender);
    if (this.#ended) return undefined;
    return new Promise((got) => {
      this.#receiver = got;
    });
  }

  end(): void {
    this.#ended = true;
    this.#receiver?.(undefined);
  }

  #take({ value, taken }: { readonly value: T; readonly taken: () => void }): T {
    this.#sender = undefined;
    taken();
    return value;
  }
}

/**
 * Lets what is done to one thing be done one after the other; what is done to different things does not wait.
 * Nothing is kept of a thing that nobody waits for.
 */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `task` once everything asked for `key` before has ended, however it ended. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(task, task);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }

  /** Keys that somebody waits for. */
  get size(): number {
    return this.#last.size;
  }
}

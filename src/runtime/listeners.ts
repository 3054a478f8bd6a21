/** A message as it passed: `number` counts the messages received on the channel from 1, the time is that of the turn. */
export interface ChannelSample {
  readonly number: number;
  readonly atMs: number;
  readonly value: unknown;
}

/** Who hears what passes a channel. A channel without listeners has none of these, and pays nothing. */
export class Listeners {
  readonly #passed = new Set<(sample: ChannelSample) => void>();
  readonly #ended = new Set<() => void>();

  onSample(listener: (sample: ChannelSample) => void): () => void {
    this.#passed.add(listener);
    return () => void this.#passed.delete(listener);
  }

  onEnd(listener: () => void): () => void {
    this.#ended.add(listener);
    return () => void this.#ended.delete(listener);
  }

  get none(): boolean {
    return this.#passed.size === 0 && this.#ended.size === 0;
  }

  passed(sample: ChannelSample): void {
    for (const listener of this.#passed) listener(sample);
  }

  ended(): void {
    for (const listener of this.#ended) listener();
  }
}

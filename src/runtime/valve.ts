import type { Passage } from './channel-ends.ts';

/** A channel through which nothing passes (S38): for both ends the partner never comes. An end of it can still be said; it is told later. */
export class ClosedPassage<T> implements Passage<T> {
  readonly plan: Passage<T>['plan'];
  readonly gives = false;
  readonly accepts = false;
  readonly #channel: Passage<T> & { readonly ended: boolean };

  constructor(channel: Passage<T> & { readonly ended: boolean }) {
    this.plan = channel.plan;
    this.#channel = channel;
  }

  offer(value: T): boolean | undefined {
    return this.#channel.ended ? this.#channel.offer(value) : undefined;
  }

  take(): undefined {
    return undefined;
  }

  end(): void {
    this.#channel.end();
  }
}

import type { Strand } from '#runtime/processes/strand.ts';
import { none, type Passage } from './passage.ts';

/** A channel through which nothing passes (S38): for both ends the partner never comes. An end can be said; it is told when it opens. */
export class ClosedPassage<T> implements Passage<T> {
  readonly plan: Passage<T>['plan'];
  readonly account: Passage<T>['account'];
  readonly gives = false;
  readonly accepts = false;
  readonly #channel: Passage<T> & { readonly ended: boolean };

  constructor(channel: Passage<T> & { readonly ended: boolean }) {
    this.plan = channel.plan;
    this.account = channel.account;
    this.#channel = channel;
  }

  get reader(): Strand | undefined {
    return this.#channel.reader;
  }

  set reader(strand: Strand | undefined) {
    this.#channel.reader = strand;
  }

  get writer(): Strand | undefined {
    return this.#channel.writer;
  }

  set writer(strand: Strand | undefined) {
    this.#channel.writer = strand;
  }

  get offered(): T | undefined {
    return this.#channel.offered;
  }

  set offered(value: T | undefined) {
    this.#channel.offered = value;
  }

  get poisoned(): Error | undefined {
    return this.#channel.poisoned;
  }

  /** Sending after one's own end is a fault whenever it is done. */
  offer(value: T): boolean | undefined {
    return this.#channel.ended && this.poisoned === undefined ? this.#channel.offer(value) : undefined;
  }

  take(): typeof none {
    return none;
  }

  end(): void {
    this.#channel.end();
  }

  poison(reason: Error): void {
    this.#channel.poison(reason);
  }
}

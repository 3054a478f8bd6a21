import type { Cancel } from '#base/clock.ts';

/** Something to be done once, soon: however often it is asked for, it is done at the earliest time that it was asked for. */
export class Due {
  readonly #now: () => number;
  readonly #after: (delayMs: number, fire: () => void) => Cancel;
  readonly #fire: () => void;
  #set: { readonly cancel: Cancel; readonly atMs: number } | undefined;

  constructor(now: () => number, after: (delayMs: number, fire: () => void) => Cancel, fire: () => void) {
    this.#now = now;
    this.#after = after;
    this.#fire = fire;
  }

  /** Asks for it in so many milliseconds. */
  within(delayMs: number): void {
    const atMs = this.#now() + delayMs;
    if (this.#set !== undefined && this.#set.atMs <= atMs) return;
    this.#set?.cancel();
    const fire = (): void => {
      this.#set = undefined;
      this.#fire();
    };
    this.#set = { cancel: this.#after(delayMs, fire), atMs };
  }

  /** Takes it back. */
  cancel(): void {
    this.#set?.cancel();
    this.#set = undefined;
  }
}

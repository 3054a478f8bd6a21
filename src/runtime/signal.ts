import type { Alternation, Branch } from './alternation.ts';
import type { Guard } from './port.ts';
import type { Waiting } from './processes/strand.ts';

/** Something of the runtime that processes can wait for in an alternation, and that tells them when to look again. */
export class Signal {
  readonly #waiting = new Set<Watch>();

  /** Ready while `holds` does; it may only change from false to true before a `tell`. */
  guard(holds: () => boolean): Guard<unknown> {
    return new Watch(this.#waiting, holds);
  }

  tell(): void {
    for (const watch of this.#waiting) if (watch.ready()) watch.fire();
  }
}

const nothing = Object.freeze({});

class Watch implements Branch<unknown> {
  declare readonly guards: unknown;
  readonly turn = undefined;
  readonly ready: () => boolean;
  readonly #waiting: Set<Watch>;
  #alternation: Alternation | undefined;
  #index = 0;

  constructor(waiting: Set<Watch>, holds: () => boolean) {
    this.#waiting = waiting;
    this.ready = holds;
  }

  take(): unknown {
    return nothing;
  }

  enable(alternation: Alternation, index: number): void {
    this.#alternation = alternation;
    this.#index = index;
    this.#waiting.add(this);
  }

  disable(): void {
    this.#waiting.delete(this);
  }

  describe(into: Waiting): void {
    into.told = (into.told ?? 0) + 1;
  }

  fire(): void {
    this.#alternation?.choose(this.#index, nothing);
  }
}

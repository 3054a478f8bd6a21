import type { Alternation, Branch } from './alternation.ts';
import type { Channel } from './channel.ts';
import type { Guard } from './port.ts';
import type { Process } from './process.ts';

/**
 * S22  Processes that do something together, and whether they have done it. A group *rests* when each of its processes has ended or waits
 * for a partner alone, not for the clock or the outside, and no message is held or offered on any of its channels.
 *
 * Invariant: a group comes to rest only by a turn of one of its processes, so looking after each of these misses nothing.
 */
export class Group {
  readonly #processes: Process[] = [];
  readonly #channels: Channel[] = [];
  readonly #inlets: Channel[] = [];
  readonly #waiting = new Set<Rested>();

  /** @param inlets the channels by which messages come in; they are among the channels. */
  include(processes: readonly Process[], channels: readonly Channel[], inlets: readonly Channel[]): void {
    this.#processes.push(...processes);
    this.#channels.push(...channels);
    this.#inlets.push(...inlets);
  }

  /** Whether it has taken so many messages and rests. */
  done(taken: number): boolean {
    const sofar = this.#inlets.reduce((sum, inlet) => sum + inlet.sent, 0);
    if (sofar < taken || this.#channels.some((channel) => channel.holds)) return false;
    return this.#processes.every((process) => process.passive);
  }

  /** Ready when the group has taken so many messages since it was made, and rests. */
  rested(taken: number): Guard<unknown> {
    return new Rested(this, this.#waiting, taken);
  }

  /** A process of it had its turn. */
  look(): void {
    for (const guard of this.#waiting) if (guard.ready()) guard.fire();
  }
}

const nothing = Object.freeze({});

class Rested implements Branch<unknown> {
  declare readonly guards: unknown;
  readonly turn = undefined;
  readonly #group: Group;
  readonly #waiting: Set<Rested>;
  readonly #taken: number;
  #alternation: Alternation | undefined;
  #index = 0;

  constructor(group: Group, waiting: Set<Rested>, taken: number) {
    this.#group = group;
    this.#waiting = waiting;
    this.#taken = taken;
  }

  ready(): boolean {
    return this.#group.done(this.#taken);
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

  describe(): void {}

  fire(): void {
    this.#alternation?.choose(this.#index, nothing);
  }
}

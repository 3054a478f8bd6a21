import type { Channel } from './channels/channel.ts';
import type { Guard } from './port.ts';
import type { Process } from './processes/process.ts';
import { Signal } from './signal.ts';

/** Names of processes and channels; `inlets` are those of the channels by which messages come in. */
export interface Members {
  readonly processes: readonly string[];
  readonly channels: readonly string[];
  readonly inlets: readonly string[];
}

/**
 * S22  Processes that do something together, and whether they have done it. A group *rests* when each of its processes has ended or waits
 * for a partner alone, not for the clock or the outside, and no message is held or offered on any of its channels.
 *
 * Invariant: a group comes to rest only by a turn of one of its processes, or of one that sends to them, so looking after each of these
 * misses nothing.
 */
export class Group {
  readonly #processes: Process[] = [];
  readonly #channels: Channel[] = [];
  readonly #inlets: Channel[] = [];
  readonly #turned = new Signal();

  /** @param inlets the channels by which messages come in; they are among the channels. */
  include(processes: readonly Process[], channels: readonly Channel[], inlets: readonly Channel[]): void {
    this.#processes.push(...processes);
    this.#channels.push(...channels);
    this.#inlets.push(...inlets);
  }

  /** Ready when the group has taken so many messages since it was made, and rests. */
  rested(taken: number): Guard<unknown> {
    return this.#turned.guard(() => this.#done(taken));
  }

  /** A process of it, or one that sends to it, had its turn. */
  look(): void {
    this.#turned.tell();
  }

  #done(taken: number): boolean {
    const sofar = this.#inlets.reduce((sum, inlet) => sum + inlet.sent, 0);
    if (sofar < taken || this.#channels.some((channel) => channel.holds)) return false;
    return this.#processes.every((process) => process.passive);
  }
}

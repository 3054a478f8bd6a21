import type { Branch, OfferingSender } from '#runtime/alternation.ts';
import type { Operation, Received, Receiver } from '#runtime/port.ts';
import { breath, cpu } from '#runtime/processes/strand.ts';

/**
 * C12: what a process holds at an optional port that nothing is connected to. One of each serves all, for nearly every node has an
 * unconnected `err`; so they have no turn of their own, and a fair alternation remembers them by tag.
 */

class Discarded implements Branch<{ readonly sent: boolean }> {
  declare readonly guards: { readonly sent: boolean };
  readonly turn = undefined;

  ready(): boolean {
    return true;
  }

  take(): { readonly sent: boolean } {
    return { sent: true };
  }

  enable(): void {}
  disable(): void {}
  describe(): void {}
}

/** A writing end with nothing behind it. */
class DiscardSender implements OfferingSender<unknown> {
  *send(_value: unknown): Operation<boolean> {
    if (--cpu.fuel < 0) yield breath;
    return true;
  }

  offerNow(): true {
    return true;
  }

  *end(): Operation<void> {
    if (--cpu.fuel < 0) yield breath;
  }

  offering(): Branch<{ readonly sent: boolean }> {
    return discarded;
  }
}

/** A reading end that is at its end from the start. */
class EndedReceiver implements Receiver<never>, Branch<Received<never>> {
  declare readonly guards: Received<never>;
  readonly turn = undefined;

  *receive(): Operation<Received<never>> {
    if (--cpu.fuel < 0) yield breath;
    return { ended: true };
  }

  ready(): boolean {
    return true;
  }

  take(): Received<never> {
    return { ended: true };
  }

  enable(): void {}
  disable(): void {}
  describe(): void {}
}

const discarded = new Discarded();
const sender = new DiscardSender();
const receiver = new EndedReceiver();

/** For an unconnected optional output: takes every message at once and forgets it; sending gives true. */
export function discardSender(): DiscardSender {
  return sender;
}

/** For an unconnected optional input: at its end from the start. */
export function endedReceiver(): Receiver<never> {
  return receiver;
}

import type { Branch, OfferingSender } from './alternation.ts';
import type { Operation, Received, Receiver } from './port.ts';
import { breath, cpu } from './strand.ts';

/** C12: what a process holds at an optional port that nothing is connected to. */

class Discarded implements Branch<{ readonly sent: boolean }> {
  declare readonly guards: { readonly sent: boolean };
  readonly turn: DiscardSender;

  constructor(sender: DiscardSender) {
    this.turn = sender;
  }

  ready(): boolean {
    return true;
  }

  take(): { readonly sent: boolean } {
    this.turn.count++;
    return { sent: true };
  }

  enable(): void {}
  disable(): void {}
  describe(): void {}
}

/** A writing end with nothing behind it. */
class DiscardSender implements OfferingSender<unknown> {
  lastWon = 0;
  /** Messages discarded so far. */
  count = 0;

  *send(_value: unknown): Operation<boolean> {
    if (--cpu.fuel < 0) yield breath;
    this.count++;
    return true;
  }

  offerNow(): true {
    this.count++;
    return true;
  }

  *end(): Operation<void> {
    if (--cpu.fuel < 0) yield breath;
  }

  offering(): Branch<{ readonly sent: boolean }> {
    return new Discarded(this);
  }
}

/** A reading end that is at its end from the start. */
class EndedReceiver implements Receiver<never>, Branch<Received<never>> {
  declare readonly guards: Received<never>;
  readonly turn = this;
  lastWon = 0;

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

/** For an unconnected optional output: takes every message at once, counts and forgets it; sending gives true. */
export function discardSender(): DiscardSender {
  return new DiscardSender();
}

/** For an unconnected optional input: at its end from the start. */
export function endedReceiver(): Receiver<never> {
  return new EndedReceiver();
}

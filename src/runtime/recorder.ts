import type { Clock } from '#base/clock.ts';
import { hasEnded } from '#model/session.ts';
import type { Network } from './network.ts';
import { Passing } from './passing.ts';
import type { Entry, RecordingEnd } from './recording.ts';
import type { Defer } from './steering.ts';
import { type Arrivals, cpu } from './strand.ts';

/**
 * Records what enters a run (S14): everything else follows from it.
 *
 * Invariant: the clock is looked at anew only within an entry; in between it shows what it showed last.
 */
export class Recorder implements Arrivals {
  readonly clock: Clock = { now: () => this.#look(), after: (delayMs, fire) => this.#after(delayMs, fire) };
  readonly defer: Defer = (turn) => this.#outer.defer(() => this.#enter({ do: 'turn' }, turn));
  readonly steering = { arrivals: this };
  readonly #outer: { readonly clock: Clock; readonly defer: Defer };
  readonly #write: (line: Entry | RecordingEnd) => void;
  #network: Network | undefined;
  #passing: Passing | undefined;
  #shownMs: number;
  #looks = 0;
  #moves: [number, number][] = [];
  #entered = false;
  #over = false;
  #timers = 0;
  #answers = 0;

  /** @param write hears each line, and last the end. */
  constructor(
    outer: { readonly clock: Clock; readonly defer: Defer },
    startMs: number,
    write: (line: Entry | RecordingEnd) => void,
  ) {
    this.#outer = outer;
    this.#shownMs = startMs;
    this.#write = write;
  }

  /** Starts the network that was made with this clock, defer and steering. */
  start(network: Network): void {
    this.#network = network;
    this.#passing = new Passing(network);
    this.#enter({ do: 'start' }, () => network.start());
  }

  /** A stop that comes from outside. */
  stop(): void {
    this.#enter({ do: 'stop' }, () => void this.#network?.stop());
  }

  expect(process: string): (hear: () => void) => void {
    const n = this.#answers++;
    return (hear) => this.#enter({ do: 'answer', n, of: process }, hear);
  }

  #after(delayMs: number, fire: () => void): () => void {
    const n = this.#timers++;
    const of = cpu.strand?.owner.id;
    return this.#outer.clock.after(delayMs, () => this.#enter({ do: 'timer', n, ...(of !== undefined && { of }) }, fire));
  }

  #look(): number {
    if (!this.#entered) return this.#shownMs;
    const nowMs = this.#outer.clock.now();
    if (nowMs !== this.#shownMs) this.#moves.push([this.#looks, nowMs - this.#shownMs]);
    this.#looks++;
    this.#shownMs = nowMs;
    return nowMs;
  }

  #enter(entry: Entry, act: () => void): void {
    this.#entered = true;
    act();
    this.#entered = false;
    const ms = this.#moves;
    this.#moves = [];
    this.#looks = 0;
    if (this.#over) return;
    this.#write({ ...entry, ...(ms.length > 0 && { ms }), ...this.#passing?.take() });
    const state = this.#network?.state;
    if (state === undefined || !hasEnded(state)) return;
    this.#over = true;
    this.#write({ do: 'end', is: state });
  }
}

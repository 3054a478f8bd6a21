import type { Clock } from '#base/clock.ts';
import type { Intervention } from '#model/sessions/intervention.ts';
import { hasEnded } from '#model/sessions/session.ts';
import type { Network } from '#runtime/network.ts';
import { type Arrivals, cpu } from '#runtime/processes/strand.ts';
import { Passing } from './passing.ts';
import type { Entry, RecordingEnd } from './recording.ts';
import type { Defer } from './steering.ts';

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
  readonly #hide: ((text: string) => string) | undefined;
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

  /**
   * @param write hears each line, and last the end.
   * @param hide gives the text of a message as the checksums count it.
   */
  constructor(
    outer: { readonly clock: Clock; readonly defer: Defer },
    startMs: number,
    write: (line: Entry | RecordingEnd) => void,
    hide?: (text: string) => string,
  ) {
    this.#outer = outer;
    this.#shownMs = startMs;
    this.#write = write;
    this.#hide = hide;
  }

  /** Takes the network that was made with this clock, defer and steering; before anything else is asked of either. */
  attach(network: Network): void {
    this.#network = network;
    this.#passing = new Passing(network, this.#hide);
  }

  start(): void {
    this.#ask('start', (network) => network.start());
  }

  /** A stop that comes from outside. */
  stop(): void {
    this.#ask('stop', (network) => void network.stop());
  }

  /** Resolves when the network is paused. */
  pause(): Promise<void> {
    return new Promise((resolve) => this.#ask('pause', (network) => void network.pause().then(resolve)));
  }

  resume(): void {
    this.#ask('resume', (network) => network.resume());
  }

  /** What a person does to a part of the network, by `act`; gives what that gives. */
  intervene<T>(what: Intervention, act: (network: Network) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#ask('intervene', (network) => void act(network).then(resolve, reject), { what });
    });
  }

  // Asked for from within the run, it comes when that entry is over: entries do not nest.
  #ask(asked: Entry['do'], act: (network: Network) => void, more: Pick<Entry, 'what'> = {}): void {
    const enter = (): void => this.#enter({ do: asked, ...more }, () => this.#network && act(this.#network));
    if (this.#entered) void Promise.resolve().then(enter);
    else enter();
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
    if (!this.#over) this.#note({ ...entry, ...(ms.length > 0 && { ms }), ...this.#passing?.take() });
  }

  #note(entry: Entry): void {
    this.#write(entry);
    const state = this.#network?.state;
    if (state === undefined || !hasEnded(state)) return;
    this.#over = true;
    this.#write({ do: 'end', is: state });
  }
}

import type { Clock } from '#base/clock.ts';
import type { Intervention } from '#model/sessions/intervention.ts';
import { hasEnded } from '#model/sessions/session.ts';
import type { Network } from '#runtime/network.ts';
import { type Arrivals, cpu } from '#runtime/processes/strand.ts';
import { Passing } from './passing.ts';
import { cut, type Entry, type RecordingEnd } from './recording.ts';
import type { Defer } from './steering.ts';

/** The first step at which a replay was not what the recording says. Steps are counted from 1. */
export interface Divergence {
  readonly step: number;
  readonly recorded: string;
  readonly happened: string;
}

interface Outside {
  /** Lets promises that are settled be heard: after timers and I/O had their chance. */
  readonly breathe: () => Promise<void>;
  /** Resolves when a computation has had long enough. */
  readonly patience: () => Promise<void>;
  /** Does to the network what a person did. */
  readonly intervene: (network: Network, what: Intervention) => Promise<unknown>;
}

/** Runs a network again from a recording (S15): it sees the recorded clock, and nothing enters but what is recorded. */
export class Replayer implements Arrivals {
  readonly clock: Clock = { now: () => this.#look(), after: (_delayMs, fire) => this.#after(fire) };
  readonly defer: Defer = (turn) => void this.#turns.push(turn);
  readonly steering = { arrivals: this };
  readonly #outside: Outside;
  readonly #turns: (() => void)[] = [];
  readonly #timers = new Map<number, { readonly of: string | undefined; readonly fire: () => void }>();
  readonly #answers = new Map<number, () => void>();
  #timersSet = 0;
  #expected = 0;
  #unanswered = 0;
  #shownMs: number;
  #looks = 0;
  #moves: Entry['ms'] = [];
  #entered = false;

  constructor(startMs: number, outside: Outside) {
    this.#shownMs = startMs;
    this.#outside = outside;
  }

  /** Replays all entries; gives the first divergence, or undefined. Afterwards the network has ended. */
  async run(network: Network, entries: readonly Entry[], end: RecordingEnd): Promise<Divergence | undefined> {
    const passing = new Passing(network);
    let step = 0;
    let diverged: Divergence | undefined;
    for (const entry of entries) {
      step++;
      const missing = await this.#enter(network, entry);
      const { passed = 0, sum } = passing.take();
      const wanted = wordsOf(entry, entry.passed ?? 0);
      if (missing !== undefined) diverged = { step, recorded: wanted, happened: missing };
      else if (passed !== (entry.passed ?? 0) || sum !== entry.sum) {
        diverged = { step, recorded: wanted, happened: `${wordsOf(entry, passed)}, the last ${passing.last || 'of all none'}` };
      }
      if (diverged !== undefined) break;
      if (this.#unanswered > 0) await this.#outside.breathe();
    }
    if (diverged === undefined && end.is !== cut && network.state !== end.is)
      diverged = { step: step + 1, recorded: `the run is ${end.is}`, happened: `the run is ${network.state}` };
    this.#finish(network);
    return diverged;
  }

  expect(): (hear: () => void) => void {
    const n = this.#expected++;
    this.#unanswered++;
    return (hear) => {
      this.#unanswered--;
      this.#answers.set(n, hear);
    };
  }

  #look(): number {
    if (!this.#entered) return this.#shownMs;
    const [look, byMs] = this.#moves?.[0] ?? [];
    if (look === this.#looks) {
      this.#shownMs += byMs ?? 0;
      this.#moves = this.#moves?.slice(1);
    }
    this.#looks++;
    return this.#shownMs;
  }

  #after(fire: () => void): () => void {
    const n = this.#timersSet++;
    this.#timers.set(n, { of: cpu.strand?.owner.id, fire });
    return () => void this.#timers.delete(n);
  }

  /** Lets one thing in; gives in words what is not there. */
  async #enter(network: Network, entry: Entry): Promise<string | undefined> {
    const act = await this.#actOf(network, entry);
    if (typeof act === 'string') return act;
    this.#moves = entry.ms;
    this.#looks = 0;
    this.#entered = true;
    act();
    this.#entered = false;
    return undefined;
  }

  async #actOf(network: Network, { do: what, n = 0, of, what: done }: Entry): Promise<(() => void) | string> {
    if (what === 'start') return () => network.start();
    if (what === 'stop') return () => void network.stop();
    if (what === 'pause') return () => void network.pause();
    if (what === 'intervene') return () => void (done && this.#outside.intervene(network, done).catch(() => {}));
    if (what === 'resume') return () => network.resume();
    if (what === 'turn') return this.#turns.shift() ?? 'no process can go on';
    if (what === 'answer') return (await this.#answerOf(n)) ?? `${of} awaits no such answer, or it does not come`;
    const timer = this.#timers.get(n);
    this.#timers.delete(n);
    return timer === undefined || timer.of !== of ? 'no such timer is set' : timer.fire;
  }

  async #answerOf(n: number): Promise<(() => void) | undefined> {
    let patient = n < this.#expected;
    if (patient && !this.#answers.has(n)) {
      void this.#outside.patience().then(() => {
        patient = false;
      });
      while (patient && !this.#answers.has(n)) await this.#outside.breathe();
    }
    const hear = this.#answers.get(n);
    this.#answers.delete(n);
    return hear;
  }

  #finish(network: Network): void {
    if (!hasEnded(network.state)) void network.stop();
    for (;;) {
      for (let turn = this.#turns.shift(); turn !== undefined; turn = this.#turns.shift()) turn();
      const [next] = this.#timers;
      if (hasEnded(network.state) || next === undefined) return;
      this.#timers.delete(next[0]);
      next[1].fire();
    }
  }
}

function wordsOf({ do: what, of }: Entry, passed: number): string {
  const heads = {
    start: 'the start',
    turn: 'a turn of the processes',
    timer: `the timer of ${of ?? 'nobody'}`,
    answer: `an answer for ${of}`,
    pause: 'a pause from outside',
    resume: 'a resume from outside',
    intervene: 'a hold, a breakpoint or a step from outside',
    stop: 'a stop from outside',
  };
  return `${heads[what]}, ${passed} messages`;
}

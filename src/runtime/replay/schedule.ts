import { type Fault, hasEnded } from '#model/sessions/session.ts';
import { Ring } from '#runtime/channels/ring.ts';
import type { Network, NetworkPlan } from '#runtime/network.ts';
import type { Arrivals, Strand } from '#runtime/processes/strand.ts';
import type { Stuck } from '#runtime/standstill.ts';
import { inWords, type Witness, witness } from './schedule-words.ts';
import { VirtualClock } from './virtual-clock.ts';

/** One run of a network in which every choice is made from outside. Rule S13 in `docs/spec/session.md`. */

/** What a network is made with, so that its choices are made here. */
export type Steered = Pick<NetworkPlan, 'clock' | 'defer'> & { readonly steering: NonNullable<NetworkPlan['steering']> };

/** A moment at which one of several things can happen; 0 is what happens of itself. */
export interface ChoicePoint {
  /** How many there are; 1 is no choice. */
  readonly of: number;
  /** True when 0 is that the process which went on last goes on, and any other choice takes its turn away. */
  readonly preempts: boolean;
}

/** One step that was taken; `says` is empty unless words were asked for. */
export interface Step extends ChoicePoint {
  readonly choice: number;
  readonly says: string;
}

/**
 * How it went. `cut`: it was still running after as many steps as were allowed. `waiting`: the outside did not answer.
 * `halted`: the choices were at their end, or no longer fitted.
 */
export type Ending =
  | { readonly is: 'completed' | 'cut' | 'waiting' | 'halted' }
  | { readonly is: 'stuck'; readonly nodes: readonly string[]; readonly connections: readonly string[] }
  | { readonly is: 'failed'; readonly fault: Fault };

export interface ScheduleRun {
  readonly ending: Ending;
  readonly steps: readonly Step[];
  /** The network at the moment it ended, for its counts and samples. */
  readonly network: Network;
}

/** Something that can happen next: a process goes on to its next communication, a timer of it fires, it hears an answer. */
export interface Way {
  /** Undefined: a timer that no process has set. */
  readonly process: string | undefined;
  readonly kind: 'goes on' | 'timer' | 'answer';
}

export interface ScheduleOrder {
  readonly make: (world: Steered) => Network;
  /** Undefined halts the run. */
  readonly choose: (point: ChoicePoint, ways: readonly Way[]) => number | undefined;
  /** When timers and answers are among the ways: only when no process can go on, or always. */
  readonly outside?: 'last' | 'always';
  readonly mostSteps: number;
  readonly startMs: number;
  /** Told as each step is over; false halts the run. */
  readonly onStep?: (step: Step) => boolean;
  readonly inWords?: boolean;
  /** Told when nothing more is to be done, before the network is stopped. */
  readonly atEnd?: () => void;
  /** Resolves when the outside has had long enough to answer. */
  readonly patience: () => Promise<void>;
}

/** Runs once. Takes no time but that of its computing, unless it awaits answers from outside. */
export async function runSchedule(order: ScheduleOrder): Promise<ScheduleRun> {
  return await new Schedule(order).run();
}

interface Option extends Way {
  readonly act: () => void;
}

class Schedule implements Arrivals {
  readonly #order: ScheduleOrder;
  readonly #clock: VirtualClock;
  readonly #turns: (() => void)[] = [];
  readonly #queue: ChosenQueue;
  readonly #network: Network;
  readonly #witness: Witness | undefined;
  readonly #steps: Step[] = [];
  readonly #answers: Option[] = [];
  #unanswered = 0;
  #patient = true;
  /** The queue gave nothing, so that answers can come. */
  #listening = false;
  #answered: () => void = () => {};
  #open: { readonly point: ChoicePoint; readonly choice: number; readonly way: Way } | undefined;
  #stuck: Stuck | undefined;
  #fault: Fault | undefined;
  #halted = false;

  constructor(order: ScheduleOrder) {
    this.#order = order;
    this.#clock = new VirtualClock(order.startMs);
    this.#queue = new ChosenQueue((strands, preempts) => this.#nextStrand(strands, preempts));
    this.#network = order.make({
      clock: this.#clock,
      defer: (turn) => void this.#turns.push(turn),
      steering: { queue: this.#queue, fuel: 0, arrivals: this },
    });
    this.#witness = order.inWords === true ? witness(this.#network) : undefined;
    this.#network.onEvent((event) => {
      if (event.is === 'stuck') this.#stuck = event;
      if (event.is === 'fault' && event.handling.is === 'stop') this.#fault = event.fault;
    });
  }

  expect(process: string): (hear: () => void) => void {
    this.#unanswered++;
    return (act) => {
      this.#unanswered--;
      const option: Option = {
        process,
        kind: 'answer',
        act: () => {
          this.#answers.splice(this.#answers.indexOf(option), 1);
          act();
        },
      };
      this.#answers.push(option);
      this.#answered();
    };
  }

  async run(): Promise<ScheduleRun> {
    this.#network.start();
    while (!this.#over()) {
      if (this.#unanswered > 0 && this.#patient) await this.#answersOf(this.#order.patience());
      this.#listening = false;
      if (!this.#over() && !this.#listening && !this.#takeFromOutside()) break;
    }
    this.#close();
    this.#order.atEnd?.();
    const ending = this.#ending();
    this.#queue.free();
    this.#halted = true;
    void this.#network.stop();
    this.#finish();
    return { ending, steps: this.#steps, network: this.#network };
  }

  /** Runs all turns there are; true when nothing more is to be done. */
  #over(): boolean {
    while (!this.#halted && !this.#listening) {
      const turn = this.#turns.shift();
      if (turn === undefined) break;
      turn();
    }
    return this.#halted || this.#stuck !== undefined || this.#fault !== undefined || hasEnded(this.#network.state);
  }

  async #answersOf(patience: Promise<void>): Promise<void> {
    let patient = true;
    const lost = patience.then(() => {
      patient = false;
    });
    while (this.#unanswered > 0 && patient) {
      await Promise.race([lost, new Promise<void>((resolve) => (this.#answered = resolve))]);
    }
    if (this.#order.outside === 'always') this.#patient = patient;
  }

  #fromOutside(): Option[] {
    const timers = this.#clock.alarms.map(
      (alarm): Option => ({ process: alarm.process, kind: 'timer', act: () => this.#clock.ring(alarm) }),
    );
    return [...this.#answers, ...timers];
  }

  #takeFromOutside(): boolean {
    const options = this.#fromOutside();
    if (options.length === 0) return false;
    options[this.#choose({ of: options.length, preempts: false }, options)]?.act();
    return true;
  }

  /** The number of the strand that goes on; -1 when none does, for now or at all. */
  #nextStrand(strands: readonly Strand[], preempts: boolean): number {
    const ways = strands.map(({ owner }): Way => ({ process: owner.id, kind: 'goes on' }));
    if (this.#order.outside !== 'always') return this.#choose({ of: ways.length, preempts }, ways);
    if (this.#unanswered > 0 && this.#patient) {
      this.#listening = true;
      return -1;
    }
    const outside = this.#fromOutside();
    const chosen = this.#choose({ of: ways.length + outside.length, preempts }, [...ways, ...outside]);
    if (chosen < ways.length) return chosen;
    // After this turn, which ends now: in it, time stands still.
    this.#turns.unshift(() => outside[chosen - ways.length]?.act());
    return -1;
  }

  /** The number of what is chosen; -1 when the run is to halt. */
  #choose(point: ChoicePoint, ways: readonly Way[]): number {
    this.#close();
    const choice = this.#halted || this.#steps.length >= this.#order.mostSteps ? undefined : this.#order.choose(point, ways);
    const way = choice === undefined ? undefined : ways[choice];
    if (choice === undefined || way === undefined) {
      this.#halted = true;
      return -1;
    }
    this.#open = { point, choice, way };
    return choice;
  }

  /** The step that was begun is over. */
  #close(): void {
    if (this.#open === undefined) return;
    const { point, choice, way } = this.#open;
    this.#open = undefined;
    const says = this.#witness === undefined ? '' : inWords(way.kind, way.process, this.#witness.take(), this.#network);
    const step: Step = { of: point.of, preempts: point.preempts, choice, says };
    this.#steps.push(step);
    if (this.#order.onStep?.(step) === false) this.#halted = true;
  }

  #ending(): Ending {
    if (this.#fault !== undefined) return { is: 'failed', fault: this.#fault };
    if (this.#stuck !== undefined) return { ...this.#stuck };
    if (this.#network.state === 'completed') return { is: 'completed' };
    if (!this.#halted) return { is: 'waiting' };
    return { is: this.#steps.length >= this.#order.mostSteps ? 'cut' : 'halted' };
  }

  // Clean-up that awaits the outside is abandoned when its grace, which is a timer too, is over.
  #finish(): void {
    for (;;) {
      for (let turn = this.#turns.shift(); turn !== undefined; turn = this.#turns.shift()) turn();
      const [alarm] = this.#clock.alarms;
      if (hasEnded(this.#network.state) || alarm === undefined) return;
      this.#clock.ring(alarm);
    }
  }
}

/** A queue whose `shift` asks. First comes who went on last, when it can go on; the others as they came. */
class ChosenQueue extends Ring<Strand> {
  #waiting: Strand[] = [];
  #last: Strand | undefined;
  #ask: ((strands: readonly Strand[], preempts: boolean) => number) | undefined;

  constructor(ask: (strands: readonly Strand[], preempts: boolean) => number) {
    super();
    this.#ask = ask;
  }

  /** From now on nothing is asked. */
  free(): void {
    this.#ask = undefined;
  }

  override get size(): number {
    return this.#waiting.length;
  }

  override push(strand: Strand): void {
    this.#waiting.push(strand);
  }

  override shift(): Strand | undefined {
    this.#waiting = this.#waiting.filter(({ done, wait }) => !done && wait === undefined);
    if (this.#waiting.length === 0 || this.#ask === undefined) return this.#waiting.shift();
    const last = this.#waiting.find((strand) => strand === this.#last);
    const strands = last === undefined ? this.#waiting : [last, ...this.#waiting.filter((strand) => strand !== last)];
    const chosen = strands[this.#ask(strands, last !== undefined && strands.length > 1)];
    if (chosen === undefined) return undefined;
    this.#waiting = this.#waiting.filter((strand) => strand !== chosen);
    this.#last = chosen;
    return chosen;
  }

  override clear(): void {
    this.#waiting = [];
  }
}

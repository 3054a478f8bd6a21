import type { System } from '#contract/network.ts';

/** What is wrong with a certificate or a trace. */
export class Fault extends Error {}

/** The check would take more work than it was given: nothing is said. */
export class TooMuch extends Error {}

/** How much may be looked at: moves or states; and, where there is a clock, whether it is late by now. */
export type Work = number | { readonly looks: number; readonly isLate: () => boolean };

/** An equal part of it. */
export function shareOf(work: Work, among: number): Work {
  return typeof work === 'number' ? Math.ceil(work / among) : { ...work, looks: Math.ceil(work.looks / among) };
}

const looksBetweenClocks = 65_536;
/** What is kept while checking takes no more memory than this. */
const mostBytes = 192 * 1_048_576;

const bytesOfNumber = 8;

/** Counts what is looked at; throws TooMuch when it is more than was given. Several systems may share one. */
export class Meter {
  #left: number;
  #untilClock = looksBetweenClocks;
  #bytes = mostBytes;
  readonly #isLate: (() => boolean) | undefined;

  constructor(work: Work) {
    this.#left = typeof work === 'number' ? work : work.looks;
    this.#isLate = typeof work === 'number' ? undefined : work.isLate;
  }

  spend(work: number): void {
    this.#left -= work;
    this.#untilClock -= work;
    const isLate = this.#untilClock < 0 && this.#isLate?.() === true;
    if (this.#untilClock < 0) this.#untilClock = looksBetweenClocks;
    if (this.#left < 0 || isLate) throw new TooMuch('checking it again would take too long');
  }

  /** Throws TooMuch at once where so much work will surely be more than is left. */
  expect(work: number): void {
    if (work > this.#left) throw new TooMuch('checking it again would take too long');
  }

  /** Throws TooMuch where so many bytes, kept for a while, are more than there is room for. */
  fits(bytes: number): void {
    if (bytes > mostBytes) throw new TooMuch('checking it again would take too much memory');
  }

  /** Counts what is kept; throws TooMuch when it is more than there is room for. */
  keep(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes < 0) throw new TooMuch('checking it again would take too much memory');
  }
}

/** A reachable state of the whole: that of each part. */
export type Whole = readonly number[];

export interface PlainStep {
  readonly event: number;
  readonly to: Whole;
}

/**
 * A system read in the plainest way: what each part offers in each of its states, and what can happen next. It counts its work.
 *
 * @throws TooMuch from any question, when that is more work than was given.
 */
export class Plain {
  readonly system: System;
  readonly meter: Meter;
  readonly #offers: Map<number, ReadonlyMap<number, readonly number[]>>[];
  #events: number[][] | undefined;

  constructor(system: System, work: Work | Meter) {
    this.system = system;
    this.meter = work instanceof Meter ? work : new Meter(work);
    this.#offers = system.parts.map(() => new Map());
  }

  spend(work: number): void {
    this.meter.spend(work);
  }

  /** The events that a part can make in a state, as far as it is concerned, and where each may take it. */
  offers(part: number, state: number): ReadonlyMap<number, readonly number[]> {
    const known = this.#offers[part]?.get(state);
    if (known !== undefined) return known;
    const own = this.system.parts[part];
    const shape = this.system.shapes[own?.shape ?? -1];
    if (own === undefined || shape === undefined) throw new Fault(`there is no part ${part}`);
    const found = new Map<number, number[]>();
    for (let move = shape.first[state] ?? 0; move < (shape.first[state + 1] ?? 0); move++) {
      this.spend(1);
      const event = own.events[shape.labels[move] ?? 0] ?? -1;
      if (!this.makers(event).includes(part)) continue;
      found.set(event, [...(found.get(event) ?? []), shape.targets[move] ?? 0]);
    }
    this.#offers[part]?.set(state, found);
    return found;
  }

  after(part: number, state: number, event: number): readonly number[] {
    return this.offers(part, state).get(event) ?? [];
  }

  makers(event: number): readonly number[] {
    return this.system.events[event]?.parts ?? [];
  }

  /** The events that a part takes part in. */
  eventsOf(part: number): readonly number[] {
    if (this.#events === undefined) {
      this.#events = this.system.parts.map(() => []);
      for (const [event, { parts }] of this.system.events.entries()) for (const one of parts) this.#events[one]?.push(event);
    }
    return this.#events[part] ?? [];
  }

  isCut(part: number, state: number): boolean {
    return this.system.shapes[this.system.parts[part]?.shape ?? -1]?.cutAt === state;
  }

  isFinal(part: number, state: number): boolean {
    return this.system.shapes[this.system.parts[part]?.shape ?? -1]?.final[state] === 1;
  }

  isProcess(part: number): boolean {
    return part < this.system.processes;
  }

  hasEnded(state: Whole): boolean {
    return state.every((at, part) => !this.isProcess(part) || this.isFinal(part, at));
  }

  /** Everything that can happen: an event when all its parts offer it, in each way they can. By event, then by the ways of its parts. */
  steps(state: Whole): PlainStep[] {
    this.spend(state.length);
    const offered = new Set(state.flatMap((at, part) => [...this.offers(part, at).keys()]));
    return [...offered].sort((a, b) => a - b).flatMap((event) => this.ways(state, event));
  }

  /** The ways in which one event can be made; none when somebody refuses it. */
  ways(state: Whole, event: number): PlainStep[] {
    const makers = this.makers(event);
    if (makers.length === 0) return [];
    const targets = makers.map((part) => (part < 0 ? [] : this.after(part, state[part] ?? 0, event)));
    // How many ways there are is known before any is made: they can be more than memory holds.
    const count = targets.reduce((product, list) => product * list.length, 1);
    this.spend(targets.reduce((sum, list) => sum + list.length, count * state.length));
    this.meter.fits(count * (makers.length + state.length) * bytesOfNumber);
    let ways: (readonly number[])[] = [[]];
    for (const list of targets) ways = ways.flatMap((way) => list.map((to) => [...way, to]));
    return ways.map((way) => {
      const to = [...state];
      for (const [at, part] of makers.entries()) to[part] = way[at] ?? 0;
      return { event, to };
    });
  }
}

import type { System } from '#contract/network.ts';

/** V60  A random walk through a system from its start: quick to find what can happen, silent about what cannot. */
export class Walk {
  /** The local state of each part. */
  readonly state: Int32Array;
  readonly #system: System;
  readonly #random: () => number;
  /** Per event, how many of its parts do not offer it now. */
  readonly #missing: Int32Array;
  /** The events that can happen now, and per event its place among them, or -1. */
  readonly #ready: number[] = [];
  readonly #place: Int32Array;
  readonly #offers = new Map<string, Int32Array>();

  /** @param random numbers from 0 below 1. */
  constructor(system: System, random: () => number) {
    this.#system = system;
    this.#random = random;
    this.state = new Int32Array(system.parts.length);
    this.#missing = Int32Array.from(system.events, ({ parts }) => parts.length);
    this.#place = new Int32Array(system.events.length).fill(-1);
    for (const part of system.parts.keys()) this.#offer(part);
  }

  /**
   * Makes one event; undefined when none is possible.
   *
   * @param rare per event 1 where it is only seldom made while something else is possible; without it all are alike.
   */
  step(rare?: Uint8Array): number | undefined {
    let event = this.#any();
    for (let again = 0; again < 8 && event !== undefined && rare?.[event] === 1; again++) event = this.#any();
    if (event === undefined) return undefined;
    for (const part of this.#system.events[event]?.parts ?? []) this.#move(part, event);
    return event;
  }

  #any(): number | undefined {
    return this.#ready[Math.floor(this.#random() * this.#ready.length)];
  }

  #move(part: number, event: number): void {
    const { shape, events } = this.#part(part);
    const at = this.state[part] ?? 0;
    const targets: number[] = [];
    for (let move = shape.first[at] ?? 0; move < (shape.first[at + 1] ?? 0); move++)
      if (events[shape.labels[move] ?? 0] === event) targets.push(shape.targets[move] ?? 0);
    for (const offered of this.#offered(part)) if (this.#change(offered, 1) === 1) this.#remove(offered);
    this.state[part] = targets[Math.floor(this.#random() * targets.length)] ?? 0;
    this.#offer(part);
  }

  #offer(part: number): void {
    for (const offered of this.#offered(part))
      if (this.#change(offered, -1) === 0) this.#place[offered] = this.#ready.push(offered) - 1;
  }

  #change(event: number, by: number): number {
    const missing = (this.#missing[event] ?? 0) + by;
    this.#missing[event] = missing;
    return missing;
  }

  #remove(event: number): void {
    const [place, last] = [this.#place[event] ?? 0, this.#ready.pop() ?? 0];
    this.#place[event] = -1;
    if (last === event) return;
    this.#ready[place] = last;
    this.#place[last] = place;
  }

  /** The events a part offers where it stands, each once. */
  #offered(part: number): Int32Array {
    const at = this.state[part] ?? 0;
    const key = `${part} ${at}`;
    const known = this.#offers.get(key);
    if (known !== undefined) return known;
    const { shape, events } = this.#part(part);
    const labels = shape.labels.subarray(shape.first[at], shape.first[at + 1]);
    const offered = Int32Array.from(new Set(labels.map((label) => events[label] ?? 0)));
    this.#offers.set(key, offered);
    return offered;
  }

  #part(part: number): { readonly shape: System['shapes'][number]; readonly events: Int32Array } {
    const { shape, events } = this.#system.parts[part] as System['parts'][number];
    return { shape: this.#system.shapes[shape] as System['shapes'][number], events };
  }
}

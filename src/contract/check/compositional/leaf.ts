import type { System } from '#contract/network.ts';
import { cut, ended, type Graph, inside } from './graph.ts';
import { minimise } from './minimise.ts';
import { Numbers } from './numbers.ts';

/** V40  One part alone as a graph. Parts of equal shapes that hide the same labels have one in common. */
export interface Leaf {
  readonly graph: Graph;
  /** Every state that can be reached, and its class in `graph`. */
  readonly whole: Graph;
  readonly classes: Int32Array;
  /** For each state of `whole` that of the shape, for each of its moves the label of the shape. */
  readonly states: Int32Array;
  readonly source: Int32Array;
}

/** How the labels of a shape are seen: as nothing, since the event cannot happen; as inside; or by a number from 1. */
export interface Sight {
  /** For each label of the shape -1, 0 or its number. */
  readonly numbers: readonly number[];
  readonly count: number;
  /** The event of each number; that of 0 is -1. */
  readonly events: Int32Array;
}

/** V40  An event that one part alone makes happens inside it. One that somebody can never make happens never. */
export class Sights {
  readonly #system: System;
  /** For each event the parts that make it, 0 when it cannot happen. */
  readonly #makers: Int32Array;

  constructor(system: System) {
    this.#system = system;
    this.#makers = new Makers(system).counts();
  }

  get makers(): Int32Array {
    return this.#makers;
  }

  of(part: number): Sight {
    const events = [-1];
    const { events: own = new Int32Array() } = this.#system.parts[part] ?? {};
    const numbers = Array.from(own, (event) => {
      const makers = this.#makers[event] ?? 0;
      if (makers === 0 || !this.#system.events[event]?.parts.includes(part)) return -1;
      if (makers === 1) return inside;
      const known = events.indexOf(event);
      return known > 0 ? known : events.push(event) - 1;
    });
    return { numbers, count: events.length, events: Int32Array.from(events) };
  }
}

/** Takes events away that somebody never comes to offer, until each that is left is offered by all its parts. */
class Makers {
  readonly #system: System;
  readonly #counts: Int32Array;
  /** For each shape the labels of the states that can be reached, as long as nothing is taken away. */
  readonly #plain = new Map<number, ReadonlySet<number>>();

  constructor(system: System) {
    this.#system = system;
    this.#counts = Int32Array.from(system.events, ({ parts }) => (parts.includes(-1) ? 0 : parts.length));
  }

  counts(): Int32Array {
    const own = this.#system.parts.map((): number[] => []);
    for (const [event, { parts }] of this.#system.events.entries()) for (const part of parts) own[part]?.push(event);
    const queue = [...own.keys()];
    for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
      const offered = this.#offered(part);
      for (const event of own[part] ?? []) {
        if (this.#counts[event] === 0 || offered.has(event)) continue;
        this.#counts[event] = 0;
        for (const maker of this.#system.events[event]?.parts ?? []) if (maker >= 0 && maker !== part) queue.push(maker);
      }
    }
    return this.#counts;
  }

  #offered(part: number): ReadonlySet<number> {
    const { shape = 0, events = new Int32Array() } = this.#system.parts[part] ?? {};
    const isWhole = events.every((event) => this.#counts[event] !== 0);
    const labels = isWhole
      ? (this.#plain.get(shape) ?? this.#labels(shape, () => true))
      : this.#labels(shape, (label) => this.#counts[events[label] ?? 0] !== 0);
    if (isWhole) this.#plain.set(shape, labels);
    return new Set(Array.from(labels, (label) => events[label] ?? 0));
  }

  #labels(number: number, happens: (label: number) => boolean): ReadonlySet<number> {
    const shape = this.#system.shapes[number];
    const labels = new Set<number>();
    const met = new Set([0]);
    for (const state of met)
      for (let move = shape?.first[state] ?? 0; move < (shape?.first[state + 1] ?? 0); move++) {
        const label = shape?.labels[move] ?? 0;
        if (!happens(label)) continue;
        labels.add(label);
        met.add(shape?.targets[move] ?? 0);
      }
    return labels;
  }
}

/** The graph of a part with a sight of its labels. Links have always ended: what they hold does not count. */
export function leafOf(system: System, part: number, { numbers, count }: Sight): Leaf {
  const { shape = 0 } = system.parts[part] ?? {};
  const drawn = system.shapes[shape];
  if (drawn === undefined) throw new Error(`There is no shape ${shape}.`);
  const known = new Map([[0, 0]]);
  const states = [0];
  const first = new Numbers();
  const [labels, targets, source] = [new Numbers(), new Numbers(), new Numbers()];
  for (let at = 0; at < states.length; at++) {
    const state = states[at] ?? 0;
    first.push(labels.length);
    for (let move = drawn.first[state] ?? 0; move < (drawn.first[state + 1] ?? 0); move++) {
      const label = numbers[drawn.labels[move] ?? 0] ?? -1;
      if (label < 0) continue;
      const target = drawn.targets[move] ?? 0;
      const number = known.get(target) ?? states.push(target) - 1;
      known.set(target, number);
      labels.push(label);
      targets.push(number);
      source.push(drawn.labels[move] ?? 0);
    }
  }
  first.push(labels.length);
  const isLink = part >= system.processes;
  const marks = Uint8Array.from(
    states,
    (state) => (isLink || drawn.final[state] === 1 ? ended : 0) | (state === drawn.cutAt ? cut : 0),
  );
  const whole = { first: first.values(), labels: labels.values(), targets: targets.values(), marks, labelCount: count };
  return { ...minimise(whole), whole, states: Int32Array.from(states), source: source.values() };
}

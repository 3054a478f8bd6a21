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
    this.#makers = makersOf(system);
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

function makersOf({ parts, shapes, events }: System): Int32Array {
  const used = shapes.map(({ labels }) => new Set(labels));
  const offers = new Int32Array(events.length);
  for (const [number, { shape, events: own }] of parts.entries()) {
    const offered = new Set<number>();
    for (const [label, event] of own.entries()) if (used[shape]?.has(label)) offered.add(event);
    for (const event of offered) if (events[event]?.parts.includes(number)) offers[event] = (offers[event] ?? 0) + 1;
  }
  return Int32Array.from(events, ({ parts: makers }, event) =>
    makers.includes(-1) || offers[event] !== makers.length ? 0 : makers.length,
  );
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

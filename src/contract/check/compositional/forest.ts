import type { System } from '#contract/network.ts';
import { bytesOf, type Graph, inside, statesOf } from './graph.ts';
import { type Leaf, leafOf, Sights } from './leaf.ts';
import type { Meter } from './meter.ts';
import { minimise } from './minimise.ts';
import { type Labels, labelsOf, type Product, productOf, type Wiring } from './product.ts';

/** V42  Some parts of a system put together, hidden and minimised. */
export interface Group {
  readonly graph: Graph;
  /** Equal graphs have the same number. */
  readonly kind: number;
  /** For each label the event of the system; that of 0 is -1. */
  readonly events: Int32Array;
  readonly made: { readonly of: 'part'; readonly part: number; readonly leaf: Leaf } | ({ readonly of: 'pair' } & Pair);
  /** The least of its part numbers, by which groups are ordered. */
  readonly least: number;
  readonly size: number;
}

interface Pair {
  readonly left: Group;
  readonly right: Group;
  readonly joint: Joint;
}

/** Two graphs put together in one way: many pairs of groups may be the same. */
export interface Joint {
  readonly wiring: Wiring;
  readonly product: Product;
  readonly classes: Int32Array;
  readonly graph: Graph;
  readonly kind: number;
  readonly labels: Labels;
}

/** Makes groups of parts, and of groups; what is equal is worked out once. */
export class Forest {
  readonly #system: System;
  readonly #meter: Meter;
  readonly #sights: Sights;
  readonly #leaves = new Map<string, { readonly leaf: Leaf; readonly kind: number }>();
  readonly #joints = new Map<string, Joint>();
  /** For a joint that was too large, the states it was allowed. */
  readonly #tooLarge = new Map<string, number>();
  readonly #kinds = new Map<string, number>();
  #kindCount = 0;
  /** For each event, how many groups take part in it. */
  readonly #sharers: Int32Array;
  /** For each event its label in the group being looked at. */
  readonly #labelOf: Int32Array;

  constructor(system: System, meter: Meter) {
    this.#system = system;
    this.#meter = meter;
    this.#sights = new Sights(system);
    this.#sharers = this.#sights.makers.slice();
    this.#labelOf = new Int32Array(system.events.length);
  }

  leaf(part: number): Group {
    const sight = this.#sights.of(part);
    const key = `${this.#system.parts[part]?.shape} ${part < this.#system.processes} ${sight.numbers}`;
    let made = this.#leaves.get(key);
    if (made === undefined) {
      const leaf = leafOf(this.#system, part, sight);
      this.#spent(leaf.whole, leaf.graph);
      made = { leaf, kind: this.#kindOf(leaf.graph) };
      this.#leaves.set(key, made);
    }
    const { leaf, kind } = made;
    return { graph: leaf.graph, kind, events: sight.events, made: { of: 'part', part, leaf }, least: part, size: 1 };
  }

  /** @returns undefined when together they have more than `most` states. */
  join(a: Group, b: Group, most: number): Group | undefined {
    const [left, right] = a.least < b.least ? [a, b] : [b, a];
    const wiring = this.#wiringOf(left, right);
    const key = `${left.kind} ${right.kind} ${wiring.partner} ${wiring.hidden}`;
    const joint = this.#joints.get(key) ?? this.#jointOf(key, left.graph, right.graph, wiring, most);
    if (joint === undefined) return undefined;
    for (const [label, partner] of wiring.partner.entries()) {
      const event = left.events[label] ?? 0;
      if (partner > 0) this.#sharers[event] = (this.#sharers[event] ?? 0) - 1;
    }
    return {
      graph: joint.graph,
      kind: joint.kind,
      events: eventsOf(left, right, joint.labels),
      made: { of: 'pair', left, right, joint },
      least: left.least,
      size: left.size + right.size,
    };
  }

  /** How many groups take part in an event. */
  sharersOf(event: number): number {
    return this.#sharers[event] ?? 0;
  }

  #wiringOf(left: Group, right: Group): Wiring {
    for (let label = 1; label < right.events.length; label++) this.#labelOf[right.events[label] ?? 0] = label;
    const partner = new Int32Array(left.events.length);
    const hidden = new Uint8Array(left.events.length);
    for (let label = 1; label < left.events.length; label++) {
      const event = left.events[label] ?? 0;
      partner[label] = this.#labelOf[event] ?? 0;
      if (partner[label] !== 0 && this.#sharers[event] === 2) hidden[label] = 1;
    }
    for (let label = 1; label < right.events.length; label++) this.#labelOf[right.events[label] ?? 0] = 0;
    return { partner, hidden };
  }

  #jointOf(key: string, left: Graph, right: Graph, wiring: Wiring, most: number): Joint | undefined {
    if ((this.#tooLarge.get(key) ?? 0) >= most) return undefined;
    const product = productOf(left, right, wiring, most, (states) => this.#meter.spend(states));
    if (product === undefined) {
      this.#tooLarge.set(key, most);
      return undefined;
    }
    const { graph, classes } = minimise(product.graph, () => this.#meter.look());
    this.#meter.transitions += product.graph.labels.length;
    this.#meter.keep(bytesOf(product.graph) + bytesOf(graph) + 4 * (product.source.length + 3 * classes.length));
    const joint = { wiring, product, classes, graph, kind: this.#kindOf(graph), labels: labelsOf(left, right, wiring) };
    this.#joints.set(key, joint);
    return joint;
  }

  #spent(whole: Graph, graph: Graph): void {
    this.#meter.spend(statesOf(whole));
    this.#meter.transitions += whole.labels.length;
    this.#meter.keep(bytesOf(whole) + bytesOf(graph));
  }

  // Large graphs are not compared: that they are equal is unlikely, and their text long.
  #kindOf(graph: Graph): number {
    if (graph.labels.length > 5_000) return this.#kindCount++;
    const key = `${graph.labelCount} ${graph.first} ${graph.labels} ${graph.targets} ${graph.marks}`;
    const kind = this.#kinds.get(key) ?? this.#kindCount++;
    this.#kinds.set(key, kind);
    return kind;
  }
}

function eventsOf(left: Group, right: Group, labels: Labels): Int32Array {
  const events = new Int32Array(labels.count);
  events[inside] = -1;
  for (const [label, number] of labels.right.entries()) if (number > 0) events[number] = right.events[label] ?? 0;
  for (const [label, number] of labels.left.entries()) if (number > 0) events[number] = left.events[label] ?? 0;
  return events;
}

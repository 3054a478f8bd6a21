import type { System } from '#contract/network.ts';
import { type PartType, PartTypes } from './part-type.ts';

/** A system in which each part has a type; events that can never happen are taken out. */
export interface View {
  readonly system: System;
  readonly types: readonly PartType[];
  /** Per part, the number in the system of each of its own events. */
  readonly events: readonly Int32Array[];
  /** Per event of the system 1 where it may happen, as far as each of its parts knows by itself. */
  readonly live: Uint8Array;
}

/**
 * V20  An event never happens if nobody is there to make it with (-1), or if one of its parts offers it in no state that it can reach by events
 * that do happen. (The first of them all to happen would need each of its parts to have come so far without them.)
 */
export function viewOf(system: System, known: PartTypes = new PartTypes()): View {
  return new Viewer(system, known).view();
}

class Viewer {
  readonly #system: System;
  readonly #known: PartTypes;
  readonly #types: PartType[] = [];
  readonly #events: Int32Array[] = [];
  readonly #live: Uint8Array;
  readonly #queue: number[] = [];

  constructor(system: System, known: PartTypes) {
    this.#system = system;
    this.#known = known;
    this.#live = new Uint8Array(system.events.length);
  }

  view(): View {
    const { parts, shapes, events } = this.#system;
    const offering = new Int32Array(events.length);
    const mark = new Int32Array(events.length).fill(-1);
    for (let part = 0; part < parts.length; part++) {
      const { shape, events: numbers } = parts[part] as (typeof parts)[number];
      const plain = this.#known.plain(shapes[shape] as (typeof shapes)[number]);
      const twice = hasTwice(numbers, mark, part) || plain.events !== numbers.length;
      if (twice) this.#merge(part, numbers);
      else {
        this.#types.push(plain);
        this.#events.push(numbers);
      }
      const { offered } = this.#types[part] as PartType;
      const own = this.#events[part] as Int32Array;
      for (let event = 0; event < own.length; event++) {
        const number = own[event] ?? 0;
        offering[number] = (offering[number] ?? 0) + (offered[event] ?? 0);
      }
    }
    for (let event = 0; event < events.length; event++) {
      const { parts: makers } = events[event] as (typeof events)[number];
      this.#live[event] = offering[event] === makers.length && !makers.includes(-1) ? 1 : 0;
    }
    for (let part = 0; part < parts.length; part++) if (this.#offersInVain(part)) this.#queue.push(part);
    for (let part = this.#queue.pop(); part !== undefined; part = this.#queue.pop()) this.#narrow(part);
    return { system: this.#system, types: this.#types, events: this.#events, live: this.#live };
  }

  // Two labels may be one event; a label that no move has is none.
  #merge(part: number, numbers: Int32Array): void {
    const distinct = Int32Array.from(new Set(numbers));
    this.#events.push(distinct);
    this.#types.push(this.#known.of(this.#shapeOf(part), this.#ownNumbers(part, distinct), distinct.length));
  }

  #ownNumbers(part: number, distinct: Int32Array): Int32Array {
    const own = new Map<number, number>();
    for (const [number, event] of distinct.entries()) own.set(event, number);
    return (this.#system.parts[part]?.events ?? distinct).map((event) => own.get(event) ?? -1);
  }

  #shapeOf(part: number): System['shapes'][number] {
    return this.#system.shapes[this.#system.parts[part]?.shape ?? 0] as System['shapes'][number];
  }

  #offersInVain(part: number): boolean {
    const { offered } = this.#types[part] as PartType;
    const own = this.#events[part] as Int32Array;
    for (let event = 0; event < own.length; event++) if (offered[event] === 1 && this.#live[own[event] ?? 0] === 0) return true;
    return false;
  }

  // Takes the moves away that can never be made; what is offered no longer after that can never happen either.
  #narrow(part: number): void {
    if (!this.#offersInVain(part)) return;
    const events = this.#events[part] as Int32Array;
    const own = this.#ownNumbers(part, events).map((event) => (this.#live[events[event] ?? 0] === 1 ? event : -1));
    const type = this.#known.of(this.#shapeOf(part), own, events.length);
    this.#types[part] = type;
    for (let event = 0; event < events.length; event++) {
      const number = events[event] ?? 0;
      if (type.offered[event] === 1 || this.#live[number] === 0) continue;
      this.#live[number] = 0;
      for (const maker of this.#system.events[number]?.parts ?? []) if (maker >= 0 && maker !== part) this.#queue.push(maker);
    }
  }
}

/** The type of one part as long as nothing is known of its events, and its own events. */
export function typeOfPart(
  { parts, shapes }: System,
  part: number,
  known: PartTypes,
): { readonly type: PartType; readonly events: Int32Array } {
  const { shape: number, events: labels } = parts[part] as System['parts'][number];
  const shape = shapes[number] as System['shapes'][number];
  const plain = known.plain(shape);
  const distinct = Int32Array.from(new Set(labels));
  if (distinct.length === labels.length && plain.events === labels.length) return { type: plain, events: labels };
  const own = labels.map((event) => distinct.indexOf(event));
  return { type: known.of(shape, own, distinct.length), events: distinct };
}

function hasTwice(numbers: Int32Array, mark: Int32Array, part: number): boolean {
  let twice = false;
  for (let label = 0; label < numbers.length; label++) {
    const event = numbers[label] ?? 0;
    if (mark[event] === part) twice = true;
    mark[event] = part;
  }
  return twice;
}

import { Matching } from './matching.ts';
import type { PartType } from './part-type.ts';
import { type Relation, Relations, type Shared } from './relation.ts';
import type { Makers, ManyEvent, Neighbours, Structure } from './structure.ts';
import type { View } from './view.ts';

/** The parts of an event with more than this are not looked at two by two for its sake. */
const mostMakers = 8;

/** @param before an earlier structure, of the same `Relations` and types: what stands there unchanged is not looked at again. */
export function neighboursOf(view: View, known: Relations = new Relations(), before?: Structure): Neighbours {
  return new Meeting(view, known, before).neighbours();
}

class Meeting {
  readonly #view: View;
  readonly #known: Relations;
  readonly #makers: Makers;
  readonly #before: Neighbours | undefined;
  readonly #matching: Matching | undefined;
  readonly #pairs: { left: number; right: number; relation: Relation }[] = [];
  readonly #many: ManyEvent[] = [];
  readonly #safe: Uint8Array;
  readonly #shared: (Shared[] | undefined)[] = [];
  readonly #met: number[] = [];

  constructor(view: View, known: Relations, before?: Structure) {
    this.#view = view;
    this.#known = known;
    this.#makers = makersOf(view);
    if (before !== undefined) {
      this.#before = before.neighbours;
      this.#matching = new Matching(view, this.#makers, before);
    }
    this.#safe = Uint8Array.from(view.types, ({ cut }) => (cut < 0 ? 1 : 0));
  }

  neighbours(): Neighbours {
    const { length } = this.#view.types;
    for (let part = 0; part < length; part++) {
      const known = this.#matching?.reuse(part, (other, place) => {
        this.#add(part, other, this.#before?.relations[place] as Relation);
      });
      if (known !== true) this.#lookAt(part);
    }
    return { ...this.#table(length), many: this.#many, makers: this.#makers, cut: this.#safe.includes(0) };
  }

  // All neighbours with greater numbers, by the events that the part makes with them.
  #lookAt(part: number): void {
    const { events, live } = this.#view;
    const { first, parts, own } = this.#makers;
    const numbers = events[part] as Int32Array;
    for (let event = 0; event < numbers.length; event++) {
      const number = numbers[event] ?? 0;
      const [from, to] = [first[number] ?? 0, first[number + 1] ?? 0];
      if (live[number] === 0 || to - from < 2) continue;
      if (to - from > 2 && parts[from] === part) this.#many.push(this.#manyEvent(number));
      if (to - from > mostMakers) continue;
      for (let at = from; at < to; at++) {
        const other = parts[at] ?? 0;
        if (other <= part) continue;
        const one = { left: event, right: own[at] ?? 0, only: to - from === 2 };
        const list = this.#shared[other];
        if (list !== undefined) list.push(one);
        else {
          this.#shared[other] = [one];
          this.#met.push(other);
        }
      }
    }
    for (const other of this.#met) {
      this.#meet(part, other, this.#shared[other] ?? []);
      this.#shared[other] = undefined;
    }
    this.#met.length = 0;
  }

  #meet(left: number, right: number, shared: readonly Shared[]): void {
    const { types, events } = this.#view;
    const relation = this.#known.of(types[left] as PartType, types[right] as PartType, shared);
    if (relation === undefined) {
      for (const one of shared) if (one.only) this.#many.push(this.#manyEvent(events[left]?.[one.left] ?? 0));
      return;
    }
    this.#add(left, right, relation);
  }

  #add(left: number, right: number, relation: Relation): void {
    if (!relation.cutsLeft) this.#safe[left] = 1;
    if (!relation.cutsRight) this.#safe[right] = 1;
    this.#pairs.push({ left, right, relation });
  }

  #manyEvent(event: number): ManyEvent {
    const { first, parts, own } = this.#makers;
    const [from, to] = [first[event], first[event + 1]];
    return { event, parts: [...parts.subarray(from, to)], own: [...own.subarray(from, to)] };
  }

  #table(parts: number): Pick<Neighbours, 'first' | 'others' | 'relations' | 'isRight'> {
    const first = new Int32Array(parts + 1);
    for (const { left, right } of this.#pairs) {
      first[left + 1] = (first[left + 1] ?? 0) + 1;
      first[right + 1] = (first[right + 1] ?? 0) + 1;
    }
    for (let part = 0; part < parts; part++) first[part + 1] = (first[part + 1] ?? 0) + (first[part] ?? 0);
    const next = first.slice();
    const count = 2 * this.#pairs.length;
    const [others, isRight, relations] = [new Int32Array(count), new Uint8Array(count), new Array<Relation>(count)];
    for (const { left, right, relation } of this.#pairs) {
      const [here, there] = [next[left] ?? 0, next[right] ?? 0];
      others[here] = right;
      others[there] = left;
      relations[here] = relation;
      relations[there] = relation;
      isRight[there] = 1;
      next[left] = here + 1;
      next[right] = there + 1;
    }
    return { first, others, relations, isRight };
  }
}

function makersOf({ system, events }: View): Makers {
  const first = new Int32Array(system.events.length + 1);
  for (let event = 0; event < system.events.length; event++)
    first[event + 1] = (first[event] ?? 0) + (system.events[event]?.parts.length ?? 0);
  const parts = new Int32Array(first[system.events.length] ?? 0);
  const own = new Int32Array(parts.length).fill(-1);
  for (let event = 0; event < system.events.length; event++) {
    const makers = system.events[event]?.parts ?? [];
    for (let at = 0; at < makers.length; at++) parts[(first[event] ?? 0) + at] = makers[at] ?? 0;
  }
  for (let part = 0; part < events.length; part++) {
    const numbers = events[part] as Int32Array;
    for (let event = 0; event < numbers.length; event++) {
      const number = numbers[event] ?? 0;
      for (let at = first[number] ?? 0; at < (first[number + 1] ?? 0); at++) if (parts[at] === part) own[at] = event;
    }
  }
  return { first, parts, own };
}

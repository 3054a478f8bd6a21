import type { PartType } from './part-type.ts';
import { type Relation, Relations, type Shared } from './relation.ts';
import type { View } from './view.ts';

/** Who makes events with whom. What is between two parts stands at `first[part]` to `first[part+1]`, exclusive, for both of them. */
export interface Neighbours {
  readonly first: Int32Array;
  readonly others: Int32Array;
  readonly relations: readonly Relation[];
  /** 1 where the part is the right one of the relation. */
  readonly isRight: Uint8Array;
  /** Events of three or more parts, and of two whose relation would be too large: all that is known is that somebody must refuse. */
  readonly many: readonly ManyEvent[];
  /** Whether some part may be brought to the state after which its shape says less than the truth. */
  readonly cut: boolean;
}

export interface ManyEvent {
  readonly event: number;
  readonly parts: readonly number[];
  /** For each of the parts its own number of the event. */
  readonly own: readonly number[];
}

/** The parts of an event with more than this are not looked at two by two for its sake. */
const mostMakers = 8;

export function neighboursOf(view: View, known: Relations = new Relations()): Neighbours {
  return new Meeting(view, known).neighbours();
}

class Meeting {
  readonly #view: View;
  readonly #known: Relations;
  readonly #own: readonly (readonly number[])[];
  readonly #pairs: { left: number; right: number; relation: Relation }[] = [];
  readonly #many: ManyEvent[] = [];
  readonly #safe: Uint8Array;

  constructor(view: View, known: Relations) {
    this.#view = view;
    this.#known = known;
    this.#own = ownNumbers(view);
    this.#safe = Uint8Array.from(view.types, ({ cut }) => (cut < 0 ? 1 : 0));
  }

  neighbours(): Neighbours {
    const { system, types, events } = this.#view;
    const shared: Shared[][] = [];
    for (let part = 0; part < types.length; part++) {
      const met: number[] = [];
      const own = events[part] as Int32Array;
      for (let event = 0; event < own.length; event++) {
        const number = own[event] ?? 0;
        const makers = system.events[number]?.parts ?? [];
        if (this.#view.live[number] === 0 || makers.length < 2) continue;
        if (makers.length > 2 && makers[0] === part) this.#many.push(this.#manyEvent(number));
        if (makers.length > mostMakers) continue;
        for (let at = 0; at < makers.length; at++) {
          const other = makers[at] ?? 0;
          if (other <= part) continue;
          let list = shared[other];
          if (list === undefined || list.length === 0) {
            list = [];
            shared[other] = list;
            met.push(other);
          }
          list.push({ left: event, right: this.#own[number]?.[at] ?? 0, only: makers.length === 2 });
        }
      }
      for (const other of met) {
        this.#meet(part, other, shared[other] ?? []);
        shared[other] = [];
      }
    }
    return { ...this.#table(types.length), many: this.#many, cut: this.#safe.includes(0) };
  }

  #meet(left: number, right: number, shared: readonly Shared[]): void {
    const { types, events } = this.#view;
    const relation = this.#known.of(types[left] as PartType, types[right] as PartType, shared);
    if (relation === undefined) {
      for (const one of shared) if (one.only) this.#many.push(this.#manyEvent(events[left]?.[one.left] ?? 0));
      return;
    }
    if (!relation.cutsLeft) this.#safe[left] = 1;
    if (!relation.cutsRight) this.#safe[right] = 1;
    this.#pairs.push({ left, right, relation });
  }

  #manyEvent(event: number): ManyEvent {
    return { event, parts: this.#view.system.events[event]?.parts ?? [], own: this.#own[event] ?? [] };
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

// Per event of the system, for each of its parts in turn, that part's own number of it.
function ownNumbers({ system, events }: View): number[][] {
  const own = system.events.map(({ parts }) => new Array<number>(parts.length).fill(-1));
  for (let part = 0; part < events.length; part++) {
    const numbers = events[part] as Int32Array;
    for (let event = 0; event < numbers.length; event++) {
      const number = numbers[event] ?? 0;
      const at = system.events[number]?.parts.indexOf(part) ?? -1;
      if (at >= 0) (own[number] as number[])[at] = event;
    }
  }
  return own;
}

import { has, type PartType } from '#contract/check/structure/part-type.ts';
import type { Relation } from '#contract/check/structure/relation.ts';
import type { Structure } from '#contract/check/structure/structure.ts';

/**
 * V28  What two neighbours can be stuck in together where a third stands between the two alone, as the memory of a connection does: the states for which the
 * third has one that fits both. So a reader that has seen the end is not taken for one whose sender still sends.
 */
export class Through {
  readonly #structure: Structure;
  /** Per place among the neighbours, the parts between the two. */
  readonly #between = new Map<number, number[]>();
  readonly #known = new Map<string, Int32Array>();
  readonly #numbers = new Map<Relation, number>();

  constructor(structure: Structure) {
    this.#structure = structure;
    const { first, others } = structure.neighbours;
    for (let part = 0; part < structure.view.types.length; part++) {
      const from = first[part] ?? 0;
      if (first[part + 1] !== from + 2) continue;
      const [one, two] = [others[from] ?? 0, others[from + 1] ?? 0];
      this.#add(this.#placeOf(one, two), part);
      this.#add(this.#placeOf(two, one), part);
    }
  }

  /** For each state of a part the set of states of its neighbour at a place. */
  rows(part: number, place: number): Int32Array {
    const between = this.#between.get(place);
    if (between === undefined) return this.#plain(place);
    const other = this.#structure.neighbours.others[place] ?? 0;
    const pairs = between.map((third) => [this.#placeOf(part, third), this.#placeOf(other, third)] as const);
    const key = [place, ...pairs.flat()].map((at) => this.#keyOf(at)).join(' ');
    const known = this.#known.get(key) ?? this.#narrowed(part, place, pairs);
    this.#known.set(key, known);
    return known;
  }

  #narrowed(part: number, place: number, pairs: readonly (readonly [number, number])[]): Int32Array {
    const { others } = this.#structure.neighbours;
    const rows = this.#plain(place).slice();
    const [ours, theirs] = [part, others[place] ?? 0].map((one) => this.#structure.view.types[one] as PartType) as [
      PartType,
      PartType,
    ];
    for (const [left, right] of pairs) {
      const { words } = this.#structure.view.types[others[left] ?? 0] as PartType;
      const [fromUs, fromThem] = [this.#plain(left), this.#plain(right)];
      for (let a = 0; a < ours.states; a++)
        for (let b = 0; b < theirs.states; b++) {
          if (!has(rows, a * theirs.words, b)) continue;
          let meets = 0;
          for (let word = 0; word < words; word++) meets |= (fromUs[a * words + word] ?? 0) & (fromThem[b * words + word] ?? 0);
          const at = a * theirs.words + (b >>> 5);
          if (meets === 0) rows[at] = (rows[at] ?? 0) & ~(1 << (b & 31));
        }
    }
    return rows;
  }

  #plain(place: number): Int32Array {
    const { relations, isRight } = this.#structure.neighbours;
    const { fromLeft, fromRight } = relations[place] as Relation;
    return isRight[place] === 1 ? fromRight : fromLeft;
  }

  #keyOf(place: number): number {
    const { relations, isRight } = this.#structure.neighbours;
    const relation = relations[place] as Relation;
    const number = this.#numbers.get(relation) ?? this.#numbers.size;
    this.#numbers.set(relation, number);
    return 2 * number + (isRight[place] ?? 0);
  }

  #placeOf(part: number, other: number): number {
    const { first, others } = this.#structure.neighbours;
    for (let at = first[part] ?? 0; at < (first[part + 1] ?? 0); at++) if (others[at] === other) return at;
    return -1;
  }

  #add(place: number, third: number): void {
    if (place < 0) return;
    const list = this.#between.get(place) ?? [];
    this.#between.set(place, list);
    list.push(third);
  }
}

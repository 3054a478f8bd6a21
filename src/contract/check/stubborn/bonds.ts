import type { Offers } from './offers.ts';

/**
 * A shape in which more states than this can be come to, or one that says less than the truth, is taken as one in which all that is offered is bound together: a part cannot do what
 * nobody lets it begin.
 */
const mostStates = 200;

/**
 * V30  What holds of a part by itself, from one state on: which other labels must be watched so that an offer stays and commutes with all that the part may do meanwhile,
 *      and which ones must be watched so that something it does not offer stays so. Each answer is remembered.
 */
export class Bonds {
  readonly #offers: Offers;
  readonly #keeping: (Int32Array[] | undefined)[] = [];
  readonly #barring: (Int32Array[] | undefined)[] = [];

  constructor(offers: Offers) {
    this.#offers = offers;
  }

  /**
   * Labels such that, as long as the part makes none of them and not `label`, it goes on offering `label`, and whichever of both is made first, every way of
   * the one and every way of the other meet again.
   */
  keeping(state: number, label: number): Int32Array {
    const known = (this.#keeping[state] ??= []);
    return (known[label] ??= this.#keep(state, label));
  }

  /** Of the labels offered, those after which the part may come to offer `label`, which it does not now. */
  barring(state: number, label: number): Int32Array {
    const known = (this.#barring[state] ??= []);
    return (known[label] ??= this.#bar(state, label));
  }

  #keep(state: number, label: number): Int32Array {
    const watched = new Set<number>();
    for (let settled = false; !settled; ) {
      const met = new Set([state]);
      settled = true;
      for (const at of met) {
        if (met.size > mostStates || at === this.#offers.cutAt) return this.#others(state, label);
        for (const other of this.#labels(at)) {
          if (other === label || watched.has(other)) continue;
          if (this.#commute(at, label, other)) for (const to of this.#after(at, other)) met.add(to);
          else {
            watched.add(other);
            settled = false;
          }
        }
      }
    }
    return Int32Array.from(watched);
  }

  // After each way of the other the label is offered; each such pair can be had in the other order; and each way of both meets.
  #commute(at: number, label: number, other: number): boolean {
    const sooner = this.#after(at, label);
    for (const between of this.#after(at, other)) {
      const later = this.#after(between, label);
      if (later.length === 0) return false;
      for (const end of later) if (!sooner.some((mid) => this.#after(mid, other).includes(end))) return false;
      for (const mid of sooner) if (!this.#after(mid, other).some((end) => later.includes(end))) return false;
    }
    return true;
  }

  #bar(state: number, label: number): Int32Array {
    return Int32Array.from(this.#labels(state).filter((first) => this.#leadsTo(this.#after(state, first), label)));
  }

  #leadsTo(from: readonly number[], label: number): boolean {
    const met = new Set(from);
    for (const at of met) {
      if (met.size > mostStates || at === this.#offers.cutAt || this.#after(at, label).length > 0) return true;
      for (const other of this.#labels(at)) for (const to of this.#after(at, other)) met.add(to);
    }
    return false;
  }

  #others(state: number, label: number): Int32Array {
    return Int32Array.from(this.#labels(state).filter((other) => other !== label));
  }

  #labels(state: number): number[] {
    const { first, labels } = this.#offers;
    return [...labels.subarray(first[state], first[state + 1])];
  }

  #after(state: number, label: number): number[] {
    const { first, labels, wayFirst, targets } = this.#offers;
    for (let offer = first[state] ?? 0; offer < (first[state + 1] ?? 0); offer++)
      if (labels[offer] === label) return [...targets.subarray(wayFirst[offer], wayFirst[offer + 1])];
    return [];
  }
}

import type { Offers } from './offers.ts';

/** Of larger shapes it is not worked out what commutes: all that is offered is then taken as bound together. */
const mostStates = 256;
const mostTriples = 1_000_000;

/**
 * V30  What holds of a part by itself, from one state on: which other labels must be watched so that an offer stays and commutes with all that the part may do meanwhile,
 *      and which ones must be watched so that something it does not offer stays so. Each answer is remembered.
 */
export class Bonds {
  readonly #offers: Offers;
  readonly #keeping = new Table();
  readonly #barring = new Table();
  /** Per state and two labels whether they commute there: 0 not known yet, 1 yes, 2 no. */
  readonly #commuting: Uint8Array;
  readonly #labelCount: number;
  readonly #isLarge: boolean;

  constructor(offers: Offers) {
    this.#offers = offers;
    const states = offers.first.length - 1;
    this.#labelCount = offers.labels.reduce((most, label) => Math.max(most, label + 1), 0);
    const triples = states * this.#labelCount ** 2;
    this.#isLarge = states > mostStates || triples > mostTriples;
    this.#commuting = new Uint8Array(this.#isLarge ? 0 : triples);
  }

  /**
   * Labels such that, as long as the part makes none of them and not `label`, it goes on offering `label`, and whichever of both is made first, every way of
   * the one and every way of the other meet again.
   */
  keeping(state: number, label: number): Int32Array {
    return this.#keeping.get(state, label) ?? this.#keeping.put(state, label, this.#keep(state, label));
  }

  /** Of the labels offered, those after which the part may come to offer `label`, which it does not now. */
  barring(state: number, label: number): Int32Array {
    return this.#barring.get(state, label) ?? this.#barring.put(state, label, this.#bar(state, label));
  }

  #keep(state: number, label: number): Int32Array {
    if (this.#isLarge) return this.#others(state, label);
    const watched = new Set<number>();
    for (let settled = false; !settled; ) {
      const met = new Set([state]);
      settled = true;
      for (const at of met) {
        if (at === this.#offers.cutAt) return this.#others(state, label);
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

  #commute(at: number, label: number, other: number): boolean {
    const triple = (at * this.#labelCount + label) * this.#labelCount + other;
    if (this.#commuting[triple] === 0) this.#commuting[triple] = this.#commutes(at, label, other) ? 1 : 2;
    return this.#commuting[triple] === 1;
  }

  // After each way of the other the label is offered; each such pair can be had in the other order; and each way of both meets.
  #commutes(at: number, label: number, other: number): boolean {
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
    if (this.#isLarge) return true;
    const met = new Set(from);
    for (const at of met) {
      if (at === this.#offers.cutAt || this.#after(at, label).length > 0) return true;
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

/** What was worked out, by state and label. */
class Table {
  readonly #rows: (Int32Array[] | undefined)[] = [];

  get(state: number, label: number): Int32Array | undefined {
    return this.#rows[state]?.[label];
  }

  put(state: number, label: number, labels: Int32Array): Int32Array {
    const row = this.#rows[state] ?? [];
    this.#rows[state] = row;
    row[label] = labels;
    return labels;
  }
}

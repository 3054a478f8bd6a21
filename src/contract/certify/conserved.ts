import { Fault } from './plain.ts';
import { fieldOf, listOf, numbersOf, wholeNumber } from './read.ts';
import type { StuckPairs } from './stuck-pairs.ts';

/** Beyond this, sums of numbers might not be exact. */
const largest = 1_000_000_000;

/** V129  A sum that holds in every state that can be reached: the weights of the states that some parts are in add up to a total. */
export class Conserved {
  readonly weights: ReadonlyMap<number, readonly number[]>;
  readonly total: number;

  /** @throws Fault when it does not hold at the start, or some event might change it. */
  constructor(pairs: StuckPairs, data: unknown) {
    this.total = wholeNumber(fieldOf(data, 'total'));
    const lists = listOf(fieldOf(data, 'weights')).map(numbersOf);
    const weights = new Map<number, readonly number[]>();
    for (const entry of listOf(fieldOf(data, 'parts'))) {
      const [part = -1, place = -1] = numbersOf(entry);
      const list = lists[place];
      if (list === undefined || weights.has(part)) throw new Fault(`part ${part} has no weights, or is named twice`);
      weights.set(part, list);
    }
    this.weights = weights;
    this.#checkStart();
    this.#checkEvents(pairs);
  }

  of(part: number, state: number): number {
    const weight = this.weights.get(part)?.[state];
    if (weight === undefined || Math.abs(weight) > largest) throw new Fault(`part ${part} has no weight in state ${state}`);
    return weight;
  }

  #checkStart(): void {
    let sum = 0;
    for (const part of this.weights.keys()) sum += this.of(part, 0);
    if (sum !== this.total) throw new Fault('a sum is another at the start');
  }

  // In whatever way the parts of an event make it, what it adds to one is taken from others: at most, and at least, nothing is added in all.
  #checkEvents(pairs: StuckPairs): void {
    const ranges = new Map<number, { least: number; most: number }[]>();
    for (const part of this.weights.keys())
      for (const [event, { least, most }] of this.#added(pairs, part))
        ranges.set(event, [...(ranges.get(event) ?? []), { least, most }]);
    for (const [event, list] of ranges) {
      const least = list.reduce((sum, range) => sum + range.least, 0);
      const most = list.reduce((sum, range) => sum + range.most, 0);
      if (least !== 0 || most !== 0) throw new Fault(`event ${event} may change a sum`);
    }
  }

  // What each event may add to the weight of a part, in the states that it can come to.
  #added(pairs: StuckPairs, part: number): ReadonlyMap<number, { readonly least: number; readonly most: number }> {
    const found = new Map<number, { least: number; most: number }>();
    for (const state of pairs.local(part))
      for (const event of pairs.offered(part, state))
        for (const to of pairs.plain.after(part, state, event)) {
          pairs.plain.spend(1);
          const more = this.of(part, to) - this.of(part, state);
          const { least, most } = found.get(event) ?? { least: more, most: more };
          found.set(event, { least: Math.min(least, more), most: Math.max(most, more) });
        }
    return found;
  }

  /** Whether a part can be in a state when the others are in some of these. */
  allows(part: number, state: number, domainOf: (part: number) => ReadonlySet<number>): boolean {
    let [least, most] = [this.of(part, state), this.of(part, state)];
    for (const other of this.weights.keys()) {
      if (other === part) continue;
      const weights = [...domainOf(other)].map((at) => this.of(other, at));
      least += Math.min(...weights);
      most += Math.max(...weights);
    }
    return least <= this.total && this.total <= most;
  }
}

import type { Shape } from '#contract/network.ts';

/** Shared by the parts of a shape that call its labels alike. The offers in state `s` are `first[s]` to `first[s+1]`, exclusive. */
export interface Offers {
  readonly first: Int32Array;
  readonly labels: Int32Array;
  /** The ways of offer `o` are `wayFirst[o]` to `wayFirst[o+1]`, exclusive: indices into `targets`. */
  readonly wayFirst: Int32Array;
  readonly targets: Int32Array;
  /** The state, if any, in which the part may be able to do more than is said. */
  readonly cutAt: number;
}

/** @param alike for each label the one to count it as, -1 to leave it out; left out, all count as themselves. */
export function offersOf({ first, labels, targets, final, cutAt = -1 }: Shape, alike: Int32Array | undefined): Offers {
  const states = final.length;
  const offers = { first: new Int32Array(states + 1), labels: [] as number[], wayFirst: [0], targets: [] as number[] };
  for (let state = 0; state < states; state++) {
    const ways = new Map<number, Set<number>>();
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      const label = labels[move] ?? 0;
      const same = alike === undefined ? label : (alike[label] ?? -1);
      if (same !== -1) ways.set(same, (ways.get(same) ?? new Set()).add(targets[move] ?? 0));
    }
    for (const [label, to] of ways) {
      offers.labels.push(label);
      for (const target of to) offers.targets.push(target);
      offers.wayFirst.push(offers.targets.length);
    }
    offers.first[state + 1] = offers.labels.length;
  }
  return {
    first: offers.first,
    labels: Int32Array.from(offers.labels),
    wayFirst: Int32Array.from(offers.wayFirst),
    targets: Int32Array.from(offers.targets),
    cutAt,
  };
}

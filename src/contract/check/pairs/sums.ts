import type { PartType } from '#contract/check/structure/part-type.ts';
import type { Structure } from '#contract/check/structure/structure.ts';
import { Dependencies, divisor } from './dependencies.ts';
import { type Weight, weightsOf } from './weights.ts';

/** What no event changes: the weights of the states that these parts are in always add up to the total. */
export interface Sum {
  readonly parts: readonly number[];
  /** Per part of the sum and state, 0 or more; equal ones are the same object. */
  readonly weights: readonly Int32Array[];
  readonly total: number;
}

/** Numbers looked at, and parts of all sums together, at most. */
const most = { work: 2_000_000, parts: 200_000 };
/** A greater weight in a sum says nothing to anybody. */
const largestWeight = 10_000;

/**
 * V128  Conserved sums (the place invariants of Petri nets, Lautenbach 1973), so many that all others are sums of these. An event changes none: what it
 * adds in one of its parts it takes from others.
 *
 * @param order the parts, neighbours near each other.
 */
export function sumsOf({ view }: Structure, order: Int32Array): Sum[] {
  const dependencies = new Dependencies();
  const rows: { readonly part: number; readonly weight: Weight }[] = [];
  const found: Sum[] = [];
  let size = 0;
  for (const part of order) {
    const own = view.events[part] as Int32Array;
    for (const weight of weightsOf(view.types[part] as PartType)) {
      rows.push({ part, weight });
      const made = dependencies.add(new Map([...weight.adds].map(([event, adds]) => [own[event] ?? 0, adds])), most.work);
      if (made === undefined) continue;
      const sum = sumOf(
        view.types,
        [...made].map(([row, times]) => ({ ...(rows[row] as (typeof rows)[number]), times })),
      );
      size += sum?.parts.length ?? 0;
      if (sum !== undefined) found.push(sum);
    }
    if (dependencies.work > most.work || size > most.parts) break;
  }
  return found;
}

/** Whether states of all parts add up as they must. */
export function addsUp({ parts, weights, total }: Sum, states: Int32Array): boolean {
  return parts.reduce((sum, part, at) => sum + (weights[at]?.[states[part] ?? 0] ?? 0), 0) === total;
}

interface Term {
  readonly part: number;
  readonly weight: Weight;
  readonly times: number;
}

function sumOf(types: readonly PartType[], terms: readonly Term[]): Sum | undefined {
  const byPart = Map.groupBy(terms, ({ part }) => part);
  const parts = [...byPart.keys()].sort((a, b) => a - b);
  const made = new Map<string, Float64Array>();
  const counts = parts.map((part) => {
    const [type, own] = [types[part] as PartType, byPart.get(part) ?? []];
    const key = `${type.number} ${own.map(({ weight, times }) => `${weightsOf(type).indexOf(weight)}×${times}`).join()}`;
    const known = made.get(key) ?? together(type, own);
    made.set(key, known);
    return known;
  });
  const common = [...made.values()].reduce((so, list) => list.reduce(divisor, so), 0);
  const [up, down] = [1 / common, -1 / common].map((times) => scaled(counts, times)) as [Scaled, Scaled];
  const { weights, total } = down.total < up.total ? down : up;
  return weights.some((list) => list.some((weight) => weight > largestWeight)) ? undefined : { parts, weights, total };
}

type Scaled = Pick<Sum, 'weights' | 'total'>;

// The least weight of each part is 0: of a token and its absence the fewer are counted.
function scaled(counts: readonly Float64Array[], times: number): Scaled {
  const lists = new Map<Float64Array, Int32Array>();
  for (const list of counts) {
    if (lists.has(list)) continue;
    const least = list.reduce((so, count) => Math.min(so, times * count), 0);
    lists.set(
      list,
      Int32Array.from(list, (count) => times * count - least),
    );
  }
  const weights = counts.map((list) => lists.get(list) as Int32Array);
  return { weights, total: weights.reduce((sum, list) => sum + (list[0] ?? 0), 0) };
}

// What the terms of one part count in each of its states; 0 at the start and where it never comes to.
function together({ states }: PartType, terms: readonly Term[]): Float64Array {
  const counts = new Float64Array(states);
  for (const { weight, times } of terms)
    for (let state = 0; state < states; state++) counts[state] = (counts[state] ?? 0) + times * (weight.at[state] ?? 0);
  return counts;
}

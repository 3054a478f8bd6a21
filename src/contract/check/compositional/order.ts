import type { Forest, Group } from './forest.ts';
import { statesOf } from './graph.ts';
import { type Meter, OutOfBudget } from './meter.ts';

interface Pair {
  readonly left: number;
  readonly right: number;
  readonly cost: number;
}

/**
 * V43  Joins groups until one is left. In each round every group is joined at most once, the pairs with the smallest estimate first, so
 *      that a line or a ring of equal parts is put together by doubling, and most joins of a round are known already. A join that
 *      grows beyond a limit is put off; the limit is raised when nothing else is left.
 */
export class Order {
  readonly #forest: Forest;
  readonly #meter: Meter;
  readonly #decides: (group: Group) => boolean;

  /** @param decides whether a group answers for the whole system, so that no more need be joined. */
  constructor(forest: Forest, meter: Meter, decides: (group: Group) => boolean) {
    this.#forest = forest;
    this.#meter = meter;
    this.#decides = decides;
  }

  /**
   * The groups that are left: one; or several when `within` is set and the rest is better joined with parts outside.
   *
   * @throws OutOfBudget
   */
  join(given: readonly Group[], within: boolean): readonly Group[] {
    let groups = given;
    for (let limit = firstLimit; groups.length > 1; ) {
      this.#meter.look();
      const neighbours = this.#pairsOf(groups);
      if (neighbours.length === 0 && within) return groups;
      const next = this.#round(groups, neighbours.length > 0 ? neighbours : strangers(groups), Math.min(limit, this.#meter.left));
      const decided = next.find((group) => !groups.includes(group) && this.#decides(group));
      if (decided !== undefined) return [decided];
      if (next.length === groups.length) {
        if (within && limit >= limitWithin) return groups;
        if (limit > this.#meter.left) throw new OutOfBudget(tooLarge(groups, this.#meter.left));
        limit *= 8;
      }
      groups = next;
    }
    return groups;
  }

  #round(groups: readonly Group[], pairs: readonly Pair[], limit: number): readonly Group[] {
    const taken = new Uint8Array(groups.length);
    const joined = new Map<number, Group>();
    let most = Number.POSITIVE_INFINITY;
    for (const { left, right, cost } of pairs) {
      if (cost > most) break;
      const [a, b] = [groups[left], groups[right]];
      if (a === undefined || b === undefined || taken[left] === 1 || taken[right] === 1) continue;
      const group = this.#forest.join(a, b, limit);
      if (group === undefined) continue;
      taken[left] = 1;
      taken[right] = 1;
      joined.set(left, group);
      if (most > cost * spread) most = cost * spread;
    }
    return groups.flatMap((group, at) => joined.get(at) ?? (taken[at] === 1 ? [] : group));
  }

  // Those that share an event. Of an event that many share only neighbours in the row are tried.
  #pairsOf(groups: readonly Group[]): readonly Pair[] {
    const sharers = new Map<number, number[]>();
    for (const [number, { events }] of groups.entries())
      for (let label = 1; label < events.length; label++) {
        const event = events[label] ?? 0;
        const list = sharers.get(event);
        if (list === undefined) sharers.set(event, [number]);
        else list.push(number);
      }
    const gained = new Map<number, number>();
    for (const [event, list] of sharers) {
      // Of the labels of both, one goes where they share an event, and both where nobody else does.
      const gain = this.#forest.sharersOf(event) === 2 ? 2 : 1;
      const reach = list.length > manySharers ? 1 : list.length;
      for (const [at, left] of list.entries())
        for (const right of list.slice(at + 1, at + 1 + reach)) {
          const key = left * groups.length + right;
          gained.set(key, (gained.get(key) ?? 0) + gain);
        }
    }
    const pairs = [...gained].map(([key, gain]) => pairOf(groups, Math.floor(key / groups.length), key % groups.length, gain));
    return pairs.sort((a, b) => a.cost - b.cost || a.left - b.left || a.right - b.right);
  }
}

const firstLimit = 1_000;
const limitWithin = 8_000;
const manySharers = 6;
/** In one round, joins are made whose estimate is up to so many times that of the first. */
const spread = 4;

// States of the product at most, less where many events become hidden.
function pairOf(groups: readonly Group[], left: number, right: number, gain: number): Pair {
  const [a, b] = [groups[left], groups[right]];
  if (a === undefined || b === undefined) throw new Error('There is no such group.');
  const before = a.events.length + b.events.length - 1;
  return { left, right, cost: (statesOf(a.graph) * statesOf(b.graph) * (before - gain)) / before };
}

// Groups that have nothing to do with each other, the smallest first.
function strangers(groups: readonly Group[]): readonly Pair[] {
  const order = [...groups.keys()].sort((a, b) => statesAt(groups, a) - statesAt(groups, b));
  return Array.from({ length: order.length >> 1 }, (_, at) => {
    const [one = 0, other = 0] = [order[2 * at], order[2 * at + 1]];
    return { left: Math.min(one, other), right: Math.max(one, other), cost: 1 };
  });
}

function statesAt(groups: readonly Group[], at: number): number {
  return groups[at] === undefined ? 0 : statesOf(groups[at].graph);
}

function tooLarge(groups: readonly Group[], most: number): string {
  const count = (number: number): string => number.toLocaleString('en');
  return `${count(groups.length)} groups are left, and any two together have more than ${count(most)} states`;
}

/**
 * V43  Parts by what they are parts of: `outer/inner` belongs to `outer`. From the deepest to the whole, each time with all the parts
 *      of that name and, as one, the scopes within it.
 */
export function scopesOf(
  names: readonly string[],
): readonly { readonly parts: readonly number[]; readonly inner: readonly number[] }[] {
  const parts = new Map<string, number[]>([['', []]]);
  for (const [number, name] of names.entries()) {
    const path = name.split('/').slice(0, -1);
    for (let depth = path.length; depth > 0; depth--) {
      const scope = path.slice(0, depth).join('/');
      if (!parts.has(scope)) parts.set(scope, []);
    }
    parts.get(path.join('/'))?.push(number);
  }
  const depthOf = (scope: string): number => (scope === '' ? 0 : scope.split('/').length);
  const order = [...parts.keys()].sort((a, b) => depthOf(b) - depthOf(a));
  const outerOf = (scope: string): string => scope.split('/').slice(0, -1).join('/');
  const inner = new Map<string, number[]>();
  for (const [at, scope] of order.entries()) {
    if (scope === '') continue;
    const outer = outerOf(scope);
    inner.set(outer, [...(inner.get(outer) ?? []), at]);
  }
  return order.map((scope) => ({ parts: parts.get(scope) ?? [], inner: inner.get(scope) ?? [] }));
}

/** Whole numbers by their index; what is not there is 0. */
export type Sparse = ReadonlyMap<number, number>;

/** A row from which a column is taken out of others, and how it is made of the rows that were given. */
interface Pivot {
  readonly row: Sparse;
  readonly from: Sparse;
  /** What is to be taken out of a row first. */
  readonly order: number;
}

/** Coefficients beyond this are of no use to anybody. */
const largest = 1_000_000;

/**
 * Which sums of rows are 0 in every column. Rows come one after the other. One with a column that no earlier row has is kept as it is; all others
 * are reduced by those before, so that what is nearly a tree costs next to nothing.
 *
 * Taking out comes to an end: a row kept as it is has columns of earlier such rows only, taken out from the latest on; a row that was
 * reduced has none of those, only columns of later reduced ones.
 */
export class Dependencies {
  /** How many numbers were looked at. */
  work = 0;
  readonly #seen = new Set<number>();
  readonly #pivots = new Map<number, Pivot>();
  /** The columns of the pivots by their order. */
  readonly #columns = new Map<number, number>();
  #count = 0;

  /**
   * @param row the next row, numbered from 0 on.
   * @returns how often each row, this one among them, is to be taken so that all columns become 0; undefined when there is no such way, or it was too much.
   */
  add(row: Sparse, most = Number.POSITIVE_INFINITY): Sparse | undefined {
    const number = this.#count++;
    let fresh = -1;
    for (const column of row.keys()) {
      if (!this.#seen.has(column)) fresh = column;
      this.#seen.add(column);
    }
    this.work += row.size + 1;
    const own: Pivot = { row, from: new Map([[number, 1]]), order: -number };
    if (fresh >= 0) {
      this.#keep(fresh, own);
      return undefined;
    }
    const left = this.#reduced(own, most);
    if (left === undefined) return undefined;
    const [column] = left.row.keys();
    if (column === undefined) return left.from;
    this.#keep(column, { ...left, order: number });
    return undefined;
  }

  #reduced({ row, from, order }: Pivot, most: number): Pivot | undefined {
    const left = { row: new Map(row), from: new Map(from), order };
    const next = new Orders();
    for (const column of row.keys()) this.#note(next, column);
    for (let first = next.pop(); first !== undefined; first = next.pop()) {
      const column = this.#columns.get(first) ?? -1;
      const here = left.row.get(column) ?? 0;
      if (here === 0) continue;
      const pivot = this.#pivots.get(column) as Pivot;
      const there = pivot.row.get(column) ?? 0;
      const common = divisor(here, there) * Math.sign(there);
      for (const one of pivot.row.keys()) if (!left.row.has(one)) this.#note(next, one);
      if (!this.#mix(left.row, there / common, pivot.row, -here / common)) return undefined;
      if (!this.#mix(left.from, there / common, pivot.from, -here / common) || this.work > most) return undefined;
    }
    return left;
  }

  #note(next: Orders, column: number): void {
    const order = this.#pivots.get(column)?.order;
    if (order !== undefined) next.push(order);
  }

  // `ours` times a map and `theirs` times another, into the first; false when a number becomes too large.
  #mix(map: Map<number, number>, ours: number, other: Sparse, theirs: number): boolean {
    let greatest = 0;
    if (ours !== 1)
      for (const [at, value] of map) {
        map.set(at, ours * value);
        greatest = Math.max(greatest, Math.abs(ours * value));
      }
    this.work += other.size + (ours === 1 ? 0 : map.size);
    for (const [at, value] of other) {
      const sum = (map.get(at) ?? 0) + theirs * value;
      greatest = Math.max(greatest, Math.abs(sum));
      if (sum === 0) map.delete(at);
      else map.set(at, sum);
    }
    return greatest <= largest;
  }

  #keep(column: number, pivot: Pivot): void {
    this.#pivots.set(column, pivot);
    this.#columns.set(pivot.order, column);
  }
}

/** Numbers of which the least is taken first. */
class Orders {
  readonly #heap: number[] = [];

  push(order: number): void {
    const heap = this.#heap;
    let at = heap.length;
    for (let above = (at - 1) >> 1; at > 0 && (heap[above] ?? 0) > order; above = (at - 1) >> 1) {
      heap[at] = heap[above] ?? 0;
      at = above;
    }
    heap[at] = order;
  }

  pop(): number | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop() ?? 0;
    if (heap.length === 0) return first;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if ((heap[below + 1] ?? Number.POSITIVE_INFINITY) < (heap[below] ?? 0)) below++;
      if ((heap[below] ?? 0) >= last) break;
      heap[at] = heap[below] ?? 0;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

/** The greatest number that divides both, positive. */
export function divisor(one: number, other: number): number {
  let [a, b] = [Math.abs(one), Math.abs(other)];
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

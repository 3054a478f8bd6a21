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
      this.#pivots.set(fresh, own);
      return undefined;
    }
    const left = this.#reduced(own, most);
    if (left === undefined) return undefined;
    const [column] = left.row.keys();
    if (column === undefined) return left.from;
    this.#pivots.set(column, { ...left, order: number });
    return undefined;
  }

  #reduced({ row, from, order }: Pivot, most: number): Pivot | undefined {
    let left = { row: new Map(row), from: new Map(from), order };
    for (let column = this.#nextOf(left.row); column >= 0; column = this.#nextOf(left.row)) {
      const pivot = this.#pivots.get(column) as Pivot;
      const [here, there] = [left.row.get(column) ?? 0, pivot.row.get(column) ?? 0];
      const common = divisor(here, there) * Math.sign(there);
      left = { row: mix(left.row, there / common, pivot.row, -here / common), from: mix(left.from, there / common, pivot.from, -here / common), order };
      this.work += left.row.size + left.from.size;
      if (this.work > most || !isSmall(left.row) || !isSmall(left.from)) return undefined;
    }
    return left;
  }

  // The column that is to be taken out first; -1 when there is none.
  #nextOf(row: Sparse): number {
    let [next, least] = [-1, Number.POSITIVE_INFINITY];
    for (const column of row.keys()) {
      const order = this.#pivots.get(column)?.order ?? Number.POSITIVE_INFINITY;
      if (order < least) [next, least] = [column, order];
    }
    return next;
  }
}

/** `ours` times a map and `theirs` times another; the first one is changed. */
function mix(map: Map<number, number>, ours: number, other: Sparse, theirs: number): Map<number, number> {
  if (ours !== 1) for (const [at, value] of map) map.set(at, ours * value);
  for (const [at, value] of other) {
    const sum = (map.get(at) ?? 0) + theirs * value;
    if (sum === 0) map.delete(at);
    else map.set(at, sum);
  }
  return map;
}

function isSmall(map: Sparse): boolean {
  for (const value of map.values()) if (Math.abs(value) > largest) return false;
  return true;
}

/** The greatest number that divides both, positive. */
export function divisor(one: number, other: number): number {
  let [a, b] = [Math.abs(one), Math.abs(other)];
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

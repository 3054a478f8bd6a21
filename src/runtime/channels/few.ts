/**
 * A list that mostly has one item, kept for each of thousands of processes: nothing, the item itself, or an array. An array of one
 * takes 56 bytes, one that was spread or pushed to 184.
 */
export type Few<T extends object> = undefined | T | readonly T[];

/** The items; a new list where none is kept. */
export function listOf<T extends object>(few: Few<T>): readonly T[] {
  if (few === undefined) return [];
  return isMany(few) ? few : [few];
}

/** The same with one more. */
export function more<T extends object>(few: Few<T>, item: T): Few<T> {
  return few === undefined ? item : listOf(few).concat([item]);
}

/** The same without one. */
export function less<T extends object>(few: Few<T>, item: T): Few<T> {
  const left = listOf(few).filter((other) => other !== item);
  return left.length > 1 ? left : left[0];
}

function isMany<T extends object>(few: T | readonly T[]): few is readonly T[] {
  return Array.isArray(few);
}

/** How many of the first items go together: `most` of them, fewer where they weigh more than `mostWeight`, one at least where there is one. */
export function fitting<T>(
  items: readonly T[],
  weightOf: (item: T) => number,
  { most, mostWeight }: { readonly most: number; readonly mostWeight: number },
): number {
  let weight = 0;
  const end = items.findIndex((item, number) => {
    weight += weightOf(item);
    return number > 0 && (number >= most || weight > mostWeight);
  });
  return end < 0 ? items.length : end;
}

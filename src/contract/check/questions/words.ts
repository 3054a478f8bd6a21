/** Names as a sentence has them: `a`, `a and b`, `a, b and c`; after the tenth only how many more there are. */
export function listed(names: readonly string[]): string {
  if (names.length > 10) return `${names.slice(0, 9).join(', ')} and ${names.length - 9} more`;
  if (names.length < 2) return names.join();
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

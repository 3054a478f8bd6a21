/** The colours of people, by number: the same on every page. */
export const personColour = (colour: number): string => `var(--person-${colour % 12})`;

/** One or two letters that stand for a name: `AB` for Ann Bell, `G7` for Guest 7. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first = '', last = ''] = words.length > 1 ? [words[0], words.at(-1)] : [words[0], ''];
  return `${[...first][0] ?? ''}${[...last][0] ?? ''}`.toUpperCase();
}

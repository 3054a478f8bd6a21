/** How well a query is found in a text, and where: the positions of its letters in order. */
export interface Match {
  readonly score: number;
  readonly at: readonly number[];
}

/**
 * Finds the letters of a query in a text, in order but perhaps apart; undefined when they are not there.
 * Starts of words and unbroken runs count more; case is of no matter. An empty query is found everywhere with score 0.
 */
export function fuzzy(query: string, text: string): Match | undefined {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, '');
  const lower = text.toLowerCase();
  const whole = wanted === '' ? -1 : lower.indexOf(wanted);
  if (whole >= 0) {
    const at = Array.from({ length: wanted.length }, (_, offset) => whole + offset);
    return { score: 100 + wanted.length * 4 + (startsWord(text, whole) ? 40 : 0) - whole * 0.5 - text.length * 0.1, at };
  }
  return scattered(wanted, text, lower);
}

function scattered(wanted: string, text: string, lower: string): Match | undefined {
  const at: number[] = [];
  let score = 0;
  let from = 0;
  for (const letter of wanted) {
    const found = nextPlace(letter, text, lower, from);
    if (found < 0) return undefined;
    score += found === from && at.length > 0 ? 6 : startsWord(text, found) ? 8 : 1;
    score -= Math.min(found - from, 6) * 0.4;
    at.push(found);
    from = found + 1;
  }
  return { score: score - (wanted === '' ? 0 : text.length * 0.1), at };
}

// The next start of a word with this letter is worth a jump, the letter at hand otherwise.
function nextPlace(letter: string, text: string, lower: string, from: number): number {
  const near = lower.indexOf(letter, from);
  if (near === from || near < 0) return near;
  for (let at = near; at >= 0; at = lower.indexOf(letter, at + 1)) if (startsWord(text, at)) return at;
  return near;
}

function startsWord(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text[at - 1] ?? '';
  const here = text[at] ?? '';
  return /[\s._\-/]/.test(before) || (/[a-z0-9]/.test(before) && /[A-Z]/.test(here));
}

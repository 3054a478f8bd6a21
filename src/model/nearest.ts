/** Letters of a word that are looked at: known words are shorter, and what a stranger sends may be of any length. */
const longestWord = 64;

/** The known words nearest to one that is unknown, nearest first, `most` of them; none where more than half of its letters differ. */
export function nearestOf(word: string, known: readonly string[], most: number): readonly string[] {
  return ranked(word, known)
    .filter(({ steps }) => steps <= word.length / 2)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** The known word nearest to a mistyped one, when at most two letters differ. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [first] = ranked(word, known);
  return first !== undefined && first.steps <= 2 ? first.candidate : undefined;
}

function ranked(word: string, known: readonly string[]): { readonly candidate: string; readonly steps: number }[] {
  const short = word.slice(0, longestWord);
  return known.map((candidate) => ({ candidate, steps: editSteps(short, candidate) })).sort((a, b) => a.steps - b.steps);
}

// Levenshtein distance, one row at a time.
function editSteps(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column++) {
      const swap = (row[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

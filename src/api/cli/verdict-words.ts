import type { Verdict } from '#model/checks/finding.ts';

/** How a verdict is printed. */
export const verdictWords: Readonly<Record<Verdict, string>> = { proved: 'PROVED', refuted: 'REFUTED', unknown: 'UNKNOWN' };

/** V70  That what was decided was checked again, and holds. */
export function recheckedText(verdict: Verdict, rechecked: boolean | null | undefined): string {
  return verdict !== 'unknown' && rechecked === true ? '  checked again by a program of its own\n' : '';
}

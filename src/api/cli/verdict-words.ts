import type { Verdict } from '#model/finding.ts';

/** How a verdict is printed. */
export const verdictWords: Readonly<Record<Verdict, string>> = { proved: 'PROVED', refuted: 'REFUTED', unknown: 'UNKNOWN' };

/** V70  Whether what was decided was checked again; nothing where nobody tried. */
export function recheckedText(verdict: Verdict, rechecked: boolean | null | undefined): string {
  if (verdict === 'unknown' || typeof rechecked !== 'boolean') return '';
  return rechecked
    ? '  checked again by a program of its own\n'
    : '  not checked again: that would take too long, or there is too little to check\n';
}

import type { Verdict } from '#model/finding.ts';

/** How a verdict is printed. */
export const verdictWords: Readonly<Record<Verdict, string>> = { proved: 'PROVED', refuted: 'REFUTED', unknown: 'UNKNOWN' };

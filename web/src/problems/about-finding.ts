import type { Finding } from '#model/checks/finding.ts';
import { howMany } from '#model/how-many.ts';

const verdicts = { proved: 'Proved', refuted: 'Refuted', unknown: 'Not known' } as const;

const engines: Readonly<Record<string, string>> = {
  lint: 'from the drawing alone',
  rules: 'by rules',
  pairs: 'by pairs of neighbours',
  stubborn: 'by stubborn sets',
  compositional: 'part by part',
  full: 'by full search',
};

/** What a finding rests on, in a line: `Refuted · by full search · 1,234 states · checked again`. */
export function aboutFinding({ verdict, engine, states, rechecked, certificate }: Finding): string {
  const looked = states === undefined || states === 0 ? [] : [statesText(states)];
  const again = rechecked === true && certificate === undefined ? ['checked again'] : [];
  return [verdicts[verdict], engines[engine] ?? `by ${engine}`, ...looked, ...again].join(' · ');
}

/** Words as the beginning of a sentence. */
export const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** A number of states: `1,234 states`. */
export const statesText = (states: number): string => howMany(states, 'state');

/** Whether somebody else has looked at a certificate. */
export function recheckedWords(rechecked: boolean | undefined): string {
  if (rechecked === undefined) return 'Too large to be checked again by a program of its own.';
  return rechecked
    ? 'Checked again by a program of its own, which shares nothing with the one that found it.'
    : 'A second program does not accept this argument: do not rely on it.';
}

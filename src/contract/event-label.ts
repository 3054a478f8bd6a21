import { suffixes } from './term.ts';

/** The words an event may end in; none is a message on a data port. */
export type EventWord = '' | (typeof suffixes)[number];

const pattern = new RegExp(`^(.*?)(?:\\.(${suffixes.join('|')}))?$`);

/** An event such as `out.2.end` in its parts: the channel end `out.2`, and the word `end`. */
export function partsOfLabel(label: string): { readonly end: string; readonly word: EventWord } {
  const [, end = label, word = ''] = pattern.exec(label) ?? [];
  return { end, word: word as EventWord };
}

import { unplain } from './schema-check.ts';

const notPlain = new RegExp(`[${unplain}]`, 'gu');

/** The first characters (code points) of a text, `most` of them: schemas count so, and no half of a surrogate pair is left at the end. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : [...text.slice(0, 2 * most)].slice(0, most).join('');
}

/** E55  The same without what no name may hold (D23): words made of a name of before that rule, or of one that somebody pasted. */
export function plainShortened(text: string, most: number): string {
  return shortened(text.replaceAll(notPlain, ''), most);
}

import { type as unicodeText } from 'ot-text-unicode';
import type { TextChange } from './edit.ts';

/**
 * Changes within a text, by the library ot-text-unicode: places count characters (code points), so an emoji is one.
 * Whoever changes first in the order of the server stands at the left where both put something in at the same place.
 */

type Op = Parameters<typeof unicodeText.apply>[1];

// The library's types leave out what it has since learnt.
const text = unicodeText as typeof unicodeText & { makeInvertible(op: Op, given: string): Op; invert(op: Op): Op };
// In its shortest form, which the library wants; of a copy, since it joins neighbouring parts in place.
const opOf = (change: TextChange): Op =>
  text.normalize(change.map((part) => (typeof part === 'object' ? { d: part.d } : part)) as Op);
const changeOf = (op: Op): TextChange => op as TextChange;

/** Characters of a text as changes count them. */
export const lengthOf = (given: string): number => {
  let count = 0;
  for (const _character of given) count++;
  return count;
};

/** Why a change is not one of this text; undefined when it is. */
export function changeFault(change: TextChange, given: string): string | undefined {
  const characters = [...given];
  let at = 0;
  for (const part of change) {
    if (typeof part === 'string') {
      if (!part.isWellFormed()) return 'what is put in holds half of a surrogate pair';
      continue;
    }
    const taken = typeof part === 'object' && typeof part.d === 'string' ? [...part.d] : undefined;
    if (taken !== undefined && characters.slice(at, at + taken.length).join('') !== taken.join(''))
      return `what it takes out at character ${at} is not there`;
    at += typeof part === 'number' ? part : (taken?.length ?? Number(part.d));
  }
  if (at > characters.length) return `it goes to character ${at} of a text of ${characters.length}`;
  return undefined;
}

/** The change in its shortest form, saying what it takes out, so that it can be turned round. */
export function settled(change: TextChange, given: string): TextChange {
  return changeOf(text.makeInvertible(opOf(change), given));
}

/** The text with a change made. The change must be one of it (`changeFault`). */
export const changedText = (given: string, change: TextChange): string => text.apply(given, opOf(change));

/** The change that takes a settled one back. */
export const turned = (change: TextChange): TextChange => changeOf(text.invert(opOf(change)));

/** A change as it is after another one that was made on the same text. */
export function transformedChange(change: TextChange, over: TextChange, order: 'after' | 'before'): TextChange {
  return changeOf(text.transform(opOf(change), opOf(over), order === 'before' ? 'left' : 'right'));
}

/** One change that does what two do, one after the other. */
export const composedChange = (first: TextChange, then: TextChange): TextChange =>
  changeOf(text.compose(opOf(first), opOf(then)));

/** A change that makes one text of another: what is the same at the beginning and at the end stays. */
export function changeBetween(before: string, after: string): TextChange {
  const [was, is] = [[...before], [...after]];
  let start = 0;
  while (start < was.length && start < is.length && was[start] === is[start]) start++;
  let end = 0;
  while (end < was.length - start && end < is.length - start && was.at(-1 - end) === is.at(-1 - end)) end++;
  const out = was.slice(start, was.length - end).join('');
  const put = is.slice(start, is.length - end).join('');
  const parts = [...(put === '' ? [] : [put]), ...(out === '' ? [] : [{ d: out }])];
  return parts.length === 0 || start === 0 ? parts : [start, ...parts];
}

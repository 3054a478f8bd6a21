import { changeBetween, changedText, transformedChange } from '#model/text-change.ts';

/** A text that one person types while others change it. Pure. */

/** What was typed on top of what was there. */
export interface Typed {
  readonly base: string;
  readonly text: string;
}

/** What was typed, on top of what is there now: both changes stay. */
export function onTop({ base, text }: Typed, now: string): Typed {
  if (base === now) return { base, text };
  const mine = transformedChange(changeBetween(base, text), changeBetween(base, now), 'after');
  return { base: now, text: changedText(now, mine) };
}

/** Where a place in a text is once that has become another; in UTF-16 units, as a field of a page counts. */
export function movedPlace(before: string, after: string, place: number): number {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end++;
  if (place <= start) return place;
  const [wasTo, isTo] = [before.length - end, after.length - end];
  return place >= wasTo ? place + isTo - wasTo : isTo;
}

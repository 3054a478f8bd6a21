import diff from 'fast-diff';
import type { TextChange } from '#model/edits/edit.ts';
import { changedText, lengthOf, transformedChange } from '#model/edits/text-change.ts';

/** A text that one person types while others change it. Pure. */

/** What was typed on top of what was there. */
export interface Typed {
  readonly base: string;
  readonly text: string;
}

/** What was typed, on top of what is there now: both changes stay. */
export function onTop({ base, text }: Typed, now: string): Typed {
  if (base === now) return { base, text };
  const mine = transformedChange(changeOf(base, text), changeOf(base, now), 'after');
  return { base: now, text: changedText(now, mine) };
}

// In several places where that says it better: others may have changed more than one since it was drawn.
function changeOf(before: string, after: string): TextChange {
  return diff(before, after).map(([does, part]) => {
    if (does === diff.EQUAL) return lengthOf(part);
    return does === diff.INSERT ? part : { d: part };
  });
}

/** Where a place in a text is once that has become another; in UTF-16 units, as a field of a page counts. */
export function movedPlace(before: string, after: string, place: number): number {
  let [was, is] = [0, 0];
  for (const [does, { length }] of diff(before, after)) {
    if (was + (does === diff.INSERT ? 0 : length) > place) return does === diff.DELETE ? is : is + place - was;
    if (was === place && does === diff.INSERT) return is;
    if (does !== diff.INSERT) was += length;
    if (does !== diff.DELETE) is += length;
  }
  return is;
}

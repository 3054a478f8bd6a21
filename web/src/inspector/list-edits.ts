import { sameJson } from '#model/edits/diff.ts';
import type { Edit } from '#model/edits/edit.ts';
import { mergeValues } from '#model/merging/merge-values.ts';

type List = readonly unknown[];

/** Above this a list is another one, and is set as a whole. */
const mostEdits = 100;

/**
 * The edits that make a list setting of another, item by item, so that what others do to other items stays; undefined when the two have too
 * little in common. What is the same at both ends is left alone.
 */
export function listEdits(node: string, name: string, was: List, is: List): readonly Edit[] | undefined {
  const first = sameFrom(was, is);
  const last = Math.min(sameFrom(was.toReversed(), is.toReversed()), was.length - first, is.length - first);
  const [gone, come] = [was.slice(first, was.length - last), is.slice(first, is.length - last)];
  const of = { node, name, unset: true } as const;
  const move = moveOf(gone, come);
  if (move !== undefined) return [{ do: 'list.move', ...of, from: first + move.from, to: first + move.to }];
  const both = Math.min(gone.length, come.length);
  const edits: Edit[] = [];
  for (let at = 0; at < both; at++)
    if (!sameJson(gone[at], come[at])) edits.push({ do: 'list.set', ...of, at: first + at, item: come[at] });
  // From the end, so that the places of those before stay what they are.
  for (let at = gone.length - 1; at >= both; at--) edits.push({ do: 'list.delete', ...of, at: first + at });
  for (let at = both; at < come.length; at++) edits.push({ do: 'list.insert', ...of, at: first + at, item: come[at] });
  return edits.length > mostEdits ? undefined : edits;
}

function sameFrom(a: List, b: List): number {
  let at = 0;
  while (at < Math.min(a.length, b.length) && sameJson(a[at], b[at])) at++;
  return at;
}

// Where the ends differ, one item that was moved has gone from one of them to the other.
function moveOf(gone: List, come: List): { readonly from: number; readonly to: number } | undefined {
  const last = gone.length - 1;
  if (last < 1 || come.length !== gone.length) return undefined;
  if (sameJson([...gone.slice(1), gone[0]], come)) return { from: 0, to: last };
  if (sameJson([gone[last], ...gone.slice(0, -1)], come)) return { from: last, to: 0 };
  return undefined;
}

/**
 * What becomes of a list that was changed here while others changed it, too: both changes where they are of other items, otherwise this
 * person's.
 *
 * @param base as it was when this person began.
 */
export function mergedList(base: unknown, ours: unknown, now: unknown): unknown {
  if (!Array.isArray(base) || !Array.isArray(ours) || !Array.isArray(now)) return ours;
  return mergeValues(base, ours, now)?.value ?? ours;
}

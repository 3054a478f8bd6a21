import { diffArrays } from 'diff';
import { sameJson } from '#model/edits/diff.ts';

/**
 * Three-way merging of one value: what both sides made of a text, a list or an object.
 *
 * Both sides' changes are kept where they are apart. Where they are not, there is no merged value, and a person decides: two changes
 * of one word put together letter by letter would be a text that nobody wrote (`n * 2` made `n * 3` and `n * 4` is not `n * 34`).
 */

/** A merged value, or that there is none. Left out on a side means that the field is not there. */
export type MergedValue = { readonly value: unknown } | undefined;

/** Changes of one side above this are not looked for: the values then have little in common anyway. */
const mostChanges = 1_000;

/** Merges what `ours` and `theirs` made of `base`; undefined where they are at odds. */
export function mergeValues(base: unknown, ours: unknown, theirs: unknown): MergedValue {
  if (sameJson(ours, theirs) || sameJson(theirs, base)) return { value: ours };
  if (sameJson(ours, base)) return { value: theirs };
  if (typeof base === 'string' && typeof ours === 'string' && typeof theirs === 'string') return mergeTexts(base, ours, theirs);
  if (Array.isArray(base) && Array.isArray(ours) && Array.isArray(theirs)) return mergeLists(base, ours, theirs);
  if (isRecord(base) && isRecord(ours) && isRecord(theirs)) return mergeRecords(base, ours, theirs);
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergeRecords(
  base: Readonly<Record<string, unknown>>,
  ours: Readonly<Record<string, unknown>>,
  theirs: Readonly<Record<string, unknown>>,
): MergedValue {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const entries: [string, unknown][] = [];
  for (const name of names) {
    const at = (record: Readonly<Record<string, unknown>>): unknown => (Object.hasOwn(record, name) ? record[name] : undefined);
    const merged = mergeValues(at(base), at(ours), at(theirs));
    if (merged === undefined) return undefined;
    if (merged.value !== undefined) entries.push([name, merged.value]);
  }
  return { value: Object.fromEntries(entries) };
}

// By text, so that equal items are equal however the names in them are ordered.
function mergeLists(base: readonly unknown[], ours: readonly unknown[], theirs: readonly unknown[]): MergedValue {
  const values = new Map<string, unknown>();
  const texts = (list: readonly unknown[]): string[] =>
    list.map((item) => {
      const text = JSON.stringify(ordered(item));
      if (!values.has(text)) values.set(text, item);
      return text;
    });
  const merged = mergeSequences(texts(base), texts(ours), texts(theirs), () => true);
  return merged && { value: merged.map((text) => values.get(text)) };
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isRecord(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, ordered(value[name])]));
}

// What has no space in it (a name, an address, an end such as `a.out`) is one word: it is replaced, not edited.
const wordsOf = (text: string): string[] => text.match(/\s+|\S+/g) ?? [];

// Changes are apart when a word stands between them, or the end of a line.
const wordBetween = (between: readonly string[]): boolean => between.some((part) => /\S|\n/.test(part));

function mergeTexts(base: string, ours: string, theirs: string): MergedValue {
  const merged = mergeSequences(wordsOf(base), wordsOf(ours), wordsOf(theirs), wordBetween);
  return merged && { value: merged.join('') };
}

/** What one side put in the place of `base[start..end)`. */
interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly put: readonly string[];
}

type Side = 'ours' | 'theirs' | 'both';

/**
 * Merges what two sides made of a sequence; undefined when they changed the same place, or places that are not apart.
 * What both put in at one place comes ours first.
 *
 * @param apart whether two changes with these items of the base between them do not touch each other.
 */
function mergeSequences(
  base: readonly string[],
  ours: readonly string[],
  theirs: readonly string[],
  apart: (between: readonly string[]) => boolean,
): string[] | undefined {
  const [left, right] = [hunksOf(base, ours), hunksOf(base, theirs)];
  if (left === undefined || right === undefined) return undefined;
  const merged: string[] = [];
  let at = 0;
  let last: Side = 'both';
  for (const { start, end, put, side } of inOrder(left, right)) {
    const touching = last !== side && last !== 'both' && side !== 'both' && !apart(base.slice(at, start));
    if (start < at || touching) return undefined;
    merged.push(...base.slice(at, start), ...put);
    at = end;
    last = side;
  }
  return [...merged, ...base.slice(at)];
}

function inOrder(left: readonly Hunk[], right: readonly Hunk[]): (Hunk & { readonly side: Side })[] {
  const shared = (hunk: Hunk, others: readonly Hunk[]): boolean => others.some((other) => sameJson(hunk, other));
  const hunks = [
    ...left.map((hunk) => ({ ...hunk, side: shared(hunk, right) ? ('both' as const) : ('ours' as const) })),
    ...right.filter((hunk) => !shared(hunk, left)).map((hunk) => ({ ...hunk, side: 'theirs' as const })),
  ];
  return hunks.sort((a, b) => a.start - b.start || a.end - b.end);
}

function hunksOf(base: readonly string[], side: readonly string[]): Hunk[] | undefined {
  const parts = diffArrays([...base], [...side], { maxEditLength: mostChanges });
  if (parts === undefined) return undefined;
  const hunks: Hunk[] = [];
  let at = 0;
  let open: { start: number; end: number; put: string[] } | undefined;
  for (const { added, removed, value } of parts) {
    if (!added && !removed) {
      at += value.length;
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = { start: at, end: at, put: [] };
      hunks.push(open);
    }
    if (added) open.put.push(...value);
    else at = open.end = at + value.length;
  }
  return hunks;
}

import type { Kinds } from '#model/component.ts';
import { type DesignBody, DesignDescription } from '#model/design.ts';
import { sameJson } from '#model/edits/diff.ts';
import { fits } from '#model/schema-check.ts';
import type { MergeConflict } from './history.ts';
import { bodyOf, designKey, drawnFields, fieldWords, type Item, type ItemKey, itemsOf, partsOf, settingsField } from './items.ts';
import { mend } from './mend.ts';
import { mergeValues } from './merge-values.ts';
import { disagree, type Facet, facetKey, isOfUnit, type Merging, named, saysOtherwise, take } from './merging.ts';
import { usesOf, withStandIns } from './stand-ins.ts';

/** A merged design, and what the two sides were at odds about, in the order of its keys. */
export interface Merged {
  readonly body: DesignBody;
  readonly conflicts: readonly MergeConflict[];
}

/** Which side holds, by key of a conflict. */
export type Choices = Readonly<Record<string, 'ours' | 'theirs'>>;

/**
 * E21  Puts together what two sides made of one design, by id and by setting. A change of one side is in the merged design, or a
 *      conflict says what was lost; where they are at odds ours holds, unless theirs is chosen.
 * E22  The merged design is one that could have been drawn: what cannot be together is a conflict.
 *
 * @param kinds are needed to know what fits together, and nothing else: of a kind that is not there, it is what the designs show.
 * @param choose settles conflicts of an earlier merge of the same three; they are not listed again unless it cannot be had.
 */
export function merge(base: DesignBody, ours: DesignBody, theirs: DesignBody, kinds: Kinds, choose: Choices = {}): Merged {
  const merging: Merging = {
    base: itemsOf(base),
    ours: itemsOf(ours),
    theirs: itemsOf(theirs),
    items: new Map(),
    conflicts: new Map(),
    pinned: new Set(),
    known: kinds,
    kinds: withStandIns(kinds, [base, ours, theirs].map(usesOf)),
  };
  const keys = new Set([...merging.ours.keys(), ...merging.theirs.keys()]);
  for (const key of keys) mergeItem(merging, key);
  mend(merging);
  if (settle(merging, choose)) mend(merging);
  const conflicts = [...merging.conflicts.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return { body: bodyOf(merging.items), conflicts };
}

function mergeItem(merging: Merging, key: ItemKey): void {
  const [base, ours, theirs] = [merging.base.get(key), merging.ours.get(key), merging.theirs.get(key)];
  const keep = (item: Item | undefined): unknown => item && merging.items.set(key, item);
  if (ours !== undefined && theirs !== undefined) {
    if (base !== undefined) keep(mergeFields(merging, key, base, ours, theirs));
    else if (saysOtherwise(ours, theirs)) {
      keep(ours);
      disagree(merging, { key }, `${named(key)} was added on both sides, each time another`);
    } else keep(mergeFields(merging, key, new Map(), ours, theirs));
    return;
  }
  const there = ours ?? theirs;
  if (there === undefined || base === undefined) return void keep(there);
  const deleter = ours === undefined ? 'ours' : 'theirs';
  const changer = ours === undefined ? 'theirs' : 'ours';
  if (saysOtherwise(base, there)) {
    keep(ours);
    disagree(merging, { key }, `${named(key)} was changed by ${changer} and deleted by ${deleter}`);
  } else if (!sameFields(base, there)) {
    disagree(merging, { key }, `${named(key)} was moved by ${changer} and is deleted by ${deleter}`, true);
  }
}

const sameFields = (a: Item, b: Item): boolean => sameJson(Object.fromEntries(a), Object.fromEntries(b));

function mergeFields(merging: Merging, key: ItemKey, base: Item, ours: Item, theirs: Item): Item {
  const kindChanged = [ours, theirs].some((side) => ['kind', 'version'].some((field) => side.get(field) !== base.get(field)));
  const merged = new Map<string, unknown>();
  const unit = new Set<string>();
  if (kindChanged && base.has('kind')) for (const field of mergeKind(merging, key, base, ours, theirs, merged)) unit.add(field);
  for (const field of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
    if (unit.has(field)) continue;
    const values = [base.get(field), ours.get(field), theirs.get(field)] as const;
    const both = mergeField(key, field, ...values);
    const value = both === undefined ? values[1] : both.value;
    if (value !== undefined) merged.set(field, value);
    if (both === undefined) disagree(merging, { key, field }, oddsOver(key, field, values[1], values[2]), drawnFields.has(field));
  }
  return merged;
}

// Settings belong to their kind and version: when one side changed that, both come from one side.
function mergeKind(
  merging: Merging,
  key: ItemKey,
  base: Item,
  ours: Item,
  theirs: Item,
  merged: Map<string, unknown>,
): readonly string[] {
  const unitOf = (item: Item): Record<string, unknown> => Object.fromEntries([...item].filter(([field]) => isOfUnit(field)));
  const [was, mine, other] = [unitOf(base), unitOf(ours), unitOf(theirs)];
  const atOdds = !sameJson(mine, was) && !sameJson(other, was) && !sameJson(mine, other);
  for (const [field, value] of Object.entries(sameJson(mine, was) ? other : mine)) merged.set(field, value);
  if (atOdds)
    disagree(merging, { key, field: 'settings' }, `the kind or the settings of ${named(key)} were changed by both sides`);
  return [...new Set([was, mine, other].flatMap((unit) => Object.keys(unit)))];
}

// Texts and lists are merged within; a name, an end, a place is one value.
function mergeField(
  key: ItemKey,
  field: string,
  base: unknown,
  ours: unknown,
  theirs: unknown,
): { readonly value: unknown } | undefined {
  const within = field.startsWith(settingsField) || (key === designKey && field === 'description');
  if (within) {
    const merged = mergeValues(base, ours, theirs);
    return field !== 'description' || fits(DesignDescription, merged?.value) ? merged : undefined;
  }
  if (sameJson(ours, theirs) || sameJson(theirs, base)) return { value: ours };
  return sameJson(ours, base) ? { value: theirs } : undefined;
}

function oddsOver(key: ItemKey, field: string, ours: unknown, theirs: unknown): string {
  const what = field.startsWith(settingsField) ? `the setting ${fieldWords(field.slice(settingsField.length))}` : field;
  const text = (value: unknown): string => {
    const written = value === undefined ? 'nothing' : JSON.stringify(value);
    return written.length > 60 ? `${written.slice(0, 60)}…` : written;
  };
  return `${what} of ${named(key)} is ${text(ours)} in ours and ${text(theirs)} in theirs`;
}

/** Makes what was chosen so; true when there was anything to choose. */
function settle(merging: Merging, choose: Choices): boolean {
  const chosen = [...merging.conflicts.values()].filter(({ key }) => Object.hasOwn(choose, key));
  for (const { key, about, field, id } of chosen) {
    const facet: Facet = { key: about === 'design' ? designKey : `${about}/${id}`, field };
    const theirs = choose[key] === 'theirs';
    const side = theirs ? merging.theirs : merging.ours;
    take(merging, side, facet);
    if (theirs) merging.pinned.add(facetKey(facet));
    if (about === 'node' && field === undefined && side.has(facet.key)) takeConnections(merging, theirs, id);
    merging.conflicts.delete(key);
  }
  return chosen.length > 0;
}

// A node that comes back brings what was connected to it there and went with it.
function takeConnections(merging: Merging, fromTheirs: boolean, id: string): void {
  const [side, other] = fromTheirs ? [merging.theirs, merging.ours] : [merging.ours, merging.theirs];
  for (const [key, item] of side) {
    if (partsOf(key).about !== 'connection' || merging.items.has(key) || other.has(key)) continue;
    const ends = [item.get('from'), item.get('to')] as { readonly node: string }[];
    if (ends.some(({ node }) => node === id)) merging.items.set(key, item);
  }
}

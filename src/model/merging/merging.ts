import type { Kinds } from '#model/component.ts';
import { sameJson } from '#model/edits/diff.ts';
import type { MergeConflict } from './history.ts';
import {
  designKey,
  drawnFields,
  fieldsOf,
  type Item,
  type ItemKey,
  type Items,
  nodeOf,
  partsOf,
  settingsField,
  settingsOf,
} from './items.ts';

/** A merge under way: the three designs, what has come of them so far, and what they are at odds about. */
export interface Merging {
  readonly base: Items;
  readonly ours: Items;
  readonly theirs: Items;
  readonly items: Map<ItemKey, Item>;
  readonly conflicts: Map<string, MergeConflict>;
  /** Facets that somebody chose as theirs: the others have to fit. */
  readonly pinned: Set<string>;
  /** The catalogue, and the same with stand-ins for what it does not hold. */
  readonly known: Kinds;
  readonly kinds: Kinds;
}

/** A part of a design that goes over to one side as a whole: an item, a field of it, or with `settings` kind, version and settings. */
export interface Facet {
  readonly key: ItemKey;
  readonly field?: string | undefined;
}

/** What a facet is called where one side of it is chosen. */
export function facetKey({ key, field }: Facet): string {
  if (field === undefined) return key;
  return key === designKey ? key + field : `${key}/${field}`;
}

/** Kind, version and settings of a node belong together. */
export const isOfUnit = (field: string): boolean => field === 'kind' || field === 'version' || field.startsWith(settingsField);

/** What a facet holds in these items, as JSON; undefined when it is not there. */
export function heldBy(items: Items, { key, field }: Facet): unknown {
  const item = items.get(key);
  if (item === undefined) return undefined;
  if (field === 'settings') return { kind: item.get('kind'), version: item.get('version'), settings: settingsOf(item) };
  return field === undefined ? wholeOf(key, item) : item.get(field);
}

function wholeOf(key: ItemKey, item: Item): unknown {
  const { about, id } = partsOf(key);
  return about === 'node' ? nodeOf(id, item) : { id, ...fieldsOf(item) };
}

/** Whether a facet is otherwise than on that side; where something is drawn counts, too. */
export function differs({ items }: Merging, side: Items, { key, field }: Facet): boolean {
  if (field !== undefined) return !sameJson(heldBy(items, { key, field }), heldBy(side, { key, field }));
  const [a, b] = [items.get(key), side.get(key)];
  return a !== b && !sameJson(a && Object.fromEntries(a), b && Object.fromEntries(b));
}

/** Makes a facet what it is on one side. */
export function take({ items }: Merging, side: Items, { key, field }: Facet): void {
  const [from, present] = [side.get(key), items.get(key)];
  if (field === undefined) {
    if (from === undefined) items.delete(key);
    else items.set(key, from);
    return;
  }
  if (present === undefined) return;
  const belongs = (name: string): boolean => (field === 'settings' ? isOfUnit(name) : name === field);
  const kept = [...present].filter(([name]) => !belongs(name));
  items.set(key, new Map([...kept, ...[...(from ?? [])].filter(([name]) => belongs(name))]));
}

/** Writes down what the sides are at odds about; what a wider conflict says is not said again in detail. */
export function disagree(merging: Merging, facet: Facet, message: string, minor = false): void {
  const { key, field } = facet;
  const { conflicts, base, ours, theirs } = merging;
  const { about, id } = partsOf(key);
  const name = facetKey(facet);
  if (field !== undefined && conflicts.has(key)) return;
  for (const other of conflicts.keys()) if (other.startsWith(`${name}/`)) conflicts.delete(other);
  const values = { base: heldBy(base, facet), ours: heldBy(ours, facet), theirs: heldBy(theirs, facet) };
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  conflicts.set(name, {
    key: name,
    about,
    id: about === 'design' ? String(ours.get(designKey)?.get('name')) : id,
    ...(field !== undefined && { field }),
    message,
    ...(minor && { minor }),
    ...given,
  });
}

/** Whether two states of an item differ in more than where it is drawn. */
export function saysOtherwise(a: Item, b: Item): boolean {
  const content = (item: Item): unknown => Object.fromEntries([...item].filter(([field]) => !drawnFields.has(field)));
  return !sameJson(content(a), content(b));
}

/** How an item is spoken of. */
export function named(key: ItemKey): string {
  const { about, id } = partsOf(key);
  return about === 'design' ? 'the design' : `the ${about} ${id}`;
}

import type { PortSpec } from '#model/component.ts';
import { type Connection, type End, endText, greatestIndex } from '#model/design.ts';
import { holding, incompatibility } from '#model/edits/connections.ts';
import { sameJson } from '#model/edits/diff.ts';
import { settingsRefusal } from '#model/edits/nodes.ts';
import { type Item, type ItemKey, keyOf, partsOf, settingsOf } from './items.ts';
import { differs, disagree, type Facet, facetKey, heldBy, type Merging, named, take } from './merging.ts';

/** What cannot be together in a design, and the facets of it: the first that theirs changed gives way. */
interface Clash {
  readonly facets: readonly Facet[];
  readonly message: string;
  /** A place that is free, for a connection that only has to make room on a port that takes many. */
  readonly room?: { readonly key: ItemKey; readonly side: Side; readonly end: End } | undefined;
}

type Side = 'from' | 'to';
const sides = ['from', 'to'] as const;

/**
 * Makes a merged design one that could have been drawn (E22). What cannot be together goes back to how ours has it, which ends
 * because ours can be together; what was chosen as theirs stays, and the others become as theirs has them.
 */
export function mend(merging: Merging): void {
  const settled = new Set<string>();
  // What is mended may be in the way of something that was looked at before: until a whole round finds nothing to mend.
  for (let mended = true; mended; ) {
    mended = false;
    for (const clash of clashes(merging)) if (giveWay(merging, clash, settled)) mended = true;
  }
}

function giveWay(merging: Merging, { facets, message, room }: Clash, settled: Set<string>): boolean {
  const { items, pinned, ours, theirs } = merging;
  if (room !== undefined) {
    items.set(room.key, new Map([...(items.get(room.key) ?? []), [room.side, room.end]]));
    return true;
  }
  const isPinned = (facet: Facet): boolean => pinned.has(facetKey(facet)) || pinned.has(facet.key);
  if (facets.some(isPinned)) {
    const others = facets.filter((facet) => !isPinned(facet) && !settled.has(facetKey(facet)) && differs(merging, theirs, facet));
    for (const facet of others) {
      take(merging, theirs, facet);
      pinned.add(facetKey(facet));
    }
    if (others.length > 0) return true;
  }
  const first = facets.find((facet) => differs(merging, ours, facet));
  if (first === undefined) return false;
  take(merging, ours, first);
  settled.add(facetKey(first));
  for (const key of [facetKey(first), first.key]) pinned.delete(key);
  disagree(merging, first, message);
  return true;
}

function* clashes(merging: Merging): Generator<Clash> {
  const holders = new Map<string, ItemKey>();
  for (const [key, item] of merging.items) {
    const { about } = partsOf(key);
    if (about === 'connection') yield* connectionClashes(merging, key, item, holders);
    if (about === 'node') yield* nodeClashes(merging, key, item);
    if (about === 'group') yield* groupClashes(merging, key, item);
  }
}

const endOf = (item: Item, side: Side): End => item.get(side) as End;

function* connectionClashes(merging: Merging, key: ItemKey, item: Item, holders: Map<string, ItemKey>): Generator<Clash> {
  for (const side of sides) {
    const node = keyOf('node', endOf(item, side).node);
    if (merging.items.has(node)) continue;
    const message = `${named(key)} leads to ${named(node)}, which is not there on the other side`;
    yield { facets: [{ key }, { key: node }], message };
    return;
  }
  const unfit = unfitness(merging, item);
  if (unfit !== undefined) {
    const nodes = sides.map((side): Facet => ({ key: keyOf('node', endOf(item, side).node), field: 'settings' }));
    yield { facets: [{ key }, ...nodes], message: `${named(key)} does not fit what it connects: ${unfit}` };
    return;
  }
  for (const side of sides) {
    const end = endOf(item, side);
    const at = `${side} ${end.node}.${end.port}[${end.index}]`;
    const holder = holders.get(at);
    if (holder === undefined || !sameJson(merging.items.get(holder)?.get(side), end)) {
      holders.set(at, key);
      continue;
    }
    const both = [key, holder].sort();
    const message = `${both.map(named).join(' and ')} both hold ${endText(end, portAt(merging, end)?.many ?? false)}`;
    const isNew = both.find((one) => !merging.base.has(one) && !merging.ours.has(one));
    yield { facets: both.map((one) => ({ key: one })), message, room: isNew && roomFor(merging, isNew, side) };
    return;
  }
}

function specAt({ items, kinds }: Merging, { node }: End) {
  return kinds.get(String(items.get(keyOf('node', node))?.get('kind')));
}

function portAt(merging: Merging, end: End): PortSpec | undefined {
  const ports = specAt(merging, end)?.ports ?? {};
  return Object.hasOwn(ports, end.port) ? ports[end.port] : undefined;
}

// The rules of `connect` (D4, E5, Q9), of a connection that is already there.
function unfitness(merging: Merging, item: Item): string | undefined {
  const [from, to] = sides.map((side) => endOf(item, side)) as [End, End];
  const [out, into] = [portAt(merging, from), portAt(merging, to)];
  for (const [end, port] of [
    [from, out],
    [to, into],
  ] as const) {
    if (port === undefined) return `${end.node} has no port ${end.port}`;
    if (!port.many && end.index !== 0) return `${end.node}.${end.port} takes one connection`;
  }
  if (out === undefined || into === undefined) return undefined;
  const mismatch = incompatibility(out, into);
  if (mismatch !== undefined || out.protocol !== 'call') return mismatch;
  return holding({ capacity: item.get('capacity'), policy: item.get('policy') } as Pick<Connection, 'capacity' | 'policy'>, '')
    ?.message;
}

// Only where the catalogue itself says that the port takes many: of a stand-in that is not known.
function roomFor(merging: Merging, key: ItemKey, side: Side): Clash['room'] {
  const item = merging.items.get(key);
  const wanted = item && endOf(item, side);
  if (wanted === undefined || merging.pinned.has(key)) return undefined;
  const spec = specAt(merging, wanted);
  if (spec === undefined || merging.known.get(spec.kind) !== spec || portAt(merging, wanted)?.many !== true) return undefined;
  const taken = new Set<number>();
  for (const [other, its] of merging.items) {
    if (other === key || partsOf(other).about !== 'connection') continue;
    const end = endOf(its, side);
    if (end.node === wanted.node && end.port === wanted.port) taken.add(end.index);
  }
  let index = 0;
  while (taken.has(index)) index++;
  return index > greatestIndex ? undefined : { key, side, end: { ...wanted, index } };
}

function* nodeClashes(merging: Merging, key: ItemKey, item: Item): Generator<Clash> {
  const group = item.get('group');
  if (group !== undefined && !merging.items.has(keyOf('group', String(group)))) {
    const gone = keyOf('group', String(group));
    const message = `${named(key)} is in ${named(gone)}, which is not there on the other side`;
    yield { facets: [{ key, field: 'group' }, { key: gone }], message };
  }
  const facet: Facet = { key, field: 'settings' };
  const unit = heldBy(merging.items, facet);
  // What one side has as a whole is that side's own affair: today's catalogue may be stricter than the one it was drawn with.
  if ([merging.ours, merging.theirs].some((side) => sameJson(unit, heldBy(side, facet)))) return;
  const fault = settingsFault(merging, item);
  if (fault !== undefined) yield { facets: [facet], message: `the settings of ${named(key)} do not go together, ${fault}` };
}

function settingsFault({ kinds }: Merging, item: Item): string | undefined {
  const spec = kinds.get(String(item.get('kind')));
  return spec && settingsRefusal(kinds, spec, settingsOf(item), '')?.message;
}

function* groupClashes(merging: Merging, key: ItemKey, item: Item): Generator<Clash> {
  const parent = item.get('parent');
  if (parent === undefined) return;
  const above = keyOf('group', String(parent));
  if (!merging.items.has(above)) {
    const message = `${named(key)} is in ${named(above)}, which is not there on the other side`;
    yield { facets: [{ key, field: 'parent' }, { key: above }], message };
    return;
  }
  const ring = ringFrom(merging, key);
  if (ring === undefined) return;
  const message = `the groups ${ring.map((one) => partsOf(one).id).join(', ')} would be within each other`;
  yield { facets: ring.map((one) => ({ key: one, field: 'parent' })), message };
}

// The groups above one, when it is among them; in the order of keys, so that it is the same ring wherever it is entered.
function ringFrom({ items }: Merging, key: ItemKey): ItemKey[] | undefined {
  const seen: ItemKey[] = [];
  for (let at: ItemKey | undefined = key; at !== undefined; ) {
    if (seen.includes(at)) return at === key ? seen.sort() : undefined;
    seen.push(at);
    const parent: unknown = items.get(at)?.get('parent');
    at = parent === undefined ? undefined : keyOf('group', String(parent));
  }
  return undefined;
}

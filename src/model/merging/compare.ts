import type { Connection, DesignBody, End, Group, Position, Size } from '#model/design.ts';
import { sameJson } from '#model/edits/diff.ts';
import type { Comparison, FieldChange } from './history.ts';
import { type About, designKey, fieldsOf, type Item, type Items, itemsOf, keyOf, nodeOf, partsOf } from './items.ts';

/**
 * What differs between two designs, by id: what came, what went, what was moved, changed or led elsewhere (E20).
 * A node that is of another kind is changed, not gone and come back.
 */
export function compare(from: DesignBody, to: DesignBody): Comparison {
  const [before, after] = [itemsOf(from), itemsOf(to)];
  const nodes = sides(before, after, 'node');
  const connections = sides(before, after, 'connection');
  const groups = sides(before, after, 'group');
  return {
    nodes: {
      added: nodes.added.map(([id, item]) => nodeOf(id, item)),
      removed: nodes.removed.map(([id, item]) => nodeOf(id, item)),
      moved: nodes.both.flatMap(({ id, was, is }) => movedOf(id, was, is)),
      changed: nodes.both.flatMap(({ id, was, is }) => changedOf(id, was, is, ['position', 'size', 'group'])),
    },
    connections: {
      added: connections.added.map(connectionOf),
      removed: connections.removed.map(connectionOf),
      rewired: connections.both
        .filter(({ was, is }) => !sameEnds(was, is))
        .map(({ id, was, is }) => ({ id, from: connectionOf([id, was]), to: connectionOf([id, is]) })),
      changed: connections.both.flatMap(({ id, was, is }) => changedOf(id, was, is, ['from', 'to'])),
    },
    groups: {
      added: groups.added.map(groupOf),
      removed: groups.removed.map(groupOf),
      changed: groups.both.flatMap(({ id, was, is }) => changedOf(id, was, is, [])),
      assigned: assigned(before, after),
    },
    design: fieldChanges(before.get(designKey) ?? new Map(), after.get(designKey) ?? new Map(), []),
  };
}

/** Whether a comparison found no difference at all. */
export function isSame({ nodes, connections, groups, design }: Comparison): boolean {
  const lists = [nodes, connections, groups].flatMap((part) => Object.values(part) as (readonly unknown[])[]);
  return [...lists, design].every((list) => list.length === 0);
}

interface Both {
  readonly id: string;
  readonly was: Item;
  readonly is: Item;
}

type Entry = readonly [string, Item];

// In the order of ids by code unit, so that the same designs give the same answer however they came about.
function sides(before: Items, after: Items, about: About): { added: Entry[]; removed: Entry[]; both: Both[] } {
  const ids = [...new Set([...before.keys(), ...after.keys()])]
    .map(partsOf)
    .filter((parts) => parts.about === about)
    .map(({ id }) => id)
    .sort();
  const at = (items: Items, id: string): Item | undefined => items.get(keyOf(about, id));
  const only = (there: Items, elsewhere: Items): Entry[] =>
    ids.flatMap((id) => {
      const item = at(there, id);
      return item === undefined || at(elsewhere, id) !== undefined ? [] : [[id, item] as const];
    });
  const both = ids.flatMap((id) => {
    const [was, is] = [at(before, id), at(after, id)];
    return was === undefined || is === undefined ? [] : [{ id, was, is }];
  });
  return { added: only(after, before), removed: only(before, after), both };
}

const connectionOf = ([id, item]: Entry): Connection => ({ id, ...fieldsOf(item) }) as unknown as Connection;
const groupOf = ([id, item]: Entry): Group => ({ id, ...fieldsOf(item) }) as unknown as Group;

function sameEnds(was: Item, is: Item): boolean {
  return ['from', 'to'].every((side) => sameJson(was.get(side) as End, is.get(side) as End));
}

function movedOf(id: string, was: Item, is: Item): Comparison['nodes']['moved'] {
  const [from, to] = [was.get('position'), is.get('position')] as [Position?, Position?];
  const [fromSize, toSize] = [was.get('size'), is.get('size')] as [Size?, Size?];
  if (sameJson(from, to) && sameJson(fromSize, toSize)) return [];
  const place = sameJson(from, to) ? {} : { ...(from && { from }), ...(to && { to }) };
  const size = sameJson(fromSize, toSize) ? {} : { ...(fromSize && { fromSize }), ...(toSize && { toSize }) };
  return [{ id, ...place, ...size }];
}

function changedOf(id: string, was: Item, is: Item, elsewhere: readonly string[]): { id: string; fields: FieldChange[] }[] {
  const fields = fieldChanges(was, is, elsewhere);
  return fields.length === 0 ? [] : [{ id, fields }];
}

function fieldChanges(was: Item, is: Item, elsewhere: readonly string[]): FieldChange[] {
  const fields = [...new Set([...was.keys(), ...is.keys()])].filter((field) => !elsewhere.includes(field));
  return fields
    .filter((field) => !sameJson(was.get(field), is.get(field)))
    .map((field) => ({
      field,
      ...(was.has(field) && { from: was.get(field) }),
      ...(is.has(field) && { to: is.get(field) }),
    }));
}

// A node that is new and in a group was put there, too; one that is gone is in none, which goes without saying.
function assigned(before: Items, after: Items): Comparison['groups']['assigned'] {
  const nodes = [...after].filter(([key]) => partsOf(key).about === 'node').sort(([a], [b]) => (a < b ? -1 : 1));
  return nodes.flatMap(([key, item]) => {
    const [from, to] = [before.get(key)?.get('group'), item.get('group')] as [string?, string?];
    return from === to ? [] : [{ node: partsOf(key).id, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
  });
}

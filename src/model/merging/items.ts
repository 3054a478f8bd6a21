import type { Connection, DesignBody, Group, Node } from '#model/design.ts';
import { rankOf } from '#model/design.ts';

/**
 * A design as a flat list of items with named fields, so that what compares and merges designs says nothing twice:
 * every node, connection and group is an item, and the name and description of the design are one, too.
 */

/** What an item is about; the same words as in a conflict of a merge. */
export type About = 'node' | 'connection' | 'group' | 'design';

/** `node/waiter`: what an item is about, and its id; of the design itself `design/`. */
export type ItemKey = `${About}/${string}`;

/** Values by name of field; a field without a value is not there. Settings are `settings/<name>`. */
export type Item = ReadonlyMap<string, unknown>;

export type Items = ReadonlyMap<ItemKey, Item>;

export const designKey: ItemKey = 'design/';

/** Fields that say where something is drawn and nothing else. */
export const drawnFields: ReadonlySet<string> = new Set(['position', 'size']);

/** What the settings of a node are called among its fields. */
export const settingsField = 'settings/';

export function keyOf(about: About, id: string): ItemKey {
  return `${about}/${id}`;
}

/** A key taken apart again. */
export function partsOf(key: ItemKey): { readonly about: About; readonly id: string } {
  const slash = key.indexOf('/');
  return { about: key.slice(0, slash) as About, id: key.slice(slash + 1) };
}

// Own properties only: an id such as "constructor" must not find what every object inherits.
function own<T>(record: Readonly<Record<string, T>> | undefined, id: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, id) ? record[id] : undefined;
}

function itemOf(fields: Iterable<readonly [string, unknown]>): Item {
  return new Map([...fields].filter(([, value]) => value !== undefined));
}

/** The items of a design. What the canvas says of nodes that are not there is left out. */
export function itemsOf(body: DesignBody): Map<ItemKey, Item> {
  const items = new Map<ItemKey, Item>();
  items.set(designKey, itemOf(Object.entries({ name: body.name, description: body.description })));
  for (const [id, group] of Object.entries(body.canvas.groups ?? {})) {
    const { title, colour, parent } = group;
    items.set(keyOf('group', id), itemOf(Object.entries({ title, colour, parent })));
  }
  for (const [id, node] of Object.entries(body.nodes)) items.set(keyOf('node', id), nodeItem(node, body));
  for (const [id, connection] of Object.entries(body.connections)) {
    const { from, to, capacity, policy } = connection;
    items.set(keyOf('connection', id), itemOf(Object.entries({ from, to, capacity, policy })));
  }
  return items;
}

function nodeItem(node: Node, { canvas }: DesignBody): Item {
  const { id, kind, version, label, settings, onFailure } = node;
  const { priority, weight } = rankOf(node);
  const position = own(canvas.positions, id);
  const size = own(canvas.sizes, id);
  const group = own(canvas.members, id);
  return itemOf([
    ...Object.entries({ kind, version, label, onFailure, priority, weight, position, size, group }),
    ...Object.entries(settings).map(([name, value]) => [settingsField + name, value] as const),
  ]);
}

/** The name of a field for people, quoted where it holds more than a name: anything may be the name of a setting. */
export function fieldWords(field: string): string {
  return /^[\w./-]+$/.test(field) ? field : JSON.stringify(field);
}

/** The settings among the fields of a node. */
export function settingsOf(item: Item): Record<string, unknown> {
  const found = [...item].filter(([field]) => field.startsWith(settingsField));
  return Object.fromEntries(found.map(([field, value]) => [field.slice(settingsField.length), value]));
}

/** The design that has these items; the inverse of `itemsOf`. */
export function bodyOf(items: Items): DesignBody {
  const of = (about: About): [string, Item][] =>
    [...items].filter(([key]) => partsOf(key).about === about).map(([key, item]) => [partsOf(key).id, item]);
  const nodes = of('node');
  const drawn = <T>(field: string): [string, T][] =>
    nodes.flatMap(([id, item]): [string, T][] => (item.has(field) ? [[id, item.get(field) as T]] : []));
  const optional = (name: string, entries: readonly [string, unknown][]) =>
    entries.length === 0 ? {} : { [name]: Object.fromEntries(entries) };
  const design = items.get(designKey);
  return {
    name: String(design?.get('name') ?? ''),
    description: String(design?.get('description') ?? ''),
    nodes: Object.fromEntries(nodes.map(([id, item]) => [id, nodeOf(id, item)])),
    connections: Object.fromEntries(
      of('connection').map(([id, item]) => [id, { id, ...fieldsOf(item) } as unknown as Connection]),
    ),
    canvas: {
      positions: Object.fromEntries(drawn('position')),
      ...optional('sizes', drawn('size')),
      ...optional(
        'groups',
        of('group').map(([id, item]) => [id, { id, ...fieldsOf(item) } as unknown as Group]),
      ),
      ...optional('members', drawn('group')),
    },
  };
}

/** A node that has these fields. */
export function nodeOf(id: string, item: Item): Node {
  const { kind, version, label, onFailure, priority, weight } = fieldsOf(item) as unknown as Node;
  return { id, kind, version, label, settings: settingsOf(item), onFailure, ...rankOf({ priority, weight }) };
}

/** The fields of an item as an object, settings not among them. */
export function fieldsOf(item: Item): Record<string, unknown> {
  return Object.fromEntries([...item].filter(([field]) => !field.startsWith(settingsField)));
}

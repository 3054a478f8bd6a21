import type { Edit } from './edit.ts';

/** What an edit is about: an element of a design by its kind and id, or the design's own name and description. */
export type ElementKey = `${'node' | 'connection' | 'group'}:${string}` | 'design';

export function keyOf(kind: 'node' | 'connection' | 'group', id: string): ElementKey {
  return `${kind}:${id}`;
}

/** The kind and the id that a key was made of. */
export function partsOfKey(key: ElementKey): readonly [kind: 'node' | 'connection' | 'group' | 'design', id: string] {
  const at = key.indexOf(':');
  return at < 0 ? ['design', ''] : [key.slice(0, at) as 'node' | 'connection' | 'group', key.slice(at + 1)];
}

/**
 * E15  The elements that edits change. With their inverse beside them, also what went or came with it: the connections of a
 * deleted node, the members of a deleted group.
 */
export function touchedBy(...edits: (readonly Edit[])[]): Set<ElementKey> {
  return new Set(edits.flatMap((some) => some.map(keyOfEdit)));
}

/** What an edit is about, and what else it names: ends, groups. Two edits that share none of it leave each other as they are. */
export function sharedOf(edit: Edit): readonly ElementKey[] {
  const about = keyOfEdit(edit);
  switch (edit.do) {
    case 'connect':
      return [about, keyOf('node', edit.connection.from.node), keyOf('node', edit.connection.to.node)];
    case 'connection.rewire':
      return [about, ...[edit.from, edit.to].flatMap((end) => (end === undefined ? [] : [keyOf('node', end.node)]))];
    case 'group.assign':
      return edit.group === null ? [about] : [about, keyOf('group', edit.group)];
    case 'group.add':
      return edit.group.parent === undefined ? [about] : [about, keyOf('group', edit.group.parent)];
    case 'group.set':
      return typeof edit.parent === 'string' ? [about, keyOf('group', edit.parent)] : [about];
    default:
      return [about];
  }
}

/** What one edit is about. */
export function keyOfEdit(edit: Edit): ElementKey {
  switch (edit.do) {
    case 'node.add':
      return keyOf('node', edit.node.id);
    case 'node.move':
    case 'node.resize':
    case 'node.set':
    case 'node.kind':
    case 'node.delete':
      return keyOf('node', edit.id);
    case 'group.assign':
    case 'list.insert':
    case 'list.set':
    case 'list.delete':
    case 'list.move':
      return keyOf('node', edit.node);
    case 'text.edit':
      return edit.node === undefined ? 'design' : keyOf('node', edit.node);
    case 'connect':
      return keyOf('connection', edit.connection.id);
    case 'disconnect':
    case 'connection.set':
    case 'connection.rewire':
      return keyOf('connection', edit.id);
    case 'group.add':
      return keyOf('group', edit.group.id);
    case 'group.set':
    case 'group.delete':
      return keyOf('group', edit.id);
    case 'design.set':
      return 'design';
  }
}

import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { own } from './draft.ts';
import type { Edit } from './edit.ts';

/**
 * What a set of edits does, for people, as it reads after "Undo ": `delete Waiter`, `move 3 nodes`.
 *
 * @param body the design before or after; a node that it does not hold is called by its id (`withGone` brings back what went).
 */
export function saysOf(edits: readonly Edit[], body: Pick<DesignBody, 'nodes' | 'connections'>, kinds: Kinds): string {
  const [first] = edits;
  if (first === undefined) return 'change nothing';
  const ways = new Set(edits.map(({ do: does }) => does));
  if (edits.length === 1) return one(first, body, kinds);
  if (ways.size > 1) return `${mainly(edits, body, kinds)} and more`;
  const [verb, things] = plural[first.do];
  return `${verb} ${edits.length} ${things}`;
}

/** A design with what is gone from it, so that this is called as it was. @param back edits that bring it back. */
export function withGone(
  body: Pick<DesignBody, 'nodes' | 'connections'>,
  back: readonly Edit[],
): Pick<DesignBody, 'nodes' | 'connections'> {
  const nodes = back.flatMap((edit) => (edit.do === 'node.add' ? [[edit.node.id, edit.node]] : []));
  const connections = back.flatMap((edit) => (edit.do === 'connect' ? [[edit.connection.id, edit.connection]] : []));
  return {
    nodes: { ...body.nodes, ...(Object.fromEntries(nodes) as DesignBody['nodes']) },
    connections: { ...body.connections, ...(Object.fromEntries(connections) as DesignBody['connections']) },
  };
}

const plural: Readonly<Record<Edit['do'], readonly [string, string]>> = {
  'node.add': ['add', 'nodes'],
  'node.move': ['move', 'nodes'],
  'node.resize': ['resize', 'nodes'],
  'node.set': ['change', 'nodes'],
  'node.kind': ['change the kind of', 'nodes'],
  'node.delete': ['delete', 'nodes'],
  connect: ['connect', 'wires'],
  disconnect: ['delete', 'wires'],
  'connection.set': ['change', 'wires'],
  'connection.rewire': ['rewire', 'wires'],
  'text.edit': ['type', 'times'],
  'list.insert': ['add', 'items'],
  'list.set': ['change', 'items'],
  'list.delete': ['delete', 'items'],
  'list.move': ['move', 'items'],
  'group.add': ['add', 'groups'],
  'group.set': ['change', 'groups'],
  'group.delete': ['delete', 'groups'],
  'group.assign': ['group', 'nodes'],
  'design.set': ['change the design', 'times'],
};

// What is added or taken away says most.
function mainly(edits: readonly Edit[], body: Pick<DesignBody, 'nodes' | 'connections'>, kinds: Kinds): string {
  const telling = edits.filter(({ do: does }) => does === 'node.add' || does === 'node.delete');
  const [first] = telling.length > 0 ? telling : edits;
  if (first === undefined) return '';
  const alike = edits.filter(({ do: does }) => does === first.do);
  return saysOf(alike, body, kinds);
}

function one(edit: Edit, { nodes, connections }: Pick<DesignBody, 'nodes' | 'connections'>, kinds: Kinds): string {
  const name = (id: string): string => {
    const node = own(nodes, id);
    return node === undefined ? id : node.label || kinds.get(node.kind)?.title || id;
  };
  const wire = (id: string): string => {
    const { from, to } = own(connections, id) ?? {};
    return from === undefined || to === undefined ? `wire ${id}` : `the wire from ${name(from.node)} to ${name(to.node)}`;
  };
  switch (edit.do) {
    case 'node.add':
      return `add ${edit.node.label || kinds.get(edit.node.kind)?.title || edit.node.id}`;
    case 'node.move':
      return `move ${name(edit.id)}`;
    case 'node.resize':
      return `resize ${name(edit.id)}`;
    case 'node.set':
      return `change ${fieldsOf(edit)} of ${name(edit.id)}`;
    case 'node.kind':
      return `make ${name(edit.id)} a ${kinds.get(edit.kind)?.title ?? edit.kind}`;
    case 'node.delete':
      return `delete ${name(edit.id)}`;
    case 'connect':
      return `connect ${name(edit.connection.from.node)} to ${name(edit.connection.to.node)}`;
    case 'disconnect':
      return `delete ${wire(edit.id)}`;
    case 'connection.set':
      return `change ${fieldsOf(edit)} of ${wire(edit.id)}`;
    case 'connection.rewire':
      return `rewire ${wire(edit.id)}`;
    case 'text.edit':
      return edit.node === undefined ? 'change the description' : `type ${edit.name} of ${name(edit.node)}`;
    case 'list.insert':
    case 'list.set':
    case 'list.delete':
    case 'list.move':
      return `change ${edit.name} of ${name(edit.node)}`;
    case 'group.add':
      return `add group ${edit.group.title || edit.group.id}`;
    case 'group.set':
      return `change group ${edit.title ?? edit.id}`;
    case 'group.delete':
      return `delete group ${edit.id}`;
    case 'group.assign':
      return edit.group === null ? `take ${name(edit.node)} out of its group` : `put ${name(edit.node)} into ${edit.group}`;
    case 'design.set':
      return edit.name === undefined ? 'change the description' : `rename the design to ${edit.name}`;
  }
}

function fieldsOf(edit: object): string {
  const names = Object.entries(edit).flatMap(([name, value]) => {
    if (name === 'do' || name === 'id') return [];
    return name === 'settings' ? Object.keys(value as object) : [name];
  });
  return names.length === 0 ? 'nothing' : names.join(', ');
}

import type { ComponentSpec, Kinds } from '#model/component.ts';
import { type Node, rankOf } from '#model/design.ts';
import { withParameters } from '#model/parameters.ts';
import { settingFaults } from '#model/settings.ts';
import { unfitConnections } from './connections.ts';
import { type Draft, type Outcome, own, refuse, unknownNode } from './draft.ts';
import type { Edit, EditOf, Refusal } from './edit.ts';

/** What edits do to nodes. Each function checks everything before it writes anything. */

export function addNode(draft: Draft, edit: EditOf<'node.add'>, kinds: Kinds): Outcome {
  const { id, kind } = edit.node;
  if (draft.nodes.get(id) !== undefined) return refuse('ID_TAKEN', `the id ${id} is already a node of this design`, '/node/id');
  const spec = specFor(kinds, kind, edit.node.version, '/node');
  if ('code' in spec) return spec;
  const version = edit.node.version ?? spec.version;
  const settings = merged({}, edit.node.settings ?? {});
  const bad = settingsRefusal(kinds, spec, settings, '/node/settings');
  if (bad !== undefined) return bad;
  const { label = '', onFailure = 'stop' } = edit.node;
  draft.nodes.set(id, { id, kind, version, label, settings, onFailure, ...rankOf(edit.node) });
  if (edit.at !== undefined) draft.positions.set(id, edit.at);
  return [{ do: 'node.delete', id }];
}

function specFor(kinds: Kinds, kind: string, version: number | undefined, pointer: string): ComponentSpec | Refusal {
  const spec = kinds.get(kind);
  if (spec === undefined) return refuse('UNKNOWN_KIND', `there is no component kind ${kind} here`, `${pointer}/kind`);
  if (version === undefined || version <= spec.version) return spec;
  return refuse('VERSION_TOO_NEW', `${kind} is known here up to version ${spec.version}, not ${version}`, `${pointer}/version`);
}

/** Why settings do not fit their kind, the pointer below the given one; undefined when they do. */
export function settingsRefusal(
  kinds: Kinds,
  spec: ComponentSpec,
  settings: Readonly<Record<string, unknown>>,
  pointer: string,
): Refusal | undefined {
  const fault = settingFaults(spec, settings)[0] ?? kinds.check?.(spec.kind, withParameters(settings, {}));
  if (fault === undefined) return undefined;
  return refuse(
    'SETTINGS_INVALID',
    `setting ${fault.pointer || '(whole)'} of ${spec.kind}: ${fault.message}`,
    pointer + fault.pointer,
  );
}

export function moveNode(draft: Draft, edit: EditOf<'node.move'>): Outcome {
  if (draft.nodes.get(edit.id) === undefined) return unknownNode(edit.id, '/id');
  const before = draft.positions.get(edit.id);
  if (edit.at === undefined) draft.positions.delete(edit.id);
  else draft.positions.set(edit.id, edit.at);
  return [{ do: 'node.move', id: edit.id, ...(before !== undefined && { at: before }) }];
}

export function resizeNode(draft: Draft, edit: EditOf<'node.resize'>): Outcome {
  if (draft.nodes.get(edit.id) === undefined) return unknownNode(edit.id, '/id');
  const before = draft.sizes.get(edit.id);
  if (edit.size === undefined) draft.sizes.delete(edit.id);
  else draft.sizes.set(edit.id, edit.size);
  return [{ do: 'node.resize', id: edit.id, ...(before !== undefined && { size: before }) }];
}

/**
 * E7  null takes a setting back to its default, in a new node too. By entries, not by assignment: a setting named __proto__ is a
 * name like any other.
 */
export function merged(
  before: Readonly<Record<string, unknown>>,
  set: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = new Set([...Object.keys(before), ...Object.keys(set)]);
  const now = [...names].map((name): [string, unknown] => [name, own(Object.hasOwn(set, name) ? set : before, name)]);
  return Object.fromEntries(now.filter(([, value]) => value !== null && value !== undefined));
}

/** The node with other settings, or why they do not fit. */
export function withSettings(
  node: Node,
  settings: Readonly<Record<string, unknown>>,
  kinds: Kinds,
  pointer: string,
): Node | Refusal {
  const spec = kinds.get(node.kind);
  if (spec === undefined)
    return refuse('UNKNOWN_KIND', `there is no component kind ${node.kind} here to check its settings`, pointer);
  return settingsRefusal(kinds, spec, settings, pointer) ?? { ...node, settings };
}

export function setNode(draft: Draft, edit: EditOf<'node.set'>, kinds: Kinds): Outcome {
  const before = draft.nodes.get(edit.id);
  if (before === undefined) return unknownNode(edit.id, '/id');
  const given = edit.settings;
  const fitting = given === undefined ? before : withSettings(before, merged(before.settings, given), kinds, '/settings');
  if ('code' in fitting) return fitting;
  const { label = before.label, onFailure = before.onFailure, priority = before.priority, weight = before.weight } = edit;
  const { id, kind, version } = before;
  const settings = fitting.settings;
  draft.nodes.set(id, { id, kind, version, label, settings, onFailure, ...rankOf({ priority, weight }) });
  const inverseSettings = Object.keys(given ?? {}).map((name) => [name, own(before.settings, name) ?? null]);
  const inverse: EditOf<'node.set'> = {
    do: 'node.set',
    id,
    ...(edit.label !== undefined && { label: before.label }),
    ...(edit.onFailure !== undefined && { onFailure: before.onFailure }),
    ...(edit.priority !== undefined && { priority: before.priority ?? 'normal' }),
    ...(edit.weight !== undefined && { weight: before.weight ?? 1 }),
    ...(given !== undefined && { settings: Object.fromEntries(inverseSettings) }),
  };
  return [inverse];
}

/** E10  A node becomes one of another kind; connections whose ends are no longer ports that fit go, and come back with the inverse. */
export function setKind(draft: Draft, edit: EditOf<'node.kind'>, kinds: Kinds): Outcome {
  const before = draft.nodes.get(edit.id);
  if (before === undefined) return unknownNode(edit.id, '/id');
  const spec = specFor(kinds, edit.kind, edit.version, '');
  if ('code' in spec) return spec;
  const settings = merged({}, edit.settings ?? {});
  const bad = settingsRefusal(kinds, spec, settings, '/settings');
  if (bad !== undefined) return bad;
  draft.nodes.set(edit.id, { ...before, kind: edit.kind, version: edit.version ?? spec.version, settings });
  const lost = unfitConnections(draft, edit.id, kinds);
  for (const { id } of lost) draft.deleteConnection(id);
  const { id, kind, version } = before;
  return [
    { do: 'node.kind', id, kind, version, settings: before.settings },
    ...lost.map((connection): Edit => ({ do: 'connect', connection })),
  ];
}

/** E4  Deleting a node deletes its connections with it; the inverse brings all of them back. */
export function deleteNode(draft: Draft, { id }: EditOf<'node.delete'>): Outcome {
  const node = draft.nodes.get(id);
  if (node === undefined) return unknownNode(id, '/id');
  const [at, size, group] = [draft.positions.get(id), draft.sizes.get(id), draft.members.get(id)];
  const lost = draft.connectionsOf(id);
  for (const connection of lost) draft.deleteConnection(connection.id);
  for (const shelf of [draft.nodes, draft.positions, draft.sizes, draft.members]) shelf.delete(id);
  return [
    { do: 'node.add', node, ...(at !== undefined && { at }) },
    ...(size === undefined ? [] : [{ do: 'node.resize' as const, id, size }]),
    ...(group === undefined ? [] : [{ do: 'group.assign' as const, node: id, group }]),
    ...lost.map((connection): Edit => ({ do: 'connect', connection })),
  ];
}

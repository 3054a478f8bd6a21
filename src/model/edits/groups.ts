import type { Group } from '#model/design.ts';
import { type Draft, type Outcome, refuse, unknownGroup, unknownNode } from './draft.ts';
import type { Edit, EditOf, Refusal } from './edit.ts';

/** E12  What edits do to groups: frames around nodes and other groups, never around themselves. */

export function addGroup(draft: Draft, { group }: EditOf<'group.add'>): Outcome {
  const { id, parent } = group;
  if (draft.groups.get(id) !== undefined)
    return refuse('ID_TAKEN', `the id ${id} is already a group of this design`, '/group/id');
  const bad = parent === undefined ? undefined : parentRefusal(draft, id, parent, '/group/parent');
  if (bad !== undefined) return bad;
  draft.groups.set(id, groupOf(group));
  return [{ do: 'group.delete', id }];
}

function groupOf({ id, title, colour, parent }: Group): Group {
  return { id, title, ...(colour !== undefined && { colour }), ...(parent !== undefined && { parent }) };
}

function parentRefusal(draft: Draft, id: string, parent: string, pointer: string): Refusal | undefined {
  for (let at: string | undefined = parent; at !== undefined; at = draft.groups.get(at)?.parent) {
    if (at === id) return refuse('GROUP_CYCLE', `${parent} is ${id} or within it, so ${id} cannot be put into it`, pointer);
    if (draft.groups.get(at) === undefined) return unknownGroup(at, pointer);
  }
  return undefined;
}

export function setGroup(draft: Draft, edit: EditOf<'group.set'>): Outcome {
  const before = draft.groups.get(edit.id);
  if (before === undefined) return unknownGroup(edit.id, '/id');
  const { id, title = before.title, colour = before.colour, parent = before.parent } = edit;
  const bad = typeof edit.parent === 'string' ? parentRefusal(draft, id, edit.parent, '/parent') : undefined;
  if (bad !== undefined) return bad;
  draft.groups.set(id, { id, title, ...(colour != null && { colour }), ...(parent != null && { parent }) });
  const inverse: EditOf<'group.set'> = {
    do: 'group.set',
    id,
    ...(edit.title !== undefined && { title: before.title }),
    ...(edit.colour !== undefined && { colour: before.colour ?? null }),
    ...(edit.parent !== undefined && { parent: before.parent ?? null }),
  };
  return [inverse];
}

export function deleteGroup(draft: Draft, { id }: EditOf<'group.delete'>): Outcome {
  const group = draft.groups.get(id);
  if (group === undefined) return unknownGroup(id, '/id');
  const inner = draft.groups.values().filter(({ parent }) => parent === id);
  const members = draft.members.entries().flatMap(([node, of]) => (of === id ? [node] : []));
  for (const { parent: _parent, ...rest } of inner) draft.groups.set(rest.id, rest);
  for (const node of members) draft.members.delete(node);
  draft.groups.delete(id);
  return [
    { do: 'group.add', group },
    ...inner.map((one): Edit => ({ do: 'group.set', id: one.id, parent: id })),
    ...members.map((node): Edit => ({ do: 'group.assign', node, group: id })),
  ];
}

export function assignGroup(draft: Draft, { node, group }: EditOf<'group.assign'>): Outcome {
  if (draft.nodes.get(node) === undefined) return unknownNode(node, '/node');
  if (group !== null && draft.groups.get(group) === undefined) return unknownGroup(group, '/group');
  const before = draft.members.get(node) ?? null;
  if (group === null) draft.members.delete(node);
  else draft.members.set(node, group);
  return [{ do: 'group.assign', node, group: before }];
}

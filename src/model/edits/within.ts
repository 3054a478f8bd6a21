import type { Kinds } from '#model/component.ts';
import type { Node } from '#model/design.ts';
import { type Draft, type Outcome, own, refuse, unknownNode } from './draft.ts';
import { type Edit, type EditOf, isListEdit, type ListEdit, longestText, type Refusal } from './edit.ts';
import { withSettings } from './nodes.ts';
import { changedText, changeFault, lengthOf, settled, turned } from './text-change.ts';

/** E13  Edits within a text or a list: what a setting holds, or its default, changed in one place. */

const isRefusal = (value: object): value is Refusal => 'code' in value && 'pointer' in value;

/** What holds of a setting that is not set: its default, undefined without one. */
function defaultOf(node: Node, name: string, kinds: Kinds): unknown {
  const { properties = {} } = (kinds.get(node.kind)?.settings ?? {}) as { properties?: Record<string, { default?: unknown }> };
  return own(properties, name)?.default;
}

/** The description of the design, or a text setting of a node. */
export function editText(draft: Draft, edit: EditOf<'text.edit'>, kinds: Kinds): Outcome {
  if (edit.node === undefined) return editDescription(draft, edit);
  const node = draft.nodes.get(edit.node);
  if (node === undefined) return unknownNode(edit.node, '/node');
  const own_ = own(node.settings, edit.name);
  const usual = defaultOf(node, edit.name, kinds);
  const before = own_ ?? usual ?? '';
  if (typeof before !== 'string') return refuse('NOT_TEXT', `the setting ${edit.name} of ${node.id} is not a text`, '/name');
  const changed = changedTo(before, edit);
  if (typeof changed !== 'string') return changed;
  const unset = edit.unset === true && changed === (usual ?? '');
  const now = withSettings(node, replaced(node, edit.name, unset ? undefined : changed), kinds, '/change');
  if (isRefusal(now)) return now;
  draft.nodes.set(node.id, now);
  const change = turned(settled(edit.change, before));
  return [{ do: 'text.edit', node: node.id, name: edit.name, change, ...(own_ === undefined && { unset: true as const }) }];
}

const longestDescription = 10_000;

function editDescription(draft: Draft, edit: EditOf<'text.edit'>): Outcome {
  const { name } = edit;
  if (name !== 'description') return refuse('NOT_TEXT', `a design has no text ${name}; it has description`, '/name');
  const before = draft.description;
  const after = changedTo(before, edit);
  if (typeof after !== 'string') return after;
  if (after.length > longestDescription)
    return refuse('TEXT_MISMATCH', `a description has ${longestDescription} characters at most, not ${after.length}`, '/change');
  draft.description = after;
  return [{ do: 'text.edit', name, change: turned(settled(edit.change, before)) }];
}

function changedTo(before: string, { change }: EditOf<'text.edit'>): string | Refusal {
  const fault = changeFault(change, before);
  if (fault !== undefined) return refuse('TEXT_MISMATCH', `this is no change of the text there is: ${fault}`, '/change');
  const after = changedText(before, settled(change, before));
  if (lengthOf(after) <= longestText) return after;
  return refuse('TEXT_MISMATCH', `a text has ${longestText} characters at most`, '/change');
}

// By entries, not by assignment: a setting named __proto__ is a name like any other.
function replaced({ settings }: Node, name: string, value: unknown): Record<string, unknown> {
  const others = Object.entries(settings).filter(([other]) => other !== name);
  return Object.fromEntries(value === undefined ? others : [...others, [name, value]]);
}

/** One item of a setting that is a list. */
export function editList(draft: Draft, edit: ListEdit, kinds: Kinds): Outcome {
  const node = draft.nodes.get(edit.node);
  if (node === undefined) return unknownNode(edit.node, '/node');
  const own_ = own(node.settings, edit.name);
  const usual = defaultOf(node, edit.name, kinds);
  const before = own_ ?? usual ?? [];
  if (!Array.isArray(before)) return refuse('NOT_LIST', `the setting ${edit.name} of ${node.id} is not a list`, '/name');
  const done = listAfter(before, edit);
  if (isRefusal(done)) return done;
  const unset = edit.unset === true && sameItems(done.list, Array.isArray(usual) ? usual : []);
  const now = withSettings(node, replaced(node, edit.name, unset ? undefined : done.list), kinds, '');
  if (isRefusal(now)) return { ...now, pointer: 'item' in edit ? '/item' : '/at' };
  draft.nodes.set(node.id, now);
  return [own_ === undefined ? { ...done.inverse, unset: true as const } : done.inverse];
}

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean => JSON.stringify(a) === JSON.stringify(b);

interface Listed {
  readonly list: readonly unknown[];
  readonly inverse: ListEdit;
}

function listAfter(before: readonly unknown[], edit: ListEdit): Listed | Refusal {
  const { node, name } = edit;
  const [place, pointer, last] =
    edit.do === 'list.move' ? [edit.from, '/from', before.length - 1] : [edit.at, '/at', before.length - 1];
  if (place > (edit.do === 'list.insert' ? last + 1 : last)) return unknownItem(edit, place, before.length, pointer);
  const list = [...before];
  switch (edit.do) {
    case 'list.insert':
      list.splice(edit.at, 0, edit.item);
      return { list, inverse: { do: 'list.delete', node, name, at: edit.at } };
    case 'list.set':
      list[edit.at] = edit.item;
      return { list, inverse: { do: 'list.set', node, name, at: edit.at, item: before[edit.at] } };
    case 'list.delete':
      list.splice(edit.at, 1);
      return { list, inverse: { do: 'list.insert', node, name, at: edit.at, item: before[edit.at] } };
    case 'list.move':
      if (edit.to > last) return unknownItem(edit, edit.to, before.length, '/to');
      list.splice(edit.to, 0, ...list.splice(edit.from, 1));
      return { list, inverse: { do: 'list.move', node, name, from: edit.to, to: edit.from } };
  }
}

function unknownItem({ name }: ListEdit, place: number, length: number, pointer: string): Refusal {
  return refuse('UNKNOWN_ITEM', `the list ${name} has ${length} items, so there is no place ${place}`, pointer);
}

/** Whether an edit changes something from within, so that its places depend on what others did. */
export function isWithin(edit: Edit): edit is EditOf<'text.edit'> | ListEdit {
  return edit.do === 'text.edit' || isListEdit(edit);
}

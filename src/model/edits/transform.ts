import { type Edit, type EditOf, isListEdit, type ListEdit, type Refusal } from './edit.ts';
import { transformedItem } from './list-change.ts';
import { Others } from './others.ts';
import { transformedChange } from './text-change.ts';
import type { LeftOut } from './tx.ts';

/**
 * What becomes of an edit when another one, made on the same design, is applied first. `after`: the edit comes later in the order of
 * the server than the other; `before`: it came earlier and is applied late (what undo and a page do). Rules E8, E13, E40 in `docs/spec/edit.md`.
 *
 * Values are absolute, so most edits stay as they are: the later one wins. Within texts and lists places move.
 */
export type Order = 'after' | 'before';

/** The edit as it is then; undefined when nothing is left to do; a refusal when what it works on has been replaced. */
export type Transformed = Edit | Refusal | undefined;

const opposite = { after: 'before', before: 'after' } as const;

export const isRefusal = (given: Transformed): given is Refusal => given !== undefined && 'code' in given;

/** E40  One edit over another. */
export function transform(edit: Edit, over: Edit, order: Order): Transformed {
  if (edit.do === 'text.edit') return textOver(edit, over, order);
  if (isListEdit(edit)) return listOver(edit, over, order);
  return order === 'after' ? laterOver(edit, over) : earlierOver(edit, over);
}

/** What is left of edits after others: each with the number it had, those that cannot be with the reason, and the others as seen from there. */
export interface Rebased {
  readonly edits: readonly { readonly number: number; readonly edit: Edit }[];
  readonly left: readonly LeftOut[];
  /** The others, as they are to be applied after the given edits. */
  readonly over: readonly Edit[];
}

/** E40  Edits made on a design, as they are to be applied after others that were made on the same design. */
export function rebase(edits: readonly Edit[], over: readonly Edit[], order: Order): Rebased {
  return rebaseBy(edits, over, order, transform);
}

/** The same by another rule for one edit over another; it may only heed others that the edit shares something with (`sharedOf`). */
export function rebaseBy(edits: readonly Edit[], over: readonly Edit[], order: Order, rule: typeof transform): Rebased {
  const others = new Others(over, edits.length > 1);
  const done: { number: number; edit: Edit }[] = [];
  const left: LeftOut[] = [];
  for (const [number, edit] of edits.entries()) {
    // What the next edit was made on already holds this one, so the others are seen from there.
    const now = across(edit, others, order, rule);
    if (isRefusal(now)) left.push({ number, refusal: now });
    else if (now !== undefined) done.push({ number, edit: now });
  }
  return { edits: done, left, over: others.left() };
}

// One edit over several, and these over it. One that was refused was never there for the others.
function across(edit: Edit, others: Others, order: Order, rule: typeof transform): Transformed {
  let at: Transformed = edit;
  const carried: [number, Edit | undefined][] = [];
  for (const place of others.near(edit)) {
    const other = others.at(place);
    if (other === undefined) continue;
    const turned = transform(other, at, opposite[order]);
    if (turned !== other) carried.push([place, isRefusal(turned) ? undefined : turned]);
    at = rule(at, other, order);
    if (isRefusal(at)) return at;
    if (at === undefined) break;
  }
  for (const [place, turned] of carried) others.put(place, turned);
  return at;
}

const replaced = (what: string): Refusal => ({ code: 'REPLACED', message: `${what} has been replaced since`, pointer: '/name' });

function textOver(edit: EditOf<'text.edit'>, over: Edit, order: Order): Transformed {
  if (over.do === 'text.edit' && over.node === edit.node && over.name === edit.name)
    return { ...edit, change: transformedChange(edit.change, over.change, order) };
  return replacesWithin(over, edit.node, edit.name) ? within(edit, order) : edit;
}

function listOver(edit: ListEdit, over: Edit, order: Order): Transformed {
  if (isListEdit(over) && over.node === edit.node && over.name === edit.name) return transformedItem(edit, over, order);
  return replacesWithin(over, edit.node, edit.name) ? within(edit, order) : edit;
}

// Earlier: the later value stands. Later: it was made on what is gone.
function within(edit: EditOf<'text.edit'> | ListEdit, order: Order): Transformed {
  return order === 'before' ? undefined : replaced(edit.node === undefined ? 'the description' : `${edit.name} of ${edit.node}`);
}

// Whether an edit puts something else in the place of what is in a setting, or in the description.
function replacesWithin(over: Edit, node: string | undefined, name: string): boolean {
  if (node === undefined) return over.do === 'design.set' && over.description !== undefined;
  if (over.do === 'node.set') return over.id === node && over.settings !== undefined && Object.hasOwn(over.settings, name);
  if (over.do === 'node.kind') return over.id === node;
  return (over.do === 'text.edit' || isListEdit(over)) && over.node === node && over.name === name;
}

// Later wins, so it stays; taking away what is already gone is done.
function laterOver(edit: Edit, over: Edit): Transformed {
  const gone =
    (edit.do === 'node.delete' || edit.do === 'disconnect' || edit.do === 'group.delete') &&
    over.do === edit.do &&
    over.id === edit.id;
  return gone ? undefined : edit;
}

// What the later one says again is no longer said.
function earlierOver(edit: Edit, over: Edit): Transformed {
  switch (edit.do) {
    case 'node.move':
    case 'node.resize':
      return over.do === edit.do && over.id === edit.id ? undefined : edit;
    case 'group.assign':
      return assignOver(edit, over);
    case 'node.set':
      return setOver(edit, over);
    case 'node.kind':
      return kindOver(edit, over);
    case 'connection.set':
    case 'connection.rewire':
      return over.do === edit.do && over.id === edit.id ? unsaid(edit, over, ['do', 'id']) : edit;
    case 'group.add':
      return groupAddOver(edit, over);
    case 'group.set':
      return groupSetOver(edit, over);
    case 'design.set':
      return designSetOver(edit, over);
    case 'node.delete':
    case 'disconnect':
    case 'group.delete':
      return over.do === edit.do && over.id === edit.id ? undefined : edit;
    default:
      return edit;
  }
}

/** The fields the other one has as well are left out; undefined when none is left. */
export function unsaid<E extends Edit>(edit: E, over: Edit, always: readonly string[]): E | undefined {
  const kept = Object.entries(edit).filter(([name]) => always.includes(name) || !Object.hasOwn(over, name));
  return kept.length > always.length ? (Object.fromEntries(kept) as E) : undefined;
}

function setOver(edit: EditOf<'node.set'>, over: Edit): Transformed {
  const { settings, ...rest } = edit;
  const said = namesSaid(edit.id, over);
  if (over.do !== 'node.set' && said === undefined) return edit;
  if (over.do === 'node.set' && over.id !== edit.id) return edit;
  const names = settings === undefined || said === 'all' ? [] : Object.entries(settings).filter(([name]) => !said?.has(name));
  const { settings: _others, ...fields } = over as EditOf<'node.set'>;
  const left = over.do === 'node.set' ? unsaid(rest, fields, ['do', 'id']) : rest;
  if (names.length > 0) return { do: 'node.set', id: edit.id, ...left, settings: Object.fromEntries(names) };
  return left === undefined || Object.keys(left).length === 2 ? undefined : left;
}

// The settings of a node that an edit gives a value.
function namesSaid(node: string, over: Edit): ReadonlySet<string> | 'all' | undefined {
  if (over.do === 'node.set' && over.id === node) return new Set(Object.keys(over.settings ?? {}));
  if (over.do === 'node.kind' && over.id === node) return 'all';
  return undefined;
}

function kindOver(edit: EditOf<'node.kind'>, over: Edit): Transformed {
  if (over.do === 'node.kind') return over.id === edit.id ? undefined : edit;
  if (over.do === 'node.set' && over.id === edit.id)
    return over.settings === undefined ? edit : { ...edit, settings: { ...edit.settings, ...over.settings } };
  return edit;
}

function assignOver(edit: EditOf<'group.assign'>, over: Edit): Transformed {
  if (over.do === 'group.assign' && over.node === edit.node) return undefined;
  return over.do === 'group.delete' && over.id === edit.group ? { ...edit, group: null } : edit;
}

function groupAddOver(edit: EditOf<'group.add'>, over: Edit): Transformed {
  if (over.do !== 'group.delete' || over.id !== edit.group.parent) return edit;
  const { parent: _gone, ...group } = edit.group;
  return { do: 'group.add', group };
}

function groupSetOver(edit: EditOf<'group.set'>, over: Edit): Transformed {
  if (over.do === 'group.set' && over.id === edit.id) return unsaid(edit, over, ['do', 'id']);
  return over.do === 'group.delete' && over.id === edit.parent ? { ...edit, parent: null } : edit;
}

function designSetOver(edit: EditOf<'design.set'>, over: Edit): Transformed {
  return over.do === 'design.set' ? unsaid(edit, over, ['do']) : edit;
}

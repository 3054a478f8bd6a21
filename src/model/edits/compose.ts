import type { Edit, EditOf } from './edit.ts';
import { composedChange } from './text-change.ts';

/**
 * E41  The same in fewer edits: what follows at once on an edit of the same thing becomes one with it. Applied where the given
 * edits apply, the composed ones lead to the same design.
 */
export function compose(edits: readonly Edit[]): Edit[] {
  const composed: Edit[] = [];
  for (const edit of edits) {
    const last = composed.at(-1);
    const one = last === undefined ? undefined : joined(last, edit);
    if (one === undefined) composed.push(edit);
    else composed.splice(-1, 1, ...one);
  }
  return composed;
}

// Two edits as fewer; undefined when they stay two.
function joined(first: Edit, then: Edit): readonly Edit[] | undefined {
  if (first.do === 'node.add') return ontoNew(first, then);
  if (first.do === 'connect') return then.do === 'disconnect' && then.id === first.connection.id ? [] : undefined;
  if (first.do === 'group.add') return then.do === 'group.delete' && then.id === first.group.id ? [] : undefined;
  if (first.do !== then.do) return undefined;
  const one = sameKind(first, then);
  return one === undefined ? undefined : [one];
}

function ontoNew(first: EditOf<'node.add'>, then: Edit): readonly Edit[] | undefined {
  const { id } = first.node;
  if (then.do === 'node.delete' && then.id === id) return [];
  if (then.do === 'node.move' && then.id === id) {
    const { at: _before, ...rest } = first;
    return [{ ...rest, ...(then.at !== undefined && { at: then.at }) }];
  }
  if (then.do !== 'node.set' || then.id !== id) return undefined;
  const { do: _does, id: _id, settings, ...set } = then;
  const merged = { ...first.node.settings, ...settings };
  return [{ ...first, node: { ...first.node, ...set, ...(settings !== undefined && { settings: merged }) } }];
}

function sameKind(first: Edit, then: Edit): Edit | undefined {
  switch (then.do) {
    case 'node.move':
    case 'node.resize':
      return (first as typeof then).id === then.id ? then : undefined;
    case 'group.assign':
      return (first as typeof then).node === then.node ? then : undefined;
    case 'connection.set':
    case 'connection.rewire':
    case 'group.set':
      return (first as typeof then).id === then.id ? ({ ...first, ...then } as Edit) : undefined;
    case 'design.set':
      return { ...(first as typeof then), ...then };
    case 'node.set':
      return setTwice(first as typeof then, then);
    case 'text.edit':
      return typedOn(first as typeof then, then);
    case 'list.set': {
      const before = first as typeof then;
      return before.node === then.node && before.name === then.name && before.at === then.at ? then : undefined;
    }
    default:
      return undefined;
  }
}

function setTwice(first: EditOf<'node.set'>, then: EditOf<'node.set'>): Edit | undefined {
  if (first.id !== then.id) return undefined;
  const settings =
    first.settings === undefined && then.settings === undefined ? undefined : { ...first.settings, ...then.settings };
  return { ...first, ...then, ...(settings !== undefined && { settings }) };
}

// Typing goes on: the way back is then one as well, and says whether the text was written out at all before.
function typedOn(first: EditOf<'text.edit'>, then: EditOf<'text.edit'>): Edit | undefined {
  if (first.node !== then.node || first.name !== then.name) return undefined;
  const { unset: _first, ...rest } = first;
  return { ...rest, change: composedChange(first.change, then.change), ...(then.unset !== undefined && { unset: true }) };
}

import { type Edit, type EditOf, isListEdit, type Refusal } from './edit.ts';
import { type Rebased, rebaseBy, type Transformed, transform, unsaid } from './transform.ts';

/**
 * E42  The edits that take a transaction back after others have gone on: its inverse, as if it had followed at once, carried over what came
 * since. What others have set or typed since stays theirs; what they have built on is not taken away, and told.
 *
 * @param inverse of the transaction, in the order to apply it.
 * @param since what was committed after it, oldest first.
 * @returns the edits to commit with `atomic: false`, since what they need may be gone; `left` with the numbers of the inverse; `over`,
 *   what came since as it is after the inverse: what an older step is carried over in turn.
 */
export function undoEdits(inverse: readonly Edit[], since: readonly (readonly Edit[])[]): Rebased {
  return rebaseBy(inverse, since.flat(), 'before', (edit, over, order) => yielded(edit, over) ?? transform(edit, over, order));
}

const changedSince = (id: string): Refusal => ({
  code: 'REPLACED',
  message: `others have changed ${id} since`,
  pointer: '/id',
});

// Where taking back would take away what came after; undefined when it would not.
function yielded(edit: Edit, over: Edit): Transformed {
  switch (edit.do) {
    case 'node.delete':
    case 'disconnect':
    case 'group.delete':
      return touches(over, edit) ? changedSince(edit.id) : undefined;
    case 'node.kind':
      return typedIn(over, edit.id) === undefined ? undefined : changedSince(edit.id);
    case 'node.set':
      return setYielded(edit, over);
    case 'design.set':
      return over.do === 'text.edit' && over.node === undefined && edit.description !== undefined
        ? (unsaid(edit, { do: 'design.set', description: '' }, ['do']) ?? changedSince('the description'))
        : undefined;
    default:
      return undefined;
  }
}

// The setting of a node that somebody has typed in.
function typedIn(over: Edit, node: string): string | undefined {
  return (over.do === 'text.edit' || isListEdit(over)) && over.node === node ? over.name : undefined;
}

function setYielded(edit: EditOf<'node.set'>, over: Edit): Transformed {
  const name = typedIn(over, edit.id);
  if (name === undefined || edit.settings === undefined || !Object.hasOwn(edit.settings, name)) return undefined;
  const { settings, ...rest } = edit;
  const kept = Object.entries(settings).filter(([other]) => other !== name);
  if (kept.length > 0) return { ...rest, settings: Object.fromEntries(kept) };
  return Object.keys(rest).length > 2 ? rest : changedSince(`${name} of ${edit.id}`);
}

function touches(edit: Edit, { do: does, id }: EditOf<'node.delete' | 'disconnect' | 'group.delete'>): boolean {
  if (does === 'disconnect') return (edit.do === 'connection.set' || edit.do === 'connection.rewire') && edit.id === id;
  if (does === 'group.delete')
    return (
      (edit.do === 'group.set' && (edit.id === id || edit.parent === id)) ||
      (edit.do === 'group.add' && edit.group.parent === id) ||
      (edit.do === 'group.assign' && edit.group === id)
    );
  switch (edit.do) {
    case 'node.set':
    case 'node.kind':
    case 'node.move':
    case 'node.resize':
      return edit.id === id;
    case 'text.edit':
    case 'list.insert':
    case 'list.set':
    case 'list.delete':
    case 'list.move':
    case 'group.assign':
      return edit.node === id;
    case 'connect':
      return edit.connection.from.node === id || edit.connection.to.node === id;
    case 'connection.rewire':
      return edit.from?.node === id || edit.to?.node === id;
    default:
      return false;
  }
}

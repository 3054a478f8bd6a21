import type { EditOf, ListEdit } from './edit.ts';

/**
 * What becomes of places in a list when another edit of it comes first. An item is at an index; what is put in goes into a gap, of which
 * there is one before each item and one at the end. Of two that go into the same gap, the one that is earlier in the order of the
 * server stands at the left.
 */

/** An edit of a list over another of the same list; undefined when nothing is left to do. */
export function transformedItem(edit: ListEdit, over: ListEdit, order: 'after' | 'before'): ListEdit | undefined {
  switch (edit.do) {
    case 'list.insert':
      return { ...edit, at: gapAfter(edit.at, over, order) };
    case 'list.set': {
      const set = over.do === 'list.set' && over.at === edit.at && order === 'before';
      const at = set ? undefined : itemAfter(edit.at, over);
      return at === undefined ? undefined : { ...edit, at };
    }
    case 'list.delete': {
      const at = itemAfter(edit.at, over);
      return at === undefined ? undefined : { ...edit, at };
    }
    case 'list.move':
      return moveAfter(edit, over, order);
  }
}

type Move = EditOf<'list.move'>;

// The gap a move leads to, counted with the item still where it was.
const gapOf = ({ from, to }: Move): number => (to > from ? to + 1 : to);

function moveAfter(edit: Move, over: ListEdit, order: 'after' | 'before'): Move | undefined {
  if (edit.from === edit.to) return undefined;
  if (over.do === 'list.move' && over.from === edit.from && over.from !== over.to && order === 'before') return undefined;
  const from = itemAfter(edit.from, over);
  if (from === undefined) return undefined;
  const gap = gapAfter(gapOf(edit), over, order);
  return { ...edit, from, to: gap > from ? gap - 1 : gap };
}

/** Where an item is then; undefined when it is gone. */
function itemAfter(at: number, over: ListEdit): number | undefined {
  switch (over.do) {
    case 'list.insert':
      return at >= over.at ? at + 1 : at;
    case 'list.delete':
      return at === over.at ? undefined : at > over.at ? at - 1 : at;
    case 'list.set':
      return at;
    case 'list.move': {
      if (at === over.from) return over.to;
      const rest = at > over.from ? at - 1 : at;
      return rest >= over.to ? rest + 1 : rest;
    }
  }
}

/** Where a gap is then. */
function gapAfter(gap: number, over: ListEdit, order: 'after' | 'before'): number {
  switch (over.do) {
    case 'list.insert':
      return behind(gap, over.at, order) ? gap + 1 : gap;
    case 'list.delete':
      return gap > over.at ? gap - 1 : gap;
    case 'list.set':
      return gap;
    case 'list.move': {
      // Moved to where it is, it has moved nothing.
      if (over.from === over.to) return gap;
      const rest = gap > over.from ? gap - 1 : gap;
      return behind(rest, over.to, order) ? rest + 1 : rest;
    }
  }
}

const behind = (gap: number, other: number, order: 'after' | 'before'): boolean =>
  gap > other || (gap === other && order === 'after');

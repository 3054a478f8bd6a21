import type { Kinds } from '#model/component.ts';
import type { Connection, DesignBody } from '#model/design.ts';
import type { Comparison, FieldChange } from '#model/merging/history.ts';
import { nameOf } from '../design/edits.ts';
import { wordsOf } from '../inspector/form-schema.ts';

/** How something differs: it came since, is gone since, or is otherwise now. */
export type Mark = 'added' | 'removed' | 'changed';

/** One difference in words, and what it speaks of. */
export interface Difference {
  readonly key: string;
  readonly mark: Mark;
  readonly about: 'node' | 'wire' | 'group' | 'design';
  readonly id: string;
  readonly text: string;
}

/** What a mark is called, and the sign that stands for it beside its colour. */
export const signs: Readonly<Record<Mark, { readonly sign: string; readonly word: string }>> = {
  added: { sign: '+', word: 'Added since' },
  removed: { sign: '−', word: 'Removed since' },
  changed: { sign: '≠', word: 'Changed since' },
};

type Named = Pick<DesignBody, 'nodes' | 'canvas'>;

/**
 * A comparison as a list for people, what came and went first.
 *
 * @param was the state looked at, which names what is gone.
 * @param is the present one.
 */
export function differencesOf(changes: Comparison, was: Named, is: Named, kinds: Kinds): readonly Difference[] {
  const named = (id: string): string => nameOf(is.nodes[id] ?? was.nodes[id], kinds);
  const wire = ({ from, to }: Connection): string => `wire ${named(from.node)} · ${from.port} → ${named(to.node)} · ${to.port}`;
  const group = (id: string | undefined): string =>
    id === undefined ? 'no group' : `“${is.canvas.groups?.[id]?.title || was.canvas.groups?.[id]?.title || id}”`;
  const { nodes, connections, groups, design } = changes;
  const made: Difference[] = [];
  const add = (about: Difference['about'], mark: Mark, id: string, text: string): void => {
    made.push({ key: `${about}/${id}/${made.length}`, mark, about, id, text });
  };
  for (const { id } of nodes.added) add('node', 'added', id, named(id));
  for (const { id } of nodes.removed) add('node', 'removed', id, named(id));
  for (const one of connections.added) add('wire', 'added', one.id, wire(one));
  for (const one of connections.removed) add('wire', 'removed', one.id, wire(one));
  for (const { id } of groups.added) add('group', 'added', id, `group ${group(id)}`);
  for (const { id } of groups.removed) add('group', 'removed', id, `group ${group(id)}`);
  for (const { id, from, to } of connections.rewired)
    add('wire', 'changed', id, `${wire(from)} now leads ${leadsTo(from, to, named)}`);
  for (const { id, fields } of nodes.changed)
    for (const one of fields) add('node', 'changed', id, `${named(id)}: ${fieldWords(one)}`);
  for (const { id, fields } of connections.changed)
    for (const one of fields) add('wire', 'changed', id, `wire ${id}: ${fieldWords(one)}`);
  for (const { id, fields } of groups.changed)
    for (const one of fields) add('group', 'changed', id, `group ${group(id)}: ${fieldWords(one)}`);
  for (const { node, from, to } of groups.assigned)
    add('node', 'changed', node, `${named(node)}: from ${group(from)} to ${group(to)}`);
  for (const { id, fromSize, toSize, from, to } of nodes.moved)
    add('node', 'changed', id, `${named(id)} ${movedWords(from !== undefined || to !== undefined, fromSize ?? toSize)}`);
  for (const one of design) add('design', 'changed', one.field, fieldWords(one));
  return made;
}

function movedWords(moved: boolean, size: unknown): string {
  if (size === undefined) return 'is elsewhere';
  return moved ? 'is elsewhere and of another size' : 'is of another size';
}

function leadsTo(from: Connection, to: Connection, named: (id: string) => string): string {
  const differs = (side: 'from' | 'to') => JSON.stringify(from[side]) !== JSON.stringify(to[side]);
  const words = [
    differs('from') && `from ${named(to.from.node)} · ${to.from.port}`,
    differs('to') && `to ${named(to.to.node)} · ${to.to.port}`,
  ];
  return words.filter(Boolean).join(' ');
}

const longestValue = 40;

function fieldWords(change: FieldChange): string {
  const name = wordsOf(change.field.replace(/^settings\//, '')).toLowerCase();
  const long = [change.from, change.to].some((value) => typeof value === 'string' && value.length > longestValue);
  return long ? `${name} is another text` : `${name} ${valueWords(change.from)} → ${valueWords(change.to)}`;
}

function valueWords(value: unknown): string {
  if (value === undefined || value === '') return '(nothing)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}

/** How much differs, in words. */
export function countWords(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'The same as now';
  const count = (mark: Mark) => differences.filter((one) => one.mark === mark).length;
  const parts = [
    [count('added'), 'added'],
    [count('removed'), 'removed'],
    [count('changed'), 'changed'],
  ] as const;
  return `Since then ${parts.flatMap(([number, word]) => (number > 0 ? [`${number} ${word}`] : [])).join(', ')}`;
}

import type { MergeConflict } from '#model/merging/history.ts';
import type { Choices } from '../client/history-client.ts';

/** A conflict as a person sees it: a question, and what each side has. */

/** What one side has, in words. */
export function sideWords(conflict: MergeConflict, side: 'ours' | 'theirs' | 'base'): string {
  if (!Object.hasOwn(conflict, side) || conflict[side] === undefined) return 'not there';
  const value: unknown = conflict[side];
  if (conflict.field === undefined && typeof value === 'object') return 'there';
  if (value === '') return '(nothing)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Conflicts that hold the merge up until a side is chosen. */
export const openOnes = (conflicts: readonly MergeConflict[], chosen: Choices): readonly MergeConflict[] =>
  conflicts.filter(({ key, minor }) => minor !== true && chosen[key] === undefined);

/** What is still to be asked after some was chosen: what came up anew stands beside what was there, once each. */
export function withNew(before: readonly MergeConflict[], told: readonly MergeConflict[]): readonly MergeConflict[] {
  const known = new Set(before.map(({ key }) => key));
  return [...before, ...told.filter(({ key }) => !known.has(key))];
}

/** Only choices for conflicts that are told: a choice for any other is refused. */
export function choicesFor(conflicts: readonly MergeConflict[], chosen: Choices): Choices {
  return Object.fromEntries(Object.entries(chosen).filter(([key]) => conflicts.some((one) => one.key === key)));
}

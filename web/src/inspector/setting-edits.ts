import { sameJson } from '#model/edits/diff.ts';
import type { Edit } from '#model/edits/edit.ts';
import { changeBetween } from '#model/edits/text-change.ts';
import { listEdits } from './list-edits.ts';

type Settings = Readonly<Record<string, unknown>>;

/**
 * E35  The edits that make settings of others, both with their defaults filled in: a text and a list are changed from within, so that what
 * somebody else does there stays; anything else is set.
 */
export function settingEdits(node: string, before: Settings, after: Settings, defaults: Settings): readonly Edit[] {
  const edits: Edit[] = [];
  const set: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[name], after[name]];
    if (sameJson(was, is)) continue;
    const within = withinEdits(node, name, was, is);
    if (within !== undefined) edits.push(...within);
    else set[name] = is === undefined || sameJson(is, defaults[name]) ? null : is;
  }
  return Object.keys(set).length === 0 ? edits : [...edits, { do: 'node.set', id: node, settings: set }];
}

function withinEdits(node: string, name: string, was: unknown, is: unknown): readonly Edit[] | undefined {
  if (isText(was) && isText(is)) return [textEdit(node, name, was, is)];
  return Array.isArray(was) && Array.isArray(is) ? listEdits(node, name, was, is) : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** What changes a text setting from within; without a node the description of the design. */
export function textEdit(node: string | undefined, name: string, was: string, is: string): Edit {
  const change = changeBetween(was, is);
  // Back at its default it is as if it had never been written out.
  return node === undefined ? { do: 'text.edit', name, change } : { do: 'text.edit', node, name, change, unset: true };
}

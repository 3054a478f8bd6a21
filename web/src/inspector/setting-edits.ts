import { sameJson } from '#model/diff.ts';
import type { Edit } from '#model/edit.ts';
import { changeBetween } from '#model/text-change.ts';

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
    const within = isText(was) && isText(is) ? textEdit(node, name, was, is) : listEdit(node, name, was, is);
    if (within !== undefined) edits.push(within);
    else set[name] = is === undefined || sameJson(is, defaults[name]) ? null : is;
  }
  return Object.keys(set).length === 0 ? edits : [...edits, { do: 'node.set', id: node, settings: set }];
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** What changes a text setting from within; without a node the description of the design. */
export function textEdit(node: string | undefined, name: string, was: string, is: string): Edit {
  const change = changeBetween(was, is);
  // Back at its default it is as if it had never been written out.
  return node === undefined ? { do: 'text.edit', name, change } : { do: 'text.edit', node, name, change, unset: true };
}

// One item put in, taken out or changed; anything more is set as a whole.
function listEdit(node: string, name: string, was: unknown, is: unknown): Edit | undefined {
  if (!Array.isArray(was) || !Array.isArray(is)) return undefined;
  const more = is.length - was.length;
  if (Math.abs(more) > 1) return undefined;
  let at = 0;
  while (at < Math.min(was.length, is.length) && sameJson(was[at], is[at])) at++;
  const rest = (list: readonly unknown[], from: number) => list.slice(from);
  const item: unknown = is[at];
  if (more === 1 && sameJson(rest(is, at + 1), rest(was, at))) return { do: 'list.insert', node, name, at, item, unset: true };
  if (more === -1 && sameJson(rest(is, at), rest(was, at + 1))) return { do: 'list.delete', node, name, at, unset: true };
  if (more === 0 && sameJson(rest(is, at + 1), rest(was, at + 1))) return { do: 'list.set', node, name, at, item, unset: true };
  return undefined;
}

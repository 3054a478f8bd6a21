import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { withDefaults } from '#model/settings.ts';
import { textEdit } from '../inspector/setting-edits.ts';
import { onTop, type Typed } from '../inspector/typed-text.ts';

/** E52  What is typed and is no change yet, because the person has not rested or left the field: kept at each key. */

/** Where it is typed. */
export type DraftOf =
  | { readonly is: 'description' }
  | { readonly is: 'label'; readonly node: string }
  | { readonly is: 'setting'; readonly node: string; readonly name: string };

export interface Draft extends Typed {
  readonly of: DraftOf;
}

export interface Drafts {
  /** What is typed there now; null when it has become a change, or was given up. */
  typed(of: DraftOf, typed: Typed | null): void;
}

/** @param keep is handed all of them whenever one is otherwise. */
export function createDrafts(keep: (drafts: readonly Draft[]) => void): Drafts {
  const all = new Map<string, Draft>();
  return {
    typed(of, typed) {
      const key = JSON.stringify(of);
      if (typed === null ? !all.delete(key) : typed.base === typed.text && !all.has(key)) return;
      if (typed !== null) all.set(key, { of, ...typed });
      keep([...all.values()]);
    },
  };
}

/** The change that a draft was about to become, on the design as it is now; none when it is there already. */
export function draftChange(
  { of, base, text }: Draft,
  body: DesignBody,
  kinds: Kinds,
): { label: string; edits: readonly Edit[] } {
  if (of.is === 'description') {
    const is = onTop({ base, text }, body.description).text;
    const edit = textEdit(undefined, 'description', body.description, is);
    return { label: 'change description', edits: text === body.description || is === body.description ? [] : [edit] };
  }
  const node = body.nodes[of.node];
  const spec = kinds.get(node?.kind ?? '');
  const named = node?.label || spec?.title || of.node;
  if (of.is === 'label') {
    const edit: Edit = { do: 'node.set', id: of.node, label: text };
    return { label: `change name of ${named}`, edits: text === node?.label ? [] : [edit] };
  }
  const settings = spec === undefined ? (node?.settings ?? {}) : withDefaults(spec, node?.settings ?? {});
  const now = settings[of.name];
  const before = typeof now === 'string' ? now : '';
  const is = node === undefined ? text : onTop({ base, text }, before).text;
  const edits = text === before || is === before ? [] : [textEdit(of.node, of.name, before, is)];
  return { label: `change settings of ${named}`, edits };
}

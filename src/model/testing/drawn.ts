import { type DesignBody, emptyDesign } from '#model/design.ts';
import { apply, applyAll } from '#model/edits/apply.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import { testKinds } from '#model/testing.ts';

/** Small designs of the test kinds, in few words. */

export const add = (id: string, kind: string, settings = {}): Edit => ({ do: 'node.add', node: { id, kind, settings } });
/** From and to as `node.port`. */
export const wire = (id: string, from: string, to: string): Edit => {
  const end = (text: string): { node: string; port: string } => {
    const [node = '', port = ''] = text.split('.');
    return { node, port };
  };
  return { do: 'connect', connection: { id, from: end(from), to: end(to) } };
};

export function made(...edits: Edit[]): DesignBody {
  const applied = applyAll(emptyDesign('d'), edits, testKinds);
  if (!applied.ok) throw new Error(applied.refusal.message);
  return applied.design;
}

/** Why an edit of a design is refused; anything may be tried. */
export function refusal(design: DesignBody, edit: unknown): Refusal {
  const applied = apply(design, edit as Edit, testKinds);
  if (applied.ok) throw new Error('was applied');
  return applied.refusal;
}

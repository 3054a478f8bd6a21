import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { apply } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';

/**
 * E19  Edits as they were applied, as they are written down: which connections go when a node becomes one of another kind is for the
 * catalogue of today to say, so the log says it itself, before the edit.
 */
export function explicitKinds(design: DesignBody, edits: readonly Edit[], kinds: Kinds): readonly Edit[] {
  if (!edits.some((edit) => edit.do === 'node.kind')) return edits;
  let at = design;
  return edits.flatMap((edit): Edit[] => {
    const applied = apply(at, edit, kinds);
    if (!applied.ok) return [edit];
    const lost = edit.do === 'node.kind' ? Object.keys(at.connections).filter((id) => !hasOwn(applied.design, id)) : [];
    at = applied.design;
    return [...lost.map((id): Edit => ({ do: 'disconnect', id })), edit];
  });
}

const hasOwn = ({ connections }: DesignBody, id: string): boolean => Object.hasOwn(connections, id);

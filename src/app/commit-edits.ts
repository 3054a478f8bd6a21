import { apply } from '#model/apply.ts';
import type { Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edit.ts';
import type { Changed } from '#store/designs.ts';
import { type Change, changeDesign, type Terms } from './change-design.ts';
import type { Caller, Work } from './parts.ts';

/**
 * Applies edits to a design, all or none; in the answer every default is filled in.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function commitEdits(
  work: Work,
  caller: Caller,
  id: string,
  edits: readonly Edit[],
  terms: Terms = {},
): Promise<Change> {
  return await changeDesign(work, caller, id, terms, (design) => applied(design, edits, work.catalog));
}

/** E2  All or none; the pointer of a refusal starts with the number of the edit at fault. */
export function applied(design: Design, edits: readonly Edit[], kinds: Kinds): Changed {
  let at = design;
  const filled: Edit[] = [];
  const inverses: (readonly Edit[])[] = [];
  for (const [number, edit] of edits.entries()) {
    const next = apply(at, edit, kinds);
    if (!next.ok) return { ok: false, refusal: { ...next.refusal, pointer: `/${number}${next.refusal.pointer}` } };
    at = next.design;
    filled.push(withDefaults(edit, at));
    inverses.push(next.inverse);
  }
  return { ok: true, design: at, edits: filled, inverse: inverses.reverse().flat() };
}

// What an edit left open is what the design holds after it: others who apply it must come to the same.
function withDefaults(edit: Edit, after: Design): Edit {
  if (edit.do === 'node.add') {
    const node = after.nodes[edit.node.id];
    return node === undefined ? edit : { ...edit, node };
  }
  if (edit.do === 'connect') {
    const connection = after.connections[edit.connection.id];
    return connection === undefined ? edit : { ...edit, connection };
  }
  return edit;
}

/** What others did to a design after `rev` and before `until`, oldest first. */
export async function editsBetween({ designs }: Work, _caller: Caller, id: string, rev: number, until: number): Promise<Edit[]> {
  if (rev + 1 >= until) return [];
  return (await designs.editsSince(id, rev)).filter((entry) => entry.rev < until).flatMap(({ edits }) => edits);
}

import type { Caller, Work } from '#app/parts.ts';
import { type Design, type DesignBody, emptyDesign } from '#model/design.ts';
import { strayFault } from '#model/edits/diff.ts';
import type { Refusal } from '#model/edits/edit.ts';
import type { NewDesign as StoredAs } from '#store/designs/designs.ts';
import { drawnAs } from './drawn-as.ts';

/** A design to be made: at least its name. */
export type NewDesign = Pick<DesignBody, 'name'> & {
  readonly [F in Exclude<keyof DesignBody, 'name'>]?: DesignBody[F] | undefined;
};

export type Created =
  | { readonly is: 'created'; readonly design: Design }
  /** The pointer is into the given body. */
  | { readonly is: 'refused'; readonly refusal: Refusal };

/** Makes a design. It is drawn by edits like any other, so the same rules hold. */
export async function createDesign(work: Work, caller: Caller, given: NewDesign): Promise<Created> {
  const empty = emptyDesign(given.name);
  const wanted: DesignBody = {
    name: given.name,
    description: given.description ?? '',
    nodes: given.nodes ?? {},
    connections: given.connections ?? {},
    canvas: given.canvas ?? empty.canvas,
  };
  const stray = strayFault(wanted);
  if (stray !== undefined) return { is: 'refused', refusal: stray };
  const drawn = drawnAs(empty, wanted, work.catalog);
  if (!drawn.ok) return { is: 'refused', refusal: drawn.refusal };
  return { is: 'created', design: await storeDesign(work, caller, drawn.design) };
}

/** Stores a body known to be valid as a new design, perhaps as a branch. */
export async function storeDesign(
  { designs, newId }: Work,
  caller: Caller,
  body: DesignBody,
  branch?: StoredAs['branch'],
): Promise<Design> {
  return await designs.create({ id: newId(), body, branch, ...caller, txId: newId() });
}

import type { Edit } from '#model/edits/edit.ts';
import { rebase } from '#model/edits/transform.ts';

/** E47  What came of this person's edits where others were in the way: told in a line, and listed, to be looked at later too. Pure. */
export interface Note {
  readonly id: string;
  readonly is: 'taken-back' | 'overtaken' | 'stands' | 'left';
  readonly text: string;
  readonly atMs: number;
  /** Nodes, wires and groups it is about, whether they are there or not. */
  readonly about: readonly string[];
  readonly offer?: Offer;
  /** What it offers was done. */
  readonly taken?: true;
  readonly seen?: true;
}

/** What a person can choose then. */
export interface Offer {
  /** On its button: `Restore with my edit`. */
  readonly word: string;
  /** What it does, as it reads after "Undo ". */
  readonly label: string;
  /** As they apply on the design as shown; what does not fit is left out. */
  readonly edits: readonly Edit[];
}

/** The oldest beyond these go. */
export const mostNotes = 100;
const mostAbout = 20;

/** E48  What is offered stays right whatever is done meanwhile: it is carried over these edits, which came after it. The same list when nothing differs. */
export function carryOffers(notes: readonly Note[], over: readonly Edit[]): readonly Note[] {
  if (over.length === 0 || notes.every(isDone)) return notes;
  let same = true;
  const carried = notes.map((note): Note => {
    const { offer, ...rest } = note;
    if (offer === undefined || isDone(note)) return note;
    const edits = rebase(offer.edits, over, 'after').edits.map(({ edit }) => edit);
    if (edits.length === offer.edits.length && edits.every((edit, at) => edit === offer.edits[at])) return note;
    same = false;
    return edits.length === 0 ? rest : { ...rest, offer: { ...offer, edits } };
  });
  return same ? notes : carried;
}

const isDone = ({ offer, taken }: Note): boolean => offer === undefined || taken === true;

/** The newest first. */
export const withNotes = (notes: readonly Note[], more: readonly Note[]): readonly Note[] =>
  more.length === 0 ? notes : [...more.toReversed(), ...notes].slice(0, mostNotes);

/** What edits are about, as far as a list of it is of use to a person. */
export function aboutOf(edits: readonly Edit[]): readonly string[] {
  const ids = edits.flatMap((edit): readonly (string | undefined)[] => {
    if (edit.do === 'connect') return [edit.connection.id, edit.connection.from.node, edit.connection.to.node];
    if (edit.do === 'node.add') return [edit.node.id];
    if (edit.do === 'group.add') return [edit.group.id];
    if ('id' in edit) return [edit.id];
    return 'node' in edit ? [edit.node] : [];
  });
  return [...new Set(ids.filter((id) => id !== undefined))].slice(0, mostAbout);
}

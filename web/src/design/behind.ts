import type { Edit, Refusal } from '#model/edits/edit.ts';
import type { CommittedTx } from '#model/edits/tx.ts';

/** E33  Who is behind it when an edit of this person is no longer possible, and what would restore both works. Pure. */

/** What somebody else has done, with what takes it back. */
export interface Theirs {
  readonly tx: CommittedTx;
  readonly inverse: readonly Edit[];
}

interface Needs {
  readonly nodes: ReadonlySet<string>;
  readonly wires: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/** The elements that edits work on and do not make themselves. */
export function needsOf(edits: readonly Edit[]): Needs {
  const needs = { nodes: new Set<string>(), wires: new Set<string>(), groups: new Set<string>() };
  const made = new Set<string>();
  for (const edit of edits) {
    if (edit.do === 'node.add') made.add(edit.node.id);
    for (const [of, id] of worksOn(edit)) if (!made.has(id)) needs[of].add(id);
  }
  return needs;
}

type Worked = readonly [keyof Needs, string];

function worksOn(edit: Edit): readonly Worked[] {
  switch (edit.do) {
    case 'node.add':
    case 'design.set':
    case 'group.add':
      return [];
    case 'connect':
      return [
        ['nodes', edit.connection.from.node],
        ['nodes', edit.connection.to.node],
      ];
    case 'disconnect':
    case 'connection.set':
    case 'connection.rewire':
      return [['wires', edit.id]];
    case 'group.set':
    case 'group.delete':
      return [['groups', edit.id]];
    case 'node.move':
    case 'node.resize':
    case 'node.set':
    case 'node.kind':
    case 'node.delete':
      return [['nodes', edit.id]];
    default:
      return edit.node === undefined ? [] : [['nodes', edit.node]];
  }
}

/** The latest change of somebody else that stands in the way of these edits; undefined when none is known. */
export function behind(edits: readonly Edit[], refusal: Refusal, recent: readonly Theirs[]): Theirs | undefined {
  if (refusal.since !== undefined) {
    const told = recent.find(({ tx }) => tx.txId === refusal.since?.txId);
    if (told !== undefined) return told;
  }
  const needs = needsOf(edits);
  const stands = refusal.code === 'PORT_TAKEN' || refusal.code === 'ID_TAKEN' ? inTheWay(edits, refusal) : () => false;
  const took = (edit: Edit) =>
    (edit.do === 'node.add' && needs.nodes.has(edit.node.id)) ||
    (edit.do === 'connect' && needs.wires.has(edit.connection.id)) ||
    (edit.do === 'group.add' && needs.groups.has(edit.group.id));
  return recent.findLast(({ tx, inverse }) => inverse.some(took) || tx.edits.some(stands));
}

// Whether an edit of somebody else has taken the id or the port that these edits want. A taken port is named by its connection.
function inTheWay(edits: readonly Edit[], refusal: Refusal): (theirs: Edit) => boolean {
  const nodes = new Set(edits.flatMap((edit) => (edit.do === 'node.add' ? [edit.node.id] : [])));
  const wires = new Set(edits.flatMap((edit) => (edit.do === 'connect' ? [edit.connection.id] : [])));
  const words = new Set(refusal.message.split(/[\s.,;:]+/));
  return (theirs) => {
    if (theirs.do === 'node.add') return nodes.has(theirs.node.id);
    return theirs.do === 'connect' && (wires.has(theirs.connection.id) || words.has(theirs.connection.id));
  };
}

/** Puts back what was taken away as far as these edits need it, with its wires, and then makes them; undefined when nothing was. */
export function restoring(edits: readonly Edit[], { inverse }: Theirs): readonly Edit[] | undefined {
  const { nodes, wires } = needsOf(edits);
  const ends = inverse.flatMap((edit) =>
    edit.do === 'connect' && wires.has(edit.connection.id) ? [edit.connection.from.node, edit.connection.to.node] : [],
  );
  const wanted = new Set([...nodes, ...ends]);
  const back = inverse.filter((edit) => {
    if (edit.do === 'node.add') return wanted.has(edit.node.id);
    if (edit.do === 'connect' && wires.has(edit.connection.id)) return true;
    return worksOn(edit).some(([of, id]) => of === 'nodes' && wanted.has(id));
  });
  const brings = back.some((edit) => edit.do === 'node.add' || edit.do === 'connect');
  return brings ? [...back, ...edits] : undefined;
}

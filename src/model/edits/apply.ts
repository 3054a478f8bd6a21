import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { nearestOf } from '#model/nearest.ts';
import { faultsOf, type SchemaFault } from '#model/schema-check.ts';
import { connect, disconnect, rewire, setConnection } from './connections.ts';
import { Draft, type Outcome, refused } from './draft.ts';
import { Edit, type EditOf, type Refusal } from './edit.ts';
import { addGroup, assignGroup, deleteGroup, setGroup } from './groups.ts';
import { addNode, deleteNode, moveNode, resizeNode, setKind, setNode } from './nodes.ts';
import { editList, editText } from './within.ts';

/** What became of an edit: the new design with the edits that take it back (in the order to apply them), or why not. */
export type Applied<D extends DesignBody = DesignBody> =
  | { readonly ok: true; readonly design: D; readonly inverse: readonly Edit[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** The same of several edits; `edits` are the given ones with every default filled in. */
export type AppliedAll<D extends DesignBody = DesignBody> =
  | (Extract<Applied<D>, { ok: true }> & { readonly edits: readonly Edit[] })
  | Extract<Applied<D>, { ok: false }>;

/** The same where what cannot be done is left out: the numbers of the edits that were not done, and why. */
export interface AppliedSome<D extends DesignBody = DesignBody> {
  readonly design: D;
  readonly edits: readonly Edit[];
  readonly inverse: readonly Edit[];
  readonly left: readonly { readonly number: number; readonly refusal: Refusal }[];
}

/**
 * E1  Applies one edit: pure and total. The given design is never changed; parts the edit does not touch are shared.
 *
 * @param kinds the catalogue; an edit that needs a kind it does not hold is refused, others still work.
 * @returns the new design and its inverse, or the reason nothing was changed (code, sentence, pointer into the edit).
 */
export function apply<D extends DesignBody>(design: D, edit: Edit, kinds: Kinds): Applied<D> {
  const draft = new Draft(design);
  const outcome = malformed(edit) ?? applied(draft, edit, kinds);
  if (refused(outcome)) return { ok: false, refusal: outcome };
  return { ok: true, design: { ...design, ...draft.finish() }, inverse: outcome };
}

/** E2  Applies edits in order, all or none. On refusal the pointer starts with the number of the edit at fault. */
export function applyAll<D extends DesignBody>(design: D, edits: readonly Edit[], kinds: Kinds): AppliedAll<D> {
  return allOf(applyEach(design, edits, kinds, true));
}

/** E2  Applies edits in order and leaves out those that are refused; pointers are into the single edit. */
export function applySome<D extends DesignBody>(design: D, edits: readonly Edit[], kinds: Kinds): AppliedSome<D> {
  return applyEach(design, edits, kinds, false);
}

/**
 * R12  What the log says was done, done again: nothing is held against the schemas of today, which may refuse what was fine then.
 *
 * @returns the design, or the first edit that cannot be done to it.
 */
export function replay<D extends DesignBody>(design: D, edits: readonly Edit[], kinds: Kinds): AppliedAll<D> {
  return allOf(applyEach(design, edits, kinds, true, true));
}

function allOf<D extends DesignBody>({ left: [fault], ...some }: AppliedSome<D>): AppliedAll<D> {
  if (fault === undefined) return { ok: true, ...some };
  const { refusal, number } = fault;
  return { ok: false, refusal: { ...refusal, pointer: `/${number}${refusal.pointer}` } };
}

function applyEach<D extends DesignBody>(
  design: D,
  edits: readonly Edit[],
  kinds: Kinds,
  untilRefused: boolean,
  known = false,
): AppliedSome<D> {
  const draft = new Draft(design);
  const filled: Edit[] = [];
  const inverses: (readonly Edit[])[] = [];
  const left: { number: number; refusal: Refusal }[] = [];
  for (const [number, edit] of edits.entries()) {
    const outcome = (known ? undefined : malformed(edit)) ?? applied(draft, edit, kinds);
    if (refused(outcome)) {
      left.push({ number, refusal: outcome });
      if (untilRefused) break;
      continue;
    }
    filled.push(asApplied(edit, draft));
    inverses.push(outcome);
  }
  if (filled.length === 0) return { design, edits: [], inverse: [], left };
  return { design: { ...design, ...draft.finish() }, edits: filled, inverse: inverses.reverse().flat(), left };
}

// E5: what an edit left open is what the design holds after it; others who apply it must come to the same.
function asApplied(edit: Edit, after: Draft): Edit {
  switch (edit.do) {
    case 'node.add': {
      const node = after.nodes.get(edit.node.id);
      return node === undefined ? edit : { ...edit, node };
    }
    case 'node.kind': {
      const { version, settings } = after.nodes.get(edit.id) ?? {};
      return { ...edit, ...(version !== undefined && { version }), ...(settings !== undefined && { settings }) };
    }
    case 'connect': {
      const connection = after.connection(edit.connection.id);
      return connection === undefined ? edit : { ...edit, connection };
    }
    case 'connection.rewire': {
      const { from, to } = after.connection(edit.id) ?? {};
      return { ...edit, ...(edit.from && from && { from }), ...(edit.to && to && { to }) };
    }
    default:
      return edit;
  }
}

const schemas: ReadonlyMap<unknown, (typeof Edit.anyOf)[number]> = new Map(
  Edit.anyOf.map((schema) => [schema.properties.do.const, schema]),
);

/** Characters of an unknown kind that are said again. */
const longestSaid = 60;

/** Why this is no edit at all, whatever the design; undefined when it is one. */
export function malformed(edit: Edit): Refusal | undefined {
  const schema = schemas.get(edit?.do);
  const [fault] = schema === undefined ? [noSuchEdit(edit)] : faultsOf(schema, edit);
  return fault && { code: 'EDIT_MALFORMED', message: fault.message, pointer: fault.pointer };
}

// E53: what is wrong is what it says it does, whatever else it has.
function noSuchEdit(given: unknown): SchemaFault {
  const known = [...schemas.keys()] as string[];
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { pointer: '', message: 'an edit is an object whose field do says its kind, such as node.move' };
  const { do: does } = given as { readonly do?: unknown };
  if (typeof does !== 'string') return { pointer: '/do', message: `must be the kind of the edit: ${known.join(', ')}` };
  const said = does.length > longestSaid ? `${does.slice(0, longestSaid)}…` : does;
  const near = nearestOf(said, known, 3);
  const helps = near.length > 0 ? `the nearest are ${near.join(', ')}` : `there are ${known.join(', ')}`;
  return { pointer: '/do', message: `there is no kind of edit ${JSON.stringify(said)}; ${helps}` };
}

function applied(draft: Draft, edit: Edit, kinds: Kinds): Outcome {
  switch (edit.do) {
    case 'node.add':
      return addNode(draft, edit, kinds);
    case 'node.move':
      return moveNode(draft, edit);
    case 'node.resize':
      return resizeNode(draft, edit);
    case 'node.set':
      return setNode(draft, edit, kinds);
    case 'node.kind':
      return setKind(draft, edit, kinds);
    case 'node.delete':
      return deleteNode(draft, edit);
    case 'connect':
      return connect(draft, edit, kinds);
    case 'disconnect':
      return disconnect(draft, edit);
    case 'connection.set':
      return setConnection(draft, edit, kinds);
    case 'connection.rewire':
      return rewire(draft, edit, kinds);
    case 'text.edit':
      return editText(draft, edit, kinds);
    case 'list.insert':
    case 'list.set':
    case 'list.delete':
    case 'list.move':
      return editList(draft, edit, kinds);
    case 'group.add':
      return addGroup(draft, edit);
    case 'group.set':
      return setGroup(draft, edit);
    case 'group.delete':
      return deleteGroup(draft, edit);
    case 'group.assign':
      return assignGroup(draft, edit);
    case 'design.set':
      return setDesign(draft, edit);
  }
}

function setDesign(draft: Draft, edit: EditOf<'design.set'>): Outcome {
  const { name: wasName, description: wasDescription } = draft;
  const { name, description } = edit;
  if (name !== undefined) draft.name = name;
  if (description !== undefined) draft.description = description;
  return [
    {
      do: 'design.set',
      ...(name !== undefined && { name: wasName }),
      ...(description !== undefined && { description: wasDescription }),
    },
  ];
}

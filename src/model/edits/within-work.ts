import type { DesignBody } from '#model/design.ts';
import type { Edit, Refusal } from './edit.ts';

/** Characters of settings and texts that are gone through for one transaction: about two seconds. */
const mostWithin = 10_000_000;

/**
 * E59  Each edit of a setting goes through all settings of its node, each of a text through that text. Why edits are too many of that
 * kind for one transaction, with a pointer to the first that is; undefined when they are not.
 */
export function tooMuchWithin(design: DesignBody, edits: readonly Edit[]): Refusal | undefined {
  const sizes = new Map<string, number>();
  let work = 0;
  for (const [number, edit] of edits.entries()) {
    const place = placeOf(edit);
    if (place === undefined) continue;
    const size = (sizes.get(place) ?? sizeIn(design, place)) + putIn(edit);
    sizes.set(place, size);
    work += size;
    if (work > mostWithin) return { code: 'EDIT_MALFORMED', message: tooMany, pointer: `/${number}` };
  }
  return undefined;
}

const tooMany =
  'so many changes of large settings or texts are too much for one transaction; set them as a whole, or in several transactions';

const ofDesign = '';

/** The node whose settings an edit goes through, or the description of the design. */
function placeOf(edit: Edit): string | undefined {
  switch (edit.do) {
    case 'node.add':
      return edit.node.id;
    case 'node.kind':
      return edit.id;
    case 'node.set':
      return edit.settings === undefined ? undefined : edit.id;
    case 'text.edit':
      return edit.node ?? ofDesign;
    case 'list.insert':
    case 'list.set':
    case 'list.delete':
    case 'list.move':
      return edit.node;
    default:
      return undefined;
  }
}

/** Characters that an edit puts there. */
function putIn(edit: Edit): number {
  switch (edit.do) {
    case 'node.add':
      return JSON.stringify(edit.node.settings ?? {}).length;
    case 'node.kind':
    case 'node.set':
      return JSON.stringify(edit.settings ?? {}).length;
    case 'text.edit':
      return edit.change.reduce<number>((sum, step) => sum + (typeof step === 'string' ? step.length : 0), 0);
    case 'list.insert':
    case 'list.set':
      return JSON.stringify([edit.item]).length;
    default:
      return 0;
  }
}

function sizeIn({ nodes, description }: DesignBody, place: string): number {
  if (place === ofDesign) return description.length;
  return Object.hasOwn(nodes, place) ? JSON.stringify(nodes[place]?.settings).length : 0;
}

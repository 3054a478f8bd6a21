import type { DesignBody, Group } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { freeId } from '../design/edits.ts';
import { childrenOf, isWithin, nodesIn } from './frames.ts';

/** The edits behind what a person does with groups: each gesture one transaction. */

/** Names of the colours a frame may have, as tokens.css has them. */
export const groupColours = ['blue', 'violet', 'teal', 'green', 'orange', 'pink', 'grey'] as const;

/** The colour of a frame as the page has it; a name nobody knows is grey. */
export function frameColour({ colour }: Pick<Group, 'colour'>): string {
  const known = groupColours.find((name) => name === colour);
  return `var(--frame-${known ?? 'grey'})`;
}

/** What a group is called. */
export const groupName = ({ title, id }: Pick<Group, 'id' | 'title'>): string => title || id;

/**
 * Puts a frame around nodes. Groups that are wholly within the selection go into it as they are; the new one is within the group that
 * all of them are in. Undefined when there is nothing to put together, or they are just what one group holds already.
 */
export function groupEdits(design: DesignBody, selected: readonly string[]): { id: string; edits: Edit[] } | undefined {
  const { groups = {}, members = {} } = design.canvas;
  const nodes = new Set(selected.filter((id) => Object.hasOwn(design.nodes, id)));
  const whole = new Set(Object.keys(groups).filter((id) => isWithin(nodesIn(design, id), nodes)));
  const tops = [...whole].filter((id) => !whole.has(groups[id]?.parent ?? ''));
  const loose = [...nodes].filter((id) => !whole.has(members[id] ?? ''));
  if (nodes.size === 0 || (tops.length === 1 && loose.length === 0)) return undefined;
  const outers = new Set([...tops.map((id) => groups[id]?.parent), ...loose.map((id) => members[id])]);
  const [outer] = outers;
  const parent = outers.size === 1 && outer !== undefined ? { parent: outer } : {};
  const id = freeId(groups, 'group');
  const colour = groupColours[Object.keys(groups).length % (groupColours.length - 1)] ?? 'blue';
  const add: Edit = { do: 'group.add', group: { id, title: `Group ${Object.keys(groups).length + 1}`, colour, ...parent } };
  const inner = tops.map((top): Edit => ({ do: 'group.set', id: top, parent: id }));
  const put = loose.map((node): Edit => ({ do: 'group.assign', node, group: id }));
  return { id, edits: [add, ...inner, ...put] };
}

/** Takes a frame away; what it held is then where the frame was: in the outer group, or in none. */
export function ungroupEdits(design: DesignBody, id: string): Edit[] {
  const { groups = {}, members = {} } = design.canvas;
  const outer = groups[id]?.parent;
  const gone: Edit = { do: 'group.delete', id };
  if (outer === undefined) return [gone];
  const inner = (childrenOf(groups).get(id) ?? []).map((child): Edit => ({ do: 'group.set', id: child.id, parent: outer }));
  const held = Object.entries(members).flatMap(([node, group]): Edit[] =>
    group === id ? [{ do: 'group.assign', node, group: outer }] : [],
  );
  return [...inner, ...held, gone];
}

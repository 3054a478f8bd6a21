import { designUnknown, elementUnknown } from '#app/app-errors.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Connection, DesignBody, Group, Node, Position, Size } from '#model/design.ts';
import { keyOf } from '#model/edits/touched.ts';

/** A node with what the canvas says of it. */
export type PlacedNode = Node & { readonly at?: Position; readonly size?: Size; readonly group?: string };

/** An element, and the revision of the design in which it last changed. */
export interface Read<T> {
  readonly rev: number;
  readonly element: T;
}

/**
 * One node of a design.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_ELEMENT_UNKNOWN.
 */
export async function getNode(work: Work, _caller: Caller, designId: string, id: string): Promise<Read<PlacedNode>> {
  return await readOne(work, 'node', designId, id, placedNode);
}

/**
 * One connection of a design.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_ELEMENT_UNKNOWN.
 */
export async function getConnection(work: Work, _caller: Caller, designId: string, id: string): Promise<Read<Connection>> {
  return await readOne(work, 'connection', designId, id, ({ connections }) => connections[id]);
}

/**
 * One group of a design.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_ELEMENT_UNKNOWN.
 */
export async function getGroup(work: Work, _caller: Caller, designId: string, id: string): Promise<Read<Group>> {
  return await readOne(work, 'group', designId, id, ({ canvas }) => canvas.groups?.[id]);
}

/** A node with its place, size and group; undefined when there is none. */
export function placedNode({ nodes, canvas }: DesignBody, id: string): PlacedNode | undefined {
  const node = nodes[id];
  if (node === undefined) return undefined;
  const { positions, sizes = {}, members = {} } = canvas;
  const at = Object.hasOwn(positions, id) && { at: positions[id] as Position };
  const size = Object.hasOwn(sizes, id) && { size: sizes[id] as Size };
  return { ...node, ...at, ...size, ...(Object.hasOwn(members, id) && { group: members[id] as string }) };
}

async function readOne<T>(
  { designs }: Work,
  kind: 'node' | 'connection' | 'group',
  designId: string,
  id: string,
  pick: (design: DesignBody, id: string) => T | undefined,
): Promise<Read<T>> {
  const stored = await designs.getStored(designId, { node: [], connection: [], group: [], [kind]: [id] });
  if (stored === undefined) throw designUnknown({ detail: `There is no design ${designId}.`, facts: { designId } });
  const rev = stored.revs.get(keyOf(kind, id));
  const element = rev === undefined ? undefined : pick(stored.design, id);
  if (rev === undefined || element === undefined)
    throw elementUnknown({ detail: `there is no ${kind} ${id} in this design`, facts: { designId, id } });
  return { rev, element };
}

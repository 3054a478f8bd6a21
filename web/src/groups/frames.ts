import type { DesignBody, Group, Position } from '#model/design.ts';

/** D22: frames enclose their members, so where they are follows from where these are. All in canvas units. */

/** A frame as drawn. */
export interface Frame {
  readonly id: string;
  readonly group: Group;
  /** How many frames it is within. */
  readonly depth: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const margin = 24;
/** The height of a title, above what the frame encloses. */
export const titleHeight = 28;

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

type Shapes = ReadonlyMap<string, { readonly width: number; readonly height: number }>;

/** The frames of all groups that enclose something, outer ones first. `place` gives where a node is now, also while it is dragged. */
export function framesOf(
  { canvas }: Pick<DesignBody, 'canvas'>,
  shapes: Shapes,
  place: (id: string) => Position,
): readonly Frame[] {
  const groups = canvas.groups ?? {};
  const inner = childrenOf(groups);
  const boxes = new Map<string, Bounds[]>();
  for (const [node, group] of Object.entries(canvas.members ?? {})) {
    const shape = shapes.get(node);
    if (shape === undefined) continue;
    const { x, y } = place(node);
    const list = boxes.get(group) ?? [];
    list.push({ left: x, top: y, right: x + shape.width, bottom: y + shape.height });
    boxes.set(group, list);
  }
  const frames: Frame[] = [];
  const enclose = (group: Group, depth: number): Bounds | undefined => {
    const at = frames.length;
    const within = (inner.get(group.id) ?? []).flatMap((child) => enclose(child, depth + 1) ?? []);
    const held = [...(boxes.get(group.id) ?? []), ...within];
    if (held.length === 0) return undefined;
    const bounds: Bounds = {
      left: Math.min(...held.map(({ left }) => left)) - margin,
      top: Math.min(...held.map(({ top }) => top)) - margin - titleHeight,
      right: Math.max(...held.map(({ right }) => right)) + margin,
      bottom: Math.max(...held.map(({ bottom }) => bottom)) + margin,
    };
    const { left, top, right, bottom } = bounds;
    frames.splice(at, 0, { id: group.id, group, depth, x: left, y: top, width: right - left, height: bottom - top });
    return bounds;
  };
  for (const group of inner.get(undefined) ?? []) enclose(group, 0);
  return frames;
}

/** The groups within each group; under undefined those within none. */
export function childrenOf(groups: Readonly<Record<string, Group>>): ReadonlyMap<string | undefined, readonly Group[]> {
  const children = new Map<string | undefined, Group[]>();
  for (const group of Object.values(groups)) {
    const parent = group.parent !== undefined && Object.hasOwn(groups, group.parent) ? group.parent : undefined;
    children.set(parent, [...(children.get(parent) ?? []), group]);
  }
  return children;
}

/** The nodes within a group, also those within its inner groups. */
export function nodesIn({ canvas }: Pick<DesignBody, 'canvas'>, id: string): readonly string[] {
  const children = childrenOf(canvas.groups ?? {});
  const within = new Set<string>();
  const add = (group: string): void => {
    if (within.has(group)) return;
    within.add(group);
    for (const child of children.get(group) ?? []) add(child.id);
  };
  add(id);
  return Object.entries(canvas.members ?? {}).flatMap(([node, group]) => (within.has(group) ? [node] : []));
}

/** Whether all of some are among others; of nothing it is not. */
export const isWithin = (few: readonly string[], all: ReadonlySet<string>): boolean =>
  few.length > 0 && few.every((id) => all.has(id));

/** Groups that hold nothing any more when these nodes are gone: they go with them. */
export function emptiedBy(design: Pick<DesignBody, 'canvas'>, gone: readonly string[]): readonly string[] {
  const nodes = new Set(gone);
  return Object.keys(design.canvas.groups ?? {}).filter((id) => isWithin(nodesIn(design, id), nodes));
}

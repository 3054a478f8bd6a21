import type { Anchor, Thread } from '#model/comment.ts';
import type { Kinds } from '#model/component.ts';
import type { DesignBody, Position } from '#model/design.ts';
import { curvesOf } from '../canvas/live-layout.ts';
import { leastHeight, nodeWidth, pointAt, shapesOf } from '../canvas/shapes.ts';
import { nameOf } from '../design/edits.ts';

/** A thread on the canvas: a pin with its tip at `at`, the `stack`-th of those with the same tip. */
export interface Pin {
  readonly thread: Thread;
  readonly at: Position;
  readonly stack: number;
}

/** Where what threads are about is now; `place` gives where a node is, also while it is dragged. */
export interface Drawing {
  readonly design: DesignBody;
  readonly kinds: Kinds;
  readonly place: (id: string) => Position;
}

const aside = 40;

/**
 * Where the pins of some anchors have their tips: at the upper edge of a node, the middle of a wire, the point, the corner of a
 * region. Undefined for what is not drawn. Only what is asked for is laid out.
 */
export function tipsOf(anchors: readonly Anchor[], { design, kinds, place }: Drawing): (anchor: Anchor) => Position | undefined {
  const wires = pick(
    design.connections,
    anchors.flatMap((anchor) => ('connection' in anchor ? [anchor.connection] : [])),
  );
  const ends = Object.values(wires).flatMap(({ from, to }) => [from.node, to.node]);
  const about = anchors.flatMap((anchor) => ('node' in anchor ? [anchor.node] : []));
  const shapes = shapesOf({ ...design, nodes: pick(design.nodes, [...about, ...ends]) }, kinds);
  const curves = curvesOf({ ...design, connections: wires }, shapes, place);
  return (anchor) => {
    if ('point' in anchor) return anchor.point;
    if ('region' in anchor) return anchor.region.at;
    if ('connection' in anchor) {
      const curve = curves.get(anchor.connection);
      return curve && pointAt(curve, 0.5);
    }
    const shape = shapes.get(anchor.node);
    const at = place(anchor.node);
    return shape && { x: at.x + shape.width - aside, y: at.y };
  };
}

/** Where an orphan has its tip: where that of what it was about last was, near enough. */
function lastTip({ anchor, place }: Thread): Position | undefined {
  if (place === undefined) return undefined;
  if ('node' in anchor) return { x: place.x + nodeWidth - aside, y: place.y };
  return { x: place.x + nodeWidth / 2, y: place.y + leastHeight / 2 };
}

/** The pins of threads, oldest first. A thread about what is not drawn and has no last place has none. */
export function pinsOf(threads: readonly Thread[], drawing: Drawing): readonly Pin[] {
  const tip = tipsOf(
    threads.map(({ anchor }) => anchor),
    drawing,
  );
  const stacks = new Map<string, number>();
  return threads.toReversed().flatMap((thread) => {
    const at = tip(thread.anchor) ?? lastTip(thread);
    if (at === undefined) return [];
    const key = `${Math.round(at.x)},${Math.round(at.y)}`;
    const stack = stacks.get(key) ?? 0;
    stacks.set(key, stack + 1);
    return [{ thread, at, stack }];
  });
}

function pick<T>(all: Readonly<Record<string, T>>, ids: readonly string[]): Record<string, T> {
  const picked: Record<string, T> = {};
  for (const id of ids) {
    const one = Object.hasOwn(all, id) ? all[id] : undefined;
    if (one !== undefined) picked[id] = one;
  }
  return picked;
}

/** What a thread is about, in words. */
export function aboutWords(anchor: Anchor, design: DesignBody, kinds: Kinds): string {
  if ('point' in anchor) return 'A place';
  if ('region' in anchor) return 'An area';
  if ('node' in anchor) {
    const node = design.nodes[anchor.node];
    return node === undefined ? `${anchor.node} (deleted)` : nameOf(node, kinds);
  }
  const wire = design.connections[anchor.connection];
  if (wire === undefined) return `Wire ${anchor.connection} (deleted)`;
  return `${nameOf(design.nodes[wire.from.node], kinds)} → ${nameOf(design.nodes[wire.to.node], kinds)}`;
}

/**
 * What a comment on a selection is about: the one node or wire, an area around several, and without any the point.
 */
export function anchorFor(
  { nodes, wires }: { readonly nodes: readonly string[]; readonly wires: readonly string[] },
  { design, kinds, place }: Drawing,
  point: Position,
): Anchor {
  const [node, second] = nodes;
  const [wire] = wires;
  if (node !== undefined && second === undefined) return { node };
  if (wire !== undefined && nodes.length === 0) return { connection: wire };
  if (node === undefined) return { point: rounded(point) };
  const shapes = shapesOf({ ...design, nodes: pick(design.nodes, nodes) }, kinds);
  const corners = nodes.flatMap((id) => {
    const shape = shapes.get(id);
    const at = place(id);
    return shape === undefined ? [] : [at, { x: at.x + shape.width, y: at.y + shape.height }];
  });
  const room = 16;
  const [left, top] = [Math.min(...corners.map(({ x }) => x)) - room, Math.min(...corners.map(({ y }) => y)) - room];
  const right = Math.max(...corners.map(({ x }) => x)) + room;
  const bottom = Math.max(...corners.map(({ y }) => y)) + room;
  const size = { width: Math.min(right - left, 10_000), height: Math.min(bottom - top, 10_000) };
  return { region: { at: rounded({ x: left, y: top }), size } };
}

const rounded = ({ x, y }: Position): Position => ({ x: Math.round(x), y: Math.round(y) });

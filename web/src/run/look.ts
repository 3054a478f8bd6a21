import type { DesignBody } from '#model/design.ts';
import type { Look } from '#model/live.ts';
import type { Selection } from '../shell/ui.ts';

/** What can be seen of a drawing, in its own units. */
interface Seen {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A drawing with no more elements is told whole: it is small, and nothing is late when the view moves. */
const smallDrawing = 150;
/** The most that may be asked for; a view with more is told whole, too. */
const mostNodes = 500;
const mostWires = 1_000;
/** Looked at around the view, for boxes that reach into it, curves that swing out, and views that move. */
const margin = 400;

/** W46  What the figures of a session are wanted of: what can be seen and what is chosen; undefined: of everything. */
export function lookOf({ nodes, connections, canvas }: DesignBody, seen: Seen, selection: Selection): Look | undefined {
  if (Object.keys(nodes).length + Object.keys(connections).length <= smallDrawing) return undefined;
  const chosen = new Set(selection.nodes);
  const places = [seen.x - margin, seen.y - margin, seen.x + seen.width + margin, seen.y + seen.height + margin] as const;
  const [left, top, right, bottom] = places;
  const box = (id: string) => {
    const { x, y } = canvas.positions[id] ?? { x: 0, y: 0 };
    const { width = 0, height = 0 } = canvas.sizes?.[id] ?? {};
    return { x, y, right: x + width, bottom: y + height };
  };
  const meets = (...boxes: readonly ReturnType<typeof box>[]) =>
    Math.max(...boxes.map((one) => one.right)) >= left &&
    Math.min(...boxes.map(({ x }) => x)) <= right &&
    Math.max(...boxes.map((one) => one.bottom)) >= top &&
    Math.min(...boxes.map(({ y }) => y)) <= bottom;
  const seenNodes = Object.keys(nodes).filter((id) => chosen.has(id) || meets(box(id)));
  const near = new Set(seenNodes);
  const wires = Object.values(connections).filter(
    ({ id, from, to }) =>
      // The wires of a node sum up what passes it.
      near.has(from.node) || near.has(to.node) || selection.wires.includes(id) || meets(box(from.node), box(to.node)),
  );
  if (seenNodes.length > mostNodes || wires.length > mostWires) return undefined;
  return { nodes: seenNodes, connections: wires.map(({ id }) => id) };
}

import type { ComponentSpec, Kinds } from '#model/component.ts';
import { type DesignBody, type Node, outerOf, type Position } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { type LooseEnd, leastHeight, nodeWidth, shapesOf, wireFault } from '../canvas/shapes.ts';
import { emptiedBy } from '../groups/frames.ts';

/** Whether nothing is drawn yet. */
export const isEmpty = ({ shown }: { readonly shown: DesignBody }): boolean => Object.keys(shown.nodes).length === 0;

/** What a node is called on the canvas. */
export function nameOf(node: Pick<Node, 'id' | 'kind' | 'label'> | undefined, kinds: Kinds): string {
  if (node === undefined) return '(gone)';
  return node.label || kinds.get(node.kind)?.title || node.id;
}

/** The name of a node of a run: of one within another, the name of that and the way there. */
export function innerName({ nodes }: Pick<DesignBody, 'nodes'>, id: string, kinds: Kinds): string {
  const outer = outerOf(id);
  return nameOf(nodes[outer], kinds) + id.slice(outer.length);
}

/** A word for a new node or wire that is not taken: `filter`, `filter-2`, … */
export function freeId(taken: Readonly<Record<string, unknown>>, word: string): string {
  const stem =
    word
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 56) || 'node';
  if (!Object.hasOwn(taken, stem)) return stem;
  for (let number = 2; ; number++) if (!Object.hasOwn(taken, `${stem}-${number}`)) return `${stem}-${number}`;
}

const grid = 8;
/** The nearest point of the grid. */
export const snapped = ({ x, y }: Position): Position => ({ x: Math.round(x / grid) * grid, y: Math.round(y / grid) * grid });

/** A place for a new node whose middle should be at a point, moved down as long as another node is in the way. */
export function freePlace(design: DesignBody, middle: Position): Position {
  return freePlaceAt(design, { x: middle.x - nodeWidth / 2, y: middle.y - leastHeight / 2 });
}

/** The same for its top left corner. */
export function freePlaceAt(design: DesignBody, corner: Position): Position {
  const at = snapped(corner);
  const others = Object.values(design.canvas.positions);
  const covered = (p: Position) =>
    others.some((other) => Math.abs(other.x - p.x) < nodeWidth && Math.abs(other.y - p.y) < leastHeight + 16);
  let place = at;
  for (let tries = 0; tries < 200 && covered(place); tries++) place = { x: place.x, y: place.y + grid * 2 };
  return place;
}

/** A new node, and the edit that adds it. */
export function addEdit(design: DesignBody, spec: ComponentSpec, at: Position): { id: string; edit: Edit } {
  const id = freeId(design.nodes, spec.kind.split('.')[1] ?? spec.kind);
  return { id, edit: { do: 'node.add', node: { id, kind: spec.kind }, at } };
}

/** The edit that connects two ends, whichever of them sends; undefined when neither way is possible. */
export function connectEdit(design: DesignBody, kinds: Kinds, a: LooseEnd, b: LooseEnd): Edit | undefined {
  if (wireFault(design, kinds, a, b) !== undefined) return undefined;
  const node = design.nodes[a.node];
  const sends = node !== undefined && kinds.get(node.kind)?.ports[a.port]?.direction === 'out';
  const [from, to] = sends ? [a, b] : [b, a];
  const id = freeId(design.connections, `${from.node}-${to.node}`);
  return { do: 'connect', connection: { id, from: { ...from }, to: { ...to }, capacity: 0, policy: 'block' } };
}

/** The first free spot of a node that fits an end; what is wired when a component is placed at the end of a wire. */
export function fittingEnd(design: DesignBody, kinds: Kinds, node: string, other: LooseEnd): LooseEnd | undefined {
  const spots = shapesOf(design, kinds).get(node)?.spots ?? [];
  return spots
    .filter(({ port, connection }) => connection === undefined && port !== 'err')
    .map(({ port, index }): LooseEnd => ({ node, port, index }))
    .find((end) => wireFault(design, kinds, end, other) === undefined);
}

/** The edits that delete a selection: a wire that goes with its node is not deleted twice. */
export function deleteEdits(design: DesignBody, nodes: readonly string[], wires: readonly string[]): readonly Edit[] {
  const gone = new Set(nodes);
  const alone = wires.filter((id) => {
    const wire = design.connections[id];
    return wire !== undefined && !gone.has(wire.from.node) && !gone.has(wire.to.node);
  });
  const left = nodes.filter((id) => Object.hasOwn(design.nodes, id));
  return [
    ...alone.map((id): Edit => ({ do: 'disconnect', id })),
    ...left.map((id): Edit => ({ do: 'node.delete', id })),
    ...emptiedBy(design, left).map((id): Edit => ({ do: 'group.delete', id })),
  ];
}

/** What a deletion is called: by its name when it is one thing, by a number otherwise. */
export function deletionLabel(design: DesignBody, kinds: Kinds, nodes: readonly string[], wires: readonly string[]): string {
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) return `delete ${nameOf(design.nodes[only], kinds)}`;
  if (nodes.length > 1) return `delete ${nodes.length} nodes`;
  return wires.length === 1 ? 'delete wire' : `delete ${wires.length} wires`;
}

/** Copies of nodes and of the wires between them, a little aside. */
export function duplicateEdits(design: DesignBody, nodes: readonly string[]): { ids: string[]; edits: Edit[] } {
  const names = new Map<string, string>();
  const edits: Edit[] = [];
  const takenNodes: Record<string, unknown> = { ...design.nodes };
  for (const id of nodes) {
    const node = design.nodes[id];
    if (node === undefined) continue;
    const copy = freeId(takenNodes, id.replace(/-\d+$/, ''));
    takenNodes[copy] = true;
    names.set(id, copy);
    const at = design.canvas.positions[id] ?? { x: 0, y: 0 };
    edits.push({ do: 'node.add', node: { ...node, id: copy }, at: { x: at.x + 40, y: at.y + 40 } });
    const group = design.canvas.members?.[id];
    if (group !== undefined) edits.push({ do: 'group.assign', node: copy, group });
  }
  const takenWires: Record<string, unknown> = { ...design.connections };
  for (const wire of Object.values(design.connections)) {
    const [from, to] = [names.get(wire.from.node), names.get(wire.to.node)];
    if (from === undefined || to === undefined) continue;
    const id = freeId(takenWires, `${from}-${to}`);
    takenWires[id] = true;
    edits.push({ do: 'connect', connection: { ...wire, id, from: { ...wire.from, node: from }, to: { ...wire.to, node: to } } });
  }
  return { ids: [...names.values()], edits };
}

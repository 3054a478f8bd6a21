import type { Edge, Position as FlowSide, Node } from '@xyflow/react';
import type { ComponentSpec, Kinds } from '#model/component.ts';
import type { Connection, DesignBody, Position, Node as Process } from '#model/design.ts';
import type { Selection } from '../shell/ui.ts';
import type { Light, Lit } from './lit.ts';
import type { Marks } from './marks.ts';
import { isCall, type Shape, type Spot, sameShape } from './shapes.ts';

export const spotSize = 12;

export type BoxData = {
  readonly node: Process;
  readonly spec: ComponentSpec | undefined;
  readonly shape: Shape;
  readonly light: Light | 'dim' | undefined;
  readonly trouble: 'error' | 'warning' | undefined;
  /** Paused by itself. */
  readonly held: boolean;
};
export type Box = Node<BoxData, 'box'>;
export type WireData = {
  readonly wire: Connection;
  /** It joins call ports: requests go one way, replies the other. */
  readonly call: boolean;
  readonly light: Light | 'dim' | undefined;
  readonly trouble: 'error' | 'warning' | undefined;
  readonly held: boolean;
  readonly breakpoint: boolean;
};
export type Wire = Edge<WireData, 'wire'>;

/** Everything that decides how the canvas looks, apart from what is live. */
export interface Scene {
  readonly design: DesignBody;
  readonly kinds: Kinds;
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Where nodes are while they are dragged. */
  readonly dragged: ReadonlyMap<string, Position>;
  readonly selection: Selection;
  readonly lit: Lit | null;
  readonly troubled: ReadonlyMap<string, 'error' | 'warning'>;
  readonly marks: Marks;
}

/**
 * Makes the elements of a scene; an element that looks the same stays the same object, and so does a list of such, so that it is not
 * drawn again.
 */
export function createElements() {
  const boxes = createKept<Box>(sameBox);
  const wires = createKept<Wire>(sameWire);
  return {
    boxes: (scene: Scene): Box[] => boxes(Object.values(scene.design.nodes).map((node) => boxOf(node, scene))),
    wires: (scene: Scene): Wire[] => wires(Object.values(scene.design.connections).map((wire) => wireOf(wire, scene))),
  };
}

function createKept<E extends { id: string }>(same: (a: E, b: E) => boolean): (made: readonly E[]) => E[] {
  let list: E[] = [];
  let byId = new Map<string, E>();
  return (made) => {
    const now = made.map((element) => {
      const old = byId.get(element.id);
      return old !== undefined && same(old, element) ? old : element;
    });
    if (now.length === list.length && now.every((element, at) => element === list[at])) return list;
    byId = new Map(now.map((element) => [element.id, element]));
    list = now;
    return list;
  };
}

const sameBox = (a: Box, b: Box): boolean =>
  a.position.x === b.position.x && a.position.y === b.position.y && a.selected === b.selected && sameData(a.data, b.data);

/** Whether two nodes look the same, wherever they are. */
export const sameData = (a: BoxData, b: BoxData): boolean =>
  a.node === b.node &&
  sameShape(a.shape, b.shape) &&
  a.spec === b.spec &&
  a.light === b.light &&
  a.trouble === b.trouble &&
  a.held === b.held;

const sameWire = (a: Wire, b: Wire): boolean =>
  a.selected === b.selected &&
  a.data?.wire === b.data?.wire &&
  a.data?.call === b.data?.call &&
  a.data?.light === b.data?.light &&
  a.data?.trouble === b.data?.trouble &&
  a.data?.held === b.data?.held &&
  a.data?.breakpoint === b.data?.breakpoint;

const nowhere: Position = { x: 0, y: 0 };
const shapeless: Shape = { width: 208, height: 64, spots: [] };

function boxOf(node: Process, scene: Scene): Box {
  const shape = scene.shapes.get(node.id) ?? shapeless;
  const { width, height } = shape;
  const spec = scene.kinds.get(node.kind);
  const held = scene.marks.heldNodes.has(node.id);
  return {
    id: node.id,
    type: 'box',
    position: scene.dragged.get(node.id) ?? scene.design.canvas.positions[node.id] ?? nowhere,
    width,
    height,
    // Told, not measured: what is out of sight is not rendered, and still belongs to the whole.
    measured: { width, height },
    handles: shape.spots.map(handleOf),
    selected: scene.selection.nodes.includes(node.id),
    ariaLabel: `${node.label || spec?.title || node.id}, ${spec?.title ?? node.kind}${held ? ', paused' : ''}`,
    data: {
      node,
      spec,
      shape,
      light: lightOf(scene.lit?.nodes.get(node.id), scene.lit),
      trouble: scene.troubled.get(node.id),
      held,
    },
  };
}

const lightOf = (own: Light | undefined, lit: Lit | null): Light | 'dim' | undefined =>
  own ?? (lit?.dims === true ? 'dim' : undefined);

function handleOf({ id, spec, side, x, y }: Spot) {
  return {
    id,
    type: spec.direction === 'out' ? ('source' as const) : ('target' as const),
    position: side as FlowSide,
    x: x - spotSize / 2,
    y: y - spotSize / 2,
    width: spotSize,
    height: spotSize,
  };
}

function wireOf(wire: Connection, scene: Scene): Wire {
  const { id, from, to } = wire;
  const light = lightOf(scene.lit?.wires.get(id), scene.lit);
  const held = scene.marks.heldWires.has(id);
  const breakpoint = scene.marks.breakpoints.has(id);
  const call = isCall(wire, scene.design, scene.kinds);
  return {
    id,
    type: 'wire',
    source: from.node,
    sourceHandle: `${from.port}:${from.index}`,
    target: to.node,
    targetHandle: `${to.port}:${to.index}`,
    selected: scene.selection.wires.includes(id),
    // Its ends are taken elsewhere once it is selected: they lie over the spots.
    reconnectable: scene.selection.wires.includes(id),
    ariaLabel: `${call ? 'Call' : 'Wire'} from ${from.node} ${from.port} to ${to.node} ${to.port}${held ? ', paused' : ''}${breakpoint ? ', breakpoint' : ''}`,
    zIndex: light === 'now' || light === 'knot' ? 1 : 0,
    data: { wire, call, light, trouble: scene.troubled.get(id), held, breakpoint },
  };
}

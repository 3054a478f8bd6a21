import { errPort, type Kinds, type PortSpec } from '#model/component.ts';
import type { Connection, DesignBody, Node, Position } from '#model/design.ts';
import { incompatibility } from '#model/edits/connections.ts';

/** Where everything on the canvas is, computed from the design alone, so nothing is measured. */

export const nodeWidth = 208;
export const leastHeight = 64;
const spotGap = 20;
const sideFavour = 0.45;
const room = 48;

export type Side = 'left' | 'right' | 'top' | 'bottom';

/** A place where a wire is or may be attached. Coordinates are relative to the node. */
export interface Spot {
  /** `port:index`. */
  readonly id: string;
  readonly port: string;
  readonly index: number;
  readonly spec: PortSpec;
  readonly side: Side;
  readonly x: number;
  readonly y: number;
  /** The connection that holds it; undefined when it is free. */
  readonly connection: string | undefined;
}

/** A node as drawn. */
export interface Shape {
  readonly width: number;
  readonly height: number;
  readonly spots: readonly Spot[];
}

/** Whether two are drawn alike. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.width !== b.width || a.height !== b.height || a.spots.length !== b.spots.length) return false;
  return a.spots.every((spot, at) => sameSpot(spot, b.spots[at]));
}

const sameSpot = (a: Spot, b: Spot | undefined): boolean =>
  a.id === b?.id && a.spec === b.spec && a.side === b.side && a.x === b.x && a.y === b.y && a.connection === b.connection;

/** The name of a spot. */
export const spotId = (port: string, index: number): string => `${port}:${index}`;

/** A spot's port and index again. */
export function readSpotId(id: string): { port: string; index: number } {
  const [port = '', index = '0'] = id.split(':');
  return { port, index: Number(index) };
}

/** The shapes of all nodes. A kind nobody knows is drawn with the ports its connections use. */
export function shapesOf(design: DesignBody, kinds: Kinds): ReadonlyMap<string, Shape> {
  const wires = new Map<string, Connection[]>();
  for (const connection of Object.values(design.connections)) {
    for (const { node } of [connection.from, connection.to]) {
      const list = wires.get(node) ?? [];
      if (!list.includes(connection)) list.push(connection);
      wires.set(node, list);
    }
  }
  return new Map(Object.values(design.nodes).map((node) => [node.id, shapeOf(node, wires.get(node.id) ?? [], design, kinds)]));
}

interface Slot {
  readonly port: string;
  readonly index: number;
  readonly spec: PortSpec;
  readonly connection: string | undefined;
  readonly side: Side;
  /** Where the other end is, along the side; free slots come after. */
  readonly order: number;
}

function shapeOf(node: Node, wires: readonly Connection[], design: DesignBody, kinds: Kinds): Shape {
  const slots = Object.entries(portsOf(node, wires, kinds)).flatMap(([port, spec]) => slotsOf(node, port, spec, wires, design));
  const upright = (side: Side) => slots.filter((slot) => slot.side === side).length;
  // D21: drawn at least as large as the canvas says.
  const least = design.canvas.sizes?.[node.id];
  const width = Math.max(nodeWidth, least?.width ?? 0);
  const height = Math.max(leastHeight, Math.max(upright('left'), upright('right')) * spotGap + 16, least?.height ?? 0);
  const spots = (['left', 'right', 'top', 'bottom'] as const).flatMap((side) => placed(slots, side, width, height));
  return { width, height, spots };
}

function portsOf(node: Node, wires: readonly Connection[], kinds: Kinds): Readonly<Record<string, PortSpec>> {
  const spec = kinds.get(node.kind);
  if (spec !== undefined) return spec.ports;
  const unknown = { protocol: 'data', many: true, optional: true, description: '', schema: {} } as const;
  const found: Record<string, PortSpec> = {};
  for (const { from, to } of wires) {
    if (from.node === node.id) found[from.port] = { ...unknown, direction: 'out' };
    if (to.node === node.id) found[to.port] = { ...unknown, direction: 'in' };
  }
  return found;
}

// One slot for each connection, and one free one where another connection fits.
function slotsOf(node: Node, port: string, spec: PortSpec, wires: readonly Connection[], design: DesignBody): readonly Slot[] {
  const [own, other] = spec.direction === 'in' ? (['to', 'from'] as const) : (['from', 'to'] as const);
  const used = wires.filter((wire) => wire[own].node === node.id && wire[own].port === port);
  const home: Side = port === errPort ? 'bottom' : spec.direction === 'in' ? 'left' : 'right';
  const slots: Slot[] = used.map((wire) => {
    const { side, order } = docked(home, node.id, wire[other].node, design);
    return { port, index: wire[own].index, spec, connection: wire.id, side, order };
  });
  if (used.length > 0 && !spec.many) return slots;
  const taken = new Set(used.map((wire) => wire[own].index));
  let index = 0;
  while (taken.has(index)) index++;
  return [...slots, { port, index, spec, connection: undefined, side: home, order: Number.POSITIVE_INFINITY }];
}

/**
 * The side a wire leaves by: the one that faces the other end, in favour of the side its port has by custom,
 * so that a pipeline reads from left to right and a ring is a ring.
 */
function docked(home: Side, id: string, peer: string, design: DesignBody): { side: Side; order: number } {
  const here = design.canvas.positions[id] ?? origin;
  const there = design.canvas.positions[peer] ?? origin;
  // Boxes are wide and low: a step down is worth more than one aside.
  const [dx, dy] = [(there.x - here.x) / (nodeWidth + room), (there.y - here.y) / (leastHeight + room)];
  const length = Math.hypot(dx, dy);
  if (length === 0) return { side: home, order: 0 };
  let best = home;
  let most = Number.NEGATIVE_INFINITY;
  for (const side of ['left', 'right', 'top', 'bottom'] as const) {
    const [nx, ny] = normals[side];
    const score = (dx * nx + dy * ny) / length + (side === home ? sideFavour : 0);
    if (score > most) [best, most] = [side, score];
  }
  return { side: best, order: best === 'left' || best === 'right' ? there.y : there.x };
}

const origin: Position = { x: 0, y: 0 };
const normals: Readonly<Record<Side, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  top: [0, -1],
  bottom: [0, 1],
};

function placed(slots: readonly Slot[], side: Side, width: number, height: number): readonly Spot[] {
  const here = slots.filter((slot) => slot.side === side).sort((a, b) => a.order - b.order || (a.order === b.order ? 0 : 1));
  return here.map(({ port, index, spec, connection }, at) => {
    const part = (at + 1) / (here.length + 1);
    const x = side === 'left' ? 0 : side === 'right' ? width : Math.round(width * part);
    const y = side === 'top' ? 0 : side === 'bottom' ? height : Math.round(height * part);
    return { id: spotId(port, index), port, index, spec, side, x, y, connection };
  });
}

/** A point a wire starts or ends at, and where it heads there. */
export interface Dock {
  readonly x: number;
  readonly y: number;
  readonly side: Side;
}

/** A cubic Bézier curve: start, two handles, end, as x and y pairs. */
export type Curve = readonly [number, number, number, number, number, number, number, number];

/** The curve of a wire between two docks. */
export function curveBetween(from: Dock, to: Dock): Curve {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const [fx, fy] = normals[from.side];
  const [tx, ty] = normals[to.side];
  // Where a wire must first lead away from its goal it needs more room to turn.
  const ahead = (to.x - from.x) * fx + (to.y - from.y) * fy;
  const reach = ahead > 0 ? Math.min(distance * 0.42, 140) : Math.min(60 + distance * 0.35, 240);
  return [from.x, from.y, from.x + fx * reach, from.y + fy * reach, to.x + tx * reach, to.y + ty * reach, to.x, to.y];
}

/** A curve as an SVG path. */
export function pathOf([ax, ay, bx, by, cx, cy, dx, dy]: Curve): string {
  return `M${ax},${ay} C${bx},${by} ${cx},${cy} ${dx},${dy}`;
}

/** The point of a curve at 0 (start) to 1 (end). */
export function pointAt(curve: Curve, t: number): Position {
  const [ax, ay, bx, by, cx, cy, dx, dy] = curve;
  const u = 1 - t;
  const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  return { x: p * ax + q * bx + r * cx + s * dx, y: p * ay + q * by + r * cy + s * dy };
}

/** An end of a wire that is being drawn. */
export interface LooseEnd {
  readonly node: string;
  readonly port: string;
  readonly index: number;
  /** The wire whose other end is taken elsewhere; left out when a new one is drawn. */
  readonly rewires?: string;
}

/** Why a wire cannot go from one spot to another, in a sentence; undefined when it can. The order of the two is of no matter; what the `rewired` wire holds is as good as free. */
export function wireFault(design: DesignBody, kinds: Kinds, a: LooseEnd, b: LooseEnd, rewired = a.rewires): string | undefined {
  const pa = specOf(design, kinds, a);
  const pb = specOf(design, kinds, b);
  if (pa === undefined || pb === undefined) return 'this component is not known here';
  if (a.node === b.node && a.port === b.port) return 'a wire needs two ports';
  if (pa.direction === pb.direction) return `both are ${pa.direction}puts; a wire goes from an output to an input`;
  const [from, to] = pa.direction === 'out' ? [pa, pb] : [pb, pa];
  const mismatch = incompatibility(from, to);
  if (mismatch !== undefined) return mismatch;
  for (const end of [a, b]) {
    const holder = holderOf(design, end);
    if (holder !== undefined && holder !== rewired) return `${end.node}.${end.port} already has a wire`;
  }
  return undefined;
}

/** Whether a wire joins call ports. */
export function isCall({ from }: Connection, design: Pick<DesignBody, 'nodes'>, kinds: Kinds): boolean {
  return kinds.get(design.nodes[from.node]?.kind ?? '')?.ports[from.port]?.protocol === 'call';
}

function specOf(design: DesignBody, kinds: Kinds, end: LooseEnd): PortSpec | undefined {
  const node = design.nodes[end.node];
  return node === undefined ? undefined : kinds.get(node.kind)?.ports[end.port];
}

function holderOf(design: DesignBody, end: LooseEnd): string | undefined {
  for (const { id, from, to } of Object.values(design.connections)) {
    for (const side of [from, to]) {
      if (side.node === end.node && side.port === end.port && side.index === end.index) return id;
    }
  }
  return undefined;
}

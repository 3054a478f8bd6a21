import type { DesignBody, Position } from '#model/design.ts';
import type { ProcessState } from '#model/sessions/session.ts';
import { type Frame, rateText, shortCount, type WireFrame } from '../run/frame.ts';
import { passedAt } from '../run/inner.ts';
import { spotSize } from './elements.ts';
import { type Curve, curveBetween, type Dock, pointAt, type Shape, type Spot, spotId } from './shapes.ts';

/** What the live layer paints, as plain data: computed here, painted elsewhere. All in canvas units. */

export interface LiveWire {
  readonly id: string;
  readonly curve: Curve;
  /** `held`: the sender waits; `moving`: messages pass; `still`: neither. */
  readonly looks: 'held' | 'moving' | 'still';
  readonly rate: number;
  readonly pill: { readonly at: Position; readonly text: string; readonly fill: number | undefined } | undefined;
}

export interface LiveNode {
  readonly id: string;
  readonly at: Position;
  readonly width: number;
  readonly state: ProcessState;
  readonly text: string;
}

/** What can be seen, in canvas units. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
}

/** Further away than this, words would be larger than what they speak of. */
export const farZoom = 0.3;
const leastPillRoom = 26;
const outward: Readonly<Record<Spot['side'], readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  top: [0, -1],
  bottom: [0, 1],
};

/** Where a wire is attached: at the outer edge of its spot. */
export function dockOf(shape: Shape | undefined, at: Position, port: string, index: number): Dock | undefined {
  const spot = shape?.spots.find(({ id }) => id === spotId(port, index));
  if (spot === undefined) return undefined;
  const [nx, ny] = outward[spot.side];
  const reach = spotSize / 2;
  return { x: at.x + spot.x + nx * reach, y: at.y + spot.y + ny * reach, side: spot.side };
}

/** The curves of all wires, by id. `place` gives where a node is now, also while it is dragged. */
export function curvesOf(
  design: DesignBody,
  shapes: ReadonlyMap<string, Shape>,
  place: (id: string) => Position,
): ReadonlyMap<string, Curve> {
  const curves = new Map<string, Curve>();
  for (const { id, from, to } of Object.values(design.connections)) {
    const a = dockOf(shapes.get(from.node), place(from.node), from.port, from.index);
    const b = dockOf(shapes.get(to.node), place(to.node), to.port, to.index);
    if (a !== undefined && b !== undefined) curves.set(id, curveBetween(a, b));
  }
  return curves;
}

/** What is painted on the wires that can be seen. */
export function liveWires(frame: Frame, curves: ReadonlyMap<string, Curve>, seen: Seen): readonly LiveWire[] {
  const wires: LiveWire[] = [];
  for (const [id, wire] of frame.wires) {
    const curve = curves.get(id);
    if (curve === undefined || !touches(curve, seen)) continue;
    const { rate } = wire;
    const moving = rate > 0 && frame.state === 'running';
    const looks = moving ? (wire.held ? 'held' : 'moving') : wire.held && frame.state === 'running' ? 'held' : 'still';
    wires.push({ id, curve, looks, rate, pill: hasRoom(curve, seen.zoom) ? pillOf(frame, wire, curve) : undefined });
  }
  return wires;
}

// Numbers must not lie over the boxes at both ends.
function hasRoom(curve: Curve, zoom: number): boolean {
  if (zoom < farZoom) return false;
  return zoom >= 0.7 || Math.hypot(curve[6] - curve[0], curve[7] - curve[1]) * zoom >= leastPillRoom;
}

function pillOf(frame: Frame, wire: WireFrame, curve: Curve): LiveWire['pill'] {
  const { received, depth, capacity } = wire.status;
  if (received === 0 && depth === 0) return undefined;
  const running = frame.state === 'running' && !wire.status.ended;
  const words = running && wire.rate > 0.05 ? rateText(wire.rate) : shortCount(received);
  const text = capacity > 0 && depth > 0 ? `${words}  ${shortCount(depth)}/${shortCount(capacity)}` : words;
  return { at: pointAt(curve, 0.5), text, fill: capacity > 0 && depth > 0 ? Math.min(depth / capacity, 1) : undefined };
}

type Ends = Parameters<typeof passedAt>[1];

/** What is painted on the nodes that can be seen. */
export function liveNodes(
  frame: Frame,
  shapes: ReadonlyMap<string, Shape>,
  place: (id: string) => Position,
  seen: Seen,
): readonly LiveNode[] {
  const nodes: LiveNode[] = [];
  for (const [id, status] of frame.nodes) {
    const shape = shapes.get(id);
    if (shape === undefined) continue;
    const { state } = status;
    const at = place(id);
    const inside =
      at.x + shape.width >= seen.x &&
      at.x <= seen.x + seen.width &&
      at.y + shape.height >= seen.y &&
      at.y <= seen.y + seen.height;
    if (!inside) continue;
    const ends = (): Ends => shape.spots.map(({ spec, connection }) => ({ direction: spec.direction, connection }));
    const { received, sent } = frame.inner.has(id) ? passedAt(frame.wires, ends()) : status;
    const text = [received > 0 && `↓ ${shortCount(received)}`, sent > 0 && `↑ ${shortCount(sent)}`].filter(Boolean).join('   ');
    nodes.push({ id, at: { x: at.x, y: at.y + shape.height / 2 }, width: shape.width, state, text });
  }
  return nodes;
}

function touches(curve: Curve, seen: Seen): boolean {
  const xs = [curve[0], curve[2], curve[4], curve[6]];
  const ys = [curve[1], curve[3], curve[5], curve[7]];
  return (
    Math.max(...xs) >= seen.x &&
    Math.min(...xs) <= seen.x + seen.width &&
    Math.max(...ys) >= seen.y &&
    Math.min(...ys) <= seen.y + seen.height
  );
}

/** A message on its way, from one moment to another. */
export interface Pulse {
  readonly wire: string;
  readonly fromMs: number;
}

const pulseMs = 650;
const mostAWire = 4;
const mostPulses = 600;

/** The pulses after a frame: each message one, at most four a wire and frame, spread over the time they took. */
export function addPulses(pulses: readonly Pulse[], frame: Frame, nowMs: number): readonly Pulse[] {
  const alive = pulses.filter(({ fromMs }) => nowMs - fromMs < pulseMs);
  const fresh: Pulse[] = [];
  for (const [wire, { delta, atMs }] of frame.wires) {
    // Of what is out of sight nothing new is known.
    if (atMs !== frame.atMs) continue;
    const count = Math.min(delta, mostAWire);
    const spanMs = Math.min(frame.intervalMs, 500);
    for (let at = 0; at < count; at++) fresh.push({ wire, fromMs: nowMs + (spanMs * at) / count });
  }
  return [...alive, ...fresh].slice(-mostPulses);
}

/** How far a pulse is, 0 to 1; undefined before and after its way. */
export function progressOf({ fromMs }: Pulse, nowMs: number): number | undefined {
  const part = (nowMs - fromMs) / pulseMs;
  if (part < 0 || part > 1) return undefined;
  return part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2;
}

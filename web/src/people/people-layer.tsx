import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { DesignBody, Position } from '#model/design.ts';
import type { Doing, Peer } from '#model/presence.ts';
import { createGeometry, type Geometry, resize } from '../canvas/geometry.ts';
import { shift } from '../canvas/shift.ts';
import { nameOf } from '../design/edits.ts';
import { framesOf, nodesIn } from '../groups/frames.ts';
import { type Desk, useDesk } from '../shell/desk.ts';
import { colourAge, colourOf } from '../theme/theme.ts';
import { paintChosen, paintCursor, paintDragged, paintFrame } from './people-paint.ts';

type FlowStore = ReturnType<typeof useStoreApi>;

/** One canvas over the drawing for what others do: nothing of it passes through React. */
export function PeopleLayer() {
  const element = useRef<HTMLCanvasElement>(null);
  const desk = useDesk();
  const flow = useStoreApi();
  useEffect(() => (element.current === null ? undefined : startPainting(element.current, desk, flow)), [desk, flow]);
  return (
    <canvas
      ref={element}
      className="live-layer people-layer"
      role="img"
      aria-label="Where others are; the list of people names them"
    />
  );
}

/** Part of the way a cursor goes in a frame: twenty places a second look like one movement. */
const easing = 0.35;
const near = 0.5;

function startPainting(element: HTMLCanvasElement, desk: Desk, flow: FlowStore): () => void {
  const to = element.getContext('2d');
  if (to === null) return () => undefined;
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const geometry = createGeometry(desk, flow);
  const cursors = new Map<string, Position>();
  let colours: ReadonlyMap<number, string> = new Map();
  let request = 0;
  const paint = () => {
    request = 0;
    const peers = desk.people.others.get();
    const moving = ease(cursors, peers, desk, calm.matches);
    if (peers.some(({ colour }) => !colours.has(colour))) colours = coloursOf(peers);
    paintAll(to, { desk, flow, geometry, cursors, colours, peers });
    element.dataset['cursors'] = peers.flatMap(({ id, name }) => (cursors.has(id) ? [name] : [])).join(', ');
    element.dataset['dragged'] = peers.flatMap(({ id }) => Object.keys(desk.people.doing(id).drag ?? {})).join(' ');
    if (moving) wake();
  };
  const wake = () => {
    if (request === 0) request = requestAnimationFrame(paint);
  };
  const leaves = [
    desk.people.onMove(wake),
    desk.people.others.subscribe(wake),
    desk.design.state.subscribe(wake),
    flow.subscribe(wake),
    shift.subscribe(wake),
    colourAge.subscribe(() => {
      colours = new Map();
      wake();
    }),
  ];
  wake();
  return () => {
    cancelAnimationFrame(request);
    for (const leave of leaves) leave();
  };
}

const coloursOf = (peers: readonly Peer[]) => new Map(peers.map(({ colour }) => [colour, colourOf(`person-${colour % 12}`)]));

// Brings each painted cursor nearer to where it is; true while one is still on its way.
function ease(cursors: Map<string, Position>, peers: readonly Peer[], desk: Desk, atOnce: boolean): boolean {
  const there = new Set(peers.map(({ id }) => id));
  for (const id of cursors.keys()) if (!there.has(id)) cursors.delete(id);
  let moving = false;
  for (const { id } of peers) {
    const { cursor } = desk.people.doing(id);
    const from = cursors.get(id);
    if (cursor === undefined || cursor === null) cursors.delete(id);
    else if (from === undefined || atOnce || Math.hypot(cursor.x - from.x, cursor.y - from.y) < near) cursors.set(id, cursor);
    else {
      cursors.set(id, { x: from.x + (cursor.x - from.x) * easing, y: from.y + (cursor.y - from.y) * easing });
      moving = true;
    }
  }
  return moving;
}

interface Seen {
  readonly desk: Desk;
  readonly flow: FlowStore;
  readonly geometry: Geometry;
  readonly cursors: ReadonlyMap<string, Position>;
  readonly colours: ReadonlyMap<number, string>;
  readonly peers: readonly Peer[];
}

function paintAll(to: CanvasRenderingContext2D, seen: Seen): void {
  const { width, height, transform } = seen.flow.getState();
  const [x, y, zoom] = transform;
  const density = devicePixelRatio || 1;
  resize(to.canvas, width * density, height * density);
  to.setTransform(1, 0, 0, 1, 0, 0);
  to.clearRect(0, 0, to.canvas.width, to.canvas.height);
  if (seen.peers.length === 0) return;
  to.setTransform(density * zoom, 0, 0, density * zoom, density * x, density * y);
  const people = seen.peers.map(({ id, name, colour }) => ({ id, name, colour: seen.colours.get(colour) ?? '' }));
  for (const person of people) paintWork(to, seen, seen.desk.people.doing(person.id), person, zoom);
  for (const person of people) {
    const at = seen.cursors.get(person.id);
    if (at !== undefined) paintCursor(to, at, person, zoom, !isOnOwn(seen, person.id, at));
  }
}

// On a node that it has selected: the name stands above that, and would lie over its words.
function isOnOwn({ desk, geometry }: Seen, peer: string, { x, y }: Position): boolean {
  const { selection, drag } = desk.people.doing(peer);
  return (selection?.nodes ?? []).some((id) => {
    const shape = geometry.shapes().get(id);
    if (shape === undefined || (drag !== undefined && drag !== null && Object.hasOwn(drag, id))) return false;
    const at = geometry.place(id);
    return x >= at.x && x <= at.x + shape.width && y >= at.y && y <= at.y + shape.height;
  });
}

type Painted = { readonly name: string; readonly colour: string };

// What somebody has selected or drags.
function paintWork(to: CanvasRenderingContext2D, { desk, geometry }: Seen, doing: Doing, person: Painted, zoom: number): void {
  const shapes = geometry.shapes();
  const dragged = doing.drag ?? {};
  for (const id of doing.selection?.nodes ?? []) {
    const shape = shapes.get(id);
    if (shape !== undefined && !Object.hasOwn(dragged, id)) paintChosen(to, geometry.place(id), shape, person, zoom);
  }
  const { shown } = desk.design.state.get();
  const { nodes } = shown;
  if (doing.drag !== undefined && doing.drag !== null) {
    const framed = draggedFrames(shown, shapes, doing.drag);
    for (const one of framed) paintFrame(to, one, one, person);
  }
  for (const [id, at] of Object.entries(dragged)) {
    const shape = shapes.get(id);
    if (shape !== undefined) paintDragged(to, at, shape, nameOf(nodes[id], desk.kinds), person);
  }
}

// D25  The frames of groups that are dragged with all they hold.
function draggedFrames(design: DesignBody, shapes: ReturnType<Geometry['shapes']>, drag: Readonly<Record<string, Position>>) {
  const frames = framesOf(design, shapes, (id) => drag[id] ?? design.canvas.positions[id] ?? { x: 0, y: 0 });
  return frames.filter(({ id }) => nodesIn(design, id).every((node) => Object.hasOwn(drag, node)));
}

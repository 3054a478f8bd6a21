import './groups.css';
import { useStoreApi, ViewportPortal } from '@xyflow/react';
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react';
import type { Position } from '#model/design.ts';
import { createGeometry, type Geometry } from '../canvas/geometry.ts';
import { type Desk, useDesk, useShown } from '../shell/desk.ts';
import { type Frame, framesOf, nodesIn } from './frames.ts';
import { chooseGroup, useChosenGroup } from './group-actions.ts';
import { frameColour, groupName } from './group-edits.ts';

/** How a dragged frame moves what it holds. */
export interface FrameMoves {
  /** Where nodes are while the frame is dragged. */
  moved(places: ReadonlyMap<string, Position>): void;
  /** They are let go: one edit. */
  dropped(): void;
}

/**
 * The frames of groups, below nodes and wires. React draws each once; where it is follows its members at every frame without it, also while
 * these are dragged.
 */
export function GroupFrames({ moves }: { readonly moves: FrameMoves }) {
  const desk = useDesk();
  const flow = useStoreApi();
  const layer = useRef<HTMLDivElement>(null);
  const design = useShown((shown) => shown);
  const groups = Object.values(design.canvas.groups ?? {});
  const some = groups.length > 0;
  useEffect(() => {
    if (!some) return undefined;
    const geometry = createGeometry(desk, flow);
    let request = 0;
    const lay = () => {
      request = 0;
      layOut(layer.current, desk, geometry);
    };
    const wake = () => {
      if (request === 0) request = requestAnimationFrame(lay);
    };
    const leaves = [flow.subscribe(wake), desk.design.state.subscribe(wake)];
    wake();
    return () => {
      cancelAnimationFrame(request);
      for (const leave of leaves) leave();
    };
  }, [desk, flow, some]);
  if (!some) return null;
  return (
    <ViewportPortal>
      <div ref={layer} className="frames">
        {groups.map((group) => (
          <GroupFrame key={group.id} id={group.id} title={groupName(group)} colour={frameColour(group)} moves={moves} />
        ))}
      </div>
    </ViewportPortal>
  );
}

// Written only where it differs: the flow tells of every movement of the view, too.
function layOut(layer: HTMLDivElement | null, desk: Desk, geometry: Geometry): void {
  if (layer === null) return;
  const frames = new Map(framesOf(desk.design.state.get().shown, geometry.shapes(), geometry.place).map((one) => [one.id, one]));
  for (const element of layer.children) {
    if (!(element instanceof HTMLElement)) continue;
    const frame = frames.get(element.dataset['group'] ?? '');
    const place = frame === undefined ? '' : placeText(frame);
    if (element.dataset['place'] === place) continue;
    element.dataset['place'] = place;
    element.hidden = frame === undefined;
    if (frame === undefined) continue;
    const { x, y, width, height, depth } = frame;
    Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    // Inner frames over outer ones, all below what is drawn.
    element.style.zIndex = String(depth);
  }
}

const placeText = ({ x, y, width, height, depth }: Frame): string => [x, y, width, height, depth].map(Math.round).join(' ');

interface FrameProps {
  readonly id: string;
  readonly title: string;
  readonly colour: string;
  readonly moves: FrameMoves;
}

function GroupFrame({ id, title, colour, moves }: FrameProps) {
  const desk = useDesk();
  const chosen = useChosenGroup() === id;
  const drag = useFrameDrag(desk, id, moves);
  return (
    <div className={`frame${chosen ? ' chosen' : ''}`} style={{ '--frame': colour } as CSSProperties} data-group={id} hidden>
      <button
        type="button"
        className="frame-title nopan nodrag"
        aria-pressed={chosen}
        aria-label={`Group ${title}`}
        data-group-title={id}
        onClick={() => chooseGroup(desk, id)}
        {...drag}
      >
        {title}
      </button>
    </div>
  );
}

const step = 8;
const farStep = 40;
const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const leastDrag = 3;

// By its title a frame is dragged, or moved by arrows; what it holds goes along.
function useFrameDrag(desk: Desk, id: string, moves: FrameMoves) {
  const flow = useStoreApi();
  const from = useRef<{ x: number; y: number; places: ReadonlyMap<string, Position>; dragged: boolean } | null>(null);
  const shift = (places: ReadonlyMap<string, Position>, dx: number, dy: number) =>
    moves.moved(new Map([...places].map(([node, { x, y }]) => [node, { x: x + dx, y: y + dy }])));
  const places = (): ReadonlyMap<string, Position> => {
    const { shown } = desk.design.state.get();
    const { nodeLookup } = flow.getState();
    const at = (node: string) =>
      nodeLookup.get(node)?.internals.positionAbsolute ?? shown.canvas.positions[node] ?? { x: 0, y: 0 };
    return new Map(nodesIn(shown, id).map((node) => [node, at(node)]));
  };
  const release = () => {
    if (from.current?.dragged === true) moves.dropped();
    from.current = null;
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = { x: event.clientX, y: event.clientY, places: places(), dragged: false };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (from.current === null) return;
      const [x, y] = [event.clientX - from.current.x, event.clientY - from.current.y];
      if (!from.current.dragged && Math.hypot(x, y) < leastDrag) return;
      from.current.dragged = true;
      const zoom = flow.getState().transform[2];
      shift(from.current.places, onGrid(x / zoom), onGrid(y / zoom));
    },
    onPointerUp: release,
    onPointerCancel: release,
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const arrow = arrows[event.key];
      if (arrow === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const far = event.shiftKey ? farStep : step;
      shift(places(), arrow[0] * far, arrow[1] * far);
      moves.dropped();
    },
  };
}

const onGrid = (length: number): number => Math.round(length / step) * step;

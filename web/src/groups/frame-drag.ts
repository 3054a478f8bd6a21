import { useStoreApi } from '@xyflow/react';
import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from 'react';
import type { Position } from '#model/design.ts';
import { areDrawn, shift } from '../canvas/shift.ts';
import { tellDrag } from '../people/tell-doing.ts';
import type { Desk } from '../shell/desk.ts';
import { nodesIn } from './frames.ts';

/** How a dragged frame moves what it holds. */
export interface FrameMoves {
  /** Where nodes are while the frame is dragged. */
  moved(places: ReadonlyMap<string, Position>): void;
  /** They are let go: one edit. */
  dropped(): void;
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

type Places = ReadonlyMap<string, Position>;

interface Dragged {
  readonly x: number;
  readonly y: number;
  readonly places: Places;
  readonly nodes: ReadonlySet<string>;
  dragged: boolean;
  shifts: boolean;
}

const moved = (places: Places, dx: number, dy: number): Places =>
  new Map([...places].map(([node, { x, y }]) => [node, { x: x + dx, y: y + dy }]));

/** D24  By its title a frame is dragged, or moved by arrows; what it holds goes along, in one edit when it is let go. */
export function useFrameDrag(desk: Desk, id: string, moves: FrameMoves) {
  const flow = useStoreApi();
  const from = useRef<Dragged | null>(null);
  const { held, drag, drop } = useMemo(() => dragging(desk, flow, id, moves), [desk, flow, id, moves]);
  const release = () => {
    if (from.current?.dragged === true) drop(from.current);
    from.current = null;
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      const places = held();
      const nodes = new Set(places.keys());
      from.current = { x: event.clientX, y: event.clientY, places, nodes, dragged: false, shifts: false };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const now = from.current;
      if (now === null) return;
      const [x, y] = [event.clientX - now.x, event.clientY - now.y];
      if (!now.dragged && Math.hypot(x, y) < leastDrag) return;
      const { transform, domNode } = flow.getState();
      if (!now.dragged) now.shifts = domNode !== null && areDrawn(domNode, now.nodes);
      now.dragged = true;
      drag(now, onGrid(x / transform[2]), onGrid(y / transform[2]));
    },
    onPointerUp: release,
    onPointerCancel: release,
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const arrow = arrows[event.key];
      if (arrow === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const far = event.shiftKey ? farStep : step;
      moves.moved(moved(held(), arrow[0] * far, arrow[1] * far));
      moves.dropped();
    },
  };
}

function dragging(desk: Desk, flow: ReturnType<typeof useStoreApi>, id: string, moves: FrameMoves) {
  return {
    held(): Places {
      const { shown } = desk.design.state.get();
      const { nodeLookup } = flow.getState();
      const at = (node: string) =>
        nodeLookup.get(node)?.internals.positionAbsolute ?? shown.canvas.positions[node] ?? { x: 0, y: 0 };
      return new Map(nodesIn(shown, id).map((node) => [node, at(node)]));
    },
    // By shifting what is drawn, where all of it is drawn; else as if each node were dragged by itself.
    drag({ places, nodes, shifts }: Dragged, dx: number, dy: number): void {
      const now = shift.get();
      if (!shifts) moves.moved(moved(places, dx, dy));
      else if (now?.dx !== dx || now.dy !== dy) {
        shift.set({ nodes, dx, dy });
        tellDrag(desk, moved(places, dx, dy));
      }
    },
    drop({ places }: Dragged): void {
      const now = shift.get();
      if (now !== null) moves.moved(moved(places, now.dx, now.dy));
      moves.dropped();
      shift.set(null);
    },
  };
}

const onGrid = (length: number): number => Math.round(length / step) * step;

import { useStoreApi } from '@xyflow/react';
import { type PointerEvent, useEffect, useMemo } from 'react';
import type { Position } from '#model/design.ts';
import { useStore } from '../base/store.ts';
import { view } from '../canvas/view.ts';
import { type Desk, useDesk } from '../shell/desk.ts';
import { follow } from './follow.ts';

/** What this person does on the canvas, told to the others: nothing of it is stored, and no edit is made before something is dropped. */

const farthest = 1e6;
const widest = 10_000;
const mostTold = 200;

const told = ({ x, y }: Position): Position => ({ x: bounded(x), y: bounded(y) });
const seen = (length: number) => Math.min(widest, Math.max(8, Math.round(length)));
const bounded = (value: number) => Math.round(Math.max(-farthest, Math.min(farthest, value)) * 10) / 10;

/** Tells where nodes are dragged; null when they are let go. */
export function tellDrag(desk: Desk, dragged: ReadonlyMap<string, Position> | null): void {
  const drag = dragged && Object.fromEntries([...dragged].slice(0, mostTold).map(([id, at]) => [id, told(at)]));
  desk.people.does({ drag });
}

/** Tells cursor, selection and view; the handlers belong to the canvas. */
export function useTelling() {
  const desk = useDesk();
  const flow = useStoreApi();
  useEffect(() => {
    const tellSelection = () => {
      const { nodes, wires } = desk.ui.get().selection;
      const selection = { nodes: nodes.slice(0, mostTold), connections: wires.slice(0, mostTold) };
      if (JSON.stringify(selection) === last) return;
      last = JSON.stringify(selection);
      desk.people.does({ selection });
    };
    let last = JSON.stringify({ nodes: [], connections: [] });
    tellSelection();
    return desk.ui.subscribe(tellSelection);
  }, [desk]);
  useEffect(() => {
    let last: unknown;
    const tellView = () => {
      const { transform, width, height } = flow.getState();
      // Two who follow each other would push each other about.
      if (transform === last || width === 0 || desk.people.followed.get() !== null) return;
      last = transform;
      const [x, y, zoom] = transform;
      const size = { width: seen(width / zoom), height: seen(height / zoom) };
      desk.people.does({ viewport: { at: told({ x: -x / zoom, y: -y / zoom }), size } });
    };
    tellView();
    return flow.subscribe(tellView);
  }, [desk, flow]);
  return useMemo(() => {
    // What a person does with the view ends following.
    const own = () => follow(desk, null);
    return {
      onWheelCapture: own,
      onPointerDownCapture: own,
      onPointerMove: (event: PointerEvent) => {
        const at = view.get()?.screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
        if (at !== undefined) desk.people.does({ cursor: told(at) });
      },
      onPointerLeave: () => desk.people.does({ cursor: null }),
    };
  }, [desk]);
}

/** Keeps the view where the followed person's is. */
export function useFollowing(): void {
  const desk = useDesk();
  const followed = useStore(desk.people.followed);
  useEffect(() => {
    if (followed === null) return undefined;
    const look = () => {
      const { viewport } = desk.people.doing(followed);
      if (viewport === undefined) return;
      const { at, size } = viewport;
      void view.get()?.fitBounds({ ...at, ...size }, { padding: 0 });
    };
    look();
    return desk.people.onMove(look);
  }, [desk, followed]);
}

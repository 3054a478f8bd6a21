import { type OnMove, useStoreApi } from '@xyflow/react';
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
  return useMemo(() => {
    const onMove: OnMove = (event, { x, y, zoom }) => {
      // A person's own move ends following; the page moves the view without an event.
      if (event !== null) follow(desk, null);
      const { width, height } = flow.getState();
      const size = { width: Math.min(widest, Math.max(8, width / zoom)), height: Math.min(widest, Math.max(8, height / zoom)) };
      desk.people.does({ viewport: { at: told({ x: -x / zoom, y: -y / zoom }), size } });
    };
    return {
      onMove,
      onPointerMove: (event: PointerEvent) => {
        const at = view.get()?.screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
        if (at !== undefined) desk.people.does({ cursor: told(at) });
      },
      onPointerLeave: () => desk.people.does({ cursor: null }),
    };
  }, [desk, flow]);
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

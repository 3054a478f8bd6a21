import type { useStoreApi } from '@xyflow/react';
import type { Position } from '#model/design.ts';
import type { Desk } from '../shell/desk.ts';
import { shapesOf } from './shapes.ts';
import { shifted } from './shift.ts';

/** Where everything is, for layers that are painted over the drawing. */
export interface Geometry {
  shapes(): ReturnType<typeof shapesOf>;
  place(id: string): Position;
}

/** Shapes are computed again only when the design has changed; places are read where they are, also while dragging. */
export function createGeometry(desk: Desk, flow: ReturnType<typeof useStoreApi>): Geometry {
  let of = desk.design.state.get().shown;
  let shapes = shapesOf(of, desk.kinds);
  return {
    shapes() {
      const { shown } = desk.design.state.get();
      if (shown !== of) [of, shapes] = [shown, shapesOf(shown, desk.kinds)];
      return shapes;
    },
    place: (id) =>
      shifted(id, flow.getState().nodeLookup.get(id)?.internals.positionAbsolute ?? of.canvas.positions[id] ?? { x: 0, y: 0 }),
  };
}

/** Gives a canvas element as many pixels as it covers. */
export function resize(element: HTMLCanvasElement, width: number, height: number): void {
  const [w, h] = [Math.round(width), Math.round(height)];
  if (element.width !== w) element.width = w;
  if (element.height !== h) element.height = h;
}

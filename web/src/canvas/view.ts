import type { ReactFlowInstance } from '@xyflow/react';
import type { Position } from '#model/design.ts';
import { createStore } from '../base/store.ts';
import type { Box, Wire } from './elements.ts';

/** The canvas as shown now; null before it is there. */
export const view = createStore<ReactFlowInstance<Box, Wire> | null>(null);

const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
const durationMs = () => (calm() ? 0 : 220);

/** Shows everything. */
export function fitAll(): void {
  void view.get()?.fitView({ padding: 0.08, maxZoom: 1.1, duration: durationMs() });
}

/** Shows everything at once, when the canvas first has its size. */
export function fitFirst(): void {
  afterLayout(() => {
    // Nothing to show yet: a fit asked for now would jump to the first node placed.
    if (view.get()?.getNodes().length !== 0) void view.get()?.fitView({ padding: 0.08, maxZoom: 1.1 });
  });
}

/** Brings nodes into view, when what was just opened beside the canvas has taken its room. */
export function showNodes(ids: readonly string[]): void {
  if (ids.length === 0) return;
  const nodes = ids.map((id) => ({ id }));
  afterLayout(() => void view.get()?.fitView({ nodes, padding: 0.16, maxZoom: 1.1, duration: durationMs() }));
}

/** Brings a point into the middle, when what was just opened beside the canvas has taken its room. */
export function showPlace({ x, y }: Position): void {
  afterLayout(() => {
    const zoom = Math.max(view.get()?.getZoom() ?? 1, 0.7);
    void view.get()?.setCenter(x, y, { zoom, duration: durationMs() });
  });
}

// The canvas hears of its new size after the next frame.
function afterLayout(run: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(run)));
}

/** The middle of what is seen, in canvas units and on the screen. */
export function middle(): { at: Position; screen: Position } {
  const box = document.querySelector('.canvas')?.getBoundingClientRect();
  const screen = box === undefined ? { x: 400, y: 300 } : { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  return { screen, at: view.get()?.screenToFlowPosition(screen) ?? { x: 0, y: 0 } };
}

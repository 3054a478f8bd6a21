import { useStoreApi } from '@xyflow/react';
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { Size } from '#model/design.ts';
import { leastHeight, nodeWidth } from '../canvas/shapes.ts';
import { nameOf } from '../design/edits.ts';
import { commit, type Desk, useDesk, useUi } from '../shell/desk.ts';

const step = 8;
const greatest = 10_000;

/** Commits how large a node is drawn at least; undefined is as large as it needs to be. */
export function resizeNode(desk: Desk, id: string, size: Size | undefined): void {
  const { shown } = desk.design.state.get();
  const label = `resize ${nameOf(shown.nodes[id], desk.kinds)}`;
  const now = shown.canvas.sizes?.[id];
  if (now?.width === size?.width && now?.height === size?.height) return;
  commit(desk, label, [{ do: 'node.resize', id, ...(size !== undefined && { size }) }]);
}

/** The size a node is drawn in, on the grid; undefined when that is the least one anyway. */
export function sizeWanted(width: number, height: number): Size | undefined {
  const onGrid = (length: number, least: number) => Math.min(greatest, Math.max(least, Math.round(length / step) * step));
  const size = { width: onGrid(width, nodeWidth), height: onGrid(height, leastHeight) };
  return size.width === nodeWidth && size.height === leastHeight ? undefined : size;
}

/** The corner by which the selected node is made larger: dragged, or by arrows. One edit when it is let go. */
export function ResizeGrip({ node }: { readonly node: string }) {
  const desk = useDesk();
  const flow = useStoreApi();
  const alone = useUi(({ selection }) => selection.nodes.length === 1 && selection.wires.length === 0);
  const from = useRef<{ x: number; y: number; width: number; height: number } | null>(null);
  if (!alone) return null;
  const box = (grip: HTMLElement) => grip.closest<HTMLElement>('.box');
  const sizeOf = (grip: HTMLElement) => ({
    width: box(grip)?.offsetWidth ?? nodeWidth,
    height: box(grip)?.offsetHeight ?? leastHeight,
  });
  const reach = (event: PointerEvent<HTMLElement>) => {
    const { x, y, width, height } = from.current ?? { x: 0, y: 0, width: 0, height: 0 };
    const zoom = flow.getState().transform[2];
    return sizeWanted(width + (event.clientX - x) / zoom, height + (event.clientY - y) / zoom);
  };
  return (
    <button
      type="button"
      className="resize-grip nodrag nopan"
      aria-label="Size, changed by arrows"
      title="Drag to make it larger"
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, y: event.clientY, ...sizeOf(event.currentTarget) };
      }}
      onPointerMove={(event) => {
        if (from.current === null) return;
        const { width, height } = reach(event) ?? { width: nodeWidth, height: leastHeight };
        // Shown by the grip alone until it is let go.
        event.currentTarget.style.setProperty('--wide', `${width - from.current.width}px`);
        event.currentTarget.style.setProperty('--high', `${height - from.current.height}px`);
        event.currentTarget.dataset['resizing'] = '';
      }}
      onPointerUp={(event) => {
        const size = reach(event);
        const was = from.current;
        from.current = null;
        delete event.currentTarget.dataset['resizing'];
        if (was !== null && (event.clientX !== was.x || event.clientY !== was.y)) resizeNode(desk, node, size);
      }}
      onPointerCancel={(event) => {
        from.current = null;
        delete event.currentTarget.dataset['resizing'];
      }}
      onKeyDown={(event) =>
        byArrows(event, (dx, dy) => {
          const { width, height } = sizeOf(event.currentTarget);
          resizeNode(desk, node, sizeWanted(width + dx, height + dy));
        })
      }
    />
  );
}

function byArrows(event: KeyboardEvent<HTMLElement>, change: (dx: number, dy: number) => void): void {
  const far = event.shiftKey ? step * 5 : step;
  const ways: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-far, 0],
    ArrowRight: [far, 0],
    ArrowUp: [0, -far],
    ArrowDown: [0, far],
  };
  const way = ways[event.key];
  if (way === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  change(...way);
}

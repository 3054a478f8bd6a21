import { BaseEdge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import type { Wire } from './elements.ts';
import { curveBetween, pathOf, type Side } from './shapes.ts';

/** A wire; what moves on it is painted by the live layer. */
export const WireLine = memo(function WireLine(props: EdgeProps<Wire>) {
  const { sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition, data, selected, id } = props;
  const curve = curveBetween(
    { x: sourceX, y: sourceY, side: sourcePosition as Side },
    { x: targetX, y: targetY, side: targetPosition as Side },
  );
  const looks = ['wire', data?.light, data?.trouble, selected === true ? 'chosen' : undefined].filter(Boolean).join(' ');
  const capacity = data?.wire.capacity ?? 0;
  return (
    <g className={looks} data-wire={id}>
      <BaseEdge id={id} path={pathOf(curve)} interactionWidth={22} markerEnd="url(#arrow)" />
      {capacity > 0 && <path d={pathOf(curve)} className="wire-buffered" />}
    </g>
  );
});

/** The arrow head of wires. */
export function WireMarks() {
  return (
    <svg className="unseen" aria-hidden="true">
      <defs>
        <marker
          id="arrow"
          viewBox="0 0 10 10"
          refX="7"
          refY="5"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M1 1.5 8 5 1 8.5z" className="wire-head" />
        </marker>
      </defs>
    </svg>
  );
}

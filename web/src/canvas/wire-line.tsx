import { BaseEdge, type EdgeProps, useStore } from '@xyflow/react';
import { memo } from 'react';
import type { Position } from '#model/design.ts';
import type { Wire } from './elements.ts';
import { curveBetween, pathOf, pointAt, type Side } from './shapes.ts';

/** A wire; what moves on it is painted by the live layer. */
export const WireLine = memo(function WireLine(props: EdgeProps<Wire>) {
  const { sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition, data, selected, id } = props;
  const curve = curveBetween(
    { x: sourceX, y: sourceY, side: sourcePosition as Side },
    { x: targetX, y: targetY, side: targetPosition as Side },
  );
  const call = data?.call === true;
  const looks = ['wire', call && 'call', data?.light, data?.trouble, selected === true && 'chosen'].filter(Boolean).join(' ');
  const capacity = data?.wire.capacity ?? 0;
  const { breakpoint = false, held = false } = data ?? {};
  return (
    <g className={looks} data-wire={id}>
      <BaseEdge id={id} path={pathOf(curve)} interactionWidth={22} markerEnd="url(#arrow)" />
      {call && <path d={pathOf(curve)} className="wire-between" data-call />}
      {(breakpoint || held) && <WireState at={pointAt(curve, 0.5)} breakpoint={breakpoint} held={held} />}
      {capacity > 0 && <path d={pathOf(curve)} className="wire-buffered" />}
    </g>
  );
});

interface MarkProps {
  readonly at: Position;
  readonly breakpoint: boolean;
  readonly held: boolean;
}

/** Above the middle, where the numbers of a wire are: as large as these, however far away. */
function WireState({ at, breakpoint, held }: MarkProps) {
  const zoom = useStore(({ transform }) => transform[2]);
  const scale = Math.max(zoom, 0.92) / zoom;
  const aside = breakpoint && held ? 11 : 0;
  return (
    <g transform={`translate(${at.x} ${at.y}) scale(${scale})`}>
      {breakpoint && <circle className="wire-breakpoint" cx={-aside} cy={-19} r={7} data-breakpoint />}
      {held && (
        <g className="wire-held" transform={`translate(${aside} -19)`} data-held>
          <circle r={8} />
          <path d="M-2.5 -3.5v7M2.5 -3.5v7" />
        </g>
      )}
    </g>
  );
}

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

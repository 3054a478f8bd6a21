import { BaseEdge, type EdgeProps } from '@xyflow/react';
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
  const looks = ['wire', data?.light, data?.trouble, selected === true ? 'chosen' : undefined].filter(Boolean).join(' ');
  const capacity = data?.wire.capacity ?? 0;
  return (
    <g className={looks} data-wire={id}>
      <BaseEdge id={id} path={pathOf(curve)} interactionWidth={22} markerEnd="url(#arrow)" />
      {data?.breakpoint === true && <BreakpointMark at={pointAt(curve, 0.22)} />}
      {data?.held === true && <HeldMark at={pointAt(curve, 0.78)} />}
      {capacity > 0 && <path d={pathOf(curve)} className="wire-buffered" />}
    </g>
  );
});

interface MarkProps {
  readonly at: Position;
}

function BreakpointMark({ at }: MarkProps) {
  return <circle className="wire-breakpoint" cx={at.x} cy={at.y} r={6.5} data-breakpoint />;
}

// A valve that is shut: two bars across, as on a pause button.
function HeldMark({ at: { x, y } }: MarkProps) {
  return (
    <g className="wire-held" data-held>
      <circle cx={x} cy={y} r={9} />
      <path d={`M${x - 3} ${y - 4}v8M${x + 3} ${y - 4}v8`} />
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

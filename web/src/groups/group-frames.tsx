import './groups.css';
import { useStoreApi, ViewportPortal } from '@xyflow/react';
import { type CSSProperties, useEffect, useRef } from 'react';
import { createGeometry, type Geometry } from '../canvas/geometry.ts';
import { drawShifted, shift } from '../canvas/shift.ts';
import { type Desk, useDesk, useShown } from '../shell/desk.ts';
import { type FrameMoves, useFrameDrag } from './frame-drag.ts';
import { type Frame, framesOf } from './frames.ts';
import { chooseGroup, useChosenGroup } from './group-actions.ts';
import { frameColour, groupName } from './group-edits.ts';

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
    let wasShifted = false;
    const lay = () => {
      request = 0;
      layOut(layer.current, desk, geometry);
      const isShifted = shift.get() !== null;
      const root = flow.getState().domNode;
      if (root !== null && (isShifted || wasShifted)) drawShifted(root, desk.design.state.get().shown, geometry.shapes());
      wasShifted = isShifted;
    };
    const wake = () => {
      if (request === 0) request = requestAnimationFrame(lay);
    };
    const leaves = [flow.subscribe(wake), shift.subscribe(wake), desk.design.state.subscribe(wake)];
    wake();
    return () => {
      cancelAnimationFrame(request);
      shift.set(null);
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

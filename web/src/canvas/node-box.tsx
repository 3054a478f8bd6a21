import { type Position as FlowSide, Handle, type NodeProps } from '@xyflow/react';
import { type CSSProperties, memo } from 'react';
import { createStore } from '../base/store.ts';
import { ResizeGrip } from '../groups/resize-grip.tsx';
import { useDesk, useUi } from '../shell/desk.ts';
import { groupColour, Icon, KindIcon } from '../theme/icon.tsx';
import { type Box, sameData } from './elements.ts';
import { type LooseEnd, type Spot, wireFault } from './shapes.ts';

/** Why the spot under the pointer does not fit the wire being drawn. */
export const reasonHere = createStore<string | null>(null);

/** A node. Its state and counts are painted over it by the live layer. */
export const NodeBox = memo(function NodeBox({ data, selected }: NodeProps<Box>) {
  const { node, spec, shape, light, trouble, held } = data;
  const looks = ['box', light, trouble, held ? 'paused' : undefined, selected ? 'chosen' : undefined].filter(Boolean).join(' ');
  const style = { width: shape.width, height: shape.height, '--group': groupColour(node.kind) } as CSSProperties;
  return (
    <div className={looks} style={style} data-node={node.id}>
      <span className="box-icon">
        <KindIcon icon={spec?.icon ?? ''} kind={node.kind} size={18} />
      </span>
      <span className="box-words">
        <span className="box-title">{node.label || spec?.title || node.id}</span>
        <span className="box-kind">{spec === undefined ? `${node.kind}: unknown here` : node.kind}</span>
      </span>
      {trouble !== undefined && <span className="box-trouble">{trouble === 'error' ? '!' : '?'}</span>}
      {held && (
        <span className="box-held" title="Paused by itself" data-held>
          <Icon name="pause" size={12} />
        </span>
      )}
      {selected && <ResizeGrip node={node.id} />}
      {shape.spots.map((spot) => (
        <SpotHandle key={spot.id} node={node.id} spot={spot} />
      ))}
    </div>
  );
}, looksSame);

// Where it is drawn is no matter of its own: dragging draws no node anew.
function looksSame(a: NodeProps<Box>, b: NodeProps<Box>): boolean {
  return a.selected === b.selected && sameData(a.data, b.data);
}

const SpotHandle = memo(function SpotHandle({ node, spot }: { readonly node: string; readonly spot: Spot }) {
  const desk = useDesk();
  const wiring = useUi((ui) => ui.wiring);
  const fault = wiring === null ? undefined : faultWith(desk, wiring, { node, port: spot.port, index: spot.index });
  const { direction, protocol, many, optional } = spot.spec;
  const open = spot.connection === undefined;
  const looks = [
    'spot',
    direction,
    protocol === 'call' && 'call',
    open ? 'free' : 'held',
    open && !optional && !many && 'wanted',
    spot.port === 'err' && 'err',
    wiring !== null && (fault === undefined ? 'fits' : fault === self ? 'self' : 'unfit'),
  ];
  const name = many ? `${spot.port}[${spot.index}]` : spot.port;
  return (
    <Handle
      id={spot.id}
      type={direction === 'out' ? 'source' : 'target'}
      position={spot.side as FlowSide}
      className={looks.filter(Boolean).join(' ')}
      style={{ left: spot.x, top: spot.y, right: 'auto', bottom: 'auto', transform: 'translate(-50%, -50%)' }}
      isConnectableStart={open}
      title={fault !== undefined && fault !== self ? `${name}: ${fault}` : `${name}: ${spot.spec.description || direction}`}
      data-spot={`${node}.${spot.id}`}
      onMouseEnter={() => reasonHere.set(fault === undefined || fault === self ? null : fault)}
      onMouseLeave={() => reasonHere.set(null)}
    >
      <span className={`spot-name ${spot.side}`}>{name}</span>
    </Handle>
  );
});

const self = 'itself';

function faultWith(desk: ReturnType<typeof useDesk>, wiring: LooseEnd, here: LooseEnd): string | undefined {
  if (wiring.node === here.node && wiring.port === here.port && wiring.index === here.index) return self;
  return wireFault(desk.design.state.get().shown, desk.kinds, wiring, here);
}

import {
  Background,
  BackgroundVariant,
  Controls,
  type EdgeProps,
  type NodeProps,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  ViewportPortal,
} from '@xyflow/react';
import { createContext, memo, useContext, useEffect, useMemo, useState } from 'react';
import { createStore } from '../base/store.ts';
import { type Box, createElements, type Wire } from '../canvas/elements.ts';
import { NodeBox } from '../canvas/node-box.tsx';
import { type Shape, shapesOf } from '../canvas/shapes.ts';
import { view } from '../canvas/view.ts';
import { WireLine, WireMarks } from '../canvas/wire-line.tsx';
import { framesOf } from '../groups/frames.ts';
import { frameColour, groupName } from '../groups/group-edits.ts';
import { useDesk } from '../shell/desk.ts';
import { nothing } from '../shell/ui.ts';
import { type Mark, signs } from './differences.ts';
import type { PastScene } from './past-scene.ts';
import { usePast } from './reading.ts';

/** The canvas of the past, as shown now; null while the present is. */
export const pastView = createStore<ReactFlowInstance<Box, Wire> | null>(null);

const SceneContext = createContext<PastScene | null>(null);
const noMarks = { heldNodes: new Set<string>(), heldWires: new Set<string>(), breakpoints: new Set<string>() };
const fitting = { padding: 0.08, maxZoom: 1.1 };

/** A state of before, drawn with what has become of it since. It lies over the drawing and changes nothing. */
export function PastCanvas() {
  const past = usePast();
  if (past === undefined) return null;
  return (
    <SceneContext value={past.scene}>
      <ReactFlowProvider>
        <Drawn scene={past.scene} rev={past.rev} />
      </ReactFlowProvider>
    </SceneContext>
  );
}

function Drawn({ scene, rev }: { readonly scene: PastScene; readonly rev: number }) {
  const desk = useDesk();
  const [elements] = useState(createElements);
  const shapes = useMemo(() => shapesOf(scene.design, desk.kinds), [scene, desk.kinds]);
  const whole = {
    design: scene.design,
    kinds: desk.kinds,
    shapes,
    dragged: new Map(),
    selection: nothing,
    lit: null,
    troubled: new Map(),
    marks: noMarks,
  };
  useEffect(() => () => pastView.set(null), []);
  return (
    <section className="canvas past-canvas" aria-label={`Drawing as it was in revision ${rev}`} data-past={rev}>
      <ReactFlow
        nodes={elements.boxes(whole)}
        edges={elements.wires(whole)}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={pastView.set}
        defaultViewport={view.get()?.getViewport() ?? { x: 0, y: 0, zoom: 1 }}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements
        minZoom={0.1}
        maxZoom={2.5}
        panOnScroll
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.5} color="var(--dot)" />
        <WireMarks />
        <PastFrames scene={scene} shapes={shapes} />
        <MovedGhosts scene={scene} shapes={shapes} />
        <Controls showInteractive={false} fitViewOptions={fitting} position="bottom-left" />
      </ReactFlow>
    </section>
  );
}

const PastBox = memo(function PastBox(props: NodeProps<Box>) {
  const mark = useContext(SceneContext)?.nodes.get(props.id);
  return (
    <div className={mark === undefined ? undefined : `diff diff-${mark}`} data-diff={mark}>
      <NodeBox {...props} />
      {mark !== undefined && <Sign mark={mark} />}
    </div>
  );
});

function Sign({ mark }: { readonly mark: Mark }) {
  return (
    <span className="diff-sign" role="img" aria-label={signs[mark].word} title={signs[mark].word}>
      {signs[mark].sign}
    </span>
  );
}

const PastWire = memo(function PastWire(props: EdgeProps<Wire>) {
  const mark = useContext(SceneContext)?.wires.get(props.id);
  return (
    <g className={mark === undefined ? undefined : `diff-wire diff-${mark}`} data-diff={mark}>
      <WireLine {...props} />
    </g>
  );
});

const nodeTypes = { box: PastBox };
const edgeTypes = { wire: PastWire };

type Shapes = ReadonlyMap<string, Shape>;

function PastFrames({ scene, shapes }: { readonly scene: PastScene; readonly shapes: Shapes }) {
  const { design, groups } = scene;
  const frames = framesOf(design, shapes, (id) => design.canvas.positions[id] ?? { x: 0, y: 0 });
  return (
    <ViewportPortal>
      {frames.map(({ id, group, x, y, width, height }) => {
        const mark = groups.get(id);
        const style = { left: x, top: y, width, height, '--frame': frameColour(group) } as React.CSSProperties;
        return (
          <div key={id} className={`frame${mark === undefined ? '' : ` diff diff-${mark}`}`} style={style} data-diff={mark}>
            <span className="frame-title">{groupName(group)}</span>
            {mark !== undefined && <Sign mark={mark} />}
          </div>
        );
      })}
    </ViewportPortal>
  );
}

// Where something that was moved is now, with a line to it.
function MovedGhosts({ scene, shapes }: { readonly scene: PastScene; readonly shapes: Shapes }) {
  const { design, moved } = scene;
  return (
    <ViewportPortal>
      {[...moved].map(([id, to]) => {
        const from = design.canvas.positions[id];
        const shape = shapes.get(id);
        if (from === undefined || shape === undefined) return null;
        const { width, height } = shape;
        const [dx, dy] = [to.x - from.x, to.y - from.y];
        const middle = { left: from.x + width / 2, top: from.y + height / 2, width: Math.hypot(dx, dy) };
        return (
          <div key={id} aria-hidden="true">
            <div className="moved-ghost" style={{ left: to.x, top: to.y, width, height }} data-moved={id} />
            <div className="moved-line" style={{ ...middle, rotate: `${Math.atan2(dy, dx)}rad` }} />
          </div>
        );
      })}
    </ViewportPortal>
  );
}

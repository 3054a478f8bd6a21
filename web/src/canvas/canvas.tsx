import {
  Background,
  BackgroundVariant,
  type Connection,
  ConnectionLineType,
  Controls,
  type EdgeChange,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import './canvas.css';
import './wires.css';
import { type DragEvent, type MouseEvent, useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import { outerOf, type Position } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { usePart, useStore } from '../base/store.ts';
import { CommentPins } from '../comments/pins.tsx';
import { isEmpty, nameOf, snapped } from '../design/edits.ts';
import { GroupFrames } from '../groups/group-frames.tsx';
import { designSetting } from '../inspector/form-schema.ts';
import { kindType } from '../palette/palette-entry.tsx';
import { PeopleLayer } from '../people/people-layer.tsx';
import { FollowFrame } from '../people/people-list.tsx';
import { tellDrag, useFollowing, useTelling } from '../people/tell-doing.ts';
import { groupsOf } from '../problems/verdict.ts';
import { place, rewire, wire } from '../shell/actions.ts';
import { commit, type Desk, useDesk, useUi } from '../shell/desk.ts';
import { nothing } from '../shell/ui.ts';
import { groupColour } from '../theme/icon.tsx';
import { type Box, createElements, type Scene, type Wire } from './elements.ts';
import { litByFindings, litByPause, litByStuck, litOf } from './lit.ts';
import { LiveLayer } from './live-layer.tsx';
import { useLooking } from './looking.ts';
import { useMarks } from './marks.ts';
import { NodeBox, reasonHere } from './node-box.tsx';
import { type LooseEnd, readSpotId, shapesOf, wireFault } from './shapes.ts';
import { fitFirst, view } from './view.ts';
import { WireLine, WireMarks } from './wire-line.tsx';

const miniSize = { width: 168, height: 112 };
const nodeTypes = { box: NodeBox };
const edgeTypes = { wire: WireLine };
const fitting = { padding: 0.08, maxZoom: 1.1 };

/** The drawing. */
export function Canvas() {
  const desk = useDesk();
  const { scene, setDragged } = useScene(desk);
  const [elements] = useState(createElements);
  const boxes = elements.boxes(scene);
  const wires = elements.wires(scene);
  const moves = useMoves(desk, setDragged);
  const wiring = useWiring(desk);
  const telling = useTelling();
  useFollowing();
  useLooking();
  const past = useUi((ui) => ui.past !== null);
  const running = useStore(desk.run.frame) !== null;
  // The same function each time: with another one every node is drawn again.
  const inner = useCallback((_event: unknown, box: Box) => openInner(desk, box), [desk]);
  const opened = useCallback((instance: ReactFlowInstance<Box, Wire>) => {
    view.set(instance);
    fitFirst();
  }, []);
  return (
    <section
      className={`canvas${running ? ' has-run' : ''}`}
      aria-label="Drawing"
      inert={past}
      onDoubleClick={(event) => searchHere(desk, event)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => dropKind(desk, event)}
      {...telling}
    >
      <ReactFlow
        nodes={boxes}
        edges={wires}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={opened}
        onNodesChange={moves.nodes}
        onNodeDoubleClick={inner}
        onEdgesChange={moves.edges}
        onNodeDragStop={moves.dropped}
        onSelectionDragStop={moves.dropped}
        {...wiring}
        onlyRenderVisibleElements
        minZoom={0.1}
        maxZoom={2.5}
        panOnScroll
        zoomOnDoubleClick={false}
        {...grid}
        connectionRadius={24}
        reconnectRadius={9}
        connectionLineType={ConnectionLineType.Bezier}
        deleteKeyCode={null}
        elevateNodesOnSelect={false}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.5} color="var(--dot)" />
        <WireMarks />
        <GroupFrames moves={moves.frame} />
        <LiveLayer />
        <CommentPins />
        <PeopleLayer />
        <Corners />
      </ReactFlow>
      <FollowFrame />
      <WiringBar />
      <EmptyHint />
    </section>
  );
}

/** What is in the corners: the zoom, and everything in small. */
function Corners() {
  return (
    <>
      <Controls showInteractive={false} fitViewOptions={fitting} position="bottom-left" />
      <MiniMap<Box>
        pannable
        zoomable
        nodeColor={miniColour}
        nodeStrokeWidth={0}
        style={miniSize}
        position="bottom-right"
        ariaLabel="Overview"
      />
    </>
  );
}

const grid = { snapToGrid: true, snapGrid: [8, 8] as [number, number] };

const miniColour = (box: Box): string => groupColour(box.data.node.kind);

function useScene(desk: Desk): { scene: Scene; setDragged: (dragged: ReadonlyMap<string, Position>) => void } {
  const design = usePart(desk.design.state, ({ shown }) => shown);
  const selection = useUi((ui) => ui.selection);
  const replay = useUi((ui) => ui.replay);
  // A verdict that lights two hundred nodes is drawn between other things, not before them.
  const validation = useDeferredValue(usePart(desk.checks.state, (checked) => checked.validation));
  const [dragged, setDragged] = useState<ReadonlyMap<string, Position>>(new Map());
  const shapes = useMemo(() => shapesOf(design, desk.kinds), [design, desk.kinds]);
  const session = usePart(desk.run.session, (now) => now);
  const lastStep = useStore(desk.run.debug.lastStep);
  const lit = useMemo(
    () => litOf(replay) ?? litByStuck(session) ?? litByPause(session, lastStep) ?? litByFindings(validation?.findings ?? []),
    [replay, session, lastStep, validation],
  );
  const marks = useMarks(desk);
  const troubled = useMemo(() => {
    const marks = new Map<string, 'error' | 'warning'>();
    const { wrong, unknown } = groupsOf(validation);
    for (const { rule, severity, nodes, connections } of [...wrong, ...unknown]) {
      if (severity === 'info' || rule === 'deadlock') continue;
      for (const id of [...nodes.map(outerOf), ...connections]) if (marks.get(id) !== 'error') marks.set(id, severity);
    }
    return marks;
  }, [validation]);
  return { scene: { design, kinds: desk.kinds, shapes, dragged, selection, lit, troubled, marks }, setDragged };
}

const keyMoveMs = 350;

// Dragging and arrow keys move nodes here at once; one edit follows when they rest.
function useMoves(desk: Desk, setDragged: (dragged: ReadonlyMap<string, Position>) => void) {
  const moved = useRef(new Map<string, Position>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const settle = useCallback(() => {
    clearTimeout(timer.current);
    const { shown } = desk.design.state.get();
    const edits = [...moved.current].flatMap(([id, at]): Edit[] => {
      const to = snapped(at);
      const from = shown.canvas.positions[id];
      if (!Object.hasOwn(shown.nodes, id) || (from?.x === to.x && from.y === to.y)) return [];
      return [{ do: 'node.move', id, at: to }];
    });
    moved.current = new Map();
    const [only] = edits;
    const label =
      edits.length === 1 && only?.do === 'node.move'
        ? `move ${nameOf(shown.nodes[only.id], desk.kinds)}`
        : `move ${edits.length} nodes`;
    commit(desk, label, edits);
    setDragged(moved.current);
    tellDrag(desk, null);
  }, [desk, setDragged]);
  const nodes = useCallback(
    (changes: NodeChange<Box>[]) => {
      chosen(desk, 'nodes', changes);
      let resting = false;
      let any = false;
      for (const change of changes) {
        if (change.type !== 'position' || change.position === undefined) continue;
        moved.current.set(change.id, change.position);
        any = true;
        if (change.dragging !== true) resting = true;
      }
      if (!any) return;
      setDragged(new Map(moved.current));
      tellDrag(desk, moved.current);
      clearTimeout(timer.current);
      if (resting) timer.current = setTimeout(settle, keyMoveMs);
    },
    [desk, setDragged, settle],
  );
  const edges = useCallback((changes: EdgeChange<Wire>[]) => chosen(desk, 'wires', changes), [desk]);
  // Dragged by its frame: the same as its nodes dragged one by one.
  const frame = useMemo(
    () => ({
      moved: (places: ReadonlyMap<string, Position>) =>
        nodes([...places].map(([id, position]) => ({ id, type: 'position', position, dragging: true }))),
      dropped: settle,
    }),
    [nodes, settle],
  );
  return { nodes, edges, dropped: settle, frame };
}

function chosen(desk: Desk, which: 'nodes' | 'wires', changes: readonly (NodeChange<Box> | EdgeChange<Wire>)[]): void {
  const { selection } = desk.ui.get();
  const now = new Set(selection[which]);
  let changed = false;
  for (const change of changes) {
    if (change.type !== 'select' || now.has(change.id) === change.selected) continue;
    changed = true;
    if (change.selected) now.add(change.id);
    else now.delete(change.id);
  }
  if (changed) desk.ui.set((ui) => ({ ...ui, selection: { ...ui.selection, [which]: [...now] } }));
}

function useWiring(desk: Desk) {
  return useMemo(() => {
    const ends = ({ source, sourceHandle, target, targetHandle }: Connection | Wire): [LooseEnd, LooseEnd] => [
      { node: source, ...readSpotId(sourceHandle ?? '') },
      { node: target, ...readSpotId(targetHandle ?? '') },
    ];
    let rewires: string | undefined;
    const fault = (a: LooseEnd, b: LooseEnd) => wireFault(desk.design.state.get().shown, desk.kinds, a, b, rewires);
    const begin = (_: unknown, { nodeId, handleId }: { nodeId: string | null; handleId: string | null }) => {
      if (nodeId !== null && handleId !== null)
        desk.ui.set((ui) => ({
          ...ui,
          wiring: { node: nodeId, ...readSpotId(handleId), ...(rewires !== undefined && { rewires }) },
        }));
    };
    const end = (event: globalThis.MouseEvent | TouchEvent, state?: FinalConnectionState) => {
      const from = desk.ui.get().wiring;
      desk.ui.set((ui) => ({ ...ui, wiring: null }));
      reasonHere.set(null);
      if (from !== null && from.rewires === undefined && state !== undefined && state.isValid !== true)
        dropped(desk, from, event, fault);
    };
    return {
      isValidConnection: (connection: Connection | Wire) => fault(...ends(connection)) === undefined,
      onConnect: (connection: Connection) => {
        const [a, b] = ends(connection);
        wire(desk, a, b, fault(a, b));
      },
      onReconnectStart: (_: unknown, { id }: Wire) => {
        rewires = id;
      },
      onReconnect: ({ id }: Wire, connection: Connection) => {
        const [from, to] = ends(connection);
        rewire(desk, id, from, to);
      },
      onReconnectEnd: () => {
        rewires = undefined;
      },
      onConnectStart: begin,
      onConnectEnd: end,
      onClickConnectStart: begin,
      onClickConnectEnd: (event: globalThis.MouseEvent | TouchEvent) => end(event),
    };
  }, [desk]);
}

// Let go over a spot that does not fit: say why. Over nothing: search what fits, there.
function dropped(
  desk: Desk,
  from: LooseEnd,
  event: globalThis.MouseEvent | TouchEvent,
  fault: (a: LooseEnd, b: LooseEnd) => string | undefined,
): void {
  const point = 'changedTouches' in event ? event.changedTouches[0] : event;
  if (point === undefined) return;
  const under = document.elementFromPoint(point.clientX, point.clientY);
  const spot = under?.closest('[data-spot]')?.getAttribute('data-spot');
  if (spot !== undefined && spot !== null) {
    const [node = '', id = ''] = spot.split('.');
    const here = { node, ...readSpotId(id) };
    if (here.node !== from.node || here.port !== from.port) wire(desk, from, here, fault(from, here));
    return;
  }
  if (under?.closest('.react-flow__pane') === null || under === null) return;
  openSearch(desk, { x: point.clientX, y: point.clientY }, from);
}

function openSearch(desk: Desk, screen: Position, from?: LooseEnd): void {
  const at = view.get()?.screenToFlowPosition(screen) ?? { x: 0, y: 0 };
  desk.ui.set((ui) => ({ ...ui, quick: { screen, at, ...(from !== undefined && { from }) } }));
}

function searchHere(desk: Desk, event: MouseEvent): void {
  if (!(event.target instanceof Element) || event.target.closest('.react-flow__pane') === null) return;
  desk.ui.set((ui) => ({ ...ui, selection: nothing }));
  openSearch(desk, { x: event.clientX, y: event.clientY });
}

// A node that stands for another design opens it.
function openInner(desk: Desk, { data: { node, spec } }: Box): void {
  const name = designSetting(spec?.settings);
  const design = name === undefined ? undefined : node.settings[name];
  if (typeof design === 'string' && design !== '') desk.go(design);
}

function dropKind(desk: Desk, event: DragEvent): void {
  const spec = desk.kinds.get(event.dataTransfer.getData(kindType));
  const at = view.get()?.screenToFlowPosition({ x: event.clientX, y: event.clientY });
  if (spec === undefined || at === undefined) return;
  event.preventDefault();
  place(desk, spec, at);
}

function WiringBar() {
  const desk = useDesk();
  const wiring = useUi((ui) => ui.wiring);
  const reason = useStore(reasonHere);
  if (wiring === null) return null;
  const name = nameOf(desk.design.state.get().shown.nodes[wiring.node], desk.kinds);
  return (
    <p className={`wiring-bar${reason === null ? '' : ' unfit'}`} role="status">
      {reason ?? (
        <>
          <b>
            {name} · {wiring.port}
          </b>{' '}
          {wiring.rewires === undefined
            ? 'to a glowing port, or into empty space for a new component'
            : 'to a glowing port; let go elsewhere, the wire stays'}
        </>
      )}
    </p>
  );
}

function EmptyHint() {
  const desk = useDesk();
  const empty = usePart(desk.design.state, isEmpty);
  const searching = useUi((ui) => ui.quick !== null);
  if (!empty || searching) return null;
  return (
    <div className="empty-hint">
      <p className="empty-title">An empty sheet</p>
      <p>
        Press <kbd>/</kbd> or double-click to add a component,
        <br />
        or drag one here from the list.
      </p>
    </div>
  );
}

import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { type Desk, useDesk } from '../shell/desk.ts';
import { colourAge } from '../theme/theme.ts';
import { createGeometry, type Geometry, resize } from './geometry.ts';
import { addPulses, curvesOf, farZoom, liveNodes, liveWires, type Pulse, progressOf, type Seen } from './live-layout.ts';
import { paintNode, paintPill, paintPulse, paintWire, readColours } from './live-paint.ts';
import { shift } from './shift.ts';

type FlowStore = ReturnType<typeof useStoreApi>;

const frameMs = 33;

/** One canvas over the drawing for all that moves: nothing of it passes through React. */
export function LiveLayer() {
  const element = useRef<HTMLCanvasElement>(null);
  const desk = useDesk();
  const flow = useStoreApi();
  useEffect(() => (element.current === null ? undefined : startPainting(element.current, desk, flow)), [desk, flow]);
  return <canvas ref={element} className="live-layer" role="img" aria-label="What moves; the outline says the same in words" />;
}

function startPainting(element: HTMLCanvasElement, desk: Desk, flow: FlowStore): () => void {
  const to = element.getContext('2d');
  if (to === null) return () => undefined;
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const geometry = createGeometry(desk, flow);
  let colours = readColours();
  let pulses: readonly Pulse[] = [];
  let request = 0;
  let paintedAt = 0;
  let due = true;

  const paint = (nowMs: number) => {
    request = 0;
    const moving = pulses.length > 0 && desk.run.session.get()?.state === 'running';
    if (nowMs - paintedAt >= frameMs && (due || moving)) {
      paintedAt = nowMs;
      due = false;
      pulses = pulses.filter((pulse) => nowMs - pulse.fromMs < 2_000);
      paintAll(to, desk, flow, geometry, colours, pulses, nowMs);
    }
    if (due || moving) wake();
  };
  const wake = () => {
    if (request === 0) request = requestAnimationFrame(paint);
  };
  const again = () => {
    due = true;
    wake();
  };
  const framed = () => {
    const frame = desk.run.frame.get();
    if (frame === null || calm.matches || frame.state !== 'running') pulses = [];
    else pulses = addPulses(pulses, frame, performance.now());
    again();
  };
  const leaves = [
    desk.run.frame.subscribe(framed),
    desk.run.session.subscribe(() => {
      const state = desk.run.session.get()?.state;
      if (state !== 'running' && state !== 'pausing' && state !== 'paused') pulses = [];
      again();
    }),
    desk.design.state.subscribe(again),
    desk.ui.subscribe(again),
    flow.subscribe(again),
    shift.subscribe(again),
    colourAge.subscribe(() => {
      colours = readColours();
      again();
    }),
  ];
  again();
  return () => {
    cancelAnimationFrame(request);
    for (const leave of leaves) leave();
  };
}

function paintAll(
  to: CanvasRenderingContext2D,
  desk: Desk,
  flow: FlowStore,
  geometry: Geometry,
  colours: ReturnType<typeof readColours>,
  pulses: readonly Pulse[],
  nowMs: number,
): void {
  const { width, height, transform } = flow.getState();
  const [x, y, zoom] = transform;
  const density = devicePixelRatio || 1;
  resize(to.canvas, width * density, height * density);
  to.setTransform(1, 0, 0, 1, 0, 0);
  to.clearRect(0, 0, to.canvas.width, to.canvas.height);
  const frame = desk.run.frame.get();
  if (frame === null || desk.ui.get().replay !== null) return;
  to.setTransform(density * zoom, 0, 0, density * zoom, density * x, density * y);
  const seen: Seen = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom, zoom };
  const shapes = geometry.shapes();
  const curves = curvesOf(desk.design.state.get().shown, shapes, geometry.place);
  const wires = liveWires(frame, curves, seen);
  for (const wire of wires) paintWire(to, wire, colours);
  if (zoom >= farZoom) {
    for (const pulse of pulses) {
      const curve = curves.get(pulse.wire);
      const part = progressOf(pulse, nowMs);
      if (curve !== undefined && part !== undefined) paintPulse(to, curve, part, colours);
    }
  }
  for (const wire of wires) paintPill(to, wire, zoom, colours);
  for (const node of liveNodes(frame, shapes, geometry.place, seen)) paintNode(to, node, zoom < farZoom, colours);
}

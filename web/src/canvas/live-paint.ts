import type { ProcessState } from '#model/sessions/session.ts';
import { colourOf } from '../theme/theme.ts';
import type { LiveNode, LiveWire } from './live-layout.ts';
import { type Curve, pointAt } from './shapes.ts';

const tokens = ['accent', 'ink', 'ink-2', 'ink-3', 'surface', 'line-strong', 'good', 'warn', 'bad', 'pulse'] as const;

/** The colours of the live layer, as the canvas element understands them. */
export type Colours = Readonly<Record<(typeof tokens)[number], string>>;

/** Reads the colours of the present theme. */
export function readColours(): Colours {
  return Object.fromEntries(tokens.map((token) => [token, colourOf(token)])) as Colours;
}

const font = 'Inter, ui-sans-serif, system-ui, sans-serif';

/** Paints what is live on a wire: its colour while messages move or wait. */
export function paintWire(to: CanvasRenderingContext2D, { curve, looks, rate }: LiveWire, colours: Colours): void {
  if (looks === 'still') return;
  to.save();
  trace(to, curve);
  to.lineCap = 'round';
  if (looks === 'held') {
    to.strokeStyle = colours.warn;
    to.lineWidth = 3;
    to.setLineDash([2, 7]);
  } else {
    to.strokeStyle = colours.pulse;
    to.globalAlpha = 0.55;
    to.lineWidth = Math.min(1.5 + Math.log10(1 + rate), 5);
  }
  to.stroke();
  to.restore();
}

function trace(to: CanvasRenderingContext2D, [ax, ay, bx, by, cx, cy, dx, dy]: Curve): void {
  to.beginPath();
  to.moveTo(ax, ay);
  to.bezierCurveTo(bx, by, cx, cy, dx, dy);
}

/** Paints the numbers of a wire at its middle: at least ten pixels high, however far away. */
export function paintPill(to: CanvasRenderingContext2D, { pill, looks }: LiveWire, zoom: number, colours: Colours): void {
  if (pill === undefined) return;
  const scale = Math.max(zoom, 0.92) / zoom;
  to.save();
  to.translate(pill.at.x, pill.at.y);
  to.scale(scale, scale);
  to.font = `500 11px ${font}`;
  const width = to.measureText(pill.text).width + 14;
  to.beginPath();
  to.roundRect(-width / 2, -9, width, 18, 9);
  to.fillStyle = colours.surface;
  to.fill();
  to.lineWidth = 1;
  to.strokeStyle = looks === 'held' ? colours.warn : looks === 'moving' ? colours.pulse : colours['line-strong'];
  to.stroke();
  if (pill.fill !== undefined) paintFill(to, pill.fill, width, colours);
  to.fillStyle = looks === 'held' ? colours.warn : colours.ink;
  to.textAlign = 'center';
  to.textBaseline = 'middle';
  to.fillText(pill.text, 0, 0.5);
  to.restore();
}

function paintFill(to: CanvasRenderingContext2D, fill: number, width: number, colours: Colours): void {
  to.save();
  to.clip();
  to.globalAlpha = 0.28;
  to.fillStyle = fill > 0.9 ? colours.warn : colours.accent;
  to.fillRect(-width / 2, -9, width * fill, 18);
  to.restore();
}

/** Paints a message on its way. */
export function paintPulse(to: CanvasRenderingContext2D, curve: Curve, part: number, colours: Colours): void {
  const { x, y } = pointAt(curve, part);
  to.fillStyle = colours.pulse;
  to.globalAlpha = 0.25;
  circle(to, x, y, 7.5);
  to.fill();
  to.globalAlpha = 1;
  circle(to, x, y, 4);
  to.fill();
}

function circle(to: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  to.beginPath();
  to.arc(x, y, radius, 0, 2 * Math.PI);
}

/** Paints the state of a node, by shape as well as by colour, and its counts. */
export function paintNode(to: CanvasRenderingContext2D, node: LiveNode, far: boolean, colours: Colours): void {
  const { x, y } = node.at;
  paintState(to, node.state, x + node.width - 16, y - 11, far ? 9 : 4.5, colours);
  if (far || node.text === '') return;
  to.font = `400 11px ${font}`;
  to.textAlign = 'left';
  to.textBaseline = 'middle';
  to.fillStyle = colours['ink-2'];
  to.fillText(node.text, x + 56, y + 11);
}

function paintState(
  to: CanvasRenderingContext2D,
  state: ProcessState,
  x: number,
  y: number,
  size: number,
  colours: Colours,
): void {
  to.lineWidth = size / 3;
  to.lineCap = 'round';
  to.lineJoin = 'round';
  to.fillStyle = to.strokeStyle = colourOfState(state, colours);
  to.beginPath();
  switch (state) {
    case 'running':
      to.arc(x, y, size, 0, 2 * Math.PI);
      to.fill();
      break;
    case 'idle':
      to.arc(x, y, size * 0.85, 0, 2 * Math.PI);
      to.stroke();
      break;
    case 'paused':
      to.rect(x - size * 0.8, y - size * 0.9, size * 0.55, size * 1.8);
      to.rect(x + size * 0.25, y - size * 0.9, size * 0.55, size * 1.8);
      to.fill();
      break;
    case 'error':
      to.moveTo(x, y - size);
      to.lineTo(x + size, y + size * 0.8);
      to.lineTo(x - size, y + size * 0.8);
      to.closePath();
      to.fill();
      break;
    case 'completed':
      to.moveTo(x - size * 0.8, y);
      to.lineTo(x - size * 0.2, y + size * 0.7);
      to.lineTo(x + size * 0.9, y - size * 0.7);
      to.stroke();
      break;
    case 'stopped':
      to.rect(x - size * 0.8, y - size * 0.8, size * 1.6, size * 1.6);
      to.fill();
      break;
  }
}

function colourOfState(state: ProcessState, colours: Colours): string {
  if (state === 'running' || state === 'completed') return colours.good;
  if (state === 'error') return colours.bad;
  return state === 'paused' ? colours.warn : colours['ink-3'];
}

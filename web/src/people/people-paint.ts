import type { Position } from '#model/design.ts';
import type { Shape } from '../canvas/shapes.ts';

/** How people are painted over the drawing, in canvas units; what is written keeps its size whatever the zoom. */

const font = 'Inter, ui-sans-serif, system-ui, sans-serif';

interface Person {
  readonly name: string;
  readonly colour: string;
}

/** An arrow with its point where the cursor is, and the name under it where it does not stand there anyway. */
export function paintCursor(
  to: CanvasRenderingContext2D,
  at: Position,
  { name, colour }: Person,
  zoom: number,
  named: boolean,
): void {
  to.save();
  to.translate(at.x, at.y);
  to.scale(1 / zoom, 1 / zoom);
  to.beginPath();
  to.moveTo(0, 0);
  to.lineTo(4.5, 16);
  to.lineTo(8, 10);
  to.lineTo(15, 8.5);
  to.closePath();
  to.fillStyle = colour;
  to.strokeStyle = '#fff';
  to.lineWidth = 1.5;
  to.lineJoin = 'round';
  to.stroke();
  to.fill();
  if (named) paintTag(to, { x: 12, y: 16 }, { name, colour });
  to.restore();
}

/** A frame around a node that somebody has selected, with the name above it. */
export function paintChosen(to: CanvasRenderingContext2D, at: Position, shape: Shape, person: Person, zoom: number): void {
  to.save();
  frame(to, at, shape, 4);
  to.strokeStyle = person.colour;
  to.lineWidth = 2 / zoom;
  to.stroke();
  to.translate(at.x - 4, at.y - 4);
  to.scale(1 / zoom, 1 / zoom);
  paintTag(to, { x: 0, y: -20 }, person);
  to.restore();
}

/** A node where somebody has dragged it to, before it is let go. */
export function paintDragged(to: CanvasRenderingContext2D, at: Position, shape: Shape, title: string, { colour }: Person): void {
  to.save();
  frame(to, at, shape, 0);
  to.globalAlpha = 0.18;
  to.fillStyle = colour;
  to.fill();
  to.globalAlpha = 1;
  to.setLineDash([6, 4]);
  to.strokeStyle = colour;
  to.lineWidth = 2;
  to.stroke();
  to.fillStyle = colour;
  to.font = `600 13px ${font}`;
  to.textBaseline = 'middle';
  to.fillText(title, at.x + 16, at.y + shape.height / 2, shape.width - 32);
  to.restore();
}

/** The frame of a group that somebody drags with all it holds. */
export function paintFrame(
  to: CanvasRenderingContext2D,
  at: Position,
  size: Pick<Shape, 'width' | 'height'>,
  { colour }: Person,
): void {
  to.save();
  frame(to, at, size, 0);
  to.setLineDash([6, 4]);
  to.strokeStyle = colour;
  to.lineWidth = 2;
  to.stroke();
  to.restore();
}

function frame(
  to: CanvasRenderingContext2D,
  { x, y }: Position,
  { width, height }: Pick<Shape, 'width' | 'height'>,
  out: number,
): void {
  to.beginPath();
  to.roundRect(x - out, y - out, width + 2 * out, height + 2 * out, 10 + out);
}

const longestTag = 24;

function paintTag(to: CanvasRenderingContext2D, { x, y }: Position, { name, colour }: Person): void {
  const text = name.length > longestTag ? `${name.slice(0, longestTag - 1)}…` : name;
  to.font = `600 11px ${font}`;
  to.textBaseline = 'middle';
  const width = to.measureText(text).width + 12;
  to.beginPath();
  to.roundRect(x, y, width, 18, 5);
  to.fillStyle = colour;
  to.fill();
  to.fillStyle = '#fff';
  to.fillText(text, x + 6, y + 9.5);
}

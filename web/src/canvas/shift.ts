import type { Connection, DesignBody, Position } from '#model/design.ts';
import { createStore } from '../base/store.ts';
import { dockOf } from './live-layout.ts';
import { curveBetween, pathOf, type Shape } from './shapes.ts';

/** D24  Many nodes that are dragged as one are drawn shifted, without React, until they are let go. */

export interface Shift {
  readonly nodes: ReadonlySet<string>;
  readonly dx: number;
  readonly dy: number;
}

/** What is shifted now; null while nothing is. */
export const shift = createStore<Shift | null>(null);

/** Where something is that may be shifted. */
export const shifted = (id: string, at: Position): Position => shiftedBy(shift.get(), id, at);

/** The same by a known shift. */
export function shiftedBy(now: Shift | null, id: string, at: Position): Position {
  return now?.nodes.has(id) === true ? { x: at.x + now.dx, y: at.y + now.dy } : at;
}

const nodeElements = '.react-flow__node';

/** Whether all of them are drawn: only then they can be shifted. */
export function areDrawn(root: ParentNode, nodes: ReadonlySet<string>): boolean {
  let there = 0;
  for (const { dataset } of root.querySelectorAll<HTMLElement>(nodeElements)) if (nodes.has(dataset['id'] ?? '')) there++;
  return there === nodes.size;
}

/** Paths that were drawn otherwise here: as React has drawn them, and as they are. */
const bent = new WeakMap<Element, { readonly own: string; readonly now: string }>();

/** Draws nodes, and wires between them, where they are shifted to, and bends the wires that lead out. Once more after: all is as React has it. */
export function drawShifted(root: ParentNode, design: DesignBody, shapes: ReadonlyMap<string, Shape>): void {
  const now = shift.get();
  const by = now === null ? '' : `${now.dx}px ${now.dy}px`;
  const isIn = (id: string): boolean => now?.nodes.has(id) === true;
  const put = ({ style }: ElementCSSInlineStyle, is: boolean) => {
    const next = is ? by : '';
    if (style.translate !== next) style.translate = next;
  };
  for (const node of root.querySelectorAll<HTMLElement>(nodeElements)) put(node, isIn(node.dataset['id'] ?? ''));
  for (const element of root.querySelectorAll<SVGGElement>('.react-flow__edge')) {
    const wire = design.connections[element.dataset['id'] ?? ''];
    if (wire === undefined) continue;
    const [from, to] = [isIn(wire.from.node), isIn(wire.to.node)];
    put(element, from && to);
    for (const path of element.querySelectorAll(':scope > [data-wire] > path')) {
      const own = ownOf(path);
      if (from === to) draw(path, own, own);
      else
        draw(
          path,
          own,
          bentPath(own, wire, shapes, (end, at) => (isIn(wire[end].node) ? shifted(wire[end].node, at) : at)),
        );
    }
  }
}

function ownOf(path: Element): string {
  const is = path.getAttribute('d') ?? '';
  const known = bent.get(path);
  // React has drawn it anew since when it is otherwise.
  return known?.now === is ? known.own : is;
}

function draw(path: Element, own: string, now: string): void {
  if (now === own) bent.delete(path);
  else bent.set(path, { own, now });
  if (path.getAttribute('d') !== now) path.setAttribute('d', now);
}

// The same ends, each where it is now.
function bentPath(
  own: string,
  { from, to }: Connection,
  shapes: ReadonlyMap<string, Shape>,
  moved: (end: 'from' | 'to', at: Position) => Position,
): string {
  const [ax, ay, , , , , bx, by] = (own.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  const a = dockOf(shapes.get(from.node), { x: 0, y: 0 }, from.port, from.index);
  const b = dockOf(shapes.get(to.node), { x: 0, y: 0 }, to.port, to.index);
  if (a === undefined || b === undefined || ax === undefined || ay === undefined || bx === undefined || by === undefined)
    return own;
  return pathOf(curveBetween({ ...a, ...moved('from', { x: ax, y: ay }) }, { ...b, ...moved('to', { x: bx, y: by }) }));
}

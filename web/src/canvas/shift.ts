import type { DesignBody, Position } from '#model/design.ts';
import { createStore } from '../base/store.ts';
import { curvesOf } from './live-layout.ts';
import { pathOf, type Shape } from './shapes.ts';

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

/** Whether all of them are drawn: only then they can be shifted. */
export function areDrawn(root: ParentNode, nodes: ReadonlySet<string>): boolean {
  let there = 0;
  for (const { dataset } of root.querySelectorAll<HTMLElement>(nodeElements)) if (nodes.has(dataset['id'] ?? '')) there++;
  return there === nodes.size;
}

const nodeElements = '.react-flow__node';

/** Moves what is drawn to where it is; `place` gives where nodes are, shifted. Called at every frame while something is shifted, and once after. */
export function drawShifted(
  root: ParentNode,
  design: DesignBody,
  shapes: ReadonlyMap<string, Shape>,
  place: (id: string) => Position,
): void {
  const now = shift.get();
  const by = now === null ? '' : `${now.dx}px ${now.dy}px`;
  const isIn = (id: string | undefined): boolean => id !== undefined && now?.nodes.has(id) === true;
  const put = ({ style }: ElementCSSInlineStyle, is: boolean) => {
    const next = is ? by : '';
    if (style.translate !== next) style.translate = next;
  };
  for (const node of root.querySelectorAll<HTMLElement>(nodeElements)) put(node, isIn(node.dataset['id']));
  const { connections } = design;
  for (const element of root.querySelectorAll<SVGGElement>('.react-flow__edge')) {
    const wire = connections[element.dataset['id'] ?? ''];
    if (wire === undefined) continue;
    const ends = [isIn(wire.from.node), isIn(wire.to.node)];
    put(element, ends.every(Boolean));
    if (now !== null && !(ends.includes(true) && ends.includes(false))) continue;
    // One end moves, the other stays; after it was let go every curve is what it is.
    const curve = curvesOf({ ...design, connections: { [wire.id]: wire } }, shapes, place).get(wire.id);
    if (curve === undefined) continue;
    for (const path of element.querySelectorAll(':scope > [data-wire] > path')) path.setAttribute('d', pathOf(curve));
  }
}

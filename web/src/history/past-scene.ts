import type { Connection, DesignBody, End, Position } from '#model/design.ts';
import type { Comparison } from '#model/merging/history.ts';
import type { Mark } from './differences.ts';

/** A state of before and what has become of it, as one drawing. */
export interface PastScene {
  /** The design as it was, with what came since; for drawing only. */
  readonly design: DesignBody;
  readonly nodes: ReadonlyMap<string, Mark>;
  readonly wires: ReadonlyMap<string, Mark>;
  readonly groups: ReadonlyMap<string, Mark>;
  /** Where nodes that were moved are now. */
  readonly moved: ReadonlyMap<string, Position>;
}

/** A wire that leads elsewhere now is drawn both ways: the new one under this id. */
export const rewiredId = (id: string): string => `${id}→`;

/** Puts two states together: things stand where they were, what came since where it is. */
export function pastScene(was: DesignBody, is: DesignBody, { nodes, connections, groups }: Comparison): PastScene {
  const came = connections.added.concat(connections.rewired.map(({ id, to }) => ({ ...to, id: rewiredId(id) })));
  const design: DesignBody = {
    ...was,
    nodes: { ...was.nodes, ...Object.fromEntries(nodes.added.map((node) => [node.id, node])) },
    connections: withOwnEnds(was.connections, came),
    canvas: {
      ...was.canvas,
      positions: { ...was.canvas.positions, ...placesOf(nodes.added, is) },
      sizes: { ...is.canvas.sizes, ...was.canvas.sizes },
      groups: { ...was.canvas.groups, ...Object.fromEntries(groups.added.map((group) => [group.id, group])) },
      members: { ...membersOf([...nodes.added, ...groups.added], is), ...was.canvas.members },
    },
  };
  return {
    design,
    nodes: marksOf(nodes.added, nodes.removed, [
      ...nodes.changed,
      ...nodes.moved,
      ...groups.assigned.map(({ node }) => ({ id: node })),
    ]),
    wires: marksOf([...connections.added, ...connections.rewired.map(({ id }) => ({ id: rewiredId(id) }))], connections.removed, [
      ...connections.changed,
      ...connections.rewired,
    ]),
    groups: marksOf(groups.added, groups.removed, groups.changed),
    moved: new Map(nodes.moved.flatMap(({ id, from, to }) => (from !== undefined && to !== undefined ? [[id, to]] : []))),
  };
}

type Known = readonly { readonly id: string }[];

// What came and what is gone says more than what else has changed of it.
function marksOf(added: Known, removed: Known, changed: Known): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>(changed.map(({ id }) => [id, 'changed']));
  for (const { id } of added) marks.set(id, 'added');
  for (const { id } of removed) marks.set(id, 'removed');
  return marks;
}

function placesOf(added: Known, { canvas }: DesignBody): Record<string, Position> {
  return Object.fromEntries(added.flatMap(({ id }) => (canvas.positions[id] === undefined ? [] : [[id, canvas.positions[id]]])));
}

// What came is where it is now, and a frame that came is around what it holds now.
function membersOf(came: Known, { canvas }: DesignBody): Record<string, string> {
  const ids = new Set(came.map(({ id }) => id));
  return Object.fromEntries(Object.entries(canvas.members ?? {}).filter(([node, group]) => ids.has(node) || ids.has(group)));
}

// A port that takes one wire had one then and has another now: each is drawn at a spot of its own.
function withOwnEnds(were: DesignBody['connections'], came: readonly Connection[]): DesignBody['connections'] {
  const taken = new Set(Object.values(were).flatMap(({ from, to }) => [`from ${placeOf(from)}`, `to ${placeOf(to)}`]));
  const own = (side: string, end: End): End => {
    let { index } = end;
    while (taken.has(`${side} ${placeOf({ ...end, index })}`)) index++;
    taken.add(`${side} ${placeOf({ ...end, index })}`);
    return { ...end, index };
  };
  const drawn = came.map((wire): Connection => ({ ...wire, from: own('from', wire.from), to: own('to', wire.to) }));
  return { ...were, ...Object.fromEntries(drawn.map((wire) => [wire.id, wire])) };
}

const placeOf = ({ node, port, index }: End): string => `${node} ${port} ${index}`;

import type { Kinds, PortSpec } from '#model/component.ts';
import { type Connection, type End, endText, greatestIndex } from '#model/design.ts';
import { mayFit } from '#model/schema-check.ts';
import { type Draft, defined, type Outcome, own, refuse, unknownConnection, unknownNode } from './draft.ts';
import type { EditOf, Refusal, WantedEnd } from './edit.ts';

/** What edits do to connections. Each function checks everything before it writes anything. */

export function connect(draft: Draft, edit: EditOf<'connect'>, kinds: Kinds): Outcome {
  const { id } = edit.connection;
  if (draft.connection(id) !== undefined)
    return refuse('ID_TAKEN', `the id ${id} is already a connection of this design`, '/connection/id');
  const { capacity = 0, policy = 'block' } = edit.connection;
  const { from, to } = edit.connection;
  const joined = join(draft, { id, from, to, capacity, policy }, kinds, '/connection');
  if ('code' in joined) return joined;
  draft.setConnection(joined);
  return [{ do: 'disconnect', id }];
}

/** E11  One end of a connection, or both, lead elsewhere; an end that is not named stays. */
export function rewire(draft: Draft, edit: EditOf<'connection.rewire'>, kinds: Kinds): Outcome {
  const before = draft.connection(edit.id);
  if (before === undefined) return unknownConnection(edit.id);
  const joined = join(draft, { ...before, from: edit.from ?? before.from, to: edit.to ?? before.to }, kinds, '');
  if ('code' in joined) return joined;
  draft.setConnection(joined);
  const { id, from, to } = before;
  return [{ do: 'connection.rewire', id, ...(edit.from !== undefined && { from }), ...(edit.to !== undefined && { to }) }];
}

type WantedConnection = Omit<Connection, 'from' | 'to'> & { readonly from: WantedEnd; readonly to: WantedEnd };

/** A connection with its ends found, or why they cannot be joined; one of the same id does not stand in its way. */
function join(draft: Draft, wanted: WantedConnection, kinds: Kinds, pointer: string): Connection | Refusal {
  const from = resolveEnd(draft, wanted, 'from', kinds, pointer);
  if ('code' in from) return from;
  const to = resolveEnd(draft, wanted, 'to', kinds, pointer);
  if ('code' in to) return to;
  const mismatch = incompatibility(from.port, to.port);
  if (mismatch !== undefined) return refuse('PORTS_INCOMPATIBLE', mismatch, `${pointer}/to`);
  const held = from.port.protocol === 'call' ? holding(wanted, pointer) : undefined;
  return held ?? { ...wanted, from: from.end, to: to.end };
}

interface ResolvedEnd {
  readonly end: End;
  readonly port: PortSpec;
}

const direction = { from: 'out', to: 'in' } as const;

function resolveEnd(
  draft: Draft,
  wanted: WantedConnection,
  side: 'from' | 'to',
  kinds: Kinds,
  outer: string,
): ResolvedEnd | Refusal {
  const { node: nodeId, port: portName, index } = wanted[side];
  const pointer = `${outer}/${side}`;
  const port = portOf(draft, wanted[side], side, kinds, pointer);
  if ('code' in port) return port;
  if (!port.many && (index ?? 0) !== 0)
    return refuse('UNKNOWN_PORT', `${nodeId}.${portName} takes one connection, so its index is 0`, `${pointer}/index`);
  const taken = new Map<number, string>();
  for (const other of draft.connectionsOf(nodeId)) {
    const there = other.id !== wanted.id && other[side].node === nodeId && other[side].port === portName;
    if (there) taken.set(other[side].index, other.id);
  }
  const end: End = { node: nodeId, port: portName, index: index ?? (port.many ? firstFree(taken) : 0) };
  if (end.index > greatestIndex)
    return refuse('PORT_TAKEN', `${nodeId}.${portName} has ${taken.size} connections, the most a port can have`, pointer);
  const holder = taken.get(end.index);
  if (holder !== undefined) return refuse('PORT_TAKEN', `${endText(end, port.many)} already has connection ${holder}`, pointer);
  return { end, port };
}

function portOf(draft: Draft, end: WantedEnd, side: 'from' | 'to', kinds: Kinds, pointer: string): PortSpec | Refusal {
  const node = draft.nodes.get(end.node);
  if (node === undefined) return unknownNode(end.node, `${pointer}/node`);
  const spec = kinds.get(node.kind);
  if (spec === undefined) return refuse('UNKNOWN_KIND', `there is no component kind ${node.kind} here`, `${pointer}/node`);
  const port = own(spec.ports, end.port);
  if (port === undefined) {
    const known = Object.keys(spec.ports).join(', ');
    return refuse('UNKNOWN_PORT', `${node.kind} has no port ${end.port}; it has ${known}`, `${pointer}/port`);
  }
  if (port.direction === direction[side]) return port;
  return refuse(
    'PORTS_INCOMPATIBLE',
    `${end.node}.${end.port} is an ${port.direction}put; a connection goes from an output to an input`,
    `${pointer}/port`,
  );
}

function firstFree(taken: ReadonlyMap<number, string>): number {
  let index = 0;
  while (taken.has(index)) index++;
  return index;
}

/** Why messages of one port cannot go to another, in a sentence; undefined when they can. */
export function incompatibility(from: PortSpec, to: PortSpec): string | undefined {
  if (from.direction !== 'out' || to.direction !== 'in') return 'a connection goes from an output to an input';
  if (from.protocol !== to.protocol) return `a ${from.protocol} port cannot be connected to a ${to.protocol} port`;
  if (!mayFit(from.schema, to.schema)) return 'the messages sent are never of the type that is expected';
  if (!mayFit(to.reply ?? {}, from.reply ?? {})) return 'the replies given are never of the type that is expected';
  return undefined;
}

/** Q9  Why a call does not have such a connection; undefined when it holds nothing. */
export function holding(
  { capacity, policy }: Partial<Pick<Connection, 'capacity' | 'policy'>>,
  pointer: string,
): Refusal | undefined {
  const field = (capacity ?? 0) > 0 ? 'capacity' : (policy ?? 'block') !== 'block' ? 'policy' : undefined;
  if (field === undefined) return undefined;
  return refuse('PORTS_INCOMPATIBLE', 'nothing is held on a call: its capacity is 0 and its policy block', `${pointer}/${field}`);
}

/** E10  The connections of a node that could not be drawn as they are: its kind has just changed. */
export function unfitConnections(draft: Draft, node: string, kinds: Kinds): Connection[] {
  return draft.connectionsOf(node).filter((connection) => 'code' in join(draft, connection, kinds, ''));
}

export function disconnect(draft: Draft, { id }: EditOf<'disconnect'>): Outcome {
  const connection = draft.connection(id);
  if (connection === undefined) return unknownConnection(id);
  draft.deleteConnection(id);
  return [{ do: 'connect', connection }];
}

export function setConnection(draft: Draft, edit: EditOf<'connection.set'>, kinds: Kinds): Outcome {
  const before = draft.connection(edit.id);
  if (before === undefined) return unknownConnection(edit.id);
  const { do: _does, id, ...given } = edit;
  const set = defined(given);
  const spec = kinds.get(draft.nodes.get(before.from.node)?.kind ?? '');
  const held = spec?.ports[before.from.port]?.protocol === 'call' ? holding(set, '') : undefined;
  if (held !== undefined) return held;
  draft.setConnection({ ...before, ...set });
  const inverse: EditOf<'connection.set'> = {
    do: 'connection.set',
    id,
    ...(set.capacity !== undefined && { capacity: before.capacity }),
    ...(set.policy !== undefined && { policy: before.policy }),
  };
  return [inverse];
}

import { endOf, type Question, wireText } from '#contract/check/question.ts';
import type { ReadyNode } from '#contract/compose.ts';
import type { Trace } from '#model/checks/finding.ts';
import type { Connection, End } from '#model/design.ts';
import { type Candidate, isOwn, joinedBy, mayCarry } from './changed.ts';
import { choiceForZip } from './choice-for-zip.ts';

const capacities = [1, 2, 4, 8];
const greatestWidth = 16;

/**
 * V90  What might undo a deadlock, the smallest change first: a capacity on one connection of the knot; on two; two channel ends of a node of the knot that change
 *      places; a buffer that begins with a message, in a connection of the knot, or a choice in the place of a zip (V138); a capacity on all of them. Elements of
 *      nested designs are not changed from outside.
 */
export function* candidates(question: Question, { knot, waiting }: Trace): Generator<Candidate> {
  const waited = waiting.flatMap(({ on }) => on.map(({ connection }) => connection));
  const ids = knot.connections.length > 0 ? knot.connections : [...new Set(waited)];
  const inKnot = ids
    .map((id) => question.design.connections[id])
    .filter((connection) => connection !== undefined && isOwn(connection.id))
    .slice(0, greatestWidth) as Connection[];
  const holding = inKnot.filter(
    (connection) => nodeOf(question, connection.from)?.ports[connection.from.port]?.protocol === 'data',
  );
  for (const capacity of capacities) for (const one of holding) yield* withCapacity(question, [one], capacity);
  for (const node of knot.nodes.filter(isOwn).slice(0, greatestWidth)) yield* swapped(question, node);
  // Before the pairs, which may be many.
  for (const node of knot.nodes.filter(isOwn)) yield* choiceForZip(question, node);
  for (const [number, one] of holding.entries())
    for (const other of holding.slice(number + 1)) yield* withCapacity(question, [one, other], 1);
  for (const one of holding.filter(({ from, to }) => isOwn(from.node) && isOwn(to.node))) yield* started(question, one);
  if (holding.length > 2) yield* withCapacity(question, holding, 1);
}

function nodeOf({ nodes }: Question, { node }: End): ReadyNode | undefined {
  return nodes.find(({ id }) => id === node);
}

function* withCapacity(question: Question, chosen: readonly Connection[], capacity: number): Generator<Candidate> {
  if (chosen.some((connection) => connection.capacity >= capacity)) return;
  const ids = new Set(chosen.map(({ id }) => id));
  const connections = (): Connection[] =>
    Object.values(question.design.connections).map((connection) =>
      ids.has(connection.id) ? { ...connection, capacity } : connection,
    );
  const ends = chosen.map((connection) => wireText(question, connection));
  yield {
    sort: 'capacity',
    says: `give ${ends.join(' and ')} a capacity of ${capacity}${chosen.length > 1 ? ' each' : ''}`,
    edits: chosen.map(({ id }) => ({ do: 'connection.set', id, capacity })),
    changes: chosen.length,
    touches: chosen.map(({ id }) => `capacity of ${id}`),
    changed: () => joinedBy(question, connections()),
  };
}

/** Two channel ends of a node that could stand for each other: same direction and protocol, and messages that may fit. */
function* swapped(question: Question, id: string): Generator<Candidate> {
  const node = question.nodes.find((one) => one.id === id);
  const ends = [...(node?.ends ?? [])].flatMap(([, { port, connection }]) => (connection ? [{ port, connection }] : []));
  for (const [number, a] of ends.entries()) {
    for (const b of ends.slice(number + 1)) {
      if (a.port.direction !== b.port.direction || a.port.protocol !== b.port.protocol) continue;
      if (![a, b].every(({ connection }) => isOwn(connection.from.node) && isOwn(connection.to.node))) continue;
      const side = a.port.direction === 'out' ? 'from' : 'to';
      const pair = [
        { ...a.connection, [side]: b.connection[side] },
        { ...b.connection, [side]: a.connection[side] },
      ];
      if (a.connection.id === b.connection.id || !pair.every((connection) => mayCarry(question.nodes, connection))) continue;
      const others = (): Connection[] =>
        Object.values(question.design.connections).filter((one) => pair.every((other) => other.id !== one.id));
      yield {
        sort: 'order',
        says: `let ${endOf(question, a.connection[side])} and ${endOf(question, b.connection[side])} change places`,
        edits: [
          ...pair.map((connection) => ({ do: 'disconnect' as const, id: connection.id })),
          ...pair.map((connection) => ({ do: 'connect' as const, connection })),
        ],
        changes: 2,
        touches: [],
        changed: () => joinedBy(question, [...others(), ...pair]),
      };
    }
  }
}

/** What sets a loop going: a buffer that holds a message from the start. */
function* started(question: Question, connection: Connection): Generator<Candidate> {
  const { starter, design } = question;
  if (starter === undefined) return;
  const id = freeId(design.nodes, 'start');
  const out = { ...connection, id: freeId(design.connections, `${connection.id}-2`), from: { node: id, port: 'out', index: 0 } };
  const into = { ...connection, to: { node: id, port: 'in', index: 0 } };
  const others = (): Connection[] => Object.values(design.connections).filter((one) => one.id !== connection.id);
  yield {
    sort: 'first message',
    says: `let ${wireText(question, connection)} begin with a message, by a buffer that holds one from the start (set it to what the loop begins with)`,
    edits: [
      { do: 'disconnect', id: connection.id },
      { do: 'node.add', node: { id, kind: starter.kind, label: 'Start', settings: startSettings } },
      { do: 'connect', connection: into },
      { do: 'connect', connection: out },
    ],
    changes: 3,
    touches: [`start of ${connection.id}`, `capacity of ${connection.id}`],
    changed: () => joinedBy(question, [...others(), into, out], [{ ...starter, id }]),
  };
}

/** Of `flow.buffer`, the kind that starts a loop (its rule U5). */
export const startSettings = { capacity: 1, initial: [null] };

function freeId(taken: Readonly<Record<string, unknown>>, wanted: string): string {
  let id = wanted;
  for (let number = 2; Object.hasOwn(taken, id); number++) id = `${wanted}-${number}`;
  return id;
}

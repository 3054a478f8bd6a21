import { type Static, Type } from 'typebox';
import { plainName, storableText } from './schema-check.ts';

/**
 * A design: nodes and the connections between their ports, plus where they are drawn.
 * Rules D1… in `docs/spec/design.md`. A value: it is changed only by `apply` (edit.ts), never in place.
 */

/** D2: an id within a design. UUIDs fit; so do words, which read better in a file under git. */
export const ElementId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$', description: 'Unique within its design.' });

/** D12: what a node or connection is called in a run: its id, or outer/inner for one of a part. */
export const RunningId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_./-]*$',
  maxLength: 2_000,
  description: 'Id of a node or connection; within a part outer/inner.',
});

/** D12: the node of the drawn design that a node of a run belongs to. */
export function outerOf(id: string): string {
  const slash = id.indexOf('/');
  return slash < 0 ? id : id.slice(0, slash);
}

/** Whether a connection of a run is within a part, and so not drawn. */
export function isInner(id: string): boolean {
  return id.includes('/');
}

export const PortName = Type.String({ pattern: '^[a-z][A-Za-z0-9]{0,63}$' });

/** What happens when a process fails: end the session, drop the message at hand, or start the process again. */
export const FailurePolicy = Type.Union([Type.Literal('stop'), Type.Literal('skip'), Type.Literal('restart')], {
  description: 'stop: the session ends; skip: the failed message goes, the process goes on; restart: the process starts afresh.',
});
export type FailurePolicy = Static<typeof FailurePolicy>;

/** S60: who is served first among those that can go on. */
export const Priority = Type.Union([Type.Literal('low'), Type.Literal('normal'), Type.Literal('high')], {
  description: 'Of the processes that can go on, those of a higher priority go on first.',
});
export type Priority = Static<typeof Priority>;

/** S61: how much is done in a row; a multiple of what is usual. */
export const Weight = Type.Integer({
  minimum: 1,
  maximum: 100,
  description: 'A multiple of what its process may do before others have their turn; 1 is usual.',
});

export const Node = Type.Object(
  {
    id: ElementId,
    kind: Type.String({
      pattern: '^[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*$',
      maxLength: 100,
      description: 'Component kind, such as data.filter.',
    }),
    version: Type.Integer({ minimum: 1, description: "Version of the kind's settings." }),
    label: Type.String({
      maxLength: 200,
      pattern: plainName,
      description: 'Name on the canvas; empty shows the title of the kind.',
    }),
    settings: Type.Record(Type.String(), Type.Unknown(), { description: 'Only what differs from the defaults of the kind.' }),
    onFailure: FailurePolicy,
    priority: Type.Optional(Priority),
    weight: Type.Optional(Weight),
  },
  { additionalProperties: false },
);
export type Node = Static<typeof Node>;

/** D4: the last index of a `many` port. */
export const greatestIndex = 999;

/** One end of a connection. `index` tells the channels of a `many` port apart and is 0 on any other. */
export const End = Type.Object(
  { node: ElementId, port: PortName, index: Type.Integer({ minimum: 0, maximum: greatestIndex, default: 0 }) },
  { additionalProperties: false },
);
export type End = Static<typeof End>;

export const FullPolicy = Type.Union([Type.Literal('block'), Type.Literal('drop-oldest'), Type.Literal('drop-newest')], {
  description: 'What a full channel does with one more message.',
});
export type FullPolicy = Static<typeof FullPolicy>;

/** D5: a channel is never unbounded. */
export const greatestCapacity = 1_000_000;

export const Connection = Type.Object(
  {
    id: ElementId,
    from: End,
    to: End,
    capacity: Type.Integer({ minimum: 0, maximum: greatestCapacity, description: 'Messages it holds; 0 is a rendezvous.' }),
    policy: FullPolicy,
  },
  { additionalProperties: false },
);
export type Connection = Static<typeof Connection>;

export const Position = Type.Object(
  { x: Type.Number({ minimum: -1e6, maximum: 1e6 }), y: Type.Number({ minimum: -1e6, maximum: 1e6 }) },
  { additionalProperties: false },
);
export type Position = Static<typeof Position>;

/** D21: how large a node is drawn, at least. */
export const Size = Type.Object(
  { width: Type.Number({ minimum: 8, maximum: 10_000 }), height: Type.Number({ minimum: 8, maximum: 10_000 }) },
  { additionalProperties: false },
);
export type Size = Static<typeof Size>;

/** D22: a frame with a title around some nodes and groups. It encloses its members, so it has no place of its own. */
export const Group = Type.Object(
  {
    id: ElementId,
    title: Type.String({ maxLength: 200, pattern: plainName }),
    colour: Type.Optional(Type.String({ pattern: '^[a-z]{1,20}$', description: 'Name of a colour of the page, such as blue.' })),
    parent: Type.Optional(ElementId),
  },
  { additionalProperties: false },
);
export type Group = Static<typeof Group>;

export const Canvas = Type.Object(
  {
    positions: Type.Record(Type.String(), Position, { description: 'Top left corner of each node, in canvas units.' }),
    sizes: Type.Optional(Type.Record(Type.String(), Size, { description: 'Least size of a node; left out when there is none.' })),
    groups: Type.Optional(Type.Record(Type.String(), Group, { description: 'Left out when there is none.' })),
    members: Type.Optional(
      Type.Record(Type.String(), ElementId, { description: 'The group of each node that is in one; left out when none is.' }),
    ),
  },
  { additionalProperties: false },
);
export type Canvas = Static<typeof Canvas>;

export const DesignName = Type.String({ minLength: 1, maxLength: 200, pattern: plainName });
export const DesignDescription = Type.String({ maxLength: 10_000 });

/** What a design says, without who and when: the content of a file and of a version. */
export const DesignBody = Type.Object(
  {
    name: DesignName,
    description: DesignDescription,
    nodes: Type.Record(Type.String(), Node),
    connections: Type.Record(Type.String(), Connection),
    canvas: Canvas,
  },
  { additionalProperties: false },
);
export type DesignBody = Static<typeof DesignBody>;

/** A stored design. `rev` grows by one with every committed set of edits. */
export const Design = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    rev: Type.Integer({ minimum: 1 }),
    createdAt: Type.String({ format: 'date-time' }),
    updatedAt: Type.String({ format: 'date-time' }),
    ...DesignBody.properties,
  },
  { additionalProperties: false },
);
export type Design = Static<typeof Design>;

export const DesignSummary = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    rev: Type.Integer({ minimum: 1 }),
    name: DesignName,
    description: DesignDescription,
    nodeCount: Type.Integer({ minimum: 0 }),
    connectionCount: Type.Integer({ minimum: 0 }),
    createdAt: Type.String({ format: 'date-time' }),
    updatedAt: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);
export type DesignSummary = Static<typeof DesignSummary>;

/** A kept state of a design: every committed revision can be read; a named one is listed. */
export const DesignVersion = Type.Object(
  {
    designId: Type.String({ format: 'uuid' }),
    number: Type.Integer({ minimum: 1, description: 'Counts from 1 within the design.' }),
    rev: Type.Integer({ minimum: 1, description: 'Revision of the design it keeps.' }),
    name: DesignName,
    note: Type.String({ maxLength: 10_000, pattern: storableText }),
    createdAt: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);
export type DesignVersion = Static<typeof DesignVersion>;

/** D20: priority and weight as a node holds them: what is usual (`normal`, 1) is left out. */
export function rankOf({
  priority,
  weight,
}: {
  readonly priority?: Priority | undefined;
  readonly weight?: number | undefined;
}): Pick<Node, 'priority' | 'weight'> {
  return {
    ...(priority !== undefined && priority !== 'normal' && { priority }),
    ...(weight !== undefined && weight !== 1 && { weight }),
  };
}

/** A design with nothing on it. */
export function emptyDesign(name: string): DesignBody {
  return { name, description: '', nodes: {}, connections: {}, canvas: { positions: {} } };
}

/** The text form of an end: `node.port`, or `node.port[2]` on a `many` port. */
export function endText(end: End, many: boolean): string {
  return many ? `${end.node}.${end.port}[${end.index}]` : `${end.node}.${end.port}`;
}

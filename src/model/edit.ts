import { type Static, type TSchema, Type } from 'typebox';
import {
  Connection,
  DesignDescription,
  DesignName,
  ElementId,
  End,
  FailurePolicy,
  FullPolicy,
  greatestCapacity,
  Node,
  Position,
  Priority,
  Weight,
} from './design.ts';

/**
 * The only ways a design changes, as data. Values are absolute, so applying an edit twice leaves what once left.
 * Rules E1… in `docs/spec/edit.md`.
 */

const edit = <D extends string, P extends Record<string, TSchema>>(does: D, properties: P) =>
  Type.Object({ do: Type.Literal(does), ...properties }, { additionalProperties: false });

const label = Node.properties.label;

export const NodeAdd = edit('node.add', {
  node: Type.Object(
    {
      id: ElementId,
      kind: Node.properties.kind,
      version: Type.Optional(Node.properties.version),
      label: Type.Optional(label),
      settings: Type.Optional(Node.properties.settings),
      onFailure: Type.Optional(FailurePolicy),
      priority: Type.Optional(Priority),
      weight: Type.Optional(Weight),
    },
    { additionalProperties: false },
  ),
  at: Type.Optional(Position),
});
/** Without `at` the node has no place of its own: whoever draws it finds one. */
export const NodeMove = edit('node.move', { id: ElementId, at: Type.Optional(Position) });
export const NodeSet = edit('node.set', {
  id: ElementId,
  label: Type.Optional(label),
  onFailure: Type.Optional(FailurePolicy),
  priority: Type.Optional(Priority),
  weight: Type.Optional(Weight),
  settings: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'Merged by key (RFC 7396 at the first level): null takes a setting back to its default.',
    }),
  ),
});
export const NodeDelete = edit('node.delete', { id: ElementId });
export const Connect = edit('connect', {
  connection: Type.Object(
    {
      id: ElementId,
      from: Type.Object({ ...End.properties, index: Type.Optional(End.properties.index) }, { additionalProperties: false }),
      to: Type.Object({ ...End.properties, index: Type.Optional(End.properties.index) }, { additionalProperties: false }),
      capacity: Type.Optional(Connection.properties.capacity),
      policy: Type.Optional(FullPolicy),
    },
    { additionalProperties: false },
  ),
});
export const Disconnect = edit('disconnect', { id: ElementId });
export const ConnectionSet = edit('connection.set', {
  id: ElementId,
  capacity: Type.Optional(Type.Integer({ minimum: 0, maximum: greatestCapacity })),
  policy: Type.Optional(FullPolicy),
});
export const DesignSet = edit('design.set', { name: Type.Optional(DesignName), description: Type.Optional(DesignDescription) });

export const Edit = Type.Union([NodeAdd, NodeMove, NodeSet, NodeDelete, Connect, Disconnect, ConnectionSet, DesignSet]);
export type Edit = Static<typeof Edit>;
export type EditOf<D extends Edit['do']> = Extract<Edit, { do: D }>;

/** Why an edit was not applied. An answer, not an error: nothing has changed. */
export const Refusal = Type.Object({
  code: Type.Union(
    [
      'UNKNOWN_NODE',
      'UNKNOWN_CONNECTION',
      'UNKNOWN_KIND',
      'UNKNOWN_PORT',
      'ID_TAKEN',
      'PORT_TAKEN',
      'PORTS_INCOMPATIBLE',
      'SETTINGS_INVALID',
      'VERSION_TOO_NEW',
      'EDIT_MALFORMED',
    ].map((code) => Type.Literal(code)),
  ),
  message: Type.String({ description: 'For a person: what is wrong and what would help.' }),
  pointer: Type.String({ description: 'JSON Pointer into the edit.' }),
});
export interface Refusal {
  readonly code:
    | 'UNKNOWN_NODE'
    | 'UNKNOWN_CONNECTION'
    | 'UNKNOWN_KIND'
    | 'UNKNOWN_PORT'
    | 'ID_TAKEN'
    | 'PORT_TAKEN'
    | 'PORTS_INCOMPATIBLE'
    | 'SETTINGS_INVALID'
    | 'VERSION_TOO_NEW'
    | 'EDIT_MALFORMED';
  readonly message: string;
  readonly pointer: string;
}

import { type Static, type TSchema, Type } from 'typebox';
import {
  Connection,
  DesignDescription,
  DesignName,
  ElementId,
  End,
  FailurePolicy,
  FullPolicy,
  Group,
  greatestCapacity,
  Node,
  Position,
  Priority,
  Size,
  Weight,
} from '#model/design.ts';

/**
 * The only ways a design changes, as data. Values are absolute, so applying an edit twice leaves what once left; only what is
 * done within a text or a list speaks of places in it, and is transformed over what others did. Rules E1… in `docs/spec/edit.md`.
 */

const edit = <D extends string, P extends Record<string, TSchema>>(does: D, properties: P) =>
  Type.Object({ do: Type.Literal(does), ...properties }, { additionalProperties: false });

const label = Node.properties.label;
const settings = Node.properties.settings;

/** An end as it is asked for: on a `many` port without an index, the first free channel. */
export const WantedEnd = Type.Object(
  { ...End.properties, index: Type.Optional(End.properties.index) },
  { additionalProperties: false },
);
export type WantedEnd = Static<typeof WantedEnd>;

export const NodeAdd = edit('node.add', {
  node: Type.Object(
    {
      id: ElementId,
      kind: Node.properties.kind,
      version: Type.Optional(Node.properties.version),
      label: Type.Optional(label),
      settings: Type.Optional(settings),
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
/** Without `size` the node is as large as it needs to be. */
export const NodeResize = edit('node.resize', { id: ElementId, size: Type.Optional(Size) });
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
/** Makes a node one of another kind or version; its settings become the given ones, connections that no longer fit go. */
export const NodeKind = edit('node.kind', {
  id: ElementId,
  kind: Node.properties.kind,
  version: Type.Optional(Node.properties.version),
  settings: Type.Optional(settings),
});
export const NodeDelete = edit('node.delete', { id: ElementId });
export const Connect = edit('connect', {
  connection: Type.Object(
    {
      id: ElementId,
      from: WantedEnd,
      to: WantedEnd,
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
/** Leads one end or both elsewhere; what the connection holds of settings stays. */
export const ConnectionRewire = edit('connection.rewire', {
  id: ElementId,
  from: Type.Optional(WantedEnd),
  to: Type.Optional(WantedEnd),
});

/** Longest text that a `text.edit` works on, in characters (code points). */
export const longestText = 1_000_000;

/**
 * A change within a text: a number goes on by so many characters (code points), a text is put in, `{ d }` takes out so many
 * characters, or exactly these. What is left at the end stays. The form of the library ot-text-unicode.
 */
export const TextChange = Type.Array(
  Type.Union([
    Type.Integer({ minimum: 1, maximum: longestText }),
    Type.String({ minLength: 1, maxLength: longestText }),
    Type.Object(
      {
        d: Type.Union([
          Type.Integer({ minimum: 1, maximum: longestText }),
          Type.String({ minLength: 1, maxLength: longestText }),
        ]),
      },
      { additionalProperties: false },
    ),
  ]),
  { maxItems: 10_000 },
);
export type TextChange = Static<typeof TextChange>;

const SettingName = Type.String({ minLength: 1, maxLength: 200 });

const unset = Type.Optional(
  Type.Literal(true, { description: 'What is then the same as the default is left out again; said by inverse edits.' }),
);

/** Changes a text setting of a node, or without `node` the description of the design, from within. */
export const TextEdit = edit('text.edit', {
  node: Type.Optional(ElementId),
  name: Type.String({ minLength: 1, maxLength: 200, description: 'Of the setting; without a node `description`.' }),
  change: TextChange,
  unset,
});

const ListPlace = Type.Integer({ minimum: 0, maximum: 100_000 });
/** Items of a setting that is a list. */
export const ListInsert = edit('list.insert', { node: ElementId, name: SettingName, at: ListPlace, item: Type.Unknown(), unset });
export const ListSet = edit('list.set', { node: ElementId, name: SettingName, at: ListPlace, item: Type.Unknown(), unset });
export const ListDelete = edit('list.delete', { node: ElementId, name: SettingName, at: ListPlace, unset });
/** The item at `from` is then at `to`. */
export const ListMove = edit('list.move', { node: ElementId, name: SettingName, from: ListPlace, to: ListPlace, unset });

export const GroupAdd = edit('group.add', { group: Group });
/** `colour` and `parent` are taken away by null. */
export const GroupSet = edit('group.set', {
  id: ElementId,
  title: Type.Optional(Group.properties.title),
  colour: Type.Optional(Type.Union([Group.properties.colour, Type.Null()])),
  parent: Type.Optional(Type.Union([ElementId, Type.Null()])),
});
/** What was in it is then in no group. */
export const GroupDelete = edit('group.delete', { id: ElementId });
/** Puts a node into a group, or by null out of any. */
export const GroupAssign = edit('group.assign', { node: ElementId, group: Type.Union([ElementId, Type.Null()]) });

export const DesignSet = edit('design.set', { name: Type.Optional(DesignName), description: Type.Optional(DesignDescription) });

export const Edit = Type.Union([
  NodeAdd,
  NodeMove,
  NodeResize,
  NodeSet,
  NodeKind,
  NodeDelete,
  Connect,
  Disconnect,
  ConnectionSet,
  ConnectionRewire,
  TextEdit,
  ListInsert,
  ListSet,
  ListDelete,
  ListMove,
  GroupAdd,
  GroupSet,
  GroupDelete,
  GroupAssign,
  DesignSet,
]);
export type Edit = Static<typeof Edit>;
export type EditOf<D extends Edit['do']> = Extract<Edit, { do: D }>;

/** An edit of one item of a list. */
export type ListEdit = EditOf<'list.insert' | 'list.set' | 'list.delete' | 'list.move'>;
export const isListEdit = (edit: Edit): edit is ListEdit => edit.do.startsWith('list.');

const refusalCodes = [
  'UNKNOWN_NODE',
  'UNKNOWN_CONNECTION',
  'UNKNOWN_GROUP',
  'UNKNOWN_KIND',
  'UNKNOWN_PORT',
  'UNKNOWN_ITEM',
  'ID_TAKEN',
  'PORT_TAKEN',
  'PORTS_INCOMPATIBLE',
  'GROUP_CYCLE',
  'SETTINGS_INVALID',
  'NOT_TEXT',
  'NOT_LIST',
  'TEXT_MISMATCH',
  /** Somebody else has replaced, since, what this edit changes from within. */
  'REPLACED',
  'VERSION_TOO_NEW',
  /** The design has no such revision: it is from the future, or below 1. */
  'REVISION_UNKNOWN',
  'EDIT_MALFORMED',
  /** Whoever asks may not do this. */
  'FORBIDDEN',
] as const;

/** Why an edit was not applied. An answer, not an error: nothing has changed. */
export const Refusal = Type.Object({
  code: Type.Union(refusalCodes.map((code) => Type.Literal(code))),
  message: Type.String({ description: 'For a person: what is wrong and what would help.' }),
  pointer: Type.String({ description: 'JSON Pointer into the edit.' }),
  since: Type.Optional(
    Type.Object(
      { rev: Type.Integer(), txId: Type.String(), actor: Type.String() },
      { description: 'The change that came between and stands in the way.' },
    ),
  ),
});
export interface Refusal {
  readonly code: (typeof refusalCodes)[number];
  readonly message: string;
  readonly pointer: string;
  /** The change that came between and stands in the way. */
  readonly since?: { readonly rev: number; readonly txId: string; readonly actor: string };
}

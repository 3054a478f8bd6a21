import { type Static, Type } from 'typebox';
import { Connection, DesignBody, ElementId, Group, Node, Position, Size } from '#model/design.ts';
import { CommittedTx } from '#model/edits/tx.ts';

/** How a design came about, and what differs between two states of it. Rules E20… in `docs/spec/edit.md`. */

/** One line of the history of a design: who, what, when, through which door. */
export const HistoryEntry = Type.Object({
  ...CommittedTx.properties,
  says: Type.String({ description: 'What was done, in words: its label, or made of its edits.' }),
  undoneBy: Type.Optional(Type.String({ description: 'The transaction that took it back.' })),
});
export type HistoryEntry = Static<typeof HistoryEntry>;

/** A value before and after; left out on the side where there is none. */
const Turn = Type.Object({ from: Type.Optional(Type.Unknown()), to: Type.Optional(Type.Unknown()) });

/** A field or setting that differs: `label`, `settings/threshold`, `capacity`, `from`. */
export const FieldChange = Type.Object({ field: Type.String(), ...Turn.properties });
export type FieldChange = Static<typeof FieldChange>;

const changed = Type.Object({ id: ElementId, fields: Type.Array(FieldChange) });

/** What leads from one design to another, by id. */
export const Comparison = Type.Object({
  nodes: Type.Object({
    added: Type.Array(Node),
    removed: Type.Array(Node),
    moved: Type.Array(
      Type.Object({
        id: ElementId,
        from: Type.Optional(Position),
        to: Type.Optional(Position),
        fromSize: Type.Optional(Size),
        toSize: Type.Optional(Size),
      }),
    ),
    changed: Type.Array(changed),
  }),
  connections: Type.Object({
    added: Type.Array(Connection),
    removed: Type.Array(Connection),
    rewired: Type.Array(Type.Object({ id: ElementId, from: Connection, to: Connection })),
    changed: Type.Array(changed),
  }),
  groups: Type.Object({
    added: Type.Array(Group),
    removed: Type.Array(Group),
    changed: Type.Array(changed),
    assigned: Type.Array(Type.Object({ node: ElementId, from: Type.Optional(ElementId), to: Type.Optional(ElementId) })),
  }),
  design: Type.Array(FieldChange, { description: 'Name and description.' }),
});
export type Comparison = Static<typeof Comparison>;

/** What both sides of a merge changed, each in its way, by id; in the merged design it is as ours has it. */
export const MergeConflict = Type.Object({
  key: Type.String({ description: 'Names it when one of the sides is chosen: `node/waiter`, `node/waiter/settings/limit`.' }),
  about: Type.Union([Type.Literal('node'), Type.Literal('connection'), Type.Literal('group'), Type.Literal('design')]),
  id: Type.String({ description: 'Of the element; of the design its name.' }),
  field: Type.Optional(Type.String({ description: 'Left out when the element as a whole is at odds.' })),
  message: Type.String({ description: 'For a person.' }),
  minor: Type.Optional(Type.Boolean({ description: 'True: only about where something is drawn; it holds up no merge.' })),
  base: Type.Optional(Type.Unknown()),
  ours: Type.Optional(Type.Unknown()),
  theirs: Type.Optional(Type.Unknown()),
});
export type MergeConflict = Static<typeof MergeConflict>;

/** A design that goes its own way from a revision of another, until it is merged back. */
export const Branch = Type.Object({
  designId: Type.String({ format: 'uuid', description: 'The branch: a design of its own.' }),
  name: Type.String(),
  ofDesign: Type.String({ format: 'uuid' }),
  ofRev: Type.Integer({ minimum: 1, description: 'Revision of the other design in which both were last the same, or merged.' }),
  ownRev: Type.Integer({ minimum: 1, description: 'Revision of the branch in which they were.' }),
  base: Type.Union([Type.Literal('of'), Type.Literal('own')], {
    description: 'The state that the next merge starts from: of, the other design at ofRev; own, the branch at ownRev.',
  }),
  createdAt: Type.String({ format: 'date-time' }),
});
export type Branch = Static<typeof Branch>;

/** The state of a design at a revision. */
export const Revision = Type.Object({ rev: Type.Integer({ minimum: 1 }), body: DesignBody });
export type Revision = Static<typeof Revision>;

/** Who did it, and what is said of it, without what it did. */
export const Undoable = Type.Object({ txId: Type.String(), rev: Type.Integer(), says: HistoryEntry.properties.says });
export type Undoable = Static<typeof Undoable>;

import { type Static, Type } from 'typebox';
import { ElementId, Position, Size } from './design.ts';

/** What people say about a design, beside it: comments are no edits, have no revision and are not part of its file. Rules M1… in `docs/spec/comment.md`. */

/** What a thread is about. It follows a node or connection; a point and a region stay where they are. */
export const Anchor = Type.Union([
  Type.Object({ node: ElementId }, { additionalProperties: false }),
  Type.Object({ connection: ElementId }, { additionalProperties: false }),
  Type.Object({ point: Position }, { additionalProperties: false }),
  Type.Object(
    { region: Type.Object({ at: Position, size: Size }, { additionalProperties: false }) },
    { additionalProperties: false },
  ),
]);
export type Anchor = Static<typeof Anchor>;

export const CommentText = Type.String({ minLength: 1, maxLength: 10_000 });

export const Comment = Type.Object({
  id: Type.String({ format: 'uuid' }),
  actor: Type.String({ description: 'Who wrote it.' }),
  text: CommentText,
  mentions: Type.Array(Type.String(), { description: 'Names after an @ in the text.' }),
  at: Type.String({ format: 'date-time' }),
  editedAt: Type.Optional(Type.String({ format: 'date-time' })),
});
export type Comment = Static<typeof Comment>;

export const Thread = Type.Object({
  id: Type.String({ format: 'uuid' }),
  designId: Type.String({ format: 'uuid' }),
  anchor: Anchor,
  place: Type.Optional(Position),
  orphaned: Type.Boolean({ description: 'What it was about is gone; `place` is where that last was.' }),
  state: Type.Union([Type.Literal('open'), Type.Literal('resolved')]),
  comments: Type.Array(Comment, { description: 'Oldest first.' }),
  createdAt: Type.String({ format: 'date-time' }),
  changedAt: Type.String({ format: 'date-time' }),
});
export type Thread = Static<typeof Thread>;

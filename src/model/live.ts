import { type Static, Type } from 'typebox';
import { Edit } from './edit.ts';
import { Fault, Sample, Session, SessionSnapshot } from './session.ts';

/** What passes through the live socket, one JSON text a frame. Rules W20… in `docs/spec/live.md`. */

export const LiveTopic = Type.Union([Type.Literal('design'), Type.Literal('session'), Type.Literal('connection')], {
  description:
    'design: edits and sessions of a design; session: status, rates and faults; connection: messages on one wire of a session.',
});

export const LiveRequest = Type.Union([
  Type.Object(
    {
      type: Type.Union([Type.Literal('subscribe'), Type.Literal('unsubscribe')]),
      topic: LiveTopic,
      id: Type.String({ format: 'uuid', description: 'Id of the design, or of the session.' }),
      connection: Type.Optional(Type.String({ description: 'With topic connection: which wire.' })),
    },
    { additionalProperties: false },
  ),
  Type.Object({ type: Type.Literal('ping') }, { additionalProperties: false }),
]);
export type LiveRequest = Static<typeof LiveRequest>;

export const LiveMessage = Type.Union([
  Type.Object({
    type: Type.Literal('subscribed'),
    topic: LiveTopic,
    id: Type.String(),
    connection: Type.Optional(Type.String()),
  }),
  Type.Object({ type: Type.Literal('design.edited'), designId: Type.String(), rev: Type.Integer(), edits: Type.Array(Edit) }),
  Type.Object({ type: Type.Literal('design.deleted'), designId: Type.String() }),
  Type.Object({ type: Type.Literal('session.status'), session: Session }),
  Type.Object({ type: Type.Literal('session.snapshot'), snapshot: SessionSnapshot }),
  Type.Object({ type: Type.Literal('session.fault'), sessionId: Type.String(), fault: Fault }),
  Type.Object({
    type: Type.Literal('session.samples'),
    sessionId: Type.String(),
    connection: Type.String(),
    samples: Type.Array(Sample),
  }),
  Type.Object({ type: Type.Literal('problem'), code: Type.String(), detail: Type.String() }),
  Type.Object({ type: Type.Literal('pong') }),
]);
export type LiveMessage =
  | Exclude<Static<typeof LiveMessage>, { type: 'session.status' | 'session.snapshot' }>
  | { type: 'session.status'; session: Session }
  | { type: 'session.snapshot'; snapshot: SessionSnapshot };

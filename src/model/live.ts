import { type Static, type TSchema, Type } from 'typebox';
import { Thread } from './comment.ts';
import { Design, ElementId } from './design.ts';
import { Refusal, type Refusal as RefusalBody } from './edits/edit.ts';
import { Ack, type Ack as AckBody, CommittedTx, Tx } from './edits/tx.ts';
import { Doing, Peer, PersonName } from './presence.ts';
import { storableText } from './schema-check.ts';
import { Fault, Sample, Session, SessionSnapshot } from './sessions/session.ts';

/** What passes through the live socket, one JSON text a frame. Rules W20… in `docs/spec/live.md`. */

export const LiveTopic = Type.Union([Type.Literal('session'), Type.Literal('connection')], {
  description: 'session: status, rates and faults; connection: messages on one wire of a session.',
});

const DesignId = Type.String({ format: 'uuid' });
const frame = <T extends string, P extends Record<string, TSchema>>(type: T, properties: P) =>
  Type.Object({ type: Type.Literal(type), ...properties }, { additionalProperties: false });

/** W46: whose figures are wanted. */
export const Look = Type.Object(
  { nodes: Type.Array(ElementId, { maxItems: 500 }), connections: Type.Array(ElementId, { maxItems: 1_000 }) },
  {
    additionalProperties: false,
    description: 'With topic session: figures of these elements only. Subscribe again to look at others; without it, at all.',
  },
);
export type Look = Static<typeof Look>;

/** Opens a design on this socket: answered by `welcome`, then told of edits, sessions, comments and peers until `leave`. */
export const Hello = frame('hello', {
  designId: DesignId,
  lastRev: Type.Optional(Type.Integer({ minimum: 1, description: 'The revision you have; what came after it is in `welcome`.' })),
  name: Type.Optional(PersonName),
});

export const LiveRequest = Type.Union([
  Type.Object(
    {
      type: Type.Union([Type.Literal('subscribe'), Type.Literal('unsubscribe')]),
      topic: LiveTopic,
      id: Type.String({ format: 'uuid', description: 'Id of the session.' }),
      connection: Type.Optional(Type.String({ description: 'With topic connection: which wire.' })),
      look: Type.Optional(Look),
    },
    { additionalProperties: false },
  ),
  Hello,
  frame('leave', { designId: DesignId }),
  frame('tx', { designId: DesignId, ...Tx.properties }),
  frame('presence', { designId: DesignId, ...Doing.properties }),
  frame('say', {
    designId: DesignId,
    to: Type.String({ format: 'uuid', description: 'The peer.' }),
    text: Type.String({ minLength: 1, maxLength: 2_000, pattern: storableText }),
  }),
  frame('ping', {}),
]);
export type LiveRequest = Static<typeof LiveRequest>;

const Whole = Type.Object(
  { received: Type.Integer(), perSecond: Type.Number(), failures: Type.Integer() },
  { description: 'The sums of all connections and nodes, where the snapshot holds only those that are looked at.' },
);

export const LiveMessage = Type.Union([
  Type.Object({
    type: Type.Literal('subscribed'),
    topic: LiveTopic,
    id: Type.String(),
    connection: Type.Optional(Type.String()),
  }),
  Type.Object({
    type: Type.Literal('welcome'),
    designId: DesignId,
    rev: Type.Integer({ description: 'The present revision.' }),
    tail: Type.Optional(Type.Array(CommittedTx, { description: 'What came after lastRev, when that is not too much.' })),
    snapshot: Type.Optional(Design),
    by: Type.Optional(
      Type.Array(Type.String(), {
        description: 'With a snapshot and lastRev: who did what came between, four at most, of the first 999 transactions.',
      }),
    ),
    you: Peer,
    peers: Type.Array(Type.Object({ ...Peer.properties, doing: Doing })),
  }),
  Type.Object({ type: Type.Literal('ack'), designId: DesignId, ...Ack.properties }),
  Type.Object({
    type: Type.Literal('refused'),
    designId: DesignId,
    txId: Type.String(),
    rev: Type.Integer({ description: 'The present revision.' }),
    refusal: Refusal,
  }),
  Type.Object({
    type: Type.Literal('edits'),
    designId: DesignId,
    from: Type.Integer({ description: 'The revision of the first.' }),
    to: Type.Integer({ description: 'The revision of the last; there is no gap between.' }),
    txs: Type.Array(CommittedTx),
  }),
  Type.Object({ type: Type.Literal('peer.came'), designId: DesignId, peer: Peer }),
  Type.Object({ type: Type.Literal('peer.left'), designId: DesignId, peer: Type.String() }),
  Type.Object({
    type: Type.Literal('presence'),
    designId: DesignId,
    doings: Type.Record(Type.String(), Doing, { description: 'What changed, by peer; you may be among them.' }),
  }),
  Type.Object({ type: Type.Literal('said'), designId: DesignId, from: Peer, text: Type.String(), at: Type.String() }),
  Type.Object({
    type: Type.Literal('comment'),
    designId: DesignId,
    thread: Thread,
    deleted: Type.Optional(Type.Boolean({ description: 'True: the whole thread is gone.' })),
  }),
  Type.Object({
    type: Type.Literal('resync'),
    designId: DesignId,
    why: Type.String({ description: 'For a person. Say hello again with the revision you have.' }),
  }),
  Type.Object({ type: Type.Literal('design.deleted'), designId: Type.String() }),
  Type.Object({ type: Type.Literal('session.status'), session: Session }),
  Type.Object({
    type: Type.Literal('session.snapshot'),
    snapshot: SessionSnapshot,
    whole: Type.Optional(Whole),
  }),
  Type.Object({ type: Type.Literal('session.fault'), sessionId: Type.String(), fault: Fault }),
  Type.Object({
    type: Type.Literal('session.samples'),
    sessionId: Type.String(),
    connection: Type.String(),
    samples: Type.Array(Sample),
  }),
  Type.Object({
    type: Type.Literal('problem'),
    code: Type.String(),
    detail: Type.String(),
    designId: Type.Optional(Type.String({ description: 'Of the request that could not be answered, where it named one.' })),
    txId: Type.Optional(Type.String()),
  }),
  Type.Object({ type: Type.Literal('pong') }),
]);
export type LiveMessage =
  | Exclude<Static<typeof LiveMessage>, { type: 'session.status' | 'session.snapshot' | 'refused' | 'ack' }>
  | ({ type: 'ack'; designId: string } & AckBody)
  | { type: 'refused'; designId: string; txId: string; rev: number; refusal: RefusalBody }
  | { type: 'session.status'; session: Session }
  | { type: 'session.snapshot'; snapshot: SessionSnapshot; whole?: Static<typeof Whole> };

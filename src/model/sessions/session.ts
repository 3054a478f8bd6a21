import { type Static, Type } from 'typebox';

/** A session is one execution of one revision of a design. Rules S1… in `docs/spec/session.md`. */

export const SessionState = Type.Union(
  ['starting', 'running', 'pausing', 'paused', 'stopping', 'completed', 'stopped', 'failed'].map((state) => Type.Literal(state)),
  {
    description:
      'completed: every process ended by itself; stopped: on request; failed: a process failed and its policy ends the session.',
  },
);
export type SessionState = 'starting' | 'running' | 'pausing' | 'paused' | 'stopping' | 'completed' | 'stopped' | 'failed';

/** S2: the states of a process. `idle` waits for a partner, the clock or the outside; `running` has work now. */
export const ProcessState = Type.Union(
  ['idle', 'running', 'paused', 'error', 'completed', 'stopped'].map((state) => Type.Literal(state)),
);
export type ProcessState = 'idle' | 'running' | 'paused' | 'error' | 'completed' | 'stopped';

export const Fault = Type.Object({
  code: Type.String(),
  message: Type.String(),
  node: Type.Optional(Type.String({ description: 'The node that failed.' })),
  at: Type.String({ format: 'date-time' }),
});
export type Fault = Static<typeof Fault>;

const longestFaultText = 2_000;

/** A message as a fault may hold it: of a long one the beginning and its length, and nothing that no database takes. */
export function faultText(message: string): string {
  const cut = message.length > longestFaultText;
  const text = cut ? `${message.slice(0, longestFaultText)}… (${message.length} characters)` : message;
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

export const ProcessStatus = Type.Object({
  node: Type.String(),
  state: ProcessState,
  received: Type.Integer({ description: 'Messages received since start.' }),
  sent: Type.Integer({ description: 'Messages sent since start.' }),
  failures: Type.Integer(),
  restarts: Type.Integer(),
  waitingFor: Type.Array(Type.String(), { description: 'Ports it waits on now, such as in or out[2]; clock; outside.' }),
  held: Type.Optional(Type.Literal(true, { description: 'Paused by itself, whatever the session does.' })),
  cpuMs: Type.Optional(Type.Number({ description: 'Processor time, in milliseconds; sampled.' })),
  services: Type.Optional(
    Type.Array(Type.Integer(), {
      description:
        'Service times, from a message to the next one asked for: how many of those timed took at most 1/64 ms, 1/32 ms, … 131 s, and longer. Sampled.',
    }),
  ),
  lastFault: Type.Optional(Fault),
  metrics: Type.Optional(
    Type.Record(Type.String(), Type.Number(), { description: 'What the component itself counts, by name.' }),
  ),
});
export type ProcessStatus = Omit<Static<typeof ProcessStatus>, 'state'> & { readonly state: ProcessState };

/** S39: where a session pauses by itself. */
export const Breakpoint = Type.Object({
  condition: Type.Optional(Type.String({ description: 'CEL over `message`; without one every message fits.' })),
  afterHits: Type.Integer({ minimum: 1, description: 'It pauses from the so many-th message on that fits.' }),
  hits: Type.Integer({ minimum: 0, description: 'Messages that fitted since it was set.' }),
  failures: Type.Integer({ minimum: 0, description: 'Messages for which the condition had no value; they do not fit.' }),
  lastFailure: Type.Optional(Type.String({ description: 'Why it had none, the last time.' })),
});
export type Breakpoint = Static<typeof Breakpoint>;

export const ChannelStatus = Type.Object({
  connection: Type.String(),
  sent: Type.Integer({ description: 'Messages accepted from the sender.' }),
  received: Type.Integer({ description: 'Messages handed to the receiver.' }),
  dropped: Type.Integer({ description: 'Messages dropped by the policy, or left behind by a reader that has gone.' }),
  depth: Type.Integer({ description: 'Messages held now.' }),
  capacity: Type.Integer(),
  highWater: Type.Integer(),
  blocked: Type.Union([Type.Literal('none'), Type.Literal('sender'), Type.Literal('receiver')]),
  ended: Type.Boolean(),
  perSecond: Type.Number({ description: 'Messages received a second, over the last observation.' }),
  held: Type.Optional(Type.Literal(true, { description: 'Paused by itself: nothing passes.' })),
  breakpoint: Type.Optional(Breakpoint),
  senderWaits: Type.Integer({ description: 'How often the sender had to wait.' }),
  receiverWaits: Type.Integer({ description: 'How often the receiver had to wait.' }),
  senderBlockedMs: Type.Number({ description: 'How long the sender waited, all in all.' }),
  receiverBlockedMs: Type.Number({ description: 'How long the receiver waited, all in all.' }),
  bytes: Type.Optional(Type.Number({ description: 'Bytes received, where messages are text or bytes; an estimate.' })),
});
export type ChannelStatus = Static<typeof ChannelStatus>;

/** What came of making a running session one of another revision. Rules S29… in `docs/spec/session.md`. */
export const SwapReport = Type.Object({
  kept: Type.Array(Type.String(), { description: 'Nodes that go on as they were.' }),
  handedOver: Type.Array(Type.String(), { description: 'Nodes whose new process has taken up what the old one remembered.' }),
  drained: Type.Array(Type.String(), { description: 'Nodes that do what is still in their wires and hands, and end.' }),
  closed: Type.Array(Type.String(), { description: 'Sources that send no more.' }),
  started: Type.Array(Type.String(), { description: 'Nodes begun.' }),
  draining: Type.Array(Type.String(), { description: 'Connections whose messages still go to the reader they were sent to.' }),
});
export type SwapReport = Static<typeof SwapReport>;

/** Everything that moves in a session, at one moment. */
export const SessionSnapshot = Type.Object({
  sessionId: Type.String({ format: 'uuid' }),
  at: Type.String({ format: 'date-time' }),
  state: SessionState,
  processes: Type.Array(ProcessStatus),
  channels: Type.Array(ChannelStatus),
  leaving: Type.Optional(
    Type.Object(
      { nodes: Type.Array(Type.String()), connections: Type.Array(Type.String()) },
      { description: 'What is left of the revision that ran before: nodes that have not ended, connections that hold messages.' },
    ),
  ),
  cpu: Type.Optional(
    Type.Object(
      {
        usedMs: Type.Integer({ description: 'Processor time of its turns.' }),
        deferredMs: Type.Integer({ description: 'Time its turns were put off, because it had used its share.' }),
      },
      { description: 'Of a session with a limit cpuPercent.' },
    ),
  ),
});
export type SessionSnapshot = Omit<Static<typeof SessionSnapshot>, 'state' | 'processes'> & {
  readonly state: SessionState;
  readonly processes: readonly ProcessStatus[];
};

/** One message as it passed a connection. */
export const Sample = Type.Object({
  number: Type.Integer({ minimum: 1, description: 'Counts the messages of the connection from 1.' }),
  at: Type.String({ format: 'date-time' }),
  value: Type.Unknown({ description: 'The message; cut to the size limit when it is long.' }),
  sizeBytes: Type.Integer({ description: 'Size of its JSON text before cutting.' }),
  cut: Type.Boolean(),
});
export type Sample = Static<typeof Sample>;

/** How the recording of a session is: still written, whole, or ended before the session did. Rule S17 in `docs/spec/session.md`. */
export const RecordingState = Type.Union(
  ['running', 'complete', 'cut'].map((state) => Type.Literal(state)),
  {
    description:
      'There is a recording. running: still written; complete: whole; cut: ended before the session did, by its size limit or with its thread.',
  },
);
export type RecordingState = 'running' | 'complete' | 'cut';

export const PausedAt = Type.Object(
  { connection: Type.String(), message: Sample },
  { description: 'The breakpoint that paused the session, and the message that had just passed there.' },
);
export type PausedAt = Static<typeof PausedAt>;

export const Session = Type.Object({
  id: Type.String({ format: 'uuid' }),
  designId: Type.String({ format: 'uuid' }),
  designRev: Type.Integer({ minimum: 1 }),
  state: SessionState,
  inner: Type.Optional(
    Type.Array(Type.Object({ designId: Type.String(), rev: Type.Integer({ minimum: 1 }) }), {
      description: 'The designs it runs as parts of this one, and which revision of each.',
    }),
  ),
  startedAt: Type.String({ format: 'date-time' }),
  endedAt: Type.Optional(Type.String({ format: 'date-time' })),
  fault: Type.Optional(Fault),
  recording: Type.Optional(RecordingState),
  stuck: Type.Optional(
    Type.Object(
      {
        since: Type.String({ format: 'date-time' }),
        nodes: Type.Array(Type.String()),
        connections: Type.Array(Type.String()),
        partly: Type.Optional(Type.Boolean({ description: 'True while others still run: only these wait for each other.' })),
      },
      { description: 'Set while processes wait for each other for ever: all that have not ended, or, with partly, some.' },
    ),
  ),
  pausedAt: Type.Optional(PausedAt),
});
export type Session = Omit<Static<typeof Session>, 'state' | 'recording'> & {
  readonly state: SessionState;
  readonly recording?: RecordingState;
};

/** What one session may use; a limit that is left out is the server's, and none can be raised above that. Rules H11… in `docs/spec/session.md`. */
export const SessionLimits = Type.Object(
  {
    wallMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_592_000_000, description: 'Longest life, pauses included.' })),
    heapMib: Type.Optional(
      Type.Integer({
        minimum: 16,
        maximum: 65_536,
        description: 'Most memory of its thread. A session that asks for this has a thread of its own.',
      }),
    ),
    messagesInFlight: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Most messages held by all connections together, looked at ten times a second.' }),
    ),
    outsideCalls: Type.Optional(Type.Integer({ minimum: 1, description: 'Most requests, files and secrets under way at once.' })),
    unyieldingMs: Type.Optional(
      Type.Integer({ minimum: 100, maximum: 3_600_000, description: 'Longest a component may compute without a pause.' }),
    ),
    cpuPercent: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description: 'Share of one processor core. Going beyond it ends nothing: the session waits for its next turn.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type SessionLimits = Static<typeof SessionLimits>;

/** H17: who goes first where sessions share a thread. */
/** S82: what becomes of a session in which a component does what its contract does not allow. */
export const MonitorMode = Type.Union([Type.Literal('report'), Type.Literal('block')], {
  description:
    'Hold what components do against their contracts: report tells and counts what is not allowed, block ends the session there.',
});
export type MonitorMode = 'report' | 'block';

export const SessionPriority = Type.Union(
  ['low', 'normal', 'high'].map((priority) => Type.Literal(priority)),
  {
    default: 'normal',
    description: 'Where sessions share a thread, high has four times the turns of normal, and normal of low.',
  },
);
export type SessionPriority = 'low' | 'normal' | 'high';

/** A session that has ended stays ended. */
export function hasEnded(state: SessionState): boolean {
  return state === 'completed' || state === 'stopped' || state === 'failed';
}

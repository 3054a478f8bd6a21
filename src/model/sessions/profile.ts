import { type Static, Type } from 'typebox';

/** A look at who spends the processor in a session, taken for a few seconds. Rules S66 to S68 in `docs/spec/session.md`. */

/** S66: how long a profile may take. */
export const ProfileSeconds = Type.Number({
  minimum: 0.1,
  maximum: 30,
  description: 'How long to look. Ends earlier when the session does.',
});

export const HotFunction = Type.Object({
  name: Type.String({ description: 'As in the code; empty for one without a name.' }),
  at: Type.String({ description: 'File and line; empty for what is built in.' }),
  selfMs: Type.Number({ description: 'Time in the function itself, without what it calls.' }),
});
export type HotFunction = Static<typeof HotFunction>;

export const NodeShare = Type.Object({
  node: Type.String(),
  kind: Type.String(),
  cpuMs: Type.Number({ description: 'Processor time over the profile, as accounted.' }),
  functions: Type.Array(HotFunction, {
    description: 'The heaviest functions of its kind, as sampled; nodes of the same kind have the same.',
  }),
});
export type NodeShare = Static<typeof NodeShare>;

export const Profile = Type.Object({
  sessionId: Type.String({ format: 'uuid' }),
  at: Type.String({ format: 'date-time', description: 'When it ended.' }),
  tookMs: Type.Number(),
  nodes: Type.Array(NodeShare, { description: 'Who took most comes first.' }),
  elsewhere: Type.Object(
    { selfMs: Type.Number(), functions: Type.Array(HotFunction, { description: 'The heaviest.' }) },
    {
      description:
        'Sampled outside of the processes of this session: what a component started and went on by itself, the scheduler, the collector of garbage, other sessions.',
    },
  ),
  idleMs: Type.Number({ description: 'The thread had nothing to do.' }),
  otherSessions: Type.Integer({ description: 'Sessions that shared the thread when it ended: the samples are of them, too.' }),
  cpuprofile: Type.Unknown({ description: 'The samples, as developer tools read them from a .cpuprofile file.' }),
});
export type Profile = Static<typeof Profile>;

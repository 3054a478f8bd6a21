import { type Static, Type } from 'typebox';

/** Whether the components themselves get stuck where a trace of the checker says. Rule S16 in `docs/spec/session.md`. */
export const ForcedReport = Type.Object({
  reached: Type.Boolean({ description: 'True when the run is stuck with the same nodes waiting on the same connections.' }),
  steps: Type.Integer({ minimum: 0, description: 'Steps of the trace.' }),
  followed: Type.Integer({ minimum: 0, description: 'Steps of the trace that the components did.' }),
  diverged: Type.Optional(
    Type.Object(
      {
        step: Type.Integer({ minimum: 1, description: 'Step of the trace, counted from 1; one past the last is its end.' }),
        wanted: Type.String({ description: 'What the trace says.' }),
        happened: Type.String({ description: 'What happened instead.' }),
      },
      { description: 'The first step that the components did otherwise; when reached all the same, another way led there.' },
    ),
  ),
  waiting: Type.Array(Type.Object({ node: Type.String(), connections: Type.Array(Type.String()) }), {
    description: 'When the run is stuck: who waits on what.',
  }),
  schedule: Type.Array(Type.Object({ number: Type.Integer({ minimum: 1 }), says: Type.String() }), {
    description: 'The run in words: the steps at which something is to be seen.',
  }),
  attempts: Type.Integer({ minimum: 1, description: 'Runs it took; where two ways seemed to lead on, both were tried.' }),
});
export type ForcedReport = Static<typeof ForcedReport>;

import { type Static, Type } from 'typebox';
import { Edit } from '#model/edits/edit.ts';
import { Certificate } from './certificate.ts';

/** The answers of the checks about a design. Rules K1… in `docs/spec/contract.md`. */

/** Unknown is honest and never shown as passed. */
export const Verdict = Type.Union([Type.Literal('proved'), Type.Literal('refuted'), Type.Literal('unknown')]);
export type Verdict = Static<typeof Verdict>;

export const Severity = Type.Union([Type.Literal('error'), Type.Literal('warning'), Type.Literal('info')]);

/** One step of a counterexample: a communication on a connection, or a node deciding something by itself. */
export const TraceStep = Type.Object({
  is: Type.Union(
    [
      ...['message', 'put', 'take', 'gone', 'dropped', 'end', 'sees', 'leaves', 'free', 'alone'],
      ...['ask', 'reply', 'asks-gone', 'hears-gone', 'quit'],
    ].map((word) => Type.Literal(word)),
    {
      description:
        'message: handed over; put, take: into and out of a buffer; gone: discarded, the reader has left; dropped: by the policy; end: the sender ends; sees: the reader sees the end; leaves: the reader has returned; free: on a port nothing is connected to; alone: an own decision. Of a call, ask and reply: handed over; asks-gone: asked of one who has ended; hears-gone: told that the other has ended; quit: told that the asker has given up.',
    },
  ),
  connection: Type.Optional(Type.String({ description: 'The connection that communicates; absent when a node acts alone.' })),
  nodes: Type.Array(Type.String(), { description: 'The nodes that take part.' }),
  end: Type.Boolean({ description: 'True when the step is the end of the stream.' }),
  text: Type.String({ description: 'The step in words.' }),
});
export type TraceStep = Omit<Static<typeof TraceStep>, 'is'> & {
  readonly is:
    | 'message'
    | 'put'
    | 'take'
    | 'gone'
    | 'dropped'
    | 'end'
    | 'sees'
    | 'leaves'
    | 'free'
    | 'alone'
    | 'ask'
    | 'reply'
    | 'asks-gone'
    | 'hears-gone'
    | 'quit';
};

/** Who waits, at the end of a trace, for whom and on what. */
export const Waiting = Type.Object({
  node: Type.String(),
  on: Type.Array(
    Type.Object({
      connection: Type.String(),
      direction: Type.Union([Type.Literal('send'), Type.Literal('receive')]),
      peer: Type.String(),
      never: Type.Optional(
        Type.Boolean({ description: 'True when it waits for an end that never comes: the peer runs for ever, or waits too.' }),
      ),
    }),
  ),
});
export type Waiting = Static<typeof Waiting>;

export const Trace = Type.Object({
  steps: Type.Array(TraceStep),
  waiting: Type.Array(Waiting, { description: 'State after the last step, one entry a node that cannot go on.' }),
  knot: Type.Object(
    { nodes: Type.Array(Type.String()), connections: Type.Array(Type.String()) },
    { description: 'The nodes and connections that wait for each other, to be lit on the canvas.' },
  ),
  cycle: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'Of a way that can go on for ever: after its last step it comes again to this one, counted from 0.',
    }),
  ),
});
export type Trace = Omit<Static<typeof Trace>, 'steps'> & { readonly steps: readonly TraceStep[] };

/** A change of the design after which the same question is answered *proved*: it was asked again before this was offered. */
export const Repair = Type.Object({
  says: Type.String({ description: 'The change in words: “give taker → giver a capacity of 1”.' }),
  edits: Type.Array(Edit, { minItems: 1 }),
  changes: Type.Integer({ minimum: 1, description: 'How much it changes; the smallest is offered first.' }),
});
export type Repair = Static<typeof Repair>;

export const Finding = Type.Object({
  rule: Type.String({
    description: 'What was asked: deadlock, unconnected-port, unreachable-node, no-path-to-sink, contract, subdesign-cycle …',
  }),
  verdict: Verdict,
  severity: Severity,
  message: Type.String(),
  nodes: Type.Array(Type.String(), { description: 'A node within a part is outer/inner.' }),
  connections: Type.Array(Type.String()),
  pointer: Type.Optional(Type.String({ description: 'JSON Pointer into the design, where one place is at fault.' })),
  engine: Type.String({ description: 'Who answered: lint, full, …' }),
  states: Type.Optional(Type.Integer({ minimum: 0, description: 'States looked at.' })),
  transitions: Type.Optional(Type.Integer({ minimum: 0, description: 'Transitions looked at.' })),
  peakBytes: Type.Optional(
    Type.Integer({ minimum: 0, description: 'The most memory that states and tables took, where the engine knows.' }),
  ),
  trace: Type.Optional(Trace),
  certificate: Type.Optional(Certificate),
  rechecked: Type.Optional(
    Type.Boolean({
      description: 'Whether the certificate or the trace was checked again by a program of its own; absent: it was not tried.',
    }),
  ),
  repairs: Type.Optional(Type.Array(Repair, { description: 'With refuted: what would help, the smallest change first.' })),
  tried: Type.Optional(Type.Array(Type.String(), { description: 'With unknown: what was tried.' })),
});
export type Finding = Omit<Static<typeof Finding>, 'trace'> & { readonly trace?: Trace };

/** The answer of `validate`. `verdict` is the worst among its errors and the answer about deadlock (K16): refuted, then unknown, then proved. */
export const Validation = Type.Object({
  designId: Type.Optional(Type.String()),
  rev: Type.Optional(Type.Integer()),
  verdict: Verdict,
  findings: Type.Array(Finding),
});
export type Validation = Omit<Static<typeof Validation>, 'findings'> & { readonly findings: readonly Finding[] };

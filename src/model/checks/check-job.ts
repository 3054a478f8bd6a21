import { type Static, Type } from 'typebox';
import { Validation } from './finding.ts';

/** A long check of a stored design. Rules V110… in `docs/spec/check.md`. */

export const CheckEngine = Type.Enum(['rules', 'pairs', 'stubborn', 'compositional', 'full']);

/** What can be asked besides deadlock, which is always asked; each is the rule of its findings. */
export const checkQuestions = [
  'partial-deadlock',
  'message-schema',
  'never-used',
  'orphans',
  'memory',
  'stop',
  'livelock',
  'starvation',
] as const;
export type CheckQuestion = (typeof checkQuestions)[number];
const CheckQuestion = Type.Enum([...checkQuestions]);

const mebibyte = 1_048_576;

const terms = {
  environment: Type.Optional(
    Type.Enum(['ready', 'may-refuse'], {
      description:
        'What is behind mandatory ports that nothing is connected to: always ready, which is meant when it is left out, or it may stop taking and giving at any moment.',
    }),
  ),
  progress: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), {
      maxItems: 1_000,
      uniqueItems: true,
      description:
        'Nodes whose communications are progress too, when it is asked whether it can be busy for ever; one that stands for a design, or outer/inner.',
    }),
  ),
};

/** V123, V124  What is assumed in a check, and what counts as progress. */
export const CheckTerms = Type.Object(terms, { additionalProperties: false });
export type CheckTerms = Static<typeof CheckTerms>;

export const CheckOrder = Type.Object(
  {
    ...terms,
    questions: Type.Optional(
      Type.Array(CheckQuestion, {
        maxItems: 20,
        uniqueItems: true,
        description: 'Only these, and deadlock; every question when left out.',
      }),
    ),
    engine: Type.Optional(CheckEngine),
    maxStates: Type.Optional(Type.Integer({ minimum: 1, maximum: 4_000_000_000, description: '100 million when left out.' })),
    seconds: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 3_600, description: 'Longest time of the search; 60 when left out.' }),
    ),
    maxBytes: Type.Optional(
      Type.Integer({
        minimum: mebibyte,
        maximum: 4_096 * mebibyte,
        description: 'Memory for states; 512 MiB when left out.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type CheckOrder = Static<typeof CheckOrder>;

export const CheckJob = Type.Object({
  id: Type.String({ format: 'uuid' }),
  designId: Type.String(),
  rev: Type.Integer({ description: 'The revision that is checked: the present one when it was asked for.' }),
  state: Type.Enum(['waiting', 'running', 'done', 'cancelled', 'failed']),
  order: CheckOrder,
  createdAt: Type.String({ format: 'date-time' }),
  progress: Type.Object(
    { states: Type.Integer({ minimum: 0 }), seconds: Type.Number({ minimum: 0 }) },
    { description: 'States looked at so far, and how long it has run.' },
  ),
  validation: Type.Optional(Validation),
  reason: Type.Optional(Type.String({ description: 'Why it failed.' })),
});
export type CheckJob = Omit<Static<typeof CheckJob>, 'validation'> & { readonly validation?: Validation };

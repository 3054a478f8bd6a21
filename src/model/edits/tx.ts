import { type Static, Type } from 'typebox';
import { plainName } from '#model/schema-check.ts';
import { Edit, Refusal } from './edit.ts';

/** A set of edits that belong together: one gesture of a person, one request of a program. Rules E14… in `docs/spec/edit.md`. */

/** Edits in one transaction. */
export const mostEdits = 5_000;

const TxId = Type.String({ format: 'uuid', description: 'Chosen by you: the same edits sent again under it are applied once.' });

/** What is said of a transaction besides its edits. */
export const TxTerms = Type.Object(
  {
    baseRev: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The revision the edits were made on; without it, the present one.' }),
    ),
    mode: Type.Optional(
      Type.Union([Type.Literal('rebase'), Type.Literal('exact')], {
        description:
          'rebase (default): over what was committed since baseRev; exact: refused when what it touches has changed since.',
      }),
    ),
    atomic: Type.Optional(Type.Boolean({ description: 'true (default): all or none; false: what cannot be done is left out.' })),
    undoOf: Type.Optional(Type.String({ format: 'uuid', description: 'The transaction that this one takes back.' })),
    label: Type.Optional(
      Type.String({ maxLength: 200, pattern: plainName, description: 'What was done, for people: `delete waiter`.' }),
    ),
  },
  { additionalProperties: false },
);
export type TxTerms = Static<typeof TxTerms>;

export const Tx = Type.Object(
  { txId: TxId, edits: Type.Array(Edit, { minItems: 1, maxItems: mostEdits }), ...TxTerms.properties },
  { additionalProperties: false },
);
export type Tx = Static<typeof Tx>;

/** applied: as asked; rebased: over what others did since; partial: some edits were left out. */
export const Outcome = Type.Union([Type.Literal('applied'), Type.Literal('rebased'), Type.Literal('partial')]);
export type Outcome = Static<typeof Outcome>;

/** A committed transaction, as everyone who has the design open is told. */
export const CommittedTx = Type.Object({
  rev: Type.Integer({ minimum: 1, description: 'The revision it led to.' }),
  txId: Type.String(),
  actor: Type.String({ description: 'Who did it.' }),
  via: Type.String({ description: 'The door: http, socket, cli, import, undo …' }),
  at: Type.String({ format: 'date-time' }),
  edits: Type.Array(Edit, { description: 'As they were applied, every default filled in.' }),
  label: Type.Optional(Type.String()),
  undoOf: Type.Optional(Type.String()),
});
export type CommittedTx = Static<typeof CommittedTx>;

/** An edit of a transaction that was not done: its number there, and why. */
export const LeftOut = Type.Object({ number: Type.Integer({ minimum: 0 }), refusal: Refusal });
export interface LeftOut {
  readonly number: number;
  readonly refusal: Refusal;
}

/** What became of a transaction: the new revision with what was done, and how to take it back. */
export const Ack = Type.Object({
  txId: Type.String(),
  rev: Type.Integer({ description: 'The revision of the design with the edits.' }),
  outcome: Outcome,
  edits: Type.Array(Edit, { description: 'The edits as they were applied, every default filled in.' }),
  inverse: Type.Array(Edit, { description: 'The edits that take them back, in the order to apply them.' }),
  left: Type.Optional(Type.Array(LeftOut, { description: 'With atomic: false: what was left out.' })),
});
export type Ack = Omit<Static<typeof Ack>, 'left'> & { left?: readonly LeftOut[] };

import { type Static, Type } from 'typebox';
import { greatestIndex, Node } from '#model/design.ts';

/** The contract of a node as text: what a page needs to check by itself what it draws. */

export const ContractWish = Type.Object(
  {
    kind: Node.properties.kind,
    version: Node.properties.version,
    settings: Node.properties.settings,
    arity: Type.Record(Type.String(), Type.Integer({ minimum: 0, maximum: greatestIndex + 1 }), {
      description: 'How many channels each port has.',
    }),
  },
  { additionalProperties: false },
);
export type ContractWish = Static<typeof ContractWish>;

export const ContractText = Type.Object({
  text: Type.Optional(Type.String()),
  fault: Type.Optional(Type.String({ description: 'Why there is none.' })),
  reads: Type.Optional(
    Type.Array(Type.String(), {
      description: 'The settings it was made of: it is the same while they are. Left out: all of them.',
    }),
  ),
});
export type ContractText = Static<typeof ContractText>;

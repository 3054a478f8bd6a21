import { type Static, Type } from 'typebox';
import { greatestIndex, Node } from './design.ts';

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
});
export type ContractText = Static<typeof ContractText>;

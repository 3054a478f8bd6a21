import { type Static, Type } from 'typebox';
import { PausedAt } from './session.ts';

/** What a person does to a part of a running session, and what comes of a step. Rules S35… in `docs/spec/session.md`. */

export const BreakpointWish = Type.Object(
  {
    condition: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2_000,
        description: 'CEL over `message`, such as `message.price > 10`; without one every message fits.',
      }),
    ),
    afterHits: Type.Optional(
      Type.Integer({ minimum: 1, default: 1, description: 'It pauses from the so many-th message on that fits.' }),
    ),
  },
  { additionalProperties: false },
);
export type BreakpointWish = Static<typeof BreakpointWish>;

export type Intervention =
  | { readonly do: 'node.pause' | 'node.resume'; readonly node: string }
  | { readonly do: 'connection.pause' | 'connection.resume' | 'breakpoint.clear'; readonly connection: string }
  | ({ readonly do: 'breakpoint.set'; readonly connection: string } & BreakpointWish)
  | { readonly do: 'step'; readonly node?: string };

/** What a step did. */
export const Stepped = Type.Object({
  says: Type.String({ description: 'One sentence, such as: 7 passes orders from shop to filter.' }),
  passed: Type.Array(Type.Object({ connection: Type.String(), number: Type.Integer({ minimum: 1 }) }), {
    description: 'The message that passed; none when an end was told, or the clock or the outside was heard.',
  }),
  pausedAt: Type.Optional(PausedAt),
});
export type Stepped = Static<typeof Stepped>;

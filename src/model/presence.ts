import { type Static, Type } from 'typebox';
import { ElementId, Position, Size } from './design.ts';
import { plainName } from './schema-check.ts';

/** Who else has a design open and what they do there: told, never stored. Rules W30… in `docs/spec/live.md`. */

/** The name somebody goes by until there are accounts. */
export const PersonName = Type.String({ minLength: 1, maxLength: 80, pattern: plainName });

/** One open page: a person with two pages is two peers. */
export const Peer = Type.Object({
  id: Type.String({ format: 'uuid', description: 'Of this stay; made by the server.' }),
  name: PersonName,
  colour: Type.Integer({ minimum: 0, maximum: 11, description: 'Which of the twelve colours of people.' }),
});
export type Peer = Static<typeof Peer>;

/** What a peer does at the moment; what is left out is as it was, null is no longer. */
export const Doing = Type.Object(
  {
    cursor: Type.Optional(Type.Union([Position, Type.Null()])),
    selection: Type.Optional(
      Type.Object(
        { nodes: Type.Array(ElementId, { maxItems: 200 }), connections: Type.Array(ElementId, { maxItems: 200 }) },
        { additionalProperties: false },
      ),
    ),
    viewport: Type.Optional(Type.Object({ at: Position, size: Size }, { additionalProperties: false })),
    drag: Type.Optional(
      Type.Union([Type.Record(Type.String({ maxLength: 64 }), Position, { maxProperties: 200 }), Type.Null()], {
        description: 'Nodes being dragged, and where they are.',
      }),
    ),
    field: Type.Optional(
      Type.Union(
        [Type.Object({ node: ElementId, name: Type.String({ maxLength: 200 }) }, { additionalProperties: false }), Type.Null()],
        {
          description: 'The setting that is being typed.',
        },
      ),
    ),
  },
  { additionalProperties: false },
);
export type Doing = Static<typeof Doing>;

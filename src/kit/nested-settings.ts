import { Type } from 'typebox';

/** The settings of every kind that stands for another design: which, and with what. */
export const nestedSettings = {
  design: Type.String({
    default: '',
    maxLength: 1_000,
    format: 'design',
    description: 'The design: its id, or in a design file the path of another, from the folder of the first.',
  }),
  version: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'A kept version of the design; without one it is the design as it is at the start.',
    }),
  ),
  parameters: Type.Record(Type.String(), Type.Unknown(), {
    default: {},
    description: 'Values for the settings that are written { "$param": "name" } in the design.',
  }),
};

import { Type } from 'typebox';
import { defineNesting } from '#kit/define-nesting.ts';
import { nestedSettings } from '#kit/nested-settings.ts';
import { input, many, optional, output } from '#kit/ports.ts';
import { endPattern } from '#model/open-end.ts';
import { gather } from './subdesign/gather.ts';

const Ends = (description: string) =>
  Type.Array(Type.String({ pattern: endPattern }), { default: [], maxItems: 1_000, description });

/**
 *          ┌───────────┐
 *  in* ─▶▶─┤ subdesign ├──▶▶── out*
 *          └───────────┴──▶ err
 * SD1  The node stands for the nodes of another design: they run in its place, and each says what it may do.
 * SD2  Channel i of `in` is the i-th end of `inputs`, channel i of `out` the i-th of `outputs`.
 * SD3  What leaves at an inner `err` that nothing is connected to leaves at `err`, when that is connected; else the policy of the inner node holds.
 */
export const subdesign = defineNesting({
  kind: 'control.subdesign',
  version: 1,
  title: 'Subdesign',
  icon: 'layers',
  summary: 'Another design as one node: its open ends are the ports, its parameters the settings.',
  settings: Type.Object({
    ...nestedSettings,
    inputs: Ends(
      'Inputs of the design that nothing is connected to there, such as filter.in, in the order of the channels of in.',
    ),
    outputs: Ends('Outputs of the design that nothing is connected to there, in the order of the channels of out.'),
  }),
  ports: {
    in: many(optional(input(Type.Unknown(), 'One channel for each of inputs.'))),
    out: many(optional(output(Type.Unknown(), 'One channel for each of outputs.'))),
  },
  examples: [
    {
      says: 'A design whose filter has an open input and an open output, as one node.',
      settings: { design: 'evens', inputs: ['even.in'], outputs: ['even.match'] },
      given: { 'in[0]': [1, 2, 3, 4] },
      gives: { 'out[0]': [2, 4] },
    },
    {
      says: 'Its parameter is the condition; both outputs of the filter are ports.',
      settings: {
        design: 'evens',
        inputs: ['even.in'],
        outputs: ['even.match', 'even.rest'],
        parameters: { condition: 'message > 2' },
      },
      given: { 'in[0]': [1, 2, 3, 4] },
      gives: { 'out[0]': [3, 4], 'out[1]': [1, 2] },
    },
  ],
  nesting: ({ design, version, inputs, outputs, parameters }) => ({
    design,
    version,
    parameters,
    inputs: inputs.map((end, index) => ({ end, pointer: `/inputs/${index}` })),
    outputs: outputs.map((end, index) => ({ end, pointer: `/outputs/${index}` })),
    errKind: gather.spec.kind,
  }),
  parts: [gather],
});

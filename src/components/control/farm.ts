import { Type } from 'typebox';
import { defineNesting } from '#kit/define-nesting.ts';
import { expressionFault } from '#kit/expression.ts';
import { nestedSettings } from '#kit/nested-settings.ts';
import { input, output } from '#kit/ports.ts';
import { endPattern } from '#model/open-end.ts';
import { collect } from './farm/collect.ts';
import { share } from './farm/share.ts';

const End = (description: string) => Type.String({ pattern: `^$|${endPattern}`, default: '', maxLength: 140, description });

/**
 *         ┌────────┐ copies of a design
 *  in ──▶─┤  farm  ├──▶── out
 *         └────────┴──▶ err
 * FA1  A message goes to one of `copies` copies of a design. `atOnce` are there from the start, others are started when all are busy; the check
 *      looks at all.
 * FA2  Without `ordered`, a copy gets messages whenever it takes them, and results leave as they come.
 * FA3  With `ordered`, results leave in the order of the messages they are of. A copy has one message at a time and is done with it when it
 *      rests: none of its processes can go on by itself, none waits for the clock or the outside, and none of its connections
 *      holds a message. A message that failed or came to nothing gives up its place.
 * FA4  With `key`, messages of one key go to one copy, in their order.
 * FA5  When the input ends, the copies end, then the output.
 * FA6  A message for which `key` has no value leaves at `err`, as does what leaves at an inner `err` that nothing is connected to.
 */
export const farm = defineNesting({
  kind: 'control.farm',
  version: 1,
  title: 'Farm',
  icon: 'copy',
  summary: 'Several copies of a design work side by side on one stream, in order or as they finish.',
  settings: Type.Object({
    ...nestedSettings,
    input: End('The input of the design that takes the messages, such as work.in.'),
    output: End('The output of the design that gives the results, such as work.out.'),
    copies: Type.Integer({ minimum: 1, maximum: 100, default: 4, description: 'Most copies.' }),
    atOnce: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 1,
      description: 'Copies that are there from the start; more than copies counts as all.',
    }),
    ordered: Type.Boolean({ default: true, description: 'Results leave in the order of the messages.' }),
    key: Type.String({
      default: '',
      maxLength: 10_000,
      description: 'CEL expression over message: messages with the same value go to the same copy. Empty: any copy.',
    }),
  }),
  ports: {
    in: input(Type.Unknown(), 'Messages to work on.'),
    out: output(Type.Unknown(), 'What the copies make of them.'),
  },
  check: ({ key }) => {
    const fault = key === '' ? undefined : expressionFault(key);
    return fault === undefined ? undefined : { pointer: '/key', message: fault };
  },
  examples: [
    {
      says: 'Two copies of a filter: what it lets through keeps its order.',
      settings: { design: 'evens', input: 'even.in', output: 'even.match', copies: 2 },
      given: { in: [1, 2, 3, 4, 5, 6] },
      gives: { out: [2, 4, 6] },
    },
    {
      says: 'By key, a copy has all messages of a key.',
      settings: { design: 'evens', input: 'even.in', output: 'even.match', copies: 3, ordered: false, key: 'message % 2' },
      given: { in: [1, 2, 3, 4] },
      gives: { out: [2, 4] },
    },
  ],
  nesting: (settings) => ({
    design: settings.design,
    version: settings.version,
    parameters: settings.parameters,
    inputs: [{ end: settings.input, pointer: '/input' }],
    outputs: [{ end: settings.output, pointer: '/output' }],
    errKind: collect.spec.kind,
    farm: {
      copies: settings.copies,
      atOnce: settings.atOnce,
      ordered: settings.ordered,
      share: { kind: share.spec.kind, settings: { ordered: settings.ordered, key: settings.key } },
      collect: { kind: collect.spec.kind, settings: { ordered: settings.ordered } },
    },
  }),
  parts: [share, collect],
});

import { Type } from 'typebox';
import { defineError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input } from '#kit/ports.ts';

const refused = defineError('COMPUTE_DISCARD_FAILED', 'input', 'A message came that was not to come.');

/**
 *         ┌─────────┐
 *  in ──▶─┤ discard │
 *         └─────────┘
 * I1  Discard: every message is taken and forgotten, until the input ends.
 * I2  Stop: after `after` messages reading ends; the sender is told, so that a source stops.
 * I3  Fail: message number `after` fails this process with the sentence that is set; its failure policy decides what follows.
 */
export const discard = defineComponent({
  kind: 'compute.discard',
  version: 1,
  title: 'Discard',
  icon: 'trash-2',
  summary: 'Ends a stream: forgets its messages, stops reading after some, or fails when one comes.',
  settings: Type.Object({
    action: Type.Union([Type.Literal('discard'), Type.Literal('stop'), Type.Literal('fail')], {
      default: 'discard',
      description: 'discard: forget every message; stop: read no more after some; fail: fail this process.',
    }),
    after: Type.Integer({
      minimum: 1,
      default: 1,
      unit: 'messages',
      description: 'With stop and fail: the number of the message that does it.',
    }),
    message: Type.String({
      minLength: 1,
      maxLength: 1_000,
      default: 'A message came that was not to come.',
      description: 'With fail: the sentence of the failure.',
    }),
  }),
  ports: { in: input(Type.Unknown(), 'What nobody needs.') },
  // Counting is left out: when it stops reading is its own decision, and whoever has stopped refuses nobody.
  contract: ({ action }) => `DISCARD = in -> ${action === 'discard' ? 'DISCARD' : '(DISCARD |~| SKIP)'} [] in.end -> SKIP`,
  examples: [
    { says: 'Everything is taken.', given: { in: [1, 2, 3] }, gives: {} },
    {
      says: 'After two messages reading ends, whatever else is sent.',
      settings: { action: 'stop', after: 2 },
      given: { in: [1, 2, 3] },
      gives: {},
    },
    { says: 'An input that ends first stops nothing.', settings: { action: 'fail', after: 2 }, given: { in: [1] }, gives: {} },
  ],
  state: { version: 1, initial: () => ({ number: 0 }) },
  rests: ['in'],
  *run({ settings, io, state: { value: seen } }) {
    for (;;) {
      const item = yield* io.in.receive();
      if (item.ended) return;
      const number = ++seen.number;
      if (settings.action === 'discard' || number < settings.after) continue;
      if (settings.action === 'stop') return;
      throw refused({ detail: settings.message, facts: { number } });
    }
  },
});

import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { input, many, output } from '#kit/ports.ts';
import { all } from '#runtime/all.ts';
import type { Operation } from '#runtime/port.ts';

/**
 *         ┌───────────┐
 *  in ──▶─┤ broadcast ├─▶▶── out*
 *         └───────────┘
 * B1  Every message leaves once at every output.
 * B2  Parallel: each output takes the message when it is ready. In turn: the outputs get it one after the other, in order.
 * B3  The next message is taken when every output has this one.
 * B4  An output nobody reads any more holds nobody up; when none is read, broadcasting ends.
 */
export const broadcast = defineComponent({
  kind: 'flow.broadcast',
  version: 1,
  title: 'Broadcast',
  icon: 'radio-tower',
  summary: 'Sends every message to every output.',
  settings: Type.Object({
    order: Type.Union([Type.Literal('parallel'), Type.Literal('in turn')], {
      default: 'parallel',
      description: 'parallel: each output takes the message when it is ready; in turn: one after the other.',
    }),
  }),
  ports: {
    in: input(Type.Unknown(), 'What everybody is to get.'),
    out: many(output(Type.Unknown(), 'Every message of the input.')),
  },
  contract: ({ order }, arity) => {
    const outputs = Array.from({ length: arity['out'] ?? 1 }, (_, index) => index);
    const sends =
      order === 'parallel'
        ? outputs.map((index) => `(out.${index} -> SKIP)`).join(' ||| ')
        : `${outputs.map((index) => `out.${index} -> `).join('')}SKIP`;
    return `
      BROADCAST = in -> ((${sends}) ; BROADCAST) [] in.end -> ${outputs.map((index) => `out.${index}.end -> `).join('')}SKIP
    `;
  },
  examples: [
    { says: 'Both outputs get both messages.', given: { in: [1, 2] }, gives: { 'out[0]': [1, 2], 'out[1]': [1, 2] } },
    {
      says: 'In turn, the first output first.',
      settings: { order: 'in turn' },
      given: { in: ['x'] },
      gives: { 'out[0]': ['x'], 'out[1]': ['x'], 'out[2]': ['x'] },
    },
    { says: 'Nothing in, nothing out.', given: { in: [] }, gives: { 'out[0]': [] } },
  ],
  rests: ['in'],
  *run({ settings, io }) {
    for (;;) {
      const item = yield* io.in.receive();
      if (item.ended) return;
      const sends = io.out.map((sender) => sender.send(item.value));
      const sent = settings.order === 'parallel' ? yield* all(sends) : yield* inTurn(sends);
      if (!sent.includes(true)) return;
    }
  },
});

function* inTurn(sends: readonly Operation<boolean>[]): Operation<boolean[]> {
  const sent: boolean[] = [];
  for (const send of sends) sent.push(yield* send);
  return sent;
}

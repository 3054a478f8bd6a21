import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { input, many, output } from '#kit/ports.ts';
import { fairAlt, when } from '#runtime/alt.ts';

/**
 *          ┌───────┐
 *  in* ─▶▶─┤ merge ├──▶── out
 *          └───────┘
 * M1  Every message of every input leaves once; messages of one input keep their order.
 * M2  Of several inputs with a message, the one taken longest ago is next: none starves.
 * M3  The output ends when all inputs have ended.
 * M4  One message is held at a time; when nobody reads the output any more, merging ends.
 */
export const merge = defineComponent({
  kind: 'flow.merge',
  version: 1,
  title: 'Merge',
  icon: 'git-merge',
  summary: 'Brings the messages of several inputs into one stream, each input in its turn.',
  settings: Type.Object({}),
  ports: {
    in: many(input(Type.Unknown(), 'Streams to bring together.')),
    out: output(Type.Unknown(), 'All messages, as they come.'),
  },
  // The end of a channel is seen once, so counting the ends is enough, and the states grow only with the inputs.
  contract: (_settings, { in: inputs = 1 }) => `
    MERGE = OPEN(0)
    OPEN(k) = if k == ${inputs} then out.end -> SKIP
              else ([] i:{0..${inputs - 1}} @ (in.i -> out -> OPEN(k) [] in.i.end -> OPEN(k + 1)))
  `,
  examples: [
    { says: 'One input passes through as it is.', given: { 'in[0]': [1, 2, 3] }, gives: { out: [1, 2, 3] } },
    {
      says: 'Two inputs that both have messages take turns.',
      given: { 'in[0]': ['a', 'b'], 'in[1]': ['A', 'B'] },
      gives: { out: ['a', 'A', 'b', 'B'] },
    },
    { says: 'An input that ends at once holds nobody up.', given: { 'in[0]': [], 'in[1]': [1, 2] }, gives: { out: [1, 2] } },
  ],
  // Which inputs have ended, they say again.
  rests: ['in'],
  *run({ io }) {
    const open = io.in.map(() => true);
    while (open.includes(true)) {
      const event = yield* fairAlt(io.in.map((receiver, index) => when(open[index] === true, receiver)));
      if (event.ended) open[event.index] = false;
      else if (!(yield* io.out.send(event.value))) return;
    }
  },
});

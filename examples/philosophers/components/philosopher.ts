import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { optional, output } from '#kit/ports.ts';
import { sleep } from '#runtime/sleep.ts';

const Request = Type.Union([Type.Literal('take'), Type.Literal('give')]);

/**
 *          ┌─────────────┬──▶── seat
 *          │ philosopher ├──▶── left
 *          └─────────────┴──▶── right
 * PH1  For every meal: takes a seat, the left fork and the right fork, eats, and gives them back in the order he took them.
 * PH2  On each output `take` and `give` alternate; a message that waits is a philosopher who waits.
 * PH3  Thinking, reaching for the second fork, and eating take a random time, each up to its setting.
 * PH4  After `meals` meals he leaves; 0 stays for ever. He leaves at once when nobody is there to ask for a fork or a seat.
 */
export const philosopher = defineComponent({
  kind: 'dining.philosopher',
  version: 1,
  title: 'Philosopher',
  icon: 'user-round',
  summary: 'Thinks, takes a seat and two forks, eats, and gives them back.',
  settings: Type.Object({
    thinkMs: Type.Number({ minimum: 0, default: 400, unit: 'ms', description: 'Longest time of thinking between two meals.' }),
    reachMs: Type.Number({
      minimum: 0,
      default: 200,
      unit: 'ms',
      description: 'Longest time between the first fork and the second.',
    }),
    eatMs: Type.Number({ minimum: 0, default: 300, unit: 'ms', description: 'Longest time of a meal.' }),
    meals: Type.Integer({ minimum: 0, default: 0, description: 'Meals before the philosopher leaves; 0 stays for ever.' }),
  }),
  ports: {
    seat: optional(output(Request, 'Asks for a seat at the table, and gives it back.')),
    left: output(Request, 'Asks for the left fork, and gives it back.'),
    right: output(Request, 'Asks for the right fork, and gives it back.'),
  },
  // When the last meal is over is left out: two states less to compose for each philosopher.
  contract: ({ meals }) => `
    PHIL = seat -> left -> right -> left -> right -> seat -> ${meals === 0 ? 'PHIL' : '(PHIL |~| LEAVE)'}
    ${meals === 0 ? '' : 'LEAVE = seat.end -> left.end -> right.end -> SKIP'}
  `,
  examples: [
    {
      says: 'One meal: every take is followed by its give.',
      settings: { meals: 1 },
      given: {},
      gives: { seat: ['take', 'give'], left: ['take', 'give'], right: ['take', 'give'] },
    },
    {
      says: 'Two meals without a pause.',
      settings: { meals: 2, thinkMs: 0, reachMs: 0, eatMs: 0 },
      given: {},
      gives: {
        seat: ['take', 'give', 'take', 'give'],
        left: ['take', 'give', 'take', 'give'],
        right: ['take', 'give', 'take', 'give'],
      },
    },
  ],
  *run({ settings, io, clock, random }) {
    for (let meal = 1; settings.meals === 0 || meal <= settings.meals; meal++) {
      yield* sleep(clock, random() * settings.thinkMs);
      if (!(yield* io.seat.send('take')) || !(yield* io.left.send('take'))) return;
      yield* sleep(clock, random() * settings.reachMs);
      if (!(yield* io.right.send('take'))) return;
      yield* sleep(clock, random() * settings.eatMs);
      for (const thing of [io.left, io.right, io.seat]) if (!(yield* thing.send('give'))) return;
    }
  },
});

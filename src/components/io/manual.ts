import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { output } from '#kit/ports.ts';
import { sleep } from '#runtime/sleep.ts';

/**
 *  ┌────────┐
 *  │ manual ├──▶── out
 *  └────────┘
 * MA1  Sends the payload `repeat` times, `intervalMs` apart; 0 times means without end.
 * MA2  The first leaves at the start, or without `onStart` after the first interval.
 * MA3  An interval begins when a message has been taken: a slow reader is not caught up with.
 */
export const manual = defineComponent({
  kind: 'io.manual',
  version: 1,
  title: 'Manual',
  icon: 'hand',
  summary: 'Sends a message you write here, once or again and again.',
  settings: Type.Object(
    {
      payload: Type.Unknown({ default: 'Hello', description: 'The message: any JSON.' }),
      repeat: Type.Integer({
        minimum: 0,
        maximum: 1_000_000_000,
        default: 1,
        description: 'How often it is sent; 0 is without end.',
      }),
      intervalMs: Type.Integer({ minimum: 0, default: 1_000, unit: 'ms', description: 'Time between two messages.' }),
      onStart: Type.Boolean({ default: true, description: 'The first leaves when the run starts; otherwise after an interval.' }),
    },
    { additionalProperties: false },
  ),
  ports: { out: output(Type.Unknown(), 'The payload.') },
  contract: ({ repeat }) =>
    repeat === 0
      ? 'MANUAL = out -> MANUAL'
      : `
    MANUAL = out -> NEXT
    NEXT   = MANUAL |~| out.end -> SKIP
  `,
  examples: [
    { says: 'Once.', settings: { payload: { town: 'Oslo' } }, given: {}, gives: { out: [{ town: 'Oslo' }] } },
    { says: 'Three times, a second apart.', settings: { payload: 1, repeat: 3 }, given: {}, gives: { out: [1, 1, 1] } },
    {
      says: 'Nothing is a message too.',
      settings: { payload: null, repeat: 2, intervalMs: 0, onStart: false },
      given: {},
      gives: { out: [null, null] },
    },
  ],
  state: { version: 1, initial: (): { sent: number; dueMs: number | null } => ({ sent: 0, dueMs: null }) },
  rests: ['out', 'clock'],
  *run({ settings: { payload, repeat, intervalMs, onStart }, io, clock, state: { value: at } }) {
    for (; repeat === 0 || at.sent < repeat; at.sent++) {
      if (at.dueMs === null && intervalMs > 0 && (at.sent > 0 || !onStart)) at.dueMs = clock.now() + intervalMs;
      if (at.dueMs !== null && at.dueMs > clock.now()) yield* sleep(clock, at.dueMs - clock.now());
      if (!(yield* io.out.send(structuredClone(payload)))) return;
      at.dueMs = null;
    }
  },
});

import { Type } from 'typebox';
import type { Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { expression, expressionFault } from '#kit/expression.ts';
import { input, output } from '#kit/ports.ts';
import { after, never, offering, priAlt, when } from '#runtime/alt.ts';

const strangeDelay = defineError('FLOW_DELAY_STRANGE', 'input', 'A message does not say how long it is to wait.');

/** A year: longer is a mistake in a unit. */
const greatestMs = 31_536_000_000;

/**
 *         ┌───────┐
 *  in ──▶─┤ delay ├──▶── out
 *         └───────┘
 * L1  Fixed: a message leaves no earlier than `delayMs` after it came. From the message: after the milliseconds it says itself.
 * L2  Rate: a message leaves no earlier than 1000 / `perSecond` milliseconds after the one before; the first at once.
 * L3  Messages leave in the order they came.
 * L4  At most `holds` messages wait here; then the input waits.
 * L5  A message that says no number of milliseconds from 0 to a year is rejected.
 * L6  When the input ends, what waits still leaves in its time; then the output ends.
 */
export const delay = defineComponent({
  kind: 'flow.delay',
  version: 1,
  title: 'Delay',
  icon: 'timer',
  summary: 'Holds each message back: for a fixed time, for the time it says itself, or to keep to a rate.',
  settings: Type.Object({
    mode: Type.Union([Type.Literal('fixed'), Type.Literal('message'), Type.Literal('rate')], {
      default: 'fixed',
      description: 'fixed: delayMs for every message; message: what the expression gives; rate: at most perSecond.',
    }),
    delayMs: Type.Number({
      minimum: 0,
      maximum: greatestMs,
      default: 1_000,
      unit: 'ms',
      description: 'How long each message waits.',
    }),
    expression: Type.String({
      minLength: 1,
      default: 'message.delayMs',
      description: 'CEL expression over message that gives the milliseconds to wait.',
    }),
    perSecond: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1_000,
      default: 1,
      unit: '1/s',
      description: 'Most messages a second.',
    }),
    holds: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 100,
      unit: 'messages',
      description: 'Most messages waiting here at once.',
    }),
  }),
  ports: {
    in: input(Type.Unknown(), 'Messages to be held back.'),
    out: output(Type.Unknown(), 'The same messages, later.'),
  },
  // Time is left out: a message that waits is one that can leave, sooner or later.
  contract: ({ mode, holds }) => `
    DELAY = HOLD(0)
    HOLD(n) = (if n < ${holds} then in -> ${mode === 'message' ? '(HOLD(n + 1) |~| err -> HOLD(n))' : 'HOLD(n + 1)'} [] in.end -> DRAIN(n) else STOP)
           [] (if n > 0 then out -> HOLD(n - 1) else STOP)
    DRAIN(n) = if n > 0 then out -> DRAIN(n - 1) else out.end -> SKIP
  `,
  examples: [
    { says: 'Everything arrives, a second late.', given: { in: [1, 2] }, gives: { out: [1, 2] } },
    {
      says: 'The messages say themselves how long they wait; they do not overtake each other.',
      settings: { mode: 'message', expression: 'message.waitMs' },
      given: { in: [{ waitMs: 500 }, { waitMs: 10 }] },
      gives: { out: [{ waitMs: 500 }, { waitMs: 10 }] },
    },
    {
      says: 'A message that says no time is rejected.',
      settings: { mode: 'message' },
      given: { in: [{ delayMs: -1 }, { delayMs: 1 }] },
      gives: {
        out: [{ delayMs: 1 }],
        err: [
          {
            error: {
              code: 'FLOW_DELAY_STRANGE',
              message: 'message.delayMs gives -1, where milliseconds from 0 to 31536000000 are wanted.',
            },
            original: { delayMs: -1 },
          },
        ],
      },
    },
  ],
  check(settings) {
    if (settings.mode !== 'message') return undefined;
    const message = expressionFault(settings.expression);
    return message === undefined ? undefined : { pointer: '/expression', message };
  },
  state: { version: 1, initial: (): Waiting => ({ held: [], nextMs: null }) },
  rests: ['in', 'out', 'clock'],
  *run({ settings, io, clock, reject, state }) {
    const dueOf = timetable(settings, clock, state.value);
    const { held } = state.value;
    let open = true;
    while (open || held.length > 0) {
      const [first] = held;
      const leftMs = first === undefined ? 0 : first.dueMs - clock.now();
      const event = yield* priAlt({
        out: first !== undefined && leftMs <= 0 ? offering(io.out, first.value) : never,
        due: first !== undefined && leftMs > 0 ? after(clock, leftMs) : never,
        in: when(open && held.length < settings.holds, io.in),
      });
      if (event.tag === 'out') {
        if (!event.sent) return;
        held.shift();
      } else if (event.tag === 'in') {
        if (event.ended) {
          open = false;
          continue;
        }
        try {
          held.push({ value: event.value, dueMs: dueOf(event.value) });
        } catch (error) {
          yield* reject(event.value, error);
        }
      }
    }
  },
});

/** What waits, with the moments it may leave; and, for a rate, when the next one may. */
interface Waiting {
  readonly held: { readonly value: unknown; readonly dueMs: number }[];
  nextMs: number | null;
}

interface Pace {
  readonly mode: 'fixed' | 'message' | 'rate';
  readonly delayMs: number;
  readonly expression: string;
  readonly perSecond: number;
}

/** When a message that comes now may leave. */
function timetable(pace: Pace, clock: Clock, waiting: Waiting): (message: unknown) => number {
  if (pace.mode === 'fixed') return () => clock.now() + pace.delayMs;
  if (pace.mode === 'message') {
    const { value } = expression(pace.expression);
    return (message) => clock.now() + plausibleMs(value(message), pace.expression);
  }
  return () => {
    const dueMs = Math.max(clock.now(), waiting.nextMs ?? 0);
    waiting.nextMs = dueMs + 1_000 / pace.perSecond;
    return dueMs;
  };
}

function plausibleMs(found: unknown, text: string): number {
  if (typeof found === 'number' && found >= 0 && found <= greatestMs) return found;
  throw strangeDelay({ detail: `${text} gives ${String(found)}, where milliseconds from 0 to ${greatestMs} are wanted.` });
}

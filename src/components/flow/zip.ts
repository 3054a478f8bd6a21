import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { input, many, optional, output } from '#kit/ports.ts';
import { after, never, priAlt, when } from '#runtime/alt.ts';
import type { Guard } from '#runtime/port.ts';

/** More make too many states for the contract to be checked. */
const mostInputs = 10;

const Timeout = Type.Object({ messages: Type.Array(Type.Unknown()), waitedMs: Type.Number() });

/**
 *          ┌─────┬──▶── tuple
 *  in* ─▶▶─┤ zip │
 *          └─────┴──▶── timeout   some inputs had nothing in time
 * I1  When a message has come from each input, all leave as one list, in the order of the inputs.
 * I2  Of each input one message is taken a tuple, in the order in which they come: who is ahead waits until the tuple has left.
 * I3  When a tuple is not whole `timeoutMs` after its first message, what has come leaves at `timeout`, null for each input from which nothing
 *     came, and a new tuple begins. 0 waits for ever.
 * I4  When an input of which nothing is held ends, no tuple can be made any more: zipping ends. What is held of the others is dropped, and
 *     their senders are told that nobody reads.
 * I5  When nobody reads the tuples any more, zipping ends.
 */
export const zip = defineComponent({
  kind: 'flow.zip',
  version: 1,
  title: 'Zip',
  icon: 'zip',
  summary: 'Takes one message of each input and sends them on together, as one list.',
  settings: Type.Object({
    timeoutMs: Type.Integer({
      minimum: 0,
      maximum: 86_400_000,
      default: 0,
      unit: 'ms',
      description: 'Longest wait after the first message of a tuple; 0 waits for ever.',
    }),
  }),
  ports: {
    in: many(input(Type.Unknown(), 'One message of each goes into a tuple.')),
    tuple: output(Type.Array(Type.Unknown()), 'Lists with a message of each input, in the order of the inputs.'),
    timeout: optional(output(Timeout, 'What had come of a tuple that was not whole in time.')),
  },
  contract: ({ timeoutMs }, { in: inputs = 1 }) => contractOf(timeoutMs > 0, inputs),
  examples: [
    {
      says: 'The first with the first, the second with the second.',
      given: { 'in[0]': [1, 2], 'in[1]': ['a', 'b'] },
      gives: {
        tuple: [
          [1, 'a'],
          [2, 'b'],
        ],
      },
    },
    {
      says: 'The shortest input decides how many there are.',
      given: { 'in[0]': [1, 2, 3], 'in[1]': ['a'] },
      gives: { tuple: [[1, 'a']] },
    },
    { says: 'Of one input, lists of one.', given: { 'in[0]': ['x', null] }, gives: { tuple: [['x'], [null]] } },
    {
      says: 'With a time limit, tuples that are whole in time are the same.',
      settings: { timeoutMs: 1_000 },
      given: { 'in[0]': [1], 'in[1]': [2], 'in[2]': [3] },
      gives: { tuple: [[1, 2, 3]] },
    },
  ],
  state: { version: 1, initial: (): Held => ({ here: [], messages: [], dueMs: null }) },
  rests: ['in', 'clock'],
  *run({ settings, io, clock, state: { value: held } }) {
    const here = io.in.map((_, index) => held.here[index] ?? false);
    const messages = io.in.map((_, index): unknown => held.messages[index] ?? null);
    [held.here, held.messages] = [here, messages];
    let due: Guard = held.dueMs === null ? never : after(clock, held.dueMs - clock.now());
    while (here.length > 0) {
      const event = yield* priAlt([...io.in.map((receiver, index) => when(here[index] === false, receiver)), due]);
      const late = !('ended' in event);
      if (!late && event.ended) return;
      if (!late) [here[event.index], messages[event.index]] = [true, event.value];
      if (!late && held.dueMs === null && settings.timeoutMs > 0) {
        held.dueMs = clock.now() + settings.timeoutMs;
        due = after(clock, settings.timeoutMs);
      }
      if (late) yield* io.timeout.send({ messages: [...messages], waitedMs: settings.timeoutMs });
      else if (here.includes(false)) continue;
      else if (!(yield* io.tuple.send([...messages]))) return;
      here.fill(false);
      messages.fill(null);
      [held.dueMs, due] = [null, never];
    }
  },
});

/** What has come of the tuple under way, by input, and when that waited long enough. */
interface Held {
  here: boolean[];
  messages: unknown[];
  dueMs: number | null;
}

/** `s` has the bit 2^i when the message of input i is here. */
function contractOf(limited: boolean, inputs: number): string {
  if (inputs > mostInputs) throw new Error(`a zip takes at most ${mostInputs} inputs; join more through zips before it`);
  const whole = 2 ** inputs - 1;
  const arrivals = Array.from({ length: inputs }, (_, index) => {
    const arrives = `in.${index} -> ZIP(s + ${2 ** index}) [] in.${index}.end -> END`;
    return `(if s / ${2 ** index} % 2 == 0 then ${arrives} else STOP)`;
  });
  const awaited = limited ? 'if s == 0 then MORE(s) else (MORE(s) |~| STOP) [] timeout -> ZIP(0)' : 'MORE(s)';
  return `
    START = ${inputs === 0 ? 'END' : 'ZIP(0)'}
    ZIP(s) = if s == ${whole} then tuple -> ZIP(0) else ${awaited}
    MORE(s) = ${arrivals.join('\n      [] ') || 'STOP'}
    END = tuple.end -> timeout.end -> SKIP
  `;
}

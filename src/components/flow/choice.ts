import { Type } from 'typebox';
import { type Arity, defineComponent } from '#kit/define-component.ts';
import { input, many, optional, output } from '#kit/ports.ts';
import { after, fairAlt, never, priAlt, when } from '#runtime/alt.ts';
import type { Guard } from '#runtime/port.ts';

const Timeout = Type.Object({ waitedMs: Type.Number() });

/**
 *          ┌────────┬──▶── out
 *  in* ─▶▶─┤ choice │
 *          └────────┴──▶── timeout   nothing came in time
 * H1  Of several inputs with a message, priority takes the first, fair the one taken longest ago.
 * H2  An input whose guard is false is never read: its sender waits.
 * H3  When nothing came for `timeoutMs`, a message leaves at `timeout`, and waiting begins anew. 0 waits for ever.
 * H4  When every input that is read has ended, the outputs end.
 * H5  When nobody reads the output any more, choosing ends.
 */
export const choice = defineComponent({
  kind: 'flow.choice',
  version: 1,
  title: 'Choice',
  icon: 'git-pull-request-arrow',
  summary: 'Waits for several inputs and takes one message: fairly or by priority, with guards and a time limit.',
  settings: Type.Object({
    prefer: Type.Union([Type.Literal('fair'), Type.Literal('priority')], {
      default: 'fair',
      description: 'fair: the input taken longest ago is next; priority: the first in order that has a message.',
    }),
    guards: Type.Array(Type.Boolean(), {
      default: [],
      maxItems: 1_000,
      description: 'Whether each input is read, in order; an input beyond the list is.',
    }),
    timeoutMs: Type.Integer({ minimum: 0, default: 0, unit: 'ms', description: 'Longest wait for a message; 0 waits for ever.' }),
  }),
  ports: {
    in: many(input(Type.Unknown(), 'Inputs to choose from, in order of priority.')),
    out: output(Type.Unknown(), 'The messages taken.'),
    timeout: optional(output(Timeout, 'Says that nothing came in time.')),
  },
  contract: ({ guards, timeoutMs }, arity) => contractOf(guards, timeoutMs > 0, arity),
  examples: [
    {
      says: 'By priority the first input goes first, as long as it has messages.',
      settings: { prefer: 'priority' },
      given: { 'in[0]': ['a', 'b'], 'in[1]': ['x', 'y'] },
      gives: { out: ['a', 'b', 'x', 'y'] },
    },
    {
      says: 'Fairly, the inputs take turns.',
      given: { 'in[0]': ['a', 'b'], 'in[1]': ['x', 'y'] },
      gives: { out: ['a', 'x', 'b', 'y'] },
    },
    {
      says: 'An input whose guard is false is not read; the choice ends with the others.',
      settings: { guards: [false] },
      given: { 'in[0]': ['never'], 'in[1]': ['x'] },
      gives: { out: ['x'] },
    },
  ],
  state: { version: 1, initial: (): { dueMs: number | null } => ({ dueMs: null }) },
  rests: ['in', 'clock'],
  *run({ settings, io, clock, state: { value: limit } }) {
    const open = io.in.map((_, index) => settings.guards[index] !== false);
    const alt = settings.prefer === 'fair' ? fairAlt : priAlt;
    let due: Guard = limit.dueMs === null ? never : after(clock, limit.dueMs - clock.now());
    let restart = limit.dueMs === null;
    while (open.includes(true)) {
      if (restart && settings.timeoutMs > 0) {
        limit.dueMs = clock.now() + settings.timeoutMs;
        due = after(clock, settings.timeoutMs);
      }
      const event = yield* alt([...io.in.map((receiver, index) => when(open[index] === true, receiver)), due]);
      restart = event.index === io.in.length || !('ended' in event && event.ended);
      if (!('ended' in event)) yield* io.timeout.send({ waitedMs: settings.timeoutMs });
      else if (event.ended) open[event.index] = false;
      else if (!(yield* io.out.send(event.value))) return;
    }
  },
});

// k ends have been seen, each once. (INPUTS |~| STOP) [] timeout: the time limit may pass at
// any moment, and once it has passed the inputs are not taken first.
function contractOf(guards: readonly boolean[], limited: boolean, arity: Arity): string {
  const read = Array.from({ length: arity['in'] ?? 1 }, (_, index) => index).filter((index) => guards[index] !== false);
  if (read.length === 0) return 'CHOICE = out.end -> timeout.end -> SKIP';
  const inputs = read.map((index) => `in.${index} -> out -> OPEN(k) [] in.${index}.end -> OPEN(k + 1)`).join('\n      [] ');
  return `
    CHOICE = OPEN(0)
    OPEN(k) = if k == ${read.length} then out.end -> timeout.end -> SKIP
              else (${limited ? `((${inputs}) |~| STOP) [] timeout -> OPEN(k)` : inputs})
  `;
}

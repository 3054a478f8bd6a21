import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { expression, expressionFault } from '#kit/expression.ts';
import { input, optional, output } from '#kit/ports.ts';

/**
 *         ┌─────┐
 *  in ──▶─┤ tap ├──▶── out   unchanged; unconnected, the stream ends here
 *         └──┬──┘
 *           log, metrics
 * T1  Every message passes unchanged and in order.
 * T2  Of the messages for which the condition holds, the first and then every n-th is logged.
 * T3  A condition that has no answer for a message does not hold: watching never disturbs.
 * T4  A logged message is cut at `longest` characters of its JSON text.
 * T5  Messages and matches are counted.
 */
export const tap = defineComponent({
  kind: 'monitor.tap',
  version: 1,
  title: 'Tap',
  icon: 'eye',
  summary: 'Shows what passes: logs every n-th message that meets a condition, and lets all of them through.',
  settings: Type.Object({
    every: Type.Integer({ minimum: 1, default: 1, description: 'Logs one message in this many.' }),
    condition: Type.String({ default: '', description: 'CEL condition over message; empty holds for all.' }),
    longest: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 1_000,
      unit: 'characters',
      description: 'Where a logged message is cut.',
    }),
    level: Type.Union([Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn')], {
      default: 'info',
      description: 'Level of the log entries.',
    }),
  }),
  ports: {
    in: input(Type.Unknown(), 'What is to be watched.'),
    out: optional(output(Type.Unknown(), 'The same messages.')),
  },
  contract: 'TAP = in -> out -> TAP [] in.end -> out.end -> SKIP',
  examples: [
    { says: 'What goes in comes out.', given: { in: [1, 'two', null] }, gives: { out: [1, 'two', null] } },
    {
      says: 'A condition about a field that is not there disturbs nobody.',
      settings: { condition: 'message.size > 10' },
      given: { in: [{ size: 11 }, 'no field'] },
      gives: { out: [{ size: 11 }, 'no field'] },
    },
  ],
  check({ condition }) {
    const message = condition === '' ? undefined : expressionFault(condition);
    return message === undefined ? undefined : { pointer: '/condition', message };
  },
  state: { version: 1, initial: () => ({ matched: 0 }) },
  rests: ['in'],
  steps({ settings, emit, log, metrics, state: { value: seen } }) {
    const holds = conditionOf(settings.condition);
    return {
      step(message: unknown) {
        metrics.count('messages_total');
        if (holds(message)) {
          metrics.count('matches_total');
          const isDue = seen.matched++ % settings.every === 0;
          if (isDue) log(settings.level, cut(message, settings.longest), { match: seen.matched });
        }
        emit.out(message);
      },
    };
  },
});

function conditionOf(text: string): (message: unknown) => boolean {
  if (text === '') return () => true;
  const condition = expression(text);
  return (message) => {
    try {
      return condition.holds(message);
    } catch {
      return false;
    }
  };
}

function cut(message: unknown, longest: number): string {
  const text = JSON.stringify(message) ?? String(message);
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

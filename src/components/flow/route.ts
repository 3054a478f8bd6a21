import { Type } from 'typebox';
import { defineError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { expression, expressionFault } from '#kit/expression.ts';
import { input, many, optional, output } from '#kit/ports.ts';

const ruleWithoutChannel = defineError('FLOW_ROUTE_WITHOUT_CHANNEL', 'input', 'A rule has no output of its own.');

/**
 *         ┌───────┬─▶▶── out*   one for each rule, in order
 *  in ──▶─┤ route │
 *         └───────┴──▶── rest   what no rule wants
 * R1  Rule number i, counted from 0, sends to out[i].
 * R2  First: the first rule that holds gets the message. All: every rule that holds gets it, in order.
 * R3  A message for which no rule holds leaves at `rest`; unconnected, it is dropped.
 * R4  A message for which a rule has no answer (a field that is not there) is rejected, and reaches no output.
 * R5  An output nobody reads any more loses its messages; the others go on.
 */
export const route = defineComponent({
  kind: 'flow.route',
  version: 1,
  title: 'Route',
  icon: 'split',
  summary: 'Sends each message where the first rule, or every rule, that holds for it says.',
  settings: Type.Object({
    rules: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      maxItems: 100,
      default: ['true'],
      description: 'One CEL condition over message for each output, in order, such as message.temperature > 30.',
    }),
    match: Type.Union([Type.Literal('first'), Type.Literal('all')], {
      default: 'first',
      description: 'first: the first rule that holds gets the message; all: every rule that holds.',
    }),
  }),
  ports: {
    in: input(Type.Unknown(), 'Messages to be sorted.'),
    out: many(output(Type.Unknown(), 'Messages for which the rule of the same number holds.')),
    rest: optional(output(Type.Unknown(), 'Messages for which no rule holds.')),
  },
  contract: ({ rules, match }, arity) => {
    const outputs = arity['out'] ?? 1;
    return match === 'first'
      ? contractOfFirst(Math.min(rules.length, outputs), outputs)
      : contractOfAll(Math.min(rules.length, outputs), outputs);
  },
  examples: [
    {
      says: 'The first rule that holds wins; the rest goes its own way.',
      settings: { rules: ['message > 100', 'message > 10'] },
      given: { in: [5, 50, 500] },
      gives: { 'out[0]': [500], 'out[1]': [50], rest: [5] },
    },
    {
      says: 'With all, a message goes to every rule that holds for it.',
      settings: { rules: ['message > 100', 'message > 10'], match: 'all' },
      given: { in: [5, 50, 500] },
      gives: { 'out[0]': [500], 'out[1]': [50, 500], rest: [5] },
    },
    {
      says: 'A message without the field the rule asks for is rejected, unless the rule asks for the field first.',
      settings: { rules: ['message.city == "Oslo"', 'has(message.town)'] },
      given: { in: [{ city: 'Oslo' }, { town: 'Ny' }] },
      gives: {
        'out[0]': [{ city: 'Oslo' }],
        'out[1]': [],
        err: [
          {
            error: { code: 'KIT_EXPRESSION_FAILED', message: 'No such key: city, in: message.city == "Oslo"' },
            original: { town: 'Ny' },
          },
        ],
      },
    },
  ],
  check({ rules }) {
    for (const [index, rule] of rules.entries()) {
      const message = expressionFault(rule);
      if (message !== undefined) return { pointer: `/rules/${index}`, message };
    }
    return undefined;
  },
  rests: ['in'],
  steps({ settings, emit, refuse }) {
    const rules = settings.rules.map((text) => expression(text));
    if (rules.length > emit.out.length)
      throw ruleWithoutChannel({
        detail: `Rule ${emit.out.length} has no output: connect out[${emit.out.length}], or take the rule away.`,
      });
    return {
      step(message: unknown) {
        let chosen: number[];
        try {
          chosen = choose(rules, message, settings.match);
        } catch (error) {
          refuse(message, error);
          return;
        }
        for (const index of chosen) (emit.out[index] ?? emit.rest)(message);
        if (chosen.length === 0) emit.rest(message);
      },
    };
  },
});

function choose(rules: readonly ReturnType<typeof expression>[], message: unknown, match: 'first' | 'all'): number[] {
  const chosen: number[] = [];
  for (const [index, rule] of rules.entries()) {
    if (!rule.holds(message)) continue;
    chosen.push(index);
    if (match === 'first') break;
  }
  return chosen;
}

function ends(outputs: number): string {
  return `END = ${Array.from({ length: outputs }, (_, index) => `out.${index}.end -> `).join('')}rest.end -> SKIP`;
}

function contractOfFirst(rules: number, outputs: number): string {
  const choices = Array.from({ length: rules }, (_, index) => `out.${index} -> ROUTE`);
  return `
    ROUTE = in -> (${[...choices, 'rest -> ROUTE', 'err -> ROUTE'].join(' |~| ')}) [] in.end -> END
    ${ends(outputs)}
  `;
}

// SOME: a rule has held already, so the message does not go to `rest`. NONE: not yet.
function contractOfAll(rules: number, outputs: number): string {
  const steps = Array.from(
    { length: rules },
    (_, index) => `
    NONE${index} = (out.${index} -> SOME${index + 1}) |~| NONE${index + 1}
    SOME${index} = (out.${index} -> SOME${index + 1}) |~| SOME${index + 1}`,
  );
  return `
    ROUTE = in -> (NONE0 |~| err -> ROUTE) [] in.end -> END
    ${steps.join('')}
    NONE${rules} = rest -> ROUTE
    SOME${rules} = ROUTE
    ${ends(outputs)}
  `;
}

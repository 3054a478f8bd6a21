import { type Static, Type } from 'typebox';
import { CodedError, defineError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { expression, expressionFault } from '#kit/expression.ts';
import { fieldAt } from '#kit/field.ts';
import { input, optional, output } from '#kit/ports.ts';
import type { State } from '#kit/state.ts';
import { fitsRule, operators, ruleFault } from './filter/rule.ts';

export const keysFull = defineError('DATA_FILTER_KEYS_FULL', 'input', 'More different keys came than the filter may remember.');

const Rule = Type.Object(
  {
    field: Type.String({ default: '', maxLength: 200, description: 'Field of the message; empty is the message itself.' }),
    op: Type.Union(
      operators.map((op) => Type.Literal(op)),
      { default: '=', description: 'How the field is compared.' },
    ),
    value: Type.Optional(Type.Unknown({ description: 'What it is compared with.' })),
  },
  { additionalProperties: false },
);

const Settings = Type.Object(
  {
    by: Type.Union([Type.Literal('condition'), Type.Literal('rules'), Type.Literal('unique'), Type.Literal('sample')], {
      default: 'condition',
      description: 'What decides: an expression, a list of rules, whether the key is new, or one of so many.',
    }),
    condition: Type.String({
      default: 'true',
      minLength: 1,
      maxLength: 10_000,
      description: 'CEL over message, such as message.price > 10 && message.town == "Oslo"; for "condition".',
    }),
    rules: Type.Array(Rule, { default: [], maxItems: 100, description: 'For "rules"; no rule at all lets everything match.' }),
    need: Type.Union([Type.Literal('all'), Type.Literal('any')], {
      default: 'all',
      description: 'Whether all rules must fit, or one.',
    }),
    key: Type.String({
      default: '',
      maxLength: 200,
      description: 'Field whose value must be new; empty is the message itself; for "unique".',
    }),
    maxKeys: Type.Integer({ minimum: 1, maximum: 10_000_000, default: 100_000, description: 'Keys remembered, for "unique".' }),
    whenFull: Type.Union([Type.Literal('forget-oldest'), Type.Literal('reject')], {
      default: 'forget-oldest',
      description: 'What happens to one more key: the one not seen for longest is forgotten, or the message is rejected.',
    }),
    every: Type.Integer({ minimum: 1, default: 10, description: 'One of so many matches, the first of them; for "sample".' }),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof Settings>;

/** Keys seen, the one not seen for longest first; messages judged. */
interface Seen {
  keys: string[];
  number: number;
}

function judgeOf(settings: Settings, state: State<Seen>): (message: unknown) => boolean {
  switch (settings.by) {
    case 'condition': {
      const condition = expression(settings.condition);
      return (message) => condition.holds(message);
    }
    case 'rules': {
      const rules = settings.rules.map(fitsRule);
      if (rules.length === 0) return () => true;
      return (message) => (settings.need === 'all' ? rules.every((fits) => fits(message)) : rules.some((fits) => fits(message)));
    }
    case 'unique':
      return newKey(settings, state);
    case 'sample': {
      const { value: seen } = state;
      return () => seen.number++ % settings.every === 0;
    }
  }
}

function newKey({ key, maxKeys, whenFull }: Settings, state: State<Seen>): (message: unknown) => boolean {
  const seen = new Set(state.value.keys);
  state.save = () => ({ keys: [...seen], number: 0 });
  return (message) => {
    const name = JSON.stringify(fieldAt(message, key) ?? null);
    // Put in again, it is the last to be forgotten: a Set keeps the order of insertion.
    const isNew = !seen.delete(name);
    if (isNew && seen.size >= maxKeys) {
      if (whenFull === 'reject') throw keysFull({ detail: `${maxKeys} different keys are remembered, and this is another` });
      for (const oldest of seen) {
        seen.delete(oldest);
        break;
      }
    }
    seen.add(name);
    return isNew;
  };
}

/**
 *           ┌────────┬──▶── match
 *  in ──▶───┤ filter │
 *           └────────┴──▶── rest
 * FI1  Every message leaves once: at match, at rest, or rejected; in order at each.
 * FI2  A condition that has no value for a message rejects it: a missing field is not silently false. Rules never fail.
 * FI3  `unique` lets the first message of a key match, and remembers at most `maxKeys` keys.
 * FI4  `sample` lets the first of each `every` messages match.
 */
export const filter = defineComponent({
  kind: 'data.filter',
  version: 1,
  title: 'Filter',
  icon: 'filter',
  summary: 'Lets messages through that fit; the others leave at rest.',
  settings: Settings,
  ports: {
    in: input(Type.Unknown(), 'Messages to judge.'),
    match: output(Type.Unknown(), 'Messages that fit.'),
    rest: optional(output(Type.Unknown(), 'Messages that do not.')),
  },
  contract: `
    FILTER = in -> (match -> FILTER |~| rest -> FILTER |~| err -> FILTER) [] in.end -> END
    END    = match.end -> SKIP ||| rest.end -> SKIP
  `,
  check: ({ by, condition, rules }) => {
    if (by === 'condition') {
      const message = expressionFault(condition);
      return message === undefined ? undefined : { pointer: '/condition', message };
    }
    for (const [number, rule] of by === 'rules' ? rules.entries() : []) {
      const message = ruleFault(rule);
      if (message !== undefined) return { pointer: `/rules/${number}/value`, message };
    }
    return undefined;
  },
  examples: [
    {
      says: 'Wet days match, dry ones are the rest.',
      settings: { condition: 'message.rain > 0' },
      given: { in: [{ rain: 0 }, { rain: 2.5 }] },
      gives: { match: [{ rain: 2.5 }], rest: [{ rain: 0 }] },
    },
    {
      says: 'A field that is not there is an error, unless the condition asks first.',
      settings: { condition: 'message.rain > 0' },
      given: { in: [{ sun: 1 }] },
      gives: {
        err: [
          {
            error: { code: 'KIT_EXPRESSION_FAILED', message: 'No such key: rain, in: message.rain > 0' },
            original: { sun: 1 },
          },
        ],
      },
    },
    {
      says: 'One of two rules is enough.',
      settings: {
        by: 'rules',
        need: 'any',
        rules: [
          { field: 'town', op: 'starts with', value: 'B' },
          { field: 'rain', op: '>=', value: 10 },
        ],
      },
      given: { in: [{ town: 'Bergen', rain: 1 }, { town: 'Oslo', rain: 10 }, { town: 'Oslo' }] },
      gives: {
        match: [
          { town: 'Bergen', rain: 1 },
          { town: 'Oslo', rain: 10 },
        ],
        rest: [{ town: 'Oslo' }],
      },
    },
    {
      says: 'Each id once.',
      settings: { by: 'unique', key: 'id' },
      given: { in: [{ id: 1, v: 'a' }, { id: 2 }, { id: 1, v: 'b' }] },
      gives: { match: [{ id: 1, v: 'a' }, { id: 2 }], rest: [{ id: 1, v: 'b' }] },
    },
    {
      says: 'One of three.',
      settings: { by: 'sample', every: 3 },
      given: { in: [1, 2, 3, 4] },
      gives: { match: [1, 4], rest: [2, 3] },
    },
  ],
  state: { version: 1, initial: (): Seen => ({ keys: [], number: 0 }) },
  rests: ['in'],
  steps({ settings, emit, refuse, state }) {
    const matches = judgeOf(settings, state);
    return {
      step(message: unknown) {
        let side: 'match' | 'rest';
        try {
          side = matches(message) ? 'match' : 'rest';
        } catch (thrown) {
          if (!(thrown instanceof CodedError)) throw thrown;
          refuse(message, thrown);
          return;
        }
        emit[side](message);
      },
    };
  },
});

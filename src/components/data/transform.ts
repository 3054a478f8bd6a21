import { Type } from 'typebox';
import { CodedError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, output } from '#kit/ports.ts';
import { until } from '#runtime/until.ts';
import { cleaned, cleanings } from './transform/clean.ts';
import { mapping, mappingFailed, mappingFault } from './transform/mapping.ts';
import { fitting, schemaFault } from './transform/schema.ts';

const Schema = (description: string) => Type.Record(Type.String(), Type.Unknown(), { default: {}, description });

const Settings = Type.Object(
  {
    mapping: Type.String({
      default: '$',
      minLength: 1,
      maxLength: 50_000,
      description:
        'JSONata that makes the new message from the old, such as { "name": first & " " & last }; $ is the message itself.',
    }),
    clean: Type.Array(Type.Union(cleanings.map((name) => Type.Literal(name))), {
      default: [],
      uniqueItems: true,
      description: 'Done to every text of the message before the mapping.',
    }),
    inSchema: Schema('JSON Schema the cleaned message must fit; {} is any.'),
    outSchema: Schema('JSON Schema the result must fit; {} is any.'),
    mode: Type.Union([Type.Literal('strict'), Type.Literal('lenient')], {
      default: 'strict',
      description:
        'lenient: a mapping without a value drops the message, and schemas convert types, fill in defaults and drop surplus fields first.',
    }),
    timeoutMs: Type.Integer({
      minimum: 1,
      maximum: 60_000,
      default: 1_000,
      unit: 'ms',
      description: 'Longest a mapping may take.',
    }),
    maxItems: Type.Integer({
      minimum: 1,
      maximum: 10_000_000,
      default: 100_000,
      description: 'Longest list a mapping may make.',
    }),
  },
  { additionalProperties: false },
);

/**
 *           ┌───────────┐
 *  in ──▶───┤ transform ├──▶── out
 *           └───────────┘
 * TR1  Each message is cleaned, checked against `inSchema`, mapped, checked against `outSchema`, and leaves, in order.
 * TR2  A message that fails at any of these is rejected with the place and the reason; nothing of it leaves at out.
 * TR3  A mapping that gives nothing rejects the message, or drops it when lenient.
 * TR4  A mapping ends: after `timeoutMs`, `maxItems`, or when it nests too deep. Regular expressions are linear.
 */
export const transform = defineComponent({
  kind: 'data.transform',
  version: 1,
  title: 'Transform',
  icon: 'wand',
  summary: 'Makes a new message from each: mapping, cleaning, schema checks.',
  settings: Settings,
  ports: { in: input(Type.Unknown(), 'Messages as they are.'), out: output(Type.Unknown(), 'Messages as they shall be.') },
  contract: `
    TRANSFORM = in -> (out -> TRANSFORM |~| err -> TRANSFORM |~| TRANSFORM) [] in.end -> out.end -> SKIP
  `,
  check: ({ mapping: text, inSchema, outSchema }) => {
    const faults = [
      { pointer: '/mapping', message: mappingFault(text) },
      { pointer: '/inSchema', message: schemaFault(inSchema) },
      { pointer: '/outSchema', message: schemaFault(outSchema) },
    ];
    const found = faults.find(({ message }) => message !== undefined);
    return found?.message === undefined ? undefined : { pointer: found.pointer, message: found.message };
  },
  examples: [
    {
      says: 'A new object from the old one.',
      settings: { mapping: '{ "name": first & " " & last, "total": $sum(items.price) }' },
      given: { in: [{ first: 'Ada', last: 'L.', items: [{ price: 2 }, { price: 3 }] }] },
      gives: { out: [{ name: 'Ada L.', total: 5 }] },
    },
    {
      says: 'Spaces go, empty texts become null, and a text that says a number becomes one.',
      settings: {
        clean: ['trim', 'empty-to-null'],
        outSchema: { type: 'object', properties: { age: { type: 'number' } } },
        mode: 'lenient',
      },
      given: { in: [{ name: ' Bo ', note: ' ', age: '42' }] },
      gives: { out: [{ name: 'Bo', note: null, age: 42 }] },
    },
    {
      says: 'What does not fit is rejected with the place.',
      settings: { inSchema: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } } },
      given: { in: [{ id: 1 }, { id: 'x' }] },
      gives: {
        out: [{ id: 1 }],
        err: [{ error: { code: 'DATA_TRANSFORM_UNFIT', message: 'the message at /id must be integer' }, original: { id: 'x' } }],
      },
    },
  ],
  rests: ['in'],
  *run({ settings, io, clock, random, reject }) {
    const rules = new Set(settings.clean);
    const lenient = settings.mode === 'lenient';
    const fitIn = fitting(settings.inSchema, 'the message', lenient);
    const fitOut = fitting(settings.outSchema, 'the result', lenient);
    const map = mapping(settings.mapping, { ...settings, nowMs: () => clock.now(), random });
    for (;;) {
      const { ended, value } = yield* io.in.receive();
      if (ended) return;
      let result: unknown;
      try {
        result = yield* until(map(fitIn(cleaned(value, rules))));
        if (result === undefined && !lenient) throw mappingFailed({ detail: 'the mapping gives nothing for this message' });
        if (result !== undefined) result = fitOut(result);
      } catch (thrown) {
        if (!(thrown instanceof CodedError)) throw thrown;
        yield* reject(value, thrown);
        continue;
      }
      if (result !== undefined && !(yield* io.out.send(result))) return;
    }
  },
});

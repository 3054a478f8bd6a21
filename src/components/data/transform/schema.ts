import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { defineError, messageOf } from '#base/errors.ts';
import { pattern } from '#kit/pattern.ts';

export const schemaInvalid = defineError('DATA_TRANSFORM_SCHEMA', 'input', 'This is not a JSON Schema.');
export const schemaUnfit = defineError('DATA_TRANSFORM_UNFIT', 'input', 'The message does not fit the schema.');

// Patterns of a schema are typed by people too; the platform's expressions could hang on them. Ajv tells compiled ones apart
// by their text, so that has to be the source.
const engine = (source: string) => ({ test: pattern(source).test, toString: () => source });
const linear = Object.assign(engine, { code: 'linear' });

const strictly: Options = { strict: false, code: { regExp: linear as never } };
const leniently: Options = { ...strictly, coerceTypes: true, useDefaults: true, removeAdditional: true };

/** Gives the message as it fits the schema. @throws DATA_TRANSFORM_UNFIT with the place and what is wrong there. */
export type Fitting = (message: unknown) => unknown;

/**
 * Compiles a JSON Schema (2020-12).
 *
 * @param side the word for messages: `the message`, `the result`.
 * @param lenient texts that say a number become one, defaults are filled in, surplus fields are left out where the schema refuses them.
 * @throws DATA_TRANSFORM_SCHEMA with the reason.
 */
export function fitting(schema: Readonly<Record<string, unknown>>, side: string, lenient: boolean): Fitting {
  if (Object.keys(schema).length === 0) return (message) => message;
  const validate = compile(schema, lenient ? leniently : strictly);
  return (message) => {
    // In a box, so that the message itself can be made to fit; a copy, because another may hold the same one.
    const box = { value: lenient ? structuredClone(message) : message };
    if (validate(box)) return box.value;
    const [first] = validate.errors ?? [];
    const pointer = first?.instancePath.replace(/^\/value/, '') ?? '';
    const where = pointer === '' ? side : `${side} at ${pointer}`;
    throw schemaUnfit({ detail: `${where} ${first?.message ?? 'does not fit the schema'}`, pointer });
  };
}

function compile(schema: Readonly<Record<string, unknown>>, options: Options) {
  const ajv = new Ajv2020(options);
  addFormats.default(ajv);
  try {
    ajv.addSchema(schema, 'message');
    return ajv.compile({ type: 'object', properties: { value: { $ref: 'message' } } });
  } catch (cause) {
    throw schemaInvalid({ detail: `this is not a JSON Schema: ${messageOf(cause)}`, cause });
  }
}

/** Why a value is no schema, in a sentence; undefined when it is one. */
export function schemaFault(schema: Readonly<Record<string, unknown>>): string | undefined {
  try {
    fitting(schema, '', false);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

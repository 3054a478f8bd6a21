import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/** One thing a value has that its schema does not allow. */
export interface SchemaFault {
  /** JSON Pointer into the value. */
  readonly pointer: string;
  readonly message: string;
}

/**
 * D23  The pattern of what things are called: without control characters, without those that turn the direction of what is
 * written around them, and without halves of characters, so that a name reads as what it is wherever it stands.
 */
export const plainName = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]*$';
/** The pattern of what else is kept as it is written: any text but U+0000 and halves of characters, which no database keeps. */
export const storableText = '^[^\\u0000\\ud800-\\udfff]*$';
/** What no such name holds, as a class of characters. */
export const unplain = plainName.slice('^[^'.length, -']*$'.length);
const notPlain = 'must not hold control characters, characters that turn the direction of writing, nor halves of characters';

const notStorable = 'must not hold the character U+0000, nor half of a surrogate pair';

// A schema object is compiled once: schemas are declared once and live as long as the program.
const compiled = new WeakMap<object, Validator>();

function validatorOf(schema: TSchema): Validator {
  let validator = compiled.get(schema);
  if (validator === undefined) {
    validator = Compile(schema);
    compiled.set(schema, validator);
  }
  return validator;
}

/** True when the value is what the schema says. */
export function fits(schema: TSchema, value: unknown): boolean {
  return validatorOf(schema).Check(value);
}

/** What is wrong with a value, most specific first; empty when it fits. At most eight faults. */
export function faultsOf(schema: TSchema, value: unknown): readonly SchemaFault[] {
  if (fits(schema, value)) return [];
  const errors = validatorOf(schema).Errors(value);
  const found = errors.flatMap((error) => faultsIn(error, errors));
  // The library stops after a few errors, and those may all be of the kind left out.
  if (found.length === 0) return [{ pointer: '', message: 'does not fit its schema' }];
  return found.sort((a, b) => b.pointer.length - a.pointer.length).slice(0, 8);
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

function faultsIn({ keyword, instancePath, message, params }: SchemaError, all: readonly SchemaError[]): SchemaFault[] {
  if (keyword === 'boolean') return [];
  const { additionalProperties: named, pattern, allowedValues } = params as Readonly<Record<string, unknown>>;
  if (keyword === 'additionalProperties' && Array.isArray(named))
    return named.map((name) => ({ pointer: `${instancePath}/${escapePointer(name)}`, message: `no such field: ${name}` }));
  if (keyword === 'pattern' && pattern === plainName) return [{ pointer: instancePath, message: notPlain }];
  if (keyword === 'pattern' && pattern === storableText) return [{ pointer: instancePath, message: notStorable }];
  if (keyword === 'const') return [{ pointer: instancePath, message: `must be ${constantsAt(instancePath, all)}` }];
  return [{ pointer: instancePath, message: Array.isArray(allowedValues) ? `${message}: ${allowedValues.join(', ')}` : message }];
}

// One of several constants is an error for each of them: each then names all.
function constantsAt(pointer: string, all: readonly SchemaError[]): string {
  const here = all.filter(({ keyword, instancePath }) => keyword === 'const' && instancePath === pointer);
  const values = here.map(({ params }) => JSON.stringify((params as { allowedValue?: unknown }).allowedValue));
  return [...new Set(values)].join(' or ');
}

/** A name as one step of a JSON Pointer (RFC 6901). */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

interface TypedSchema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly TypedSchema[];
  readonly const?: unknown;
}

function typesOf(schema: TypedSchema): ReadonlySet<string> | 'any' {
  if (schema.anyOf !== undefined) {
    const parts = schema.anyOf.map(typesOf);
    return parts.includes('any') ? 'any' : new Set(parts.flatMap((part) => [...(part as ReadonlySet<string>)]));
  }
  if (schema.type === undefined) return 'any';
  const names = typeof schema.type === 'string' ? [schema.type] : schema.type;
  return new Set(names.map((name) => (name === 'integer' ? 'number' : name)));
}

/**
 * Whether a message of `sent` can be one of `expected`: refused only when their types have nothing in common.
 * Says "perhaps" as yes; what is left is checked where the message arrives.
 */
export function mayFit(sent: unknown, expected: unknown): boolean {
  const a = typesOf((sent ?? {}) as TypedSchema);
  const b = typesOf((expected ?? {}) as TypedSchema);
  if (a === 'any' || b === 'any') return true;
  return [...a].some((type) => b.has(type));
}

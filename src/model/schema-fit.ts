import type { TSchema } from 'typebox';
import { fits } from './schema-check.ts';

/**
 * Whether every message of one schema is one of another (JSON Schema subsumption). `yes` follows from the keywords; `no` comes with a
 * message that shows it, tried with both schemas; everything else is `unknown`, above all where nothing is said of what is sent.
 */
export type SchemaFit =
  | { readonly is: 'yes' }
  | { readonly is: 'no'; readonly example: unknown }
  | { readonly is: 'unknown'; readonly why: string };

interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

/** Everything but these only describes. A schema with a keyword outside is not reasoned about. */
const described = ['title', 'description', 'default', 'examples', 'unit', '$id', '$comment', 'readOnly', 'deprecated'];
const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength', 'minItems', 'maxItems'];
const shapes = ['type', 'const', 'enum', 'anyOf', 'items', 'properties', 'required', 'additionalProperties'];
const known = new Set([...described, ...bounds, ...shapes]);
const greatestDepth = 32;
const greatestSamples = 64;

/** See `SchemaFit`. A schema that is missing allows everything. */
export function schemaFit(sent: unknown, expected: unknown): SchemaFit {
  const [from, to] = [schemaOf(sent), schemaOf(expected)];
  if (within(from, to, 0)) return { is: 'yes' };
  for (const example of samples(from, 0))
    if (fits(from as TSchema, example) && !fits(to as TSchema, example)) return { is: 'no', example };
  const why = saysNothing(from) ? 'nothing is said of what is sent' : 'the schemas do not tell';
  return { is: 'unknown', why };
}

function schemaOf(given: unknown): Schema {
  return typeof given === 'object' && given !== null ? given : {};
}

function limits(schema: Schema): readonly string[] {
  return Object.keys(schema).filter((key) => !described.includes(key) && !key.startsWith('~'));
}

function saysNothing(schema: Schema): boolean {
  return limits(schema).length === 0;
}

// Sound, not complete: false says nothing.
function within(from: Schema, to: Schema, depth: number): boolean {
  if (saysNothing(to)) return true;
  if (depth > greatestDepth || !limits(to).every((key) => known.has(key))) return false;
  const values = from.const !== undefined ? [from.const] : from.enum;
  if (values !== undefined) return values.every((value) => fits(to as TSchema, value));
  if (from.anyOf !== undefined && !isMixed(from)) return from.anyOf.every((part) => within(part, to, depth + 1));
  if (to.anyOf !== undefined && !isMixed(to)) return to.anyOf.some((part) => within(from, part, depth + 1));
  if (to.anyOf !== undefined || to.const !== undefined || to.enum !== undefined) return false;
  if (!typesWithin(from, to)) return false;
  return inRange(from, to) && arrayWithin(from, to, depth) && objectWithin(from, to, depth);
}

function isMixed(schema: Schema): boolean {
  return limits(schema).length > 1;
}

function typesOf({ type }: Schema): readonly string[] {
  return type === undefined ? [] : typeof type === 'string' ? [type] : type;
}

function typesWithin(from: Schema, to: Schema): boolean {
  const [sent, taken] = [typesOf(from), typesOf(to)];
  if (taken.length === 0) return true;
  return sent.length > 0 && sent.every((type) => taken.includes(type) || (type === 'integer' && taken.includes('number')));
}

/** Keywords by the type of value they say something about; of another type they hold. */
function says(schema: Schema, type: string): boolean {
  const types = typesOf(schema);
  return types.length === 0 || types.includes(type) || (type === 'number' && types.includes('integer'));
}

function inRange(from: Schema, to: Schema): boolean {
  const least = (low: number | undefined, needed: number | undefined): boolean =>
    needed === undefined || (low !== undefined && low >= needed);
  const most = (high: number | undefined, allowed: number | undefined): boolean =>
    allowed === undefined || (high !== undefined && high <= allowed);
  const number =
    !says(from, 'number') ||
    (least(from.minimum ?? from.exclusiveMinimum, to.minimum) &&
      most(from.maximum ?? from.exclusiveMaximum, to.maximum) &&
      least(from.exclusiveMinimum, to.exclusiveMinimum) &&
      most(from.exclusiveMaximum, to.exclusiveMaximum));
  const text = !says(from, 'string') || (least(from.minLength ?? 0, to.minLength) && most(from.maxLength, to.maxLength));
  const list = !says(from, 'array') || (least(from.minItems ?? 0, to.minItems) && most(from.maxItems, to.maxItems));
  return number && text && list;
}

function arrayWithin(from: Schema, to: Schema, depth: number): boolean {
  if (!says(from, 'array') || to.items === undefined || from.maxItems === 0) return true;
  return within(from.items ?? {}, to.items, depth + 1);
}

function objectWithin(from: Schema, to: Schema, depth: number): boolean {
  if (!says(from, 'object')) return true;
  const names = Object.keys(from.properties ?? {});
  if (!(to.required ?? []).every((name) => from.required?.includes(name))) return false;
  const others = restOf(to);
  const fitting = names.every((name) => {
    const wanted = to.properties?.[name] ?? others;
    return wanted !== false && within(from.properties?.[name] ?? {}, wanted, depth + 1);
  });
  if (!fitting) return false;
  if (from.additionalProperties === false) return true;
  // A field that the sender does not name may have any of the names the reader does.
  const unnamed = Object.entries(to.properties ?? {}).filter(([name]) => !names.includes(name));
  const extra = restOf(from);
  if (extra === false) return true;
  return others !== false && within(extra, others, depth + 1) && unnamed.every(([, wanted]) => within(extra, wanted, depth + 1));
}

function restOf({ additionalProperties }: Schema): Schema | false {
  return typeof additionalProperties === 'boolean' ? (additionalProperties ? {} : false) : (additionalProperties ?? {});
}

/** Values that are likely to be of the schema; none where nothing is said of them, for that would be an example of our making. */
function samples(schema: Schema, depth: number): unknown[] {
  if (depth > greatestDepth || saysNothing(schema)) return [];
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum !== undefined) return [...schema.enum].slice(0, greatestSamples);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((part) => samples(part, depth + 1)).slice(0, greatestSamples);
  return typesOf(schema)
    .flatMap((type) => samplesOf(type, schema, depth))
    .slice(0, greatestSamples);
}

function samplesOf(type: string, schema: Schema, depth: number): unknown[] {
  switch (type) {
    case 'null':
      return [null];
    case 'boolean':
      return [true, false];
    case 'integer':
    case 'number':
      return numbersOf(schema, type === 'number');
    case 'string':
      return textsOf(schema);
    case 'array':
      return arraysOf(schema, depth);
    case 'object':
      return objectsOf(schema, depth);
    default:
      return [];
  }
}

function numbersOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema, broken: boolean): number[] {
  const edges = [
    minimum,
    maximum,
    (exclusiveMinimum ?? Number.NaN) + 1,
    (exclusiveMaximum ?? Number.NaN) - 1,
    0,
    1,
    -1,
    1e6,
    -1e6,
  ];
  const whole = edges.filter((value): value is number => value !== undefined && Number.isFinite(value)).map(Math.trunc);
  return broken ? [...whole, ...whole.map((value) => value + 0.5)] : whole;
}

function textsOf({ minLength = 0, maxLength }: Schema): string[] {
  const lengths = [minLength, Math.min(maxLength ?? 1_000, 1_000), 1].filter((length) => length <= 10_000);
  return lengths.map((length) => 'a'.repeat(length));
}

function arraysOf({ items, minItems = 0, maxItems }: Schema, depth: number): unknown[] {
  const inner = samples(items ?? {}, depth + 1);
  const lengths = [minItems, Math.min(maxItems ?? minItems + 1, 100)].filter((length) => length <= 100);
  return lengths.flatMap((length) => (length === 0 ? [[]] : inner.map((value) => Array.from({ length }, () => value))));
}

// One field after another away from the first sample of each; optional ones also left out.
function objectsOf({ properties = {}, required = [] }: Schema, depth: number): unknown[] {
  const choices = Object.entries(properties).map(([name, schema]) => [name, samples(schema, depth + 1)] as const);
  if (required.some((name) => (choices.find(([field]) => field === name)?.[1] ?? []).length === 0)) return [];
  const plain = choices.filter(([name]) => required.includes(name)).map(([name, [first]]) => [name, first] as const);
  const least = Object.fromEntries(plain);
  const varied = choices.flatMap(([name, values]) => values.map((value) => ({ ...least, [name]: value })));
  return [least, ...varied];
}

/** The most bytes a message of a schema takes as JSON in UTF-8; undefined where the schema does not bound it. */
export function greatestBytes(given: unknown, depth = 0): number | undefined {
  const schema = schemaOf(given);
  if (depth > greatestDepth) return undefined;
  const values = schema.const !== undefined ? [schema.const] : schema.enum;
  if (values !== undefined) return Math.max(...values.map((value) => utf8Bytes(JSON.stringify(value) ?? 'null')));
  if (schema.anyOf !== undefined) return most(schema.anyOf.map((part) => greatestBytes(part, depth + 1)));
  const types = typesOf(schema);
  return types.length === 0 ? undefined : most(types.map((type) => bytesOf(type, schema, depth)));
}

/** `-1.7976931348623157e+308`, and a sign or digit to spare. */
const numberBytes = 25;
/** `\ud800`. */
const characterBytes = 6;

function bytesOf(type: string, schema: Schema, depth: number): number | undefined {
  switch (type) {
    case 'null':
      return 4;
    case 'boolean':
      return 5;
    case 'integer':
    case 'number':
      return numberBytes;
    case 'string':
      return schema.maxLength === undefined ? undefined : characterBytes * schema.maxLength + 2;
    case 'array': {
      if (schema.maxItems === undefined) return undefined;
      const item = schema.maxItems === 0 ? 0 : greatestBytes(schema.items, depth + 1);
      return item === undefined ? undefined : 2 + schema.maxItems * (item + 1);
    }
    case 'object': {
      if (schema.additionalProperties !== false) return undefined;
      const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
        const value = greatestBytes(field, depth + 1);
        return value === undefined ? undefined : utf8Bytes(JSON.stringify(name)) + value + 2;
      });
      return sum(fields, 2);
    }
    default:
      return undefined;
  }
}

function most(list: readonly (number | undefined)[]): number | undefined {
  return list.includes(undefined) ? undefined : Math.max(0, ...(list as number[]));
}

function sum(list: readonly (number | undefined)[], start: number): number | undefined {
  return list.includes(undefined) ? undefined : (list as number[]).reduce((total, value) => total + value, start);
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

import type { TSchema } from 'typebox';

type Loose = { readonly [key: string]: unknown };

/**
 * A schema that came as JSON, with the marks its author's library keeps beside it (they do not survive JSON):
 * without them no defaults would be filled in. The given schema is not changed.
 */
export function revive(schema: unknown): TSchema {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema as unknown as TSchema;
  const from = schema as Loose;
  const to: Record<string, unknown> = { ...from };
  const required = new Set(Array.isArray(from['required']) ? (from['required'] as string[]) : []);
  if (isRecord(from['properties'])) {
    to['properties'] = Object.fromEntries(
      Object.entries(from['properties']).map(([name, part]) => [name, optional(revive(part), !required.has(name))]),
    );
  }
  if (isRecord(from['patternProperties'])) {
    to['patternProperties'] = Object.fromEntries(
      Object.entries(from['patternProperties']).map(([name, part]) => [name, revive(part)]),
    );
  }
  if (isRecord(from['items'])) to['items'] = revive(from['items']);
  for (const many of ['anyOf', 'allOf']) {
    const parts = from[many];
    if (Array.isArray(parts)) to[many] = parts.map(revive);
  }
  const kind = kindOf(from);
  return (kind === undefined ? to : mark(to, '~kind', kind)) as unknown as TSchema;
}

const isRecord = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value);

function kindOf(schema: Loose): string | undefined {
  if (schema['anyOf'] !== undefined) return 'Union';
  if (schema['allOf'] !== undefined) return 'Intersect';
  if (schema['type'] === 'array') return 'Array';
  if (schema['type'] !== 'object') return undefined;
  return schema['patternProperties'] === undefined ? 'Object' : 'Record';
}

function optional(schema: TSchema, is: boolean): TSchema {
  return is && isRecord(schema) ? (mark(schema, '~optional', true) as unknown as TSchema) : schema;
}

// Not enumerable, as with the library: a schema shown or sent is JSON Schema and nothing else.
function mark(schema: object, name: string, value: unknown): object {
  return Object.defineProperty(schema, name, { value, enumerable: false, configurable: true });
}

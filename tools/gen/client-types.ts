import { describedApi } from './api-description.ts';
import type { Artefact } from './artefact.ts';
import type { JsonSchema } from './schema-words.ts';

/**
 * Types of the API for openapi-fetch, from the API description.
 *
 * Made here and not by openapi-typescript, because that needs the JavaScript interface of TypeScript 5 and this project
 * checks with TypeScript 7, which has none.
 */

interface Body {
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header' | 'path' | 'cookie';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: JsonSchema;
}

interface ApiOperation {
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Body;
  readonly responses?: Readonly<Record<string, Body>>;
}

type Method = 'get' | 'put' | 'post' | 'delete' | 'patch' | 'head' | 'options';
type ApiPath = { readonly [M in Method]?: ApiOperation } & { readonly parameters?: readonly Parameter[] };

export interface ApiDocument {
  readonly paths?: Readonly<Record<string, ApiPath>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
}

const methods: readonly Method[] = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];
const places = ['query', 'header', 'path', 'cookie'] as const;

const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const indented = (text: string): string => text.replaceAll('\n', '\n  ');
const block = (members: readonly string[]): string =>
  members.length === 0 ? '{}' : `{\n  ${members.map(indented).join('\n  ')}\n}`;
const docs = (text: string | undefined): string =>
  text ? `/** ${text.replaceAll('*/', '*\\/').replaceAll('\n', ' ')} */\n` : '';
const member = (name: string, isRequired: boolean, type: string, says?: string): string =>
  `${docs(says)}${key(name)}${isRequired ? '' : '?'}: ${type};`;

/** Alternatives side by side, in brackets so that they may stand anywhere. */
function joined(schemas: readonly JsonSchema[], by: '|' | '&'): string {
  const types = [...new Set(schemas.map(typeOf))];
  return types.length === 1 ? (types[0] ?? 'never') : types.length === 0 ? 'never' : `(${types.join(` ${by} `)})`;
}

function objectType(schema: JsonSchema): string {
  const members = Object.entries(schema.properties ?? {}).map(([name, property]) =>
    member(name, schema.required?.includes(name) === true, typeOf(property), property.description),
  );
  const open = schema.additionalProperties;
  const others = [...Object.values(schema.patternProperties ?? {}), ...(typeof open === 'object' ? [open] : [])];
  if (others.length > 0) {
    const record = `{ [name: string]: ${joined(others, '|')} }`;
    return members.length === 0 ? record : `(${block(members)} & ${record})`;
  }
  return members.length === 0 && open !== false ? '{ [name: string]: unknown }' : block(members);
}

function listType(schema: JsonSchema): string {
  const tuple = schema.prefixItems ?? (Array.isArray(schema.items) ? (schema.items as readonly JsonSchema[]) : undefined);
  if (tuple !== undefined) return `[${tuple.map(typeOf).join(', ')}]`;
  return `${typeOf((schema.items as JsonSchema | undefined) ?? {})}[]`;
}

/** A JSON Schema as a TypeScript type; what has no counterpart there (bounds, patterns) is left out. */
export function typeOf(schema: JsonSchema | boolean): string {
  if (typeof schema === 'boolean') return schema ? 'unknown' : 'never';
  if (schema.$ref !== undefined) return `components['schemas'][${JSON.stringify(schema.$ref.split('/').at(-1))}]`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return `(${schema.enum.map((value) => JSON.stringify(value)).join(' | ')})`;
  if (schema.allOf !== undefined) return joined(schema.allOf, '&');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return joined(alternatives, '|');
  if (Array.isArray(schema.type))
    return joined(
      (schema.type as string[]).map((type) => ({ ...schema, type })),
      '|',
    );
  if (schema.type === 'object' || schema.properties !== undefined) return objectType(schema);
  if (schema.type === 'array') return listType(schema);
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  return schema.type === 'string' || schema.type === 'boolean' || schema.type === 'null' ? schema.type : 'unknown';
}

function contentType(body: Body): string {
  const content = Object.entries(body.content ?? {});
  return block(content.map(([media, { schema }]) => member(media, true, typeOf(schema ?? {}))));
}

function parametersType(parameters: readonly Parameter[]): string {
  const members = places.map((place) => {
    const here = parameters.filter((parameter) => parameter.in === place);
    if (here.length === 0) return `${place}?: never;`;
    const fields = here.map(({ name, required, schema, description }) =>
      member(name, required === true, typeOf(schema ?? {}), description ?? schema?.description),
    );
    return member(
      place,
      here.some(({ required }) => required),
      block(fields),
    );
  });
  return block(members);
}

function operationType(operation: ApiOperation, shared: readonly Parameter[]): string {
  const body = operation.requestBody;
  const responses = Object.entries(operation.responses ?? {}).map(([status, response]) => {
    const content = response.content === undefined ? 'content?: never;' : `content: ${contentType(response)};`;
    return `${/^\d+$/.test(status) ? status : key(status)}: ${block(['headers: { [name: string]: unknown };', content])};`;
  });
  return block([
    `parameters: ${parametersType([...shared, ...(operation.parameters ?? [])])};`,
    body === undefined
      ? 'requestBody?: never;'
      : member('requestBody', body.required === true, block([`content: ${contentType(body)};`])),
    `responses: ${block(responses)};`,
  ]);
}

/** The text of the module: `paths` as openapi-fetch reads it, and the named schemas. */
export function clientTypesText(document: ApiDocument): string {
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => {
    const present = methods.flatMap((method) => {
      const operation = item[method];
      return operation === undefined
        ? []
        : [member(method, true, operationType(operation, item.parameters ?? []), operation.summary)];
    });
    return member(path, true, block(present));
  });
  const schemas = Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => member(name, true, typeOf(schema)));
  return [
    '// Generated by `npm run gen` from docs/api/openapi.json; not edited by hand.',
    `export interface paths ${block(paths)}`,
    `export interface components ${block([`schemas: ${block(schemas)};`])}`,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** web/src/client/schema.ts: what the page may ask of the server. */
export const clientTypes: Artefact = {
  name: 'client types',
  owns: ['web/src/client/schema.ts'],
  make: async (root) => new Map([['web/src/client/schema.ts', clientTypesText((await describedApi(root)) as ApiDocument)]]),
};

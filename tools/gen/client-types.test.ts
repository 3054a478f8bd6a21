import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../files.ts';
import { clientTypesText, typeOf } from './client-types.ts';

test.each([
  [{}, 'unknown'],
  [true, 'unknown'],
  [{ type: 'integer', minimum: 1 }, 'number'],
  [{ type: ['string', 'null'] }, '(string | null)'],
  [{ const: 'on' }, '"on"'],
  [{ enum: ['a', 1] }, '("a" | 1)'],
  [{ type: 'array', items: { anyOf: [{ type: 'string' }, { const: 1 }] } }, '(string | 1)[]'],
  [{ type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] }, '[string, number]'],
  [{ $ref: '#/components/schemas/Design' }, `components['schemas']["Design"]`],
  [{ type: 'object' }, '{ [name: string]: unknown }'],
  [{ type: 'object', additionalProperties: false }, '{}'],
  [{ type: 'object', patternProperties: { '^.*$': { type: 'number' } } }, '{ [name: string]: number }'],
  [
    { type: 'object', required: ['a'], properties: { a: { type: 'string', description: 'A.' }, 'b-c': { type: 'null' } } },
    '{\n  /** A. */\n  a: string;\n  "b-c"?: null;\n}',
  ],
])('[G11] %j is %s', (schema, type) => {
  expect(typeOf(schema)).toBe(type);
});

const problem = {
  content: { 'application/problem+json': { schema: { type: 'object', properties: { title: { type: 'string' } } } } },
};
const document = {
  paths: {
    '/designs/{id}': {
      get: {
        summary: 'Reads a design.',
        parameters: [
          { name: 'id', in: 'path' as const, required: true, schema: { type: 'string' } },
          { name: 'rev', in: 'query' as const, schema: { type: 'integer' } },
        ],
        responses: {
          '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Design' } } } },
          '404': problem,
        },
      },
      put: {
        parameters: [{ name: 'id', in: 'path' as const, required: true, schema: { type: 'string' } }],
        requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Design' } } } },
        responses: { '204': {}, default: problem },
      },
    },
  },
  components: { schemas: { Design: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } } },
};

const use = `
import createClient from 'openapi-fetch';
import type { paths } from './schema.ts';
const client = createClient<paths>();
export async function right(): Promise<string | undefined> {
  await client.PUT('/designs/{id}', { params: { path: { id: 'a' } }, body: { name: 'n' } });
  const { data, error } = await client.GET('/designs/{id}', { params: { path: { id: 'a' }, query: { rev: 3 } } });
  return data?.name ?? error?.title;
}
export async function wrong(): Promise<void> {
  // @ts-expect-error no such path
  await client.GET('/nothing');
  // @ts-expect-error the path parameter is missing
  await client.GET('/designs/{id}');
  // @ts-expect-error the body has no name
  await client.PUT('/designs/{id}', { params: { path: { id: 'a' } }, body: {} });
}
`;

test('[G12] openapi-fetch takes the types: right calls compile, wrong ones do not', async () => {
  const folder = await mkdtemp(join(root, 'node_modules/.client-types-'));
  try {
    await writeFile(join(folder, 'schema.ts'), clientTypesText(document));
    await writeFile(join(folder, 'use.ts'), use);
    const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', '--allowImportingTsExtensions'];
    const compiler = join(root, 'node_modules/.bin/tsc');
    const options = ['--ignoreConfig', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2024,dom'];
    const compiled = promisify(execFile)(compiler, [...flags, ...options, join(folder, 'use.ts')]);
    const answer = await compiled.then(
      () => 'compiles',
      (error: { stdout: string; message: string }) => `${error.message}${error.stdout}`,
    );
    expect(answer).toBe('compiles');
  } finally {
    await rm(folder, { recursive: true });
  }
});

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';
import { type RealApp, realApp } from '#app/testing/real-app.ts';
import type { DatabasePlace } from '#store/database/database.ts';
import { createServer, openApiDocument, type ServerOptions } from '../server.ts';

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: unknown;
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;
}

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body when it is JSON. */
  readonly body: T;
}

/** A running server and a client that holds every answer against the description of the API. */
export interface RealServer extends RealApp {
  readonly origin: string;
  call<T = Record<string, unknown>>(
    request: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
}

/**
 * @param place another database than one in memory.
 * @param liveOf what answers to sockets of this application.
 */
export async function realServer(
  options: ServerOptions = {},
  place?: DatabasePlace,
  liveOf?: (app: RealApp['app']) => ServerOptions['live'],
): Promise<RealServer> {
  const real = await realApp(place);
  const server = await createServer(real.app, { logLevel: 'silent', live: liveOf?.(real.app), ...options });
  const origin = `http://127.0.0.1:${await server.listen({ host: '127.0.0.1', port: 0 })}`;
  answers ??= describedAnswers();
  const check = await answers;
  return {
    ...real,
    origin,
    async call(request, body, headers = {}) {
      const [method = '', path = ''] = request.split(' ');
      const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const typed = body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await fetch(origin + path, { method, ...sent, headers: { ...typed, ...headers } });
      const text = await response.text();
      const type = response.headers.get('content-type') ?? '';
      const parsed = /[/+]json/.test(type) && text !== '' ? JSON.parse(text) : text;
      if (path.startsWith('/api/v1/')) check(method, path, response.status, type.split(';')[0] ?? '', parsed);
      return { status: response.status, headers: response.headers, text, body: parsed };
    },
    close: async () => {
      await server.close();
      await real.close();
    },
  };
}

/** Made once for all servers of a process: the description is the same, and takes longer to read than most tests. */
let answers: ReturnType<typeof describedAnswers> | undefined;

/** Fails when an answer is not one the description allows. */
async function describedAnswers() {
  const description = (await openApiDocument()) as Described;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema({ ...description, $id: 'api' } as object);
  const compiled = new Map<string, ValidateFunction>();
  const patterns = Object.keys(description.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replace('{path}', '.+').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
  return (method: string, url: string, status: number, type: string, body: unknown): void => {
    const address = url.split('?')[0] ?? url;
    const matching = patterns.filter(({ pattern }) => pattern.test(address)).map(({ path }) => path);
    const path = matching.find((candidate) => candidate === address) ?? matching[0];
    const operation = path === undefined ? undefined : description.paths[path]?.[method.toLowerCase()];
    if (path === undefined || operation === undefined || status === 304) return;
    const key = operation.responses[status] === undefined ? 'default' : String(status);
    const content = operation.responses[key]?.content;
    if (content === undefined) {
      expect(body, `${method} ${url} answers without a body`).toBe('');
      return;
    }
    expect(Object.keys(content), `${method} ${url} ${status} has a described type`).toContain(type);
    const steps = ['paths', path, method.toLowerCase(), 'responses', key, 'content', type, 'schema'];
    const pointer = steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
    let validate = compiled.get(pointer);
    if (validate === undefined) {
      validate = ajv.compile({ $ref: `api#${pointer}` });
      compiled.set(pointer, validate);
    }
    expect(
      validate(body) ? [] : validate.errors,
      `${method} ${url} ${status} is as described: ${JSON.stringify(body).slice(0, 300)}`,
    ).toEqual([]);
  };
}

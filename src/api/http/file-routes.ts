import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { answers } from './schemas.ts';

const types: Readonly<Record<string, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  txt: 'text/plain',
  md: 'text/plain',
};

const described = Object.fromEntries(
  ['application/octet-stream', ...Object.values(types)].map((type) => [type, { schema: Type.Unknown() }]),
);

/** Files that sessions read and write. */
export function fileRoutes(routes: Routes, app: App): void {
  routes.get(
    '/files/*',
    {
      schema: {
        tags: ['files'],
        operationId: 'readFile',
        summary: 'A file of the folder that sessions read and write',
        params: Type.Object({ '*': Type.String({ minLength: 1, description: 'Path, with / between names.' }) }),
        response: {
          ...answers(200, 'The file'),
          200: { description: 'The file', content: described },
        },
      },
      // Any text is a path; the folder of files says which it refuses. (TypeBox converts by names as patterns, and * is none.)
      validatorCompiler: () => (value: unknown) => ({ value }),
    },
    async (request, reply) => {
      const path = request.params['*'];
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const pieces = app.readFile(caller, path, gone.signal)[Symbol.asyncIterator]();
      // What is wrong with the path shows with the first piece; after it there is no other answer than to break off.
      const first = await pieces.next();
      const type = types[path.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
      // W7  What a run wrote is shown, never executed.
      return reply
        .header('content-security-policy', "sandbox; default-src 'none'")
        .header('cache-control', 'no-store')
        .type(type === 'application/octet-stream' ? type : `${type}; charset=utf-8`)
        .send(Readable.from(rest(first, pieces)));
    },
  );
}

async function* rest(first: IteratorResult<Uint8Array>, pieces: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    for (let next = first; next.done !== true; next = await pieces.next()) yield next.value;
  } finally {
    await pieces.return?.();
  }
}

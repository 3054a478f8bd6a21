import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Artefact } from './artefact.ts';

const server = 'src/api/http/server.ts';
const path = 'docs/api/openapi.json';

/** The API description the server answers with, as an object. */
export async function describedApi(root: string): Promise<unknown> {
  await access(join(root, server)).catch(() => {
    throw new Error(`there is no ${server}`);
  });
  const { openApiDocument } = (await import(pathToFileURL(join(root, server)).href)) as { openApiDocument?: () => unknown };
  if (openApiDocument === undefined) throw new Error(`${server} exports no openApiDocument`);
  return openApiDocument();
}

/** docs/api/openapi.json: what the server says of itself. */
export const apiDescription: Artefact = {
  name: 'API description',
  owns: ['docs/api/'],
  make: async (root) => new Map([[path, `${JSON.stringify(await describedApi(root), null, 2)}\n`]]),
};

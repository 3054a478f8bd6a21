import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Routes } from './checked.ts';
import { routeUnknown } from './door-errors.ts';
import { sendThrown } from './problem.ts';

/**
 * The page: the files of a folder, and for every address that is not a file its index.html, which finds its way itself.
 *
 * @param folder that of the built page; without one there is only the API.
 */
export function servePage(routes: Routes, folder: string | undefined): void {
  const built = folder !== undefined && existsSync(join(folder, 'index.html'));
  if (built) {
    routes.register(fastifyStatic, {
      root: folder,
      setHeaders: (reply, path) => {
        // Names of assets hold a hash of their content.
        const fixed = path.includes('/assets/');
        reply.header('cache-control', fixed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  routes.setNotFoundHandler((request, reply) => {
    if (built && wantsPage(request)) return reply.sendFile('index.html');
    return nothingHere(request, reply, built);
  });
}

const isApi = (path: string): boolean => path === '/api' || path.startsWith('/api/');

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? url;
}

function wantsPage(request: FastifyRequest): boolean {
  const path = pathOf(request);
  const looks = request.method === 'GET' || request.method === 'HEAD';
  return looks && !isApi(path) && !/\.[a-z0-9]+$/i.test(path);
}

function nothingHere(request: FastifyRequest, reply: FastifyReply, built: boolean): FastifyReply {
  const path = pathOf(request);
  const unbuilt = built || isApi(path) ? '' : ' The page is not built: run npm run build. The API is at /api/v1.';
  const detail = `There is no ${request.method} ${path.slice(0, 200)}.${unbuilt}`;
  return sendThrown(routeUnknown({ detail }), request, reply);
}

import type { FastifyRequest } from 'fastify';
import type { Routes } from './checked.ts';
import { originRefused } from './door-errors.ts';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * W8  A page of another origin may change nothing and may not listen to the live socket, unless it is allowed by name.
 *     Browsers say where a page is from; programs that are none say nothing and pass.
 */
export function guardOrigin(routes: Routes, allowed: readonly string[]): void {
  routes.addHook('onRequest', async (request) => {
    const { origin } = request.headers;
    const matters = !safe.has(request.method) || request.headers.upgrade !== undefined;
    if (!matters || origin === undefined || allowed.includes('*') || allowed.includes(origin)) return;
    if (!isOwn(request, origin)) throw originRefused({ facts: { origin } });
  });
}

function isOwn(request: FastifyRequest, origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === request.headers.host;
}

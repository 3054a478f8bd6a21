import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Routes } from './checked.ts';
import { hostRefused, originRefused } from './door-errors.ts';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * W8  A page of another origin may change nothing and may not listen to the live socket, unless it is allowed by name.
 *     Browsers say where a page is from; programs that are none say nothing and pass.
 *     Over this machine's own addresses the server goes by `localhost`, an address, or the host of an allowed origin:
 *     a foreign name that was made to point here would make a foreign page look like ours (DNS rebinding).
 */
export function guardOrigin(routes: Routes, allowed: readonly string[]): void {
  const hosts = new Set(allowed.filter((origin) => URL.canParse(origin)).map((origin) => new URL(origin).host));
  routes.addHook('onRequest', async (request) => {
    const { host = '' } = request.headers;
    if (isLoopback(request) && !isLocalName(host) && !hosts.has(host) && !allowed.includes('*'))
      throw hostRefused({ facts: { host } });
    const { origin } = request.headers;
    const matters = !safe.has(request.method) || request.headers.upgrade !== undefined;
    if (!matters || origin === undefined || allowed.includes('*') || allowed.includes(origin)) return;
    if (!URL.canParse(origin) || new URL(origin).host !== host) throw originRefused({ facts: { origin } });
  });
}

function isLoopback({ socket }: FastifyRequest): boolean {
  const address = socket.localAddress?.replace(/^::ffff:/, '') ?? '';
  return address === '::1' || address.startsWith('127.');
}

function isLocalName(host: string): boolean {
  if (host === '') return true;
  if (!URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname;
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

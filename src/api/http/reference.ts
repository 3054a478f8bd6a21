import fastify, { type FastifyInstance } from 'fastify';
import type { Routes } from './checked.ts';

// What would send the reader to services of others is left out.
const configuration = {
  url: '/api/v1/openapi.json',
  pageTitle: 'CSP Designer API',
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: 'never',
  hideClientButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
} as const;

/** The reference page is 5 MB of script: it is loaded when somebody first asks for it. */
async function page(): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const inner = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  await inner.register(scalar, {
    routePrefix: '/api/v1/reference',
    configuration,
  });
  await inner.ready();
  return inner;
}

// The page's script is its own and inline in one place; nothing is loaded from elsewhere.
const policy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
].join('; ');

/** The API described for people, at /api/v1/reference. */
export function referenceRoutes(routes: Routes): void {
  let made: Promise<FastifyInstance> | undefined;
  routes.addHook('onClose', async () => {
    if (made !== undefined) await (await made).close();
  });
  for (const url of ['/reference', '/reference/', '/reference/js/scalar.js']) {
    routes.get(url, { schema: { hide: true } }, async (request, reply) => {
      made ??= page();
      const inner = await made;
      const wanted = request.url.endsWith('.js') ? request.url : '/api/v1/reference/';
      // The page finds its script beside it, so its address ends with a slash.
      if (url === '/reference') return reply.redirect('/api/v1/reference/', 301);
      const answer = await inner.inject({ url: wanted });
      return reply
        .code(answer.statusCode)
        .header('content-security-policy', policy)
        .type(String(answer.headers['content-type']))
        .send(answer.body);
    });
  }
}

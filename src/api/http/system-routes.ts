import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { ServiceUsage } from '#model/sessions/service.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { answers } from './schemas.ts';

const Health = Type.Object({
  status: Type.Literal('ok'),
  version: Type.String(),
  database: Type.Union([Type.Literal('embedded'), Type.Literal('server')]),
});

/** What the server says of itself. */
export function systemRoutes(routes: Routes, app: App): void {
  routes.get(
    '/health',
    {
      schema: {
        tags: ['system'],
        operationId: 'health',
        summary: 'Whether the server and its database answer',
        response: answers(200, 'Both do', Health),
      },
    },
    () => app.health(),
  );
  routes.get(
    '/system/services',
    {
      schema: {
        tags: ['system'],
        operationId: 'serviceUsage',
        summary: 'Services outside that sessions call, and how they are used',
        description: 'Every service that was asked for lately, by name. The limits are those of the settings SERVICE_….',
        response: answers(200, 'All of them', Type.Object({ items: Type.Array(ServiceUsage) })),
      },
    },
    () => ({ items: app.serviceUsage(caller) }),
  );
  let described: string | undefined;
  routes.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    described ??= JSON.stringify(routes.swagger());
    return reply.type('application/json; charset=utf-8').send(described);
  });
}

import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { CheckJob, CheckOrder } from '#model/checks/check-job.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { answers, CheckParams, DesignParams } from './schemas.ts';

const tags = ['checks'];

/** Checks that may take long: asked for, looked at, cancelled. */
export function checkJobRoutes(routes: Routes, app: App): void {
  ofDesign(routes, app);
  routes.get(
    '/checks/:checkId',
    {
      schema: {
        tags,
        operationId: 'getCheck',
        summary: 'How a long check is, and what it found',
        params: CheckParams,
        response: answers(200, 'The check', CheckJob),
      },
    },
    async (request) => app.getCheck(caller, request.params.checkId),
  );
  routes.delete(
    '/checks/:checkId',
    {
      schema: {
        tags,
        operationId: 'cancelCheck',
        summary: 'Cancel a long check',
        description: 'What it held is free when this is answered. One that has ended stays as it is.',
        params: CheckParams,
        response: answers(200, 'The check', CheckJob),
      },
    },
    (request) => app.cancelCheck(caller, request.params.checkId),
  );
}

function ofDesign(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/checks',
    {
      schema: {
        tags,
        operationId: 'beginCheck',
        summary: 'Begin a long check of a design as it is now',
        description:
          'One runs at a time; with twenty waiting, one more is refused (429). What it finds is kept as the validation of the revision when it asks all that validate asks.',
        params: DesignParams,
        body: CheckOrder,
        response: answers(202, 'The check, with its address in Location', CheckJob),
      },
    },
    async (request, reply) => {
      const job = await app.beginCheck(caller, request.params.designId, request.body);
      return reply.code(202).header('location', `/api/v1/checks/${job.id}`).send(job);
    },
  );
  routes.get(
    '/designs/:designId/checks',
    {
      schema: {
        tags,
        operationId: 'listChecks',
        summary: 'Long checks of a design, newest first',
        params: DesignParams,
        response: answers(
          200,
          'Those that are remembered',
          Type.Object({ items: Type.Array(CheckJob), nextCursor: Type.Null({ description: 'There is one page.' }) }),
        ),
      },
    },
    async (request) => ({ items: await app.listChecks(caller, request.params.designId), nextCursor: null }),
  );
}

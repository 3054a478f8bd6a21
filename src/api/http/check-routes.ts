import type { App } from '#app/app.ts';
import { DesignBody } from '#model/design.ts';
import { Validation } from '#model/finding.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { answers, DesignParams } from './schemas.ts';

const tags = ['checks'];

/** What can go wrong in a design. */
export function checkRoutes(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/validate',
    {
      schema: {
        tags,
        operationId: 'validateDesign',
        summary: 'Check a design',
        params: DesignParams,
        response: answers(200, 'What was found; a counterexample comes with its trace', Validation),
      },
    },
    (request) => app.validateDesign(caller, request.params.designId),
  );
  routes.post(
    '/validate',
    {
      schema: {
        tags,
        operationId: 'validateBody',
        summary: 'Check a design that is not stored',
        body: DesignBody,
        response: answers(200, 'What was found; a counterexample comes with its trace', Validation),
      },
    },
    (request) => app.validateBody(caller, request.body),
  );
}

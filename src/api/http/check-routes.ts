import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { DesignBody } from '#model/design.ts';
import { Trace, Validation } from '#model/finding.ts';
import { ForcedReport } from '#model/forced.ts';
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
  routes.post(
    '/designs/:designId/force',
    {
      schema: {
        tags,
        operationId: 'forceDesign',
        summary: 'Run the components of a design along a trace',
        description:
          'Whether they get stuck where the trace of a finding says. Nothing outside is touched: HTTP, files and secrets refuse.',
        params: DesignParams,
        body: Type.Object({ trace: Trace }, { additionalProperties: false }),
        response: answers(200, 'Whether they did, or where they differ', ForcedReport),
      },
    },
    (request) => app.forceDesign(caller, request.params.designId, request.body.trace as Trace),
  );
}

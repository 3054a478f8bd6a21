import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { CheckTerms } from '#model/checks/check-job.ts';
import { Finding, Trace, Validation } from '#model/checks/finding.ts';
import { KeptValidation } from '#model/checks/kept-validation.ts';
import { DesignBody } from '#model/design.ts';
import { ForcedReport } from '#model/sessions/forced.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { answers, DesignParams } from './schemas.ts';

const tags = ['checks'];

const Names = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 1_000 });

const Refines = Type.Object(
  {
    spec: Type.Union([
      Type.Object({ contract: Type.String({ maxLength: 400_000 }) }, { additionalProperties: false }),
      Type.Object({ designId: Type.String({ format: 'uuid' }) }, { additionalProperties: false }),
    ]),
    model: Type.Optional(
      Type.Union([Type.Literal('T'), Type.Literal('F'), Type.Literal('FD')], {
        description: 'Traces; stable failures; failures and divergences, which is meant when it is left out.',
      }),
    ),
    hide: Type.Optional(Names),
    over: Type.Optional(Names),
  },
  { additionalProperties: false },
);

const Kept = Type.Object(
  {
    rev: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'The present one when it is left out.' })),
  },
  { additionalProperties: false },
);

const Determinism = Type.Object(
  {
    model: Type.Optional(
      Type.Union([Type.Literal('F'), Type.Literal('FD')], {
        description: 'Stable failures; or also divergences, which is meant when it is left out.',
      }),
    ),
    over: Type.Optional(Names),
  },
  { additionalProperties: false },
);

/** What can go wrong in a design. */
export function checkRoutes(routes: Routes, app: App): void {
  validate(routes, app);
  refine(routes, app);
  determinism(routes, app);
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

function validate(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/validate',
    {
      schema: {
        tags,
        operationId: 'validateDesign',
        summary: 'Check a design',
        description: 'The answer is kept with the revision, unless the body says what else is assumed.',
        params: DesignParams,
        body: CheckTerms,
        response: answers(200, 'What was found; a counterexample comes with its trace', Validation),
      },
    },
    (request) => app.validateDesign(caller, request.params.designId, request.body),
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
  routes.get(
    '/designs/:designId/validation',
    {
      schema: {
        tags,
        operationId: 'getValidation',
        summary: 'What was found out about a design before',
        description: 'The last validation of the revision, if one is kept; it is 404 when there is none.',
        params: DesignParams,
        querystring: Kept,
        response: answers(200, 'What was found, when, and what of it was too large to be kept', KeptValidation),
      },
    },
    (request) => app.getValidation(caller, request.params.designId, request.query.rev),
  );
}

function refine(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/refines',
    {
      schema: {
        tags,
        operationId: 'refineDesign',
        summary: 'Hold a design against a specification',
        description:
          'Whether the design does only what the specification allows: a contract text whose events are the ids of connections (c1, c1.end; c1.put and c1.take where messages are held) and open ports (node.port), or another design that has connections of the same ids. What the specification does not speak of is hidden.',
        params: DesignParams,
        body: Refines,
        response: answers(200, 'Proved; refuted with a trace; or unknown, and why', Finding),
      },
    },
    (request) => {
      const { spec, ...options } = request.body;
      return app.refineDesign(caller, request.params.designId, spec, options);
    },
  );
}

function determinism(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/determinism',
    {
      schema: {
        tags,
        operationId: 'askDeterminism',
        summary: 'Whether a design is deterministic',
        description:
          'Whether it never can both do an event and refuse it after the same events. Those in over are looked at (ids of connections, open ports node.port, single events), all others hidden; every event when it is left out.',
        params: DesignParams,
        body: Determinism,
        response: answers(200, 'Proved; refuted with the steps after which it is open; or unknown, and why', Finding),
      },
    },
    (request) => app.askDeterminism(caller, request.params.designId, request.body),
  );
}

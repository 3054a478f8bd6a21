import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { DesignBody, DesignVersion } from '#model/design.ts';
import { caller, callerOf } from './caller.ts';
import type { Routes } from './checked.ts';
import { staleRevision, WishHeaders, wishedRev } from './conditions.ts';
import { answers, DesignParams, PageQuery, pageOf, VersionParams } from './schemas.ts';

const tags = ['versions'];

const { name, note } = DesignVersion.properties;

/** Versions: states of a design kept under a name. */
export function versionRoutes(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId/versions',
    {
      schema: {
        tags,
        operationId: 'listVersions',
        summary: 'The versions of a design, newest first',
        params: DesignParams,
        querystring: PageQuery,
        response: answers(200, 'A page of versions', pageOf(DesignVersion)),
      },
    },
    (request) => app.listVersions(caller, request.params.designId, request.query),
  );
  routes.post(
    '/designs/:designId/versions',
    {
      schema: {
        tags,
        operationId: 'keepVersion',
        summary: 'Keep the design as it is now',
        params: DesignParams,
        headers: WishHeaders,
        body: Type.Object({ name, note: Type.Optional(note) }, { additionalProperties: false }),
        response: answers(201, 'The version, with its address in Location', DesignVersion),
      },
    },
    async (request, reply) => {
      const kept = await app.keepVersion(callerOf(request), request.params.designId, request.body, wishedRev(request));
      if (kept.is === 'stale') throw staleRevision(kept);
      const { version } = kept;
      const location = `/api/v1/designs/${version.designId}/versions/${version.number}`;
      return reply.code(201).header('location', location).send(version);
    },
  );
  routes.get(
    '/designs/:designId/versions/:number',
    {
      schema: {
        tags,
        operationId: 'getVersion',
        summary: 'A version and what it keeps',
        params: VersionParams,
        response: answers(200, 'The version', Type.Object({ version: DesignVersion, body: DesignBody })),
      },
    },
    (request) => app.getVersion(caller, request.params.designId, request.params.number),
  );
  changeVersions(routes, app);
}

function changeVersions(routes: Routes, app: App): void {
  routes.patch(
    '/designs/:designId/versions/:number',
    {
      schema: {
        tags,
        operationId: 'renameVersion',
        summary: 'Change name or note of a version',
        params: VersionParams,
        body: Type.Object({ name: Type.Optional(name), note: Type.Optional(note) }, { additionalProperties: false }),
        response: answers(200, 'The version', DesignVersion),
      },
    },
    (request) => app.renameVersion(callerOf(request), request.params.designId, request.params.number, request.body),
  );
  routes.delete(
    '/designs/:designId/versions/:number',
    {
      schema: {
        tags,
        operationId: 'deleteVersion',
        summary: 'Delete a version',
        description: 'Its revision can still be read, and its number is not given again.',
        params: VersionParams,
        response: answers(204, 'It is gone'),
      },
    },
    async (request, reply) => {
      await app.removeVersion(callerOf(request), request.params.designId, request.params.number);
      return reply.code(204).send();
    },
  );
}

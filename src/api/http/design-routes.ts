import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { Design, DesignName, DesignSummary } from '#model/design.ts';
import { caller, callerOf } from './caller.ts';
import type { Routes } from './checked.ts';
import {
  etagOf,
  expectedRev,
  MatchHeaders,
  sendChange,
  sendIfNew,
  sendTx,
  staleRevision,
  stateWished,
  WishHeaders,
} from './conditions.ts';
import { sendRefusal } from './problem.ts';
import {
  answers,
  DesignParams,
  NewDesignBody,
  PageQuery,
  pageOf,
  revisionNumber,
  versionNumber,
  WholeDesign,
} from './schemas.ts';

const tags = ['designs'];
const asIs = (pointer: string): string => pointer;
const addressOf = (design: Design): string => `/api/v1/designs/${design.id}`;

/** Designs: list, create, read, replace, rename, delete, duplicate. */
export function designRoutes(routes: Routes, app: App): void {
  listAndCreate(routes, app);
  readAndReplace(routes, app);
  renameAndDelete(routes, app);
  duplicate(routes, app);
}

function listAndCreate(routes: Routes, app: App): void {
  routes.get(
    '/designs',
    {
      schema: {
        tags,
        operationId: 'listDesigns',
        summary: 'The designs, last changed first',
        querystring: PageQuery,
        response: answers(200, 'A page of designs', pageOf(DesignSummary)),
      },
    },
    (request) => app.listDesigns(caller, request.query),
  );
  routes.post(
    '/designs',
    {
      schema: {
        tags,
        operationId: 'createDesign',
        summary: 'Make a design',
        body: NewDesignBody,
        response: answers(201, 'The design, with its address in Location', Design),
      },
    },
    async (request, reply) => {
      const made = await app.createDesign(callerOf(request), request.body);
      if (made.is === 'refused') return sendRefusal(reply, made.refusal);
      return reply
        .code(201)
        .headers({ location: addressOf(made.design), etag: etagOf(made.design.rev) })
        .send(made.design);
    },
  );
}

function readAndReplace(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId',
    {
      schema: {
        tags,
        operationId: 'getDesign',
        summary: 'A design as it is now',
        description: 'With If-None-Match and the ETag you have, 304 when nothing has changed.',
        params: DesignParams,
        response: answers(200, 'The design', Design),
      },
    },
    async (request, reply) => {
      const design = await app.getDesign(caller, request.params.designId);
      return sendIfNew(request, reply, design.rev, design);
    },
  );
  routes.put(
    '/designs/:designId',
    {
      schema: {
        tags,
        operationId: 'replaceDesign',
        summary: 'Make a design what the body says',
        description: 'What differs is changed by edits, so others who have it open see them. What is the same stays untouched.',
        params: DesignParams,
        headers: MatchHeaders,
        body: WholeDesign,
        response: answers(200, 'The design as it is now', Design),
      },
    },
    async (request, reply) => {
      const { name, description, nodes, connections, canvas } = request.body;
      const body = { name, description, nodes, connections, canvas };
      const terms = { expectedRev: expectedRev(request) };
      const change = await app.replaceDesign(callerOf(request), request.params.designId, body, terms);
      return sendChange(reply, change, asIs, ({ design }) => reply.send(design));
    },
  );
}

function renameAndDelete(routes: Routes, app: App): void {
  routes.patch(
    '/designs/:designId',
    {
      schema: {
        tags,
        operationId: 'renameDesign',
        summary: 'Change name or description',
        params: DesignParams,
        headers: MatchHeaders,
        body: Type.Object(
          { name: Type.Optional(DesignName), description: NewDesignBody.properties.description },
          { additionalProperties: false },
        ),
        response: answers(200, 'The design as it is now', Design),
      },
    },
    async (request, reply) => {
      const terms = { expectedRev: expectedRev(request) };
      const tx = { edits: [{ do: 'design.set' as const, ...request.body }] };
      const done = await app.commitTx(callerOf(request), request.params.designId, tx, terms);
      return sendTx(
        reply,
        done,
        (pointer) => pointer.replace('/0', ''),
        ({ design }) => reply.send(design),
      );
    },
  );
  routes.delete(
    '/designs/:designId',
    {
      schema: {
        tags,
        operationId: 'deleteDesign',
        summary: 'Delete a design',
        description: 'Sessions of it go on: they run a copy.',
        params: DesignParams,
        headers: MatchHeaders,
        response: answers(204, 'It is gone'),
      },
    },
    async (request, reply) => {
      const done = await app.removeDesign(callerOf(request), request.params.designId, expectedRev(request));
      if (done.is === 'stale') throw staleRevision(done);
      return reply.code(204).send();
    },
  );
}

function duplicate(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/duplicate',
    {
      schema: {
        tags,
        operationId: 'duplicateDesign',
        summary: 'Make a new design with the content of this one, as it is or in a revision or version',
        params: DesignParams,
        headers: WishHeaders,
        body: Type.Object(
          { name: Type.Optional(DesignName), rev: Type.Optional(revisionNumber), version: Type.Optional(versionNumber) },
          { additionalProperties: false },
        ),
        response: answers(201, 'The new design, with its address in Location', Design),
      },
    },
    async (request, reply) => {
      const { name, ...wanted } = request.body;
      const { designId } = request.params;
      const design = await app.duplicateDesign(
        callerOf(request),
        designId,
        name,
        await stateWished(app, request, designId, wanted),
      );
      return reply
        .code(201)
        .headers({ location: addressOf(design), etag: etagOf(design.rev) })
        .send(design);
    },
  );
}

import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { Design } from '#model/design.ts';
import { Edit } from '#model/edits/edit.ts';
import { Branch, Comparison, MergeConflict } from '#model/merging/history.ts';
import { plainName } from '#model/schema-check.ts';
import { caller, callerOf } from './caller.ts';
import type { Routes } from './checked.ts';
import { etagOf, staleRevision, stateWished, WishHeaders, wishedRev } from './conditions.ts';
import { sendRefusal } from './problem.ts';
import { answers, DesignParams, PageQuery, pageOf, revisionNumber, versionNumber } from './schemas.ts';

const tags = ['branches'];

/** Branches: designs that go their own way from another, and come back by a merge. */
export function branchRoutes(routes: Routes, app: App): void {
  listAndMake(routes, app);
  merge(routes, app);
}

function listAndMake(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId/branches',
    {
      schema: {
        tags,
        operationId: 'listBranches',
        summary: 'The branches of a design, newest first',
        params: DesignParams,
        querystring: PageQuery,
        response: answers(200, 'A page of branches', pageOf(Branch)),
      },
    },
    (request) => app.listBranches(caller, request.params.designId, request.query),
  );
  routes.post(
    '/designs/:designId/branches',
    {
      schema: {
        tags,
        operationId: 'makeBranch',
        summary: 'Make a branch: a design that begins as this one is, or was',
        params: DesignParams,
        headers: WishHeaders,
        body: Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 100, pattern: plainName }),
            rev: Type.Optional(revisionNumber),
            version: Type.Optional(versionNumber),
          },
          { additionalProperties: false },
        ),
        response: answers(
          201,
          'The branch and its design, with the address of that in Location',
          Type.Object({ branch: Branch, design: Design }),
        ),
      },
    },
    async (request, reply) => {
      const { name, ...wanted } = request.body;
      const { designId } = request.params;
      const made = await app.makeBranch(callerOf(request), designId, name, await stateWished(app, request, designId, wanted));
      return reply.code(201).header('location', `/api/v1/designs/${made.design.id}`).send(made);
    },
  );
  routes.get(
    '/designs/:designId/branch',
    {
      schema: {
        tags,
        operationId: 'getBranch',
        summary: 'What a design is a branch of',
        description: 'Most designs are a branch of none: of such a one the answer is 204.',
        params: DesignParams,
        response: { ...answers(204, 'It is a branch of none'), ...answers(200, 'The branch', Branch) },
      },
    },
    async (request, reply) => {
      const branch = await app.getBranch(caller, request.params.designId);
      return branch === undefined ? reply.code(204).send() : branch;
    },
  );
}

const Merged = Type.Object({
  rev: Type.Integer({ description: 'The revision of this design now.' }),
  merged: Type.Boolean({ description: 'False when it was only asked what would come of it.' }),
  conflicts: Type.Array(MergeConflict, { description: 'After a merge only those about where something is drawn.' }),
  changes: Comparison,
  edits: Type.Array(Edit),
  inverse: Type.Array(Edit),
});

const Side = Type.Union([Type.Literal('ours'), Type.Literal('theirs')]);

function merge(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/merge',
    {
      schema: {
        tags,
        operationId: 'mergeBranch',
        summary: 'Merge a branch into this design, or into this branch the design it comes from',
        description:
          'In one transaction. What both sides changed is 409 with `conflicts`, unless `choose` says for each of them by its key which side holds. With dryRun nothing is done and all conflicts are told.',
        params: DesignParams,
        headers: WishHeaders,
        body: Type.Object(
          {
            from: Type.String({ format: 'uuid', description: 'The other design.' }),
            choose: Type.Optional(
              Type.Record(Type.String(), Side, {
                description: 'ours is this design, theirs the other one.',
                maxProperties: 5_000,
              }),
            ),
            dryRun: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
        response: answers(200, 'What the merge did', Merged),
      },
    },
    async (request, reply) => {
      const done = await app.mergeBranch(callerOf(request), request.params.designId, {
        ...request.body,
        expectedRev: wishedRev(request),
      });
      if (done.is === 'stale') throw staleRevision(done);
      if (done.is === 'refused') return sendRefusal(reply, { ...done.refusal, pointer: '' });
      const { is: _is, ...said } = done;
      return reply.header('etag', etagOf(said.rev)).send(said);
    },
  );
}

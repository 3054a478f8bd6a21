import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { Group } from '#model/design.ts';
import { type Edit, GroupSet } from '#model/edits/edit.ts';
import { caller, callerOf } from './caller.ts';
import type { Routes } from './checked.ts';
import { expectedRev, MatchHeaders, sendIfNew, sendTx, WishHeaders, wishedRev } from './conditions.ts';
import { found, ifUnchanged, within } from './elements.ts';
import { answers, DesignParams, GroupParams } from './schemas.ts';

const tags = ['groups'];

/** Groups one by one; a node is put into one by changing the node. */
export function groupRoutes(routes: Routes, app: App): void {
  addGroup(routes, app);
  readGroup(routes, app);
  changeGroup(routes, app);
  deleteGroup(routes, app);
}

function addGroup(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/groups',
    {
      schema: {
        tags,
        operationId: 'addGroup',
        summary: 'Add a group',
        params: DesignParams,
        headers: WishHeaders,
        body: Group,
        response: answers(201, 'The group', Group),
      },
    },
    async (request, reply) => {
      const { designId } = request.params;
      const { id } = request.body;
      const edits: Edit[] = [{ do: 'group.add', group: request.body }];
      const done = await app.commitTx(callerOf(request), designId, { edits }, { expectedRev: wishedRev(request) });
      return sendTx(reply, done, within('/group'), ({ design }) =>
        reply.code(201).header('location', `/api/v1/designs/${designId}/groups/${id}`).send(design.canvas.groups?.[id]),
      );
    },
  );
}

function readGroup(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId/groups/:groupId',
    {
      schema: {
        tags,
        operationId: 'getGroup',
        summary: 'A group as it is now',
        description: 'Its ETag is the revision in which it last changed; who is in it is no part of it.',
        params: GroupParams,
        response: answers(200, 'The group', Group),
      },
    },
    async (request, reply) => {
      const { designId, groupId } = request.params;
      const { rev, element } = await app.getGroup(caller, designId, groupId);
      return sendIfNew(request, reply, rev, element);
    },
  );
}

const { title, colour, parent } = GroupSet.properties;

function changeGroup(routes: Routes, app: App): void {
  routes.patch(
    '/designs/:designId/groups/:groupId',
    {
      schema: {
        tags,
        operationId: 'changeGroup',
        summary: 'Change title, colour or parent of a group',
        params: GroupParams,
        headers: MatchHeaders,
        body: Type.Object({ title, colour, parent }, { additionalProperties: false }),
        response: answers(200, 'The group as it is now', Group),
      },
    },
    async (request, reply) => {
      const { designId, groupId: id } = request.params;
      const conditions = ifUnchanged('group', id, expectedRev(request));
      const tx = { edits: [{ do: 'group.set' as const, id, ...request.body }] };
      const done = found(await app.commitTx(callerOf(request), designId, tx, conditions), designId, id);
      return sendTx(reply, done, within(''), ({ design }) => reply.send(design.canvas.groups?.[id]));
    },
  );
}

function deleteGroup(routes: Routes, app: App): void {
  routes.delete(
    '/designs/:designId/groups/:groupId',
    {
      schema: {
        tags,
        operationId: 'deleteGroup',
        summary: 'Delete a group; what was in it stays',
        params: GroupParams,
        headers: MatchHeaders,
        response: answers(204, 'It is gone'),
      },
    },
    async (request, reply) => {
      const { designId, groupId: id } = request.params;
      const conditions = ifUnchanged('group', id, expectedRev(request));
      const tx = { edits: [{ do: 'group.delete' as const, id }] };
      const done = found(await app.commitTx(callerOf(request), designId, tx, conditions), designId, id);
      return sendTx(reply, done, within(''), () => reply.code(204).send());
    },
  );
}

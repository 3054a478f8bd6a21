import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { Connection } from '#model/design.ts';
import { Connect, ConnectionRewire, ConnectionSet, type Edit } from '#model/edits/edit.ts';
import { caller, callerOf } from './caller.ts';
import type { Routes } from './checked.ts';
import { expectedRev, MatchHeaders, sendIfNew, sendTx, WishHeaders, wishedRev } from './conditions.ts';
import { found, ifUnchanged, within } from './elements.ts';
import { answers, ConnectionParams, DesignParams } from './schemas.ts';

const tags = ['connections'];

/** Connections one by one. */
export function connectionRoutes(routes: Routes, app: App): void {
  connect(routes, app);
  readConnection(routes, app);
  changeConnection(routes, app);
  disconnect(routes, app);
}

function connect(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/connections',
    {
      schema: {
        tags,
        operationId: 'connect',
        summary: 'Connect an output to an input',
        params: DesignParams,
        headers: WishHeaders,
        body: Connect.properties.connection,
        response: answers(201, 'The connection, every default filled in', Connection),
      },
    },
    async (request, reply) => {
      const { designId } = request.params;
      const { id } = request.body;
      const edits: Edit[] = [{ do: 'connect', connection: request.body }];
      const done = await app.commitTx(callerOf(request), designId, { edits }, { expectedRev: wishedRev(request) });
      return sendTx(reply, done, within('/connection'), ({ design }) =>
        reply.code(201).header('location', `/api/v1/designs/${designId}/connections/${id}`).send(design.connections[id]),
      );
    },
  );
}

function readConnection(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId/connections/:connectionId',
    {
      schema: {
        tags,
        operationId: 'getConnection',
        summary: 'A connection as it is now',
        description: 'Its ETag is the revision in which it last changed.',
        params: ConnectionParams,
        response: answers(200, 'The connection', Connection),
      },
    },
    async (request, reply) => {
      const { designId, connectionId } = request.params;
      const { rev, element } = await app.getConnection(caller, designId, connectionId);
      return sendIfNew(request, reply, rev, element);
    },
  );
}

const { capacity, policy } = ConnectionSet.properties;
const { from, to } = ConnectionRewire.properties;

function changeConnection(routes: Routes, app: App): void {
  routes.patch(
    '/designs/:designId/connections/:connectionId',
    {
      schema: {
        tags,
        operationId: 'changeConnection',
        summary: 'Change capacity or policy, or lead an end elsewhere',
        params: ConnectionParams,
        headers: MatchHeaders,
        body: Type.Object({ capacity, policy, from, to }, { additionalProperties: false }),
        response: answers(200, 'The connection as it is now', Connection),
      },
    },
    async (request, reply) => {
      const { designId, connectionId: id } = request.params;
      const { from: newFrom, to: newTo, ...set } = request.body;
      const ends = { ...(newFrom !== undefined && { from: newFrom }), ...(newTo !== undefined && { to: newTo }) };
      const edits: Edit[] = Object.keys(ends).length > 0 ? [{ do: 'connection.rewire', id, ...ends }] : [];
      if (edits.length === 0 || Object.keys(set).length > 0) edits.push({ do: 'connection.set', id, ...set });
      const conditions = ifUnchanged('connection', id, expectedRev(request));
      const done = found(await app.commitTx(callerOf(request), designId, { edits }, conditions), designId, id);
      return sendTx(reply, done, within(''), ({ design }) => reply.send(design.connections[id]));
    },
  );
}

function disconnect(routes: Routes, app: App): void {
  routes.delete(
    '/designs/:designId/connections/:connectionId',
    {
      schema: {
        tags,
        operationId: 'disconnect',
        summary: 'Delete a connection',
        params: ConnectionParams,
        headers: MatchHeaders,
        response: answers(204, 'It is gone'),
      },
    },
    async (request, reply) => {
      const { designId, connectionId: id } = request.params;
      const conditions = ifUnchanged('connection', id, expectedRev(request));
      const tx = { edits: [{ do: 'disconnect' as const, id }] };
      const done = found(await app.commitTx(callerOf(request), designId, tx, conditions), designId, id);
      return sendTx(reply, done, within(''), () => reply.code(204).send());
    },
  );
}

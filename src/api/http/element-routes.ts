import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { elementUnknown } from '#app/app-errors.ts';
import type { Change } from '#app/change-design.ts';
import { Connection, Node } from '#model/design.ts';
import { Connect, ConnectionSet, NodeAdd, NodeMove, NodeSet } from '#model/edit.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { expectedRev, MatchHeaders, sendChange, wishedRev } from './conditions.ts';
import { answers, ConnectionParams, DesignParams, NodeParams } from './schemas.ts';

/** Nodes and connections one by one: each request is an edit. */
export function elementRoutes(routes: Routes, app: App): void {
  addNode(routes, app);
  changeNode(routes, app);
  addConnection(routes, app);
  changeConnection(routes, app);
}

// The body of such a request is what stands at `step` of its edit.
const within =
  (step: string) =>
  (pointer: string): string =>
    pointer.replace(/^\/\d+/, '').replace(step, '');

// W6  An element named by the address that is not there is 404, not a refused edit.
function found(change: Change, designId: string, id: string): Change {
  const unknown = ['UNKNOWN_NODE', 'UNKNOWN_CONNECTION'];
  if (change.is === 'refused' && unknown.includes(change.refusal.code) && change.refusal.pointer.endsWith('/id'))
    throw elementUnknown({ detail: change.refusal.message, facts: { designId, id } });
  return change;
}

function addNode(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/nodes',
    {
      schema: {
        tags: ['nodes'],
        operationId: 'addNode',
        summary: 'Add a node',
        params: DesignParams,
        body: Type.Object({ ...NodeAdd.properties.node.properties, at: NodeAdd.properties.at }, { additionalProperties: false }),
        response: answers(201, 'The node', Node),
      },
    },
    async (request, reply) => {
      const { designId } = request.params;
      const { at, ...node } = request.body;
      const edit = { do: 'node.add' as const, node, ...(at !== undefined && { at }) };
      const change = await app.commitEdits(caller, designId, [edit], { expectedRev: wishedRev(request) });
      return sendChange(reply, change, within('/node'), ({ design }) =>
        reply.code(201).header('location', `/api/v1/designs/${designId}/nodes/${node.id}`).send(design.nodes[node.id]),
      );
    },
  );
}

const { do: _do, id: _id, ...settable } = NodeSet.properties;

function changeNode(routes: Routes, app: App): void {
  const tags = ['nodes'];
  routes.patch(
    '/designs/:designId/nodes/:nodeId',
    {
      schema: {
        tags,
        operationId: 'changeNode',
        summary: 'Change or move a node',
        params: NodeParams,
        headers: MatchHeaders,
        body: Type.Object({ ...settable, at: NodeMove.properties.at }, { additionalProperties: false }),
        response: answers(200, 'The node as it is now', Node),
      },
    },
    async (request, reply) => {
      const { designId, nodeId: id } = request.params;
      const { at, ...set } = request.body;
      const edits = [
        ...(Object.keys(set).length > 0 || at === undefined ? [{ do: 'node.set' as const, id, ...set }] : []),
        ...(at === undefined ? [] : [{ do: 'node.move' as const, id, at }]),
      ];
      const change = found(await app.commitEdits(caller, designId, edits, { expectedRev: expectedRev(request) }), designId, id);
      return sendChange(reply, change, within(''), ({ design }) => reply.send(design.nodes[id]));
    },
  );
  routes.delete(
    '/designs/:designId/nodes/:nodeId',
    {
      schema: {
        tags,
        operationId: 'deleteNode',
        summary: 'Delete a node and its connections',
        params: NodeParams,
        headers: MatchHeaders,
        response: answers(204, 'It is gone'),
      },
    },
    async (request, reply) => {
      const { designId, nodeId: id } = request.params;
      const terms = { expectedRev: expectedRev(request) };
      const change = found(await app.commitEdits(caller, designId, [{ do: 'node.delete', id }], terms), designId, id);
      return sendChange(reply, change, within(''), () => reply.code(204).send());
    },
  );
}

function addConnection(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/connections',
    {
      schema: {
        tags: ['connections'],
        operationId: 'connect',
        summary: 'Connect an output to an input',
        params: DesignParams,
        body: Connect.properties.connection,
        response: answers(201, 'The connection, every default filled in', Connection),
      },
    },
    async (request, reply) => {
      const { designId } = request.params;
      const { id } = request.body;
      const edit = { do: 'connect' as const, connection: request.body };
      const change = await app.commitEdits(caller, designId, [edit], { expectedRev: wishedRev(request) });
      return sendChange(reply, change, within('/connection'), ({ design }) =>
        reply.code(201).header('location', `/api/v1/designs/${designId}/connections/${id}`).send(design.connections[id]),
      );
    },
  );
}

const { capacity, policy } = ConnectionSet.properties;

function changeConnection(routes: Routes, app: App): void {
  const tags = ['connections'];
  routes.patch(
    '/designs/:designId/connections/:connectionId',
    {
      schema: {
        tags,
        operationId: 'changeConnection',
        summary: 'Change capacity or policy',
        params: ConnectionParams,
        headers: MatchHeaders,
        body: Type.Object({ capacity, policy }, { additionalProperties: false }),
        response: answers(200, 'The connection as it is now', Connection),
      },
    },
    async (request, reply) => {
      const { designId, connectionId: id } = request.params;
      const edit = { do: 'connection.set' as const, id, ...request.body };
      const change = found(await app.commitEdits(caller, designId, [edit], { expectedRev: expectedRev(request) }), designId, id);
      return sendChange(reply, change, within(''), ({ design }) => reply.send(design.connections[id]));
    },
  );
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
      const terms = { expectedRev: expectedRev(request) };
      const change = found(await app.commitEdits(caller, designId, [{ do: 'disconnect', id }], terms), designId, id);
      return sendChange(reply, change, within(''), () => reply.code(204).send());
    },
  );
}

import { type Static, Type } from 'typebox';
import type { App } from '#app/app.ts';
import { placedNode } from '#app/designs/elements.ts';
import { ElementId, Node, Position, Size } from '#model/design.ts';
import { type Edit, NodeAdd, NodeKind, NodeSet } from '#model/edits/edit.ts';
import { caller, callerOf } from './caller.ts';
import type { Routes } from './checked.ts';
import { expectedRev, MatchHeaders, sendIfNew, sendTx, WishHeaders, wishedRev } from './conditions.ts';
import { found, ifUnchanged, within } from './elements.ts';
import { answers, DesignParams, NodeParams } from './schemas.ts';

const tags = ['nodes'];

const PlacedNode = Type.Object(
  { ...Node.properties, at: Type.Optional(Position), size: Type.Optional(Size), group: Type.Optional(ElementId) },
  { additionalProperties: false },
);

const orNull = { description: 'null takes it away.' };
const { do: _do, id: _id, ...settable } = NodeSet.properties;
const NodeChange = Type.Object(
  {
    ...settable,
    kind: Type.Optional(NodeKind.properties.kind),
    version: NodeKind.properties.version,
    at: Type.Optional(Type.Union([Position, Type.Null()], orNull)),
    size: Type.Optional(Type.Union([Size, Type.Null()], orNull)),
    group: Type.Optional(Type.Union([ElementId, Type.Null()], orNull)),
  },
  { additionalProperties: false },
);

/** Nodes one by one. */
export function nodeRoutes(routes: Routes, app: App): void {
  addNode(routes, app);
  readNode(routes, app);
  changeNode(routes, app);
  deleteNode(routes, app);
}

function addNode(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/nodes',
    {
      schema: {
        tags,
        operationId: 'addNode',
        summary: 'Add a node',
        params: DesignParams,
        headers: WishHeaders,
        body: Type.Object({ ...NodeAdd.properties.node.properties, at: NodeAdd.properties.at }, { additionalProperties: false }),
        response: answers(201, 'The node', PlacedNode),
      },
    },
    async (request, reply) => {
      const { designId } = request.params;
      const { at, ...node } = request.body;
      const edits: Edit[] = [{ do: 'node.add', node, ...(at !== undefined && { at }) }];
      const done = await app.commitTx(callerOf(request), designId, { edits }, { expectedRev: wishedRev(request) });
      return sendTx(reply, done, within('/node'), ({ design }) =>
        reply.code(201).header('location', `/api/v1/designs/${designId}/nodes/${node.id}`).send(placedNode(design, node.id)),
      );
    },
  );
}

function readNode(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId/nodes/:nodeId',
    {
      schema: {
        tags,
        operationId: 'getNode',
        summary: 'A node as it is now',
        description: 'Its ETag is the revision in which it last changed.',
        params: NodeParams,
        response: answers(200, 'The node', PlacedNode),
      },
    },
    async (request, reply) => {
      const { designId, nodeId } = request.params;
      const { rev, element } = await app.getNode(caller, designId, nodeId);
      return sendIfNew(request, reply, rev, element);
    },
  );
}

function changeNode(routes: Routes, app: App): void {
  routes.patch(
    '/designs/:designId/nodes/:nodeId',
    {
      schema: {
        tags,
        operationId: 'changeNode',
        summary: 'Change, move, resize or group a node',
        description:
          'With kind it becomes one of that kind: its settings are then those given, and connections that no longer fit go.',
        params: NodeParams,
        headers: MatchHeaders,
        body: NodeChange,
        response: answers(200, 'The node as it is now', PlacedNode),
      },
    },
    async (request, reply) => {
      const { designId, nodeId: id } = request.params;
      const conditions = ifUnchanged('node', id, expectedRev(request));
      const tx = { edits: changesOf(id, request.body) };
      const done = found(await app.commitTx(callerOf(request), designId, tx, conditions), designId, id);
      return sendTx(reply, done, within(''), ({ design }) => reply.send(placedNode(design, id)));
    },
  );
}

function changesOf(id: string, body: Static<typeof NodeChange>): Edit[] {
  const { at, size, group, kind, version, ...set } = body;
  const { settings, ...others } = set;
  const given = kind === undefined ? set : others;
  const edits: Edit[] = [];
  if (kind !== undefined)
    edits.push({
      do: 'node.kind',
      id,
      kind,
      ...(version !== undefined && { version }),
      ...(settings !== undefined && { settings }),
    });
  if (Object.keys(given).length > 0) edits.push({ do: 'node.set', id, ...given });
  if (at !== undefined) edits.push({ do: 'node.move', id, ...(at !== null && { at }) });
  if (size !== undefined) edits.push({ do: 'node.resize', id, ...(size !== null && { size }) });
  if (group !== undefined) edits.push({ do: 'group.assign', node: id, group });
  return edits.length > 0 ? edits : [{ do: 'node.set', id }];
}

function deleteNode(routes: Routes, app: App): void {
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
      const conditions = ifUnchanged('node', id, expectedRev(request));
      const tx = { edits: [{ do: 'node.delete' as const, id }] };
      const done = found(await app.commitTx(callerOf(request), designId, tx, conditions), designId, id);
      return sendTx(reply, done, within(''), () => reply.code(204).send());
    },
  );
}

import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { Anchor, CommentText, Thread, ThreadState } from '#model/comment.ts';
import { ElementId } from '#model/design.ts';
import { ActorHeader, caller, callerOf } from './caller.ts';
import type { Routes } from './checked.ts';
import { requestInvalid } from './door-errors.ts';
import { answers, CommentParams, DesignParams, PageQuery, pageOf, ThreadParams } from './schemas.ts';

const tags = ['comments'];

const headers = Type.Object(ActorHeader);

const TextBody = Type.Object({ text: CommentText }, { additionalProperties: false });

const ThreadsQuery = Type.Object(
  {
    ...PageQuery.properties,
    state: Type.Optional(
      Type.Union([...ThreadState.anyOf, Type.Literal('all')], { description: 'open, resolved, or all (default).' }),
    ),
    node: Type.Optional({ ...ElementId, description: 'Only threads about this node.' }),
    connection: Type.Optional({ ...ElementId, description: 'Only threads about this connection.' }),
  },
  { additionalProperties: false },
);

/** Comments: threads about a design, each with an anchor and its comments. */
export function commentRoutes(routes: Routes, app: App): void {
  listAndOpen(routes, app);
  oneThread(routes, app);
  oneComment(routes, app);
}

function listAndOpen(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId/comments',
    {
      schema: {
        tags,
        operationId: 'listThreads',
        summary: 'The threads of a design, newest first',
        params: DesignParams,
        querystring: ThreadsQuery,
        response: answers(200, 'A page of threads', pageOf(Thread)),
      },
    },
    (request) => {
      const { state, node, connection, ...page } = request.query;
      if (node !== undefined && connection !== undefined)
        throw requestInvalid({
          detail: 'Ask for the threads of a node or of a connection, not of both.',
          pointer: '/connection',
        });
      const about = node !== undefined ? { node } : connection !== undefined ? { connection } : undefined;
      return app.listThreads(caller, request.params.designId, { ...page, state: state === 'all' ? undefined : state, about });
    },
  );
  routes.post(
    '/designs/:designId/comments',
    {
      schema: {
        tags,
        operationId: 'openThread',
        summary: 'Open a thread with its first comment',
        params: DesignParams,
        headers,
        body: Type.Object({ anchor: Anchor, text: CommentText }, { additionalProperties: false }),
        response: answers(201, 'The thread, with its address in Location', Thread),
      },
    },
    async (request, reply) => {
      const thread = await app.openThread(callerOf(request), request.params.designId, request.body);
      return reply.code(201).header('location', addressOf(thread)).send(thread);
    },
  );
}

function oneThread(routes: Routes, app: App): void {
  const address = '/designs/:designId/comments/:threadId';
  const params = ThreadParams;
  routes.get(
    address,
    {
      schema: {
        tags,
        operationId: 'getThread',
        summary: 'A thread with its comments',
        params,
        response: answers(200, 'The thread', Thread),
      },
    },
    (request) => app.getThread(caller, request.params.designId, request.params.threadId),
  );
  routes.post(
    address,
    {
      schema: {
        tags,
        operationId: 'answerThread',
        summary: 'Answer in a thread',
        params,
        headers,
        body: TextBody,
        response: answers(201, 'The thread with the answer, whose address is in Location', Thread),
      },
    },
    async (request, reply) => {
      const thread = await app.answerThread(callerOf(request), request.params.designId, request.params.threadId, request.body);
      return reply
        .code(201)
        .header('location', `${addressOf(thread)}/${thread.comments.at(-1)?.id}`)
        .send(thread);
    },
  );
  routes.patch(
    address,
    {
      schema: {
        tags,
        operationId: 'settleThread',
        summary: 'Resolve a thread, or open it again',
        params,
        headers,
        body: Type.Object({ state: ThreadState }, { additionalProperties: false }),
        response: answers(200, 'The thread as it is now', Thread),
      },
    },
    (request) => app.settleThread(callerOf(request), request.params.designId, request.params.threadId, request.body.state),
  );
}

function oneComment(routes: Routes, app: App): void {
  const address = '/designs/:designId/comments/:threadId/:commentId';
  const params = CommentParams;
  routes.patch(
    address,
    {
      schema: {
        tags,
        operationId: 'editComment',
        summary: "Change the text of one's own comment",
        params,
        headers,
        body: TextBody,
        response: answers(200, 'The thread as it is now', Thread),
      },
    },
    (request) => {
      const { designId, threadId, commentId } = request.params;
      return app.editComment(callerOf(request), designId, threadId, commentId, request.body);
    },
  );
  routes.delete(
    address,
    {
      schema: {
        tags,
        operationId: 'deleteComment',
        summary: 'Delete a comment, and with the last one its thread',
        params,
        headers,
        response: answers(204, 'It is gone'),
      },
    },
    async (request, reply) => {
      const { designId, threadId, commentId } = request.params;
      await app.deleteComment(callerOf(request), designId, threadId, commentId);
      return reply.code(204).send();
    },
  );
}

const addressOf = ({ designId, id }: Thread): string => `/api/v1/designs/${designId}/comments/${id}`;

import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { RunningId } from '#model/design.ts';
import { BreakpointWish, Stepped } from '#model/sessions/intervention.ts';
import { Session } from '#model/sessions/session.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { answers, SessionConnectionParams, SessionNodeParams, SessionParams } from './schemas.ts';

const tags = ['executions'];

/** Parts of a running session: pause and resume one, set and clear breakpoints, step. Each is done when it is answered (W17). */
export function interventionRoutes(routes: Routes, app: App): void {
  parts(routes, app);
  breakpoints(routes, app);
  step(routes, app);
}

function parts(routes: Routes, app: App): void {
  const verbs = [
    ['pause', 'Node', 'A node stops at its next communication and stays there; the others go on'],
    ['resume', 'Node', 'A paused node goes on'],
    ['pause', 'Connection', 'Nothing passes a connection any more; both sides wait'],
    ['resume', 'Connection', 'Messages pass a paused connection again'],
  ] as const;
  for (const [verb, noun, summary] of verbs) {
    const ofNode = noun === 'Node';
    routes.post(
      `/executions/:sessionId/${ofNode ? 'nodes/:nodeId' : 'connections/:connectionId'}/${verb}`,
      {
        schema: {
          tags,
          operationId: `${verb}${noun}`,
          summary,
          params: ofNode ? SessionNodeParams : SessionConnectionParams,
          response: answers(200, 'The session as it is now', Session),
        },
      },
      async (request) => {
        const { sessionId, nodeId = '', connectionId = '' } = request.params as Record<string, string>;
        const what = ofNode
          ? { do: `node.${verb}` as const, node: nodeId }
          : { do: `connection.${verb}` as const, connection: connectionId };
        return (await app.intervene(caller, sessionId ?? '', what)).session;
      },
    );
  }
}

function breakpoints(routes: Routes, app: App): void {
  const address = '/executions/:sessionId/breakpoints/:connectionId';
  routes.put(
    address,
    {
      schema: {
        tags,
        operationId: 'setBreakpoint',
        summary: 'The session pauses when a message passes a connection',
        description: 'Takes the place of one that is set there; its hits begin at 0. Metrics of the session show what is set.',
        params: SessionConnectionParams,
        body: BreakpointWish,
        response: answers(200, 'The session as it is now', Session),
      },
    },
    async (request) => {
      const { sessionId, connectionId: connection } = request.params;
      return (await app.intervene(caller, sessionId, { do: 'breakpoint.set', connection, ...request.body })).session;
    },
  );
  routes.delete(
    address,
    {
      schema: {
        tags,
        operationId: 'clearBreakpoint',
        summary: 'The session no longer pauses there',
        params: SessionConnectionParams,
        response: answers(204, 'There is none'),
      },
    },
    async (request, reply) => {
      const { sessionId, connectionId: connection } = request.params;
      await app.intervene(caller, sessionId, { do: 'breakpoint.clear', connection });
      return reply.code(204).send();
    },
  );
}

function step(routes: Routes, app: App): void {
  routes.post(
    '/executions/:sessionId/step',
    {
      schema: {
        tags,
        operationId: 'stepSession',
        summary: 'A paused session takes one step',
        description:
          'One message passes, or one end is told, or one timer or answer from outside is heard. With a node, the session goes on until its next communication.',
        params: SessionParams,
        body: Type.Object({ node: Type.Optional(RunningId) }, { additionalProperties: false }),
        response: answers(200, 'What happened', Stepped),
      },
    },
    async (request) => {
      const { node } = request.body;
      const what = { do: 'step' as const, ...(node !== undefined && { node }) };
      return (await app.intervene(caller, request.params.sessionId, what)).stepped;
    },
  );
}

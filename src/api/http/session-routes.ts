import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { RunningId } from '#model/design.ts';
import { BreakpointWish } from '#model/sessions/intervention.ts';
import {
  MonitorMode,
  Sample,
  Session,
  SessionLimits,
  SessionPriority,
  SessionSnapshot,
  SwapReport,
} from '#model/sessions/session.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { answers, DesignParams, pageOf, SessionParams, SessionsQuery } from './schemas.ts';

const tags = ['executions'];

const Breakpoints = Type.Record(RunningId, BreakpointWish, {
  additionalProperties: false,
  description: 'Breakpoints that are set from the start, by connection.',
});

/** Sessions: start, look, pause, resume, stop. */
export function sessionRoutes(routes: Routes, app: App): void {
  start(routes, app);
  look(routes, app);
  control(routes, app);
  swap(routes, app);
  watch(routes, app);
  recorded(routes, app);
}

interface Wishes {
  priority?: SessionPriority;
  monitor?: MonitorMode;
}

function start(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/execute',
    {
      schema: {
        tags,
        operationId: 'executeDesign',
        summary: 'Run a design as it is now',
        description: 'Refused with the findings (422) while a port that must be connected is not.',
        params: DesignParams,
        body: Type.Object(
          {
            limits: Type.Optional(SessionLimits),
            priority: Type.Optional(SessionPriority),
            breakpoints: Type.Optional(Breakpoints),
            monitor: Type.Optional(MonitorMode),
            record: Type.Optional(Type.Boolean({ description: 'Record what enters the session, so that it can be replayed.' })),
          },
          { additionalProperties: false },
        ),
        response: answers(201, 'The session, with its address in Location', Session),
      },
    },
    async (request, reply) => {
      const { priority, monitor, ...wishes } = request.body as Wishes & Omit<typeof request.body, keyof Wishes>;
      const session = await app.executeDesign(caller, request.params.designId, {
        ...wishes,
        ...(priority !== undefined && { priority }),
        ...(monitor !== undefined && { monitor }),
      });
      return reply.code(201).header('location', `/api/v1/executions/${session.id}`).send(session);
    },
  );
}

function look(routes: Routes, app: App): void {
  routes.get(
    '/executions',
    {
      schema: {
        tags,
        operationId: 'listSessions',
        summary: 'Sessions, newest first',
        querystring: SessionsQuery,
        response: answers(200, 'A page of sessions', pageOf(Session)),
      },
    },
    (request) => app.listSessions(caller, request.query),
  );
  routes.get(
    '/executions/:sessionId',
    {
      schema: {
        tags,
        operationId: 'getSession',
        summary: 'A session as it is now',
        params: SessionParams,
        response: answers(200, 'The session', Session),
      },
    },
    (request) => app.getSession(caller, request.params.sessionId),
  );
}

function control(routes: Routes, app: App): void {
  const asked = [
    ['pause', 'Every process stops at its next communication', app.pauseSession],
    ['resume', 'A paused session goes on', app.resumeSession],
    ['stop', 'Every process ends, within a second', app.stopSession],
  ] as const;
  for (const [verb, summary, ask] of asked) {
    routes.post(
      `/executions/:sessionId/${verb}`,
      {
        schema: {
          tags,
          operationId: `${verb}Session`,
          summary,
          description: 'The answer does not wait for it: the live socket and GET say when it is so.',
          params: SessionParams,
          response: answers(202, 'Asked for; the session as it is now', Session),
        },
      },
      async (request, reply) => {
        const { sessionId } = request.params as { sessionId: string };
        return reply.code(202).send(await ask(caller, sessionId));
      },
    );
  }
}

function swap(routes: Routes, app: App): void {
  routes.post(
    '/executions/:sessionId/swap',
    {
      schema: {
        tags,
        operationId: 'swapSession',
        summary: 'Run the design as it is now, without stopping',
        description:
          'What stays goes on, what goes drains, nothing is lost; it has taken effect when this answers. Refused, with the nodes and connections that hinder it (409) or the findings (422), the session goes on unchanged.',
        params: SessionParams,
        body: Type.Object(
          {
            rev: Type.Optional(
              Type.Integer({
                minimum: 1,
                description: 'The revision that is to run; refused (409) when the design has another.',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: answers(
          200,
          'The session, and what became of its nodes',
          Type.Object({ session: Session, report: SwapReport }),
        ),
      },
    },
    async (request) => {
      const { session, report } = await app.swapSession(caller, request.params.sessionId, request.body.rev);
      return { session, report };
    },
  );
}

function watch(routes: Routes, app: App): void {
  routes.get(
    '/executions/:sessionId/metrics',
    {
      schema: {
        tags,
        operationId: 'sessionMetrics',
        summary: 'Everything that is counted in a session, now',
        params: SessionParams,
        response: answers(200, 'Processes and channels', SessionSnapshot),
      },
    },
    (request) => app.sessionMetrics(caller, request.params.sessionId),
  );
  routes.get(
    '/executions/:sessionId/connections/:connectionId/messages',
    {
      schema: {
        tags,
        operationId: 'sessionMessages',
        summary: 'The last messages of a connection, oldest first',
        params: Type.Object({ sessionId: SessionParams.properties.sessionId, connectionId: RunningId }),
        querystring: Type.Object(
          { limit: Type.Integer({ minimum: 1, maximum: 200, default: 20 }) },
          { additionalProperties: false },
        ),
        response: answers(200, 'As many as are kept, at most limit', Type.Object({ items: Type.Array(Sample) })),
      },
    },
    async (request) => {
      const { sessionId, connectionId } = request.params;
      return { items: await app.sessionMessages(caller, sessionId, connectionId, request.query.limit) };
    },
  );
}

function recorded(routes: Routes, app: App): void {
  const answer = { description: 'The recording', content: { 'application/x-ndjson': { schema: Type.Unknown() } } };
  routes.get(
    '/executions/:sessionId/recording',
    {
      schema: {
        tags,
        operationId: 'readRecording',
        summary: 'The recording of a session that has ended',
        description: 'As csp run --replay reads it. 404 when it was not recorded or is no longer kept, 409 while it is written.',
        params: SessionParams,
        response: { ...answers(200, 'The recording'), 200: answer },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const { sizeBytes, pieces } = await app.readRecordingOf(caller, sessionId);
      // What came from outside during the run is in it: shown to nobody as a page, and kept by no cache.
      return reply
        .header('content-security-policy', "sandbox; default-src 'none'")
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="${sessionId}.rec"`)
        .header('content-length', sizeBytes)
        .type('application/x-ndjson; charset=utf-8')
        .send(Readable.from(pieces));
    },
  );
}

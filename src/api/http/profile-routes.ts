import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { Profile, ProfileSeconds } from '#model/sessions/profile.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { closing } from './door-errors.ts';
import { answers, SessionParams } from './schemas.ts';

/** W29  A profile: the answer takes as long as the look, but not longer than the server stays. */
export function profileRoutes(routes: Routes, app: App): void {
  const closes = Promise.withResolvers<undefined>();
  routes.addHook('preClose', async () => closes.resolve(undefined));
  routes.post(
    '/executions/:sessionId/profile',
    {
      schema: {
        tags: ['executions'],
        operationId: 'profileSession',
        summary: 'Who spends the processor in a session, looked at for some seconds',
        description:
          'The answer comes when the look is over. 409 while another one is under way in the same thread, or when the session has ended.',
        params: SessionParams,
        body: Type.Object({ seconds: Type.Optional({ ...ProfileSeconds, default: 5 }) }, { additionalProperties: false }),
        response: answers(200, 'Nodes by processor time, with the samples', Profile),
      },
    },
    async (request) => {
      const taken = app.profileSession(caller, request.params.sessionId, request.body.seconds ?? 5);
      const profile = await Promise.race([taken, closes.promise]);
      if (profile === undefined) throw closing();
      return profile;
    },
  );
}

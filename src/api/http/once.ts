import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '#app/app.ts';
import { messageOf } from '#base/errors.ts';
import { caller } from './caller.ts';
import type { Routes } from './checked.ts';
import { keyMalformed, keyReused, keyRunning } from './door-errors.ts';

/**
 * W5  A POST that carries an Idempotency-Key is done once: sent again, it is answered as the first time. Only what
 *     succeeded is kept; what was refused has changed nothing and may be tried again under the same key.
 */
export function answerOnce(routes: Routes, app: App): void {
  const claims = new WeakMap<
    FastifyRequest,
    { readonly claim: string; readonly request: { key: string; fingerprint: string } }
  >();

  routes.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined) return;
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) throw keyMalformed();
    const asked = { key, fingerprint: fingerprintOf(request) };
    const claimed = await app.claimOnce(caller, asked);
    if (claimed.is === 'claimed') {
      claims.set(request, { claim: claimed.claim, request: asked });
      return;
    }
    if (claimed.is === 'other') throw keyReused();
    if (claimed.is === 'running') throw keyRunning();
    const { status, headers, body } = claimed.answer;
    return reply.code(status).headers(headers).header('idempotency-replayed', 'true').send(body);
  });

  routes.addHook('onSend', async (request, reply, payload) => {
    const taken = claims.get(request);
    if (taken === undefined) return payload;
    try {
      const { claim, request: asked } = taken;
      if (reply.statusCode >= 300) await app.releaseKey(caller, asked, claim);
      else await app.keepAnswer(caller, asked, claim, answerOf(reply, payload));
    } catch (thrown) {
      // What was asked is done and must be answered; only a repetition would not know of it.
      request.log.error({ err: thrown }, `the answer under an Idempotency-Key was not kept: ${messageOf(thrown)}`);
    }
    return payload;
  });
}

function fingerprintOf(request: FastifyRequest): string {
  const text = `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`;
  return createHash('sha256').update(text).digest('hex');
}

function answerOf(reply: FastifyReply, payload: unknown) {
  const headers: Record<string, string> = {};
  for (const name of ['content-type', 'location', 'etag']) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return { status: reply.statusCode, headers, body: typeof payload === 'string' ? payload : '' };
}

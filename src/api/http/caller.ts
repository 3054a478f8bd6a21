import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Caller, owner } from '#app/parts.ts';
import { PersonName } from '#model/presence.ts';
import { fits } from '#model/schema-check.ts';
import { actorMalformed } from './door-errors.ts';

/** Who asks through this door when he does not say: the one who started the server. */
export const caller = owner('http');

/** Beside other headers of a route that changes a design. */
export const ActorHeader = {
  'csp-actor': Type.Optional(
    Type.String({
      description:
        'Who changes it, as others are told: 1 to 80 printable characters, percent-encoded where they are not ASCII. `owner` without it. It proves nothing.',
    }),
  ),
};

/**
 * W43  Who asks, as he says himself: until there are accounts a name proves nothing.
 *
 * @throws API_ACTOR_MALFORMED.
 */
export function callerOf(request: FastifyRequest): Caller {
  const given = request.headers['csp-actor'];
  if (given === undefined) return caller;
  const name = typeof given === 'string' ? decoded(given).trim() : '';
  if (!fits(PersonName, name)) throw actorMalformed({ facts: { given } });
  return { ...caller, actor: name };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

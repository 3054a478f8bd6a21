import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Blame, CodedError, definedErrors } from '#base/errors.ts';
import type { Refusal } from '#model/edits/edit.ts';
import { bodyMalformed, bodyTooLarge, bug, mediaTypeRefused, requestInvalid } from './door-errors.ts';

/** W2  Every answer that is not a success is a problem (RFC 9457). This file alone turns blame into a status. */

export const problemType = 'application/problem+json';

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Names the kind of problem; the last part is the code.' }),
    title: Type.String({ description: 'The same for every problem of this kind.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong this time, and where.' }),
    code: Type.String({ description: 'For programs: stable for ever.' }),
    pointer: Type.Optional(Type.String({ description: 'JSON Pointer (RFC 6901) into the body, or a query parameter.' })),
  },
  {
    additionalProperties: true,
    description: 'RFC 9457. Facts about the case stand beside, such as rev and edits of a stale revision.',
  },
);

const byBlame: Readonly<Record<Blame, number>> = { input: 422, world: 503, bug: 500 };

/** Codes whose status says more than their blame does. */
const byCode: Readonly<Record<string, number>> = {
  API_ROUTE_UNKNOWN: 404,
  API_REQUEST_INVALID: 400,
  API_BODY_MALFORMED: 400,
  API_BODY_TOO_LARGE: 413,
  API_MEDIA_TYPE: 415,
  API_ORIGIN_REFUSED: 403,
  API_HOST_REFUSED: 403,
  API_MATCH_REQUIRED: 428,
  API_MATCH_MALFORMED: 400,
  API_ACTOR_MALFORMED: 400,
  API_STALE: 412,
  API_KEY_MALFORMED: 400,
  API_KEY_RUNNING: 409,
  API_TOO_MANY_SOCKETS: 429,
  APP_CURSOR_INVALID: 400,
  APP_SESSION_NOT_RUNNING: 409,
  APP_SWAP_STALE: 409,
  APP_SWAP_REFUSED: 409,
  APP_RECORDING_RUNNING: 409,
  APP_REVISION_UNKNOWN: 404,
  APP_TX_UNKNOWN: 404,
  APP_TX_TAKEN: 409,
  APP_UNDONE_ALREADY: 409,
  APP_UNDO_IMPOSSIBLE: 409,
  APP_MERGE_CONFLICTS: 409,
  APP_DESIGN_UNKNOWN: 404,
  APP_VERSION_UNKNOWN: 404,
  APP_SESSION_UNKNOWN: 404,
  APP_RECORDING_UNKNOWN: 404,
  APP_COMPONENT_UNKNOWN: 404,
  APP_CHECK_UNKNOWN: 404,
  APP_VALIDATION_UNKNOWN: 404,
  APP_ELEMENT_UNKNOWN: 404,
  APP_CONNECTION_UNKNOWN: 404,
  APP_THREAD_UNKNOWN: 404,
  APP_COMMENT_UNKNOWN: 404,
  APP_COMMENT_NOT_YOURS: 403,
  HOST_NODE_UNKNOWN: 404,
  HOST_CONNECTION_UNKNOWN: 404,
  HOST_CHECKS_FULL: 429,
  HOST_SESSION_NOT_PAUSED: 409,
  HOST_PROFILE_ENDED: 409,
  HOST_PROFILE_UNDER_WAY: 409,
  KIT_FILE_MISSING: 404,
  KIT_FILE_OUTSIDE: 403,
  EDIT_MALFORMED: 400,
  FORBIDDEN: 403,
  ID_TAKEN: 409,
  PORT_TAKEN: 409,
  REPLACED: 409,
};

interface Said {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly pointer?: string | undefined;
  readonly facts?: Readonly<Record<string, unknown>>;
}

function sendProblem(reply: FastifyReply, status: number, { code, title, detail, pointer, facts }: Said): FastifyReply {
  const type = `urn:csp-designer:problem:${code}`;
  const problem = { ...facts, type, title, status, detail, code, ...(pointer !== undefined && { pointer }) };
  if (status === 503 || status === 429) reply.header('retry-after', '1');
  return reply.code(status).type(problemType).send(JSON.stringify(problem));
}

/** Answers with what was thrown, whatever it is. No stack leaves the server; a bug is logged with its own. */
export function sendThrown(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = thrown instanceof CodedError ? thrown : ofFastify(thrown as FastifyError, request);
  const status = byCode[error.code] ?? byBlame[error.blame];
  if (error.blame === 'bug') request.log.error({ err: error.cause ?? error, reqId: request.id }, error.message);
  const title = definedErrors().find(({ code }) => code === error.code)?.sentence ?? error.message;
  // What failed inside stays inside: the sentence and the id under which it is logged are what a person can use.
  const said =
    error.blame === 'bug' ? { detail: title, facts: { requestId: request.id } } : { detail: error.message, facts: error.facts };
  return sendProblem(reply, status, { code: error.code, title, pointer: error.pointer, ...said });
}

/** W4  Answers with the reason an edit was refused; 409 when it is what somebody else did since. */
export function sendRefusal(
  reply: FastifyReply,
  { code, message, pointer, since }: Refusal,
  more: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  const facts = { ...more, ...(since !== undefined && { since }) };
  const said = { code, title: 'The edit was refused; nothing has changed.', detail: message, pointer, facts };
  return sendProblem(reply, since === undefined ? (byCode[code] ?? byBlame.input) : 409, said);
}

function ofFastify(thrown: FastifyError, request: FastifyRequest): CodedError {
  switch (thrown?.statusCode) {
    case 413: {
      const limitBytes = request.routeOptions.bodyLimit;
      const given = Number(request.headers['content-length']);
      const sizeBytes = Number.isFinite(given) ? given : undefined;
      const size = sizeBytes === undefined ? 'more' : `${sizeBytes} bytes`;
      return bodyTooLarge({
        detail: `The body has ${size}; at most ${limitBytes} bytes are taken.`,
        facts: { limitBytes, sizeBytes },
      });
    }
    case 415:
      return mediaTypeRefused({ facts: { given: request.headers['content-type'] ?? '' } });
    case 400:
      return thrown.code?.startsWith('FST_ERR_CTP') || thrown instanceof SyntaxError
        ? bodyMalformed({ detail: `The body is not JSON: ${thrown.message}.` })
        : requestInvalid({ detail: thrown.message });
    default:
      return bug({ cause: thrown });
  }
}

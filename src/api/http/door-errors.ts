import { defineError } from '#base/errors.ts';

/** What the HTTP door itself refuses, before anybody behind it is asked. Rules W1… in `docs/spec/door.md`. */

export const routeUnknown = defineError('API_ROUTE_UNKNOWN', 'input', 'There is nothing at this address.');
export const requestInvalid = defineError('API_REQUEST_INVALID', 'input', 'The request does not fit what is expected here.');
export const bodyMalformed = defineError('API_BODY_MALFORMED', 'input', 'The body is not JSON.');
export const bodyTooLarge = defineError('API_BODY_TOO_LARGE', 'input', 'The body is larger than this server takes.');
export const mediaTypeRefused = defineError('API_MEDIA_TYPE', 'input', 'Send the body as application/json.');
export const originRefused = defineError(
  'API_ORIGIN_REFUSED',
  'input',
  'A page of another origin may not do this. Allow the origin with CORS_ORIGIN.',
);
export const hostRefused = defineError(
  'API_HOST_REFUSED',
  'input',
  'This server does not go by this name. Use its address, or allow the name with CORS_ORIGIN.',
);
export const matchRequired = defineError(
  'API_MATCH_REQUIRED',
  'input',
  'Say which revision you change: If-Match with the ETag you read, or * for any.',
);
export const actorMalformed = defineError(
  'API_ACTOR_MALFORMED',
  'input',
  'csp-actor is a name of 1 to 80 printable characters, percent-encoded where they are not ASCII.',
);
export const matchMalformed = defineError('API_MATCH_MALFORMED', 'input', 'If-Match is one ETag, such as "7", or *.');
export const stale = defineError(
  'API_STALE',
  'input',
  'What you want to change has changed since the revision you name. Read it again, then decide.',
);
export const keyMalformed = defineError(
  'API_KEY_MALFORMED',
  'input',
  'An Idempotency-Key has 1 to 255 printable ASCII characters.',
);
export const keyReused = defineError(
  'API_KEY_REUSED',
  'input',
  'This Idempotency-Key was used for another request. Take a new one.',
);
export const keyRunning = defineError(
  'API_KEY_RUNNING',
  'input',
  'The request with this Idempotency-Key is still being worked on. Send it again in a moment.',
);
export const portTaken = defineError('API_PORT_TAKEN', 'world', 'The port is in use. Choose another one with --port or PORT.');
export const addressRefused = defineError('API_ADDRESS_REFUSED', 'world', 'The server cannot listen on this address.');
export const closing = defineError('API_CLOSING', 'world', 'The server is stopping. Ask again when it is back.');
export const bug = defineError('API_BUG', 'bug', 'Something went wrong in the server. It is logged under the given request id.');

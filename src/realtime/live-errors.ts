import { defineError } from '#base/errors.ts';

/** What the live socket refuses; sent as a `problem` message, the socket stays open. Rules W20… in `docs/spec/live.md`. */

export const frameBinary = defineError('LIVE_BINARY', 'input', 'Send text frames that hold JSON; this one was binary.');
export const frameMalformed = defineError('LIVE_MALFORMED', 'input', 'The frame is not a request of the live socket.');
export const tooManySubscriptions = defineError(
  'LIVE_TOO_MANY_SUBSCRIPTIONS',
  'input',
  'One socket takes 100 subscriptions. Unsubscribe from what is no longer looked at.',
);
export const liveBug = defineError('LIVE_BUG', 'bug', 'Something went wrong in the server. Try again.');

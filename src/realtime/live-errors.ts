import { defineError } from '#base/errors.ts';

/** What the live socket refuses; sent as a `problem` message, the socket stays open. Rules W20… in `docs/spec/live.md`. */

export const frameBinary = defineError('LIVE_BINARY', 'input', 'Send text frames that hold JSON; this one was binary.');
export const frameMalformed = defineError('LIVE_MALFORMED', 'input', 'The frame is not a request of the live socket.');
export const tooManySubscriptions = defineError(
  'LIVE_TOO_MANY_SUBSCRIPTIONS',
  'input',
  'One socket takes 100 subscriptions and open designs together. Leave what is no longer looked at.',
);
export const designNotOpen = defineError('LIVE_NOT_OPEN', 'input', 'This design is not open on this socket. Say hello first.');
export const peerGone = defineError(
  'LIVE_PEER_GONE',
  'input',
  'Nobody by this id has the design open. He or she may have just left.',
);
export const saidTooOften = defineError(
  'LIVE_SAID_TOO_OFTEN',
  'input',
  'One socket says twenty things in ten seconds. Wait a little.',
);
export const txAfterFailed = defineError(
  'LIVE_TX_AFTER_FAILED',
  'world',
  'A transaction before this one could not be done. Say hello again, then send both again.',
);
export const openingMissed = defineError(
  'LIVE_OPENING_MISSED',
  'world',
  'The database answers with an older state of the design than was told already. Say hello again in a moment.',
);
export const liveBug = defineError('LIVE_BUG', 'bug', 'Something went wrong in the server. Try again.');

import { defineError } from '#base/errors.ts';

/** What use cases throw. A refused edit or a stale revision is an answer, not an error. */

export const designUnknown = defineError('APP_DESIGN_UNKNOWN', 'input', 'There is no such design.');
export const versionUnknown = defineError('APP_VERSION_UNKNOWN', 'input', 'The design has no such version.');
export const threadUnknown = defineError('APP_THREAD_UNKNOWN', 'input', 'The design has no such thread of comments.');
export const commentUnknown = defineError('APP_COMMENT_UNKNOWN', 'input', 'The thread has no such comment.');
export const commentInvalid = defineError('APP_COMMENT_INVALID', 'input', 'This text cannot be a comment.');
export const anchorUnknown = defineError(
  'APP_ANCHOR_UNKNOWN',
  'input',
  'The design has no such node or connection to comment on.',
);
export const commentNotYours = defineError('APP_COMMENT_NOT_YOURS', 'input', 'Somebody else wrote this comment.');
export const threadsFull = defineError(
  'APP_THREADS_FULL',
  'input',
  'The design has as many threads as one may have. Delete what is settled.',
);
export const threadFull = defineError('APP_THREAD_FULL', 'input', 'The thread has grown as long as one may. Open another one.');
export const sessionUnknown = defineError('APP_SESSION_UNKNOWN', 'input', 'There is no such session.');
export const componentUnknown = defineError('APP_COMPONENT_UNKNOWN', 'input', 'There is no such component kind.');
export const checkUnknown = defineError('APP_CHECK_UNKNOWN', 'input', 'There is no such long check, or not any more.');
export const validationUnknown = defineError(
  'APP_VALIDATION_UNKNOWN',
  'input',
  'Nothing is kept of a check of this revision of the design. Check it.',
);
export const progressUnknown = defineError(
  'APP_PROGRESS_UNKNOWN',
  'input',
  'The design has no such node that could be marked as progress.',
);
export const optionIdle = defineError('APP_OPTION_IDLE', 'input', 'The option does not go with a file of this kind.');
export const elementUnknown = defineError('APP_ELEMENT_UNKNOWN', 'input', 'The design has no such node or connection.');
export const connectionNotHeld = defineError('APP_CONNECTION_UNKNOWN', 'input', 'The session has no such connection.');
export const cursorInvalid = defineError(
  'APP_CURSOR_INVALID',
  'input',
  'The cursor was not made by this list. Take nextCursor of the page before as it is.',
);
export const designNotReady = defineError('APP_DESIGN_NOT_READY', 'input', 'The design cannot run as it is drawn.');
export const designTextInvalid = defineError('APP_DESIGN_TEXT_INVALID', 'input', 'This is not a valid design file.');
export const specificationInvalid = defineError(
  'APP_SPECIFICATION_INVALID',
  'input',
  'This is not a specification the design can be held against.',
);
export const determinismInvalid = defineError(
  'APP_DETERMINISM_INVALID',
  'input',
  'What was asked about determinism makes no sense of this design.',
);
export const swapStale = defineError(
  'APP_SWAP_STALE',
  'input',
  'The design has another revision than the one that was to run. Look at it, and ask again.',
);
export const swapRefused = defineError(
  'APP_SWAP_REFUSED',
  'input',
  'The session cannot be made one of this revision now; it goes on unchanged.',
);
export const recordingUnknown = defineError('APP_RECORDING_UNKNOWN', 'input', 'There is no recording of this session.');
export const recordingRunning = defineError(
  'APP_RECORDING_RUNNING',
  'input',
  'The session still runs; its recording can be read when it has ended.',
);
export const sessionNotRunning = defineError('APP_SESSION_NOT_RUNNING', 'input', 'The session has ended.');
export const sessionsGivenUp = defineError(
  'APP_SESSIONS_GIVEN_UP',
  'world',
  'This server was away from the database for so long that its sessions were taken for failed. They are stopped.',
);
export const revisionUnknown = defineError('APP_REVISION_UNKNOWN', 'input', 'The design has no such revision.');
export const revisionUnreadable = defineError(
  'APP_REVISION_UNREADABLE',
  'bug',
  'The design cannot be put together as it was in this revision.',
);
export const txUnknown = defineError('APP_TX_UNKNOWN', 'input', 'The history of the design has no such transaction.');
export const txTaken = defineError('APP_TX_TAKEN', 'input', 'The design has another transaction of this id.');
export const undoneAlready = defineError('APP_UNDONE_ALREADY', 'input', 'This has been taken back already.');
export const undoImpossible = defineError(
  'APP_UNDO_IMPOSSIBLE',
  'input',
  'Nothing of this can be taken back any more. An earlier revision can be restored as a whole.',
);
export const mergeUnrelated = defineError(
  'APP_MERGE_UNRELATED',
  'input',
  'Only a branch and the design that it comes from can be merged.',
);
export const mergeConflicts = defineError(
  'APP_MERGE_CONFLICTS',
  'input',
  'Both sides changed the same. Nothing was merged: choose a side for each conflict.',
);
export const choiceIdle = defineError('APP_CHOICE_IDLE', 'input', 'The merge has no such conflict to choose a side of.');

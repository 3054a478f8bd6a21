import { CodedError, defineError, messageOf } from '#base/errors.ts';

/** Everything this floor throws. What the database says in its own codes leaves here in ours. */

export const storeUnreachable = defineError(
  'STORE_UNREACHABLE',
  'world',
  'The database cannot be reached. Once it is back, try again: a change sent again under its id is made once.',
);

export const storeBusy = defineError('STORE_BUSY', 'world', 'The database is too busy to answer now. Try again.');

export const storeFull = defineError('STORE_FULL', 'world', 'The disk of the database is full. Make room, then try again.');

export const storeFolderLocked = defineError(
  'STORE_FOLDER_LOCKED',
  'world',
  'Another process has this data folder open. Stop it, or choose another folder.',
);

export const storeFolderUnusable = defineError(
  'STORE_FOLDER_UNUSABLE',
  'world',
  'The data folder cannot be written. Check that it exists on a disk with room and that you may write there.',
);

export const storeDamaged = defineError(
  'STORE_DAMAGED',
  'world',
  'The data folder is damaged. Put back a copy of it, or move it away to start with an empty one.',
);

export const storeNewer = defineError(
  'STORE_NEWER',
  'world',
  'The database was written by a newer version of this program. Start that version, or choose another database.',
);

export const storeMigrationFailed = defineError(
  'STORE_MIGRATION_FAILED',
  'bug',
  'Bringing the database up to date failed. Nothing was changed.',
);

export const storeIntegrity = defineError(
  'STORE_INTEGRITY',
  'bug',
  'The database refused a change that would have broken a design. Nothing was changed.',
);

export const storeValueRefused = defineError(
  'STORE_VALUE_REFUSED',
  'input',
  'A value cannot be stored: a text must not hold the character U+0000 or half of a surrogate pair, and a number must be finite.',
);

export const storeQueryFailed = defineError('STORE_QUERY_FAILED', 'bug', 'A query failed.');

/** The SQLSTATE of somebody who did not want to wait for a lock. */
export const lockNotAvailable = '55P03';

// SQLSTATE, by its first two characters or whole: https://www.postgresql.org/docs/current/errcodes-appendix.html
const bySqlState: readonly (readonly [RegExp, typeof storeBusy])[] = [
  [/^(08|57P|28|3D|25006)/, storeUnreachable],
  [/^53100/, storeFull],
  [new RegExp(`^(40|53|${lockNotAvailable}|57014)`), storeBusy],
  [/^23/, storeIntegrity],
  [/^XX00[12]/, storeDamaged],
  [/^22/, storeValueRefused],
];

// What Node's sockets and pg say when there is nobody on the other side.
const lostConnection = /^(ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT)/;
const lostInWords =
  /connection terminated|client has encountered a connection error|read timeout|timeout (expired|exceeded)|not queryable|Client was closed/i;

/**
 * What was thrown below, as a coded error: lost connections and full disks blame the world, refused values the caller,
 * everything else us. `facts.sqlState` and `facts.constraint` say what the database said; values never leave.
 */
export function codedError(thrown: unknown): CodedError {
  if (thrown instanceof CodedError) return thrown;
  const { code = '', constraint } = (thrown ?? {}) as { code?: string; constraint?: string };
  const make = bySqlState.find(([pattern]) => pattern.test(code))?.[1];
  const facts = { sqlState: code, ...(constraint !== undefined && { constraint }) };
  if (make !== undefined) return make({ facts, cause: thrown });
  if (lostConnection.test(code) || lostInWords.test(messageOf(thrown))) return storeUnreachable({ cause: thrown });
  if (thrown instanceof AggregateError) return codedError(thrown.errors[0]);
  return storeQueryFailed({ facts, cause: thrown });
}

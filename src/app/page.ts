import { Buffer } from 'node:buffer';
import type { TSchema } from 'typebox';
import { fits } from '#model/schema-check.ts';
import { cursorInvalid } from './app-errors.ts';

/** Which part of a list: at most `limit` items (1 to 200), behind what `cursor` stands for. */
export interface PageWanted {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A part of a list. `nextCursor` asks for the next one and is null on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * Reads one page by the key of its last item, so that what is added meanwhile neither repeats nor hides anything.
 *
 * @param key schema of the cursor's content; a cursor that holds anything else is refused.
 * @param read gives up to `limit` items behind a key.
 * @throws APP_CURSOR_INVALID.
 */
export async function pageOf<T, K>(
  { limit, cursor }: PageWanted,
  key: TSchema,
  keyOf: (item: T) => K,
  read: (limit: number, after: K | undefined) => Promise<readonly T[]>,
): Promise<Page<T>> {
  // One more than asked for tells whether there is a next page.
  const found = await read(limit + 1, cursor === undefined ? undefined : (readCursor(cursor, key) as K));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? writeCursor(keyOf(last)) : null };
}

function writeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function readCursor(cursor: string, key: TSchema): unknown {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (cause) {
    throw cursorInvalid({ pointer: '/cursor', cause });
  }
  if (!fits(key, value)) throw cursorInvalid({ pointer: '/cursor' });
  return value;
}

import { Buffer } from 'node:buffer';
import type { App } from '#app/app.ts';
import type { Caller } from '#app/parts.ts';
import type { Design } from '#model/design.ts';
import type { CommittedTx } from '#model/edits/tx.ts';

/** What one who opens a design is told of it: what came after the revision he has, or all of it. */
export type Opening =
  | { readonly rev: number; readonly tail: CommittedTx[] }
  | { readonly rev: number; readonly snapshot: Design; readonly by?: string[] };

/** W30: a longer tail, in transactions or bytes, is not told: the design as it is is shorter. What the log gives at once is 1,000. */
const logPage = 1_000;
const largestTailBytes = 1024 * 1024;
/** Enough to know that they are several. */
const mostAuthors = 4;

/** @throws APP_DESIGN_UNKNOWN. */
export async function openingOf(
  app: Pick<App, 'editsSince' | 'getDesign'>,
  caller: Caller,
  designId: string,
  lastRev: number | undefined,
): Promise<Opening> {
  const read = lastRev === undefined ? undefined : await readSince(app, caller, designId, lastRev);
  if (read !== undefined && lastRev !== undefined && isShort(read)) return { rev: read.at(-1)?.rev ?? lastRev, tail: read };
  const snapshot = await app.getDesign(caller, designId);
  return { rev: snapshot.rev, snapshot, ...(read !== undefined && { by: authorsOf(read) }) };
}

/** What came after a revision, as far as the log gives it at once; undefined when there never was such a revision. */
async function readSince(
  app: Pick<App, 'editsSince'>,
  caller: Caller,
  designId: string,
  lastRev: number,
): Promise<CommittedTx[] | undefined> {
  // The revision itself is read with it: one that is not there is of a database that was put back to an earlier day.
  const [known, ...since] = await app.editsSince(caller, designId, lastRev - 1, logPage);
  return known?.rev === lastRev ? since : undefined;
}

function isShort(read: readonly CommittedTx[]): boolean {
  if (read.length + 1 >= logPage) return false;
  let bytes = 0;
  return read.every((tx) => {
    bytes += Buffer.byteLength(JSON.stringify(tx));
    return bytes <= largestTailBytes;
  });
}

const authorsOf = (read: readonly CommittedTx[]): string[] => [...new Set(read.map(({ actor }) => actor))].slice(0, mostAuthors);

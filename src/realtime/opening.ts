import { Buffer } from 'node:buffer';
import type { App } from '#app/app.ts';
import type { Caller } from '#app/parts.ts';
import type { Design } from '#model/design.ts';
import type { CommittedTx } from '#model/tx.ts';

/** What one who opens a design is told of it: what came after the revision he has, or all of it. */
export type Opening =
  | { readonly rev: number; readonly tail: CommittedTx[] }
  | { readonly rev: number; readonly snapshot: Design };

/** W30: a longer tail, in transactions or bytes, is not told: the design as it is is shorter. What the log gives at once is 1,000. */
const logPage = 1_000;
const largestTailBytes = 1024 * 1024;

/** @throws APP_DESIGN_UNKNOWN. */
export async function openingOf(
  app: Pick<App, 'editsSince' | 'getDesign'>,
  caller: Caller,
  designId: string,
  lastRev: number | undefined,
): Promise<Opening> {
  const tail = lastRev === undefined ? undefined : await tailOf(app, caller, designId, lastRev);
  if (tail !== undefined && lastRev !== undefined) return { rev: tail.at(-1)?.rev ?? lastRev, tail };
  const snapshot = await app.getDesign(caller, designId);
  return { rev: snapshot.rev, snapshot };
}

/** What came after a revision; undefined when there never was such a revision, or too much came after. */
async function tailOf(
  app: Pick<App, 'editsSince'>,
  caller: Caller,
  designId: string,
  lastRev: number,
): Promise<CommittedTx[] | undefined> {
  // The revision itself is read with it: one that is not there is of a database that was put back to an earlier day.
  const [known, ...tail] = await app.editsSince(caller, designId, lastRev - 1, logPage);
  if (known?.rev !== lastRev || tail.length + 1 >= logPage) return undefined;
  let bytes = 0;
  for (const tx of tail) {
    bytes += Buffer.byteLength(JSON.stringify(tx));
    if (bytes > largestTailBytes) return undefined;
  }
  return tail;
}

import { elementUnknown } from '#app/app-errors.ts';
import type { TxConditions, TxDone } from '#app/editing/commit.ts';
import { keyOf } from '#model/edits/touched.ts';

/** What the routes of single elements share: each request is a transaction, and its body what stands somewhere in an edit. */

/** The pointer into edits as one into the body, which is what stands at `step` of its edit. */
export const within =
  (step: string) =>
  (pointer: string): string =>
    pointer.replace(/^\/\d+/, '').replace(step, '');

/** W4  Only if the element has not changed since the revision given; undefined is any. */
export function ifUnchanged(kind: 'node' | 'connection' | 'group', id: string, rev: number | undefined): TxConditions {
  return rev === undefined ? {} : { elements: { [keyOf(kind, id)]: rev } };
}

/** W6  An element named by the address that is not there is 404, not a refused edit. */
export function found(done: TxDone, designId: string, id: string): TxDone {
  const unknown = ['UNKNOWN_NODE', 'UNKNOWN_CONNECTION', 'UNKNOWN_GROUP'];
  if (done.is !== 'refused' || !unknown.includes(done.refusal.code)) return done;
  if (!/^\/\d+\/(id|node)$/.test(done.refusal.pointer)) return done;
  throw elementUnknown({ detail: done.refusal.message, facts: { designId, id } });
}

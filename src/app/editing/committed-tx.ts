import type { Ack, CommittedTx } from '#model/edits/tx.ts';
import type { LogEntry } from '#store/designs/design-log.ts';

/** A line of the log as everyone who has the design open is told. */
export function committedTx({ rev, txId, actor, via, at, edits, label, undoOf }: LogEntry): CommittedTx {
  return {
    rev,
    txId,
    actor,
    via,
    at,
    edits: [...edits],
    ...(label !== undefined && { label }),
    ...(undoOf !== undefined && { undoOf }),
  };
}

/** The same as whoever asked for it is answered, the first time and again. */
export function ackOf({ txId, rev, outcome, edits, inverse, left }: LogEntry): Ack {
  return { txId, rev, outcome, edits: [...edits], inverse: [...inverse], ...(left !== undefined && { left }) };
}

import { defineError, isCoded, messageOf } from '#base/errors.ts';
import type { FailurePolicy } from '#model/design.ts';
import { type Fault, faultText } from '#model/sessions/session.ts';

const processFailed = defineError(
  'RUNTIME_PROCESS_FAILED',
  'bug',
  'The process of a node failed; the message says why, and the failure policy of the node what follows.',
);
/** S9: the first wait before a restart; each further one is twice as long, up to the longest. */
export const firstBackOffMs = 100;
export const longestBackOffMs = 10_000;
/** S9: restarts in a row before the failure ends the session. */
export const mostRestarts = 10;

/** What became of a failure: the session ends, the message at hand is gone, or the process starts again later. */
export type Handling = { readonly is: 'stop' } | { readonly is: 'skip' } | { readonly is: 'restart'; readonly inMs: number };

/** What became of a process that has failed, and what follows when it does: S8, S9. */
export class Failures {
  count = 0;
  restarts = 0;
  last: Fault | undefined = undefined;
  #restartsInARow = 0;

  /** @param counts 0 when it is none of its own. */
  add(fault: Fault, counts: 0 | 1): void {
    this.last = fault;
    this.count += counts;
  }

  /**
   * What follows now; a restart is counted. Skipping needs a message to skip: a process that fails before anything moved would fail
   * for ever, at full speed.
   */
  handling(policy: FailurePolicy, moved: boolean, livedMs: number): Handling {
    if (policy === 'stop') return { is: 'stop' };
    if (policy === 'skip') return { is: moved ? 'skip' : 'stop' };
    if (livedMs >= longestBackOffMs) this.#restartsInARow = 0;
    if (this.#restartsInARow === mostRestarts) return { is: 'stop' };
    return { is: 'restart', inMs: Math.min(firstBackOffMs * 2 ** this.#restartsInARow++, longestBackOffMs) };
  }
}

/** What was thrown, in words: with the place, when it was on a channel. */
export function toldFault(thrown: unknown): Pick<Fault, 'code' | 'message'> {
  const message = faultText(messageOf(thrown));
  if (!isCoded(thrown)) return { code: processFailed().code, message };
  const { connection, port } = thrown.facts;
  const isPlaced = typeof connection === 'string' && typeof port === 'string' && !message.includes(connection);
  return { code: faultText(String(thrown.code)), message: isPlaced ? `${message} (${port}, connection ${connection})` : message };
}

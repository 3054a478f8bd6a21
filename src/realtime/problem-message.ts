import { CodedError } from '#base/errors.ts';
import type { LiveMessage } from '#model/live.ts';
import { liveBug } from './live-errors.ts';

/** What was thrown, as a message; what is our fault is reported, and said without its inside. */
export function problemOf(
  thrown: unknown,
  about: { readonly designId?: string; readonly txId?: string },
  report: (thrown: unknown) => void,
): LiveMessage {
  const known = thrown instanceof CodedError && thrown.blame !== 'bug';
  if (!known) report(thrown);
  const { code, message } = known ? thrown : liveBug({ cause: thrown });
  return { type: 'problem', code, detail: message, ...about };
}

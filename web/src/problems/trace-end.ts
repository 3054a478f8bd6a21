import type { Trace } from '#model/checks/finding.ts';

/** What a counterexample comes to: in a word beside its steps, and in words after the last. */
export interface TraceEnd {
  readonly mark: string;
  readonly words: string;
}

/** How a counterexample ends: it goes round, nothing can happen, some wait for ever, or it has come to what is asked about. */
export function traceEnd({ cycle, waiting }: Trace, rule: string): TraceEnd {
  if (cycle !== undefined) return { mark: 'Again', words: `Then again from step ${cycle + 1}, for ever` };
  if (rule === 'deadlock') return { mark: 'Stuck', words: 'Nothing can happen any more' };
  if (waiting.length > 0) return { mark: 'Stuck', words: 'Some can never go on, whatever the others do' };
  return { mark: 'End', words: 'This is how it comes to that' };
}

import { defineError } from '#base/errors.ts';
import { faultText } from '#contract/term.ts';
import { askAside } from '#host/checks/check-thread.ts';
import type { ScriptAnswer } from '#importers/cspm/answer.ts';
import type { Verdict } from '#model/checks/finding.ts';
import type { AnsweredScript, ScriptQuestion } from './script-question.ts';

const scriptInvalid = defineError('APP_SCRIPT_INVALID', 'input', 'The file is not a CSPm script that can be read.');

/** What a script says of itself: an answer an assertion; the verdict is the worst of them, and unknown when there are none. */
interface ScriptReport {
  readonly verdict: Verdict;
  readonly answers: readonly ScriptAnswer[];
  readonly cpuSeconds: number;
}

/** Answers a script's assertions in a thread of its own. Throws what `askAside` throws. */
export async function scriptAside(question: ScriptQuestion, signal: AbortSignal): Promise<AnsweredScript> {
  const thread = new URL('./script-worker.ts', import.meta.url);
  // How many assertions there are is known in the thread; each ends in time by itself.
  const mostMs = Number.POSITIVE_INFINITY;
  const unanswered = (why: string): AnsweredScript => ({ result: { ok: false, fault: { message: why } }, cpuSeconds: 0 });
  return await askAside({ thread, question, mostMs, unanswered }, signal);
}

/** The answers to a script that can be read. Throws APP_SCRIPT_INVALID with line, column, what was expected and what was found. */
export function reportOf(file: string, { result, cpuSeconds }: AnsweredScript): ScriptReport {
  if (result.ok) return { verdict: result.verdict, answers: result.answers, cpuSeconds };
  throw scriptInvalid({ detail: `${file}: ${faultText(result.fault)}.`, facts: { file } });
}

import { defineError } from '#base/errors.ts';
import type { Budget, EngineName } from '#contract/check/engine.ts';
import { faultText } from '#contract/term.ts';
import type { ScriptAnswer } from '#importers/cspm/answer.ts';
import { checkScript } from '#importers/cspm/check-script.ts';
import type { Verdict } from '#model/finding.ts';

const scriptInvalid = defineError('APP_SCRIPT_INVALID', 'input', 'The file is not a CSPm script that can be read.');

/** What a script says of itself: an answer an assertion; the verdict is the worst of them, and unknown when there are none. */
interface ScriptReport {
  readonly verdict: Verdict;
  readonly answers: readonly ScriptAnswer[];
}

/**
 * Answers the assertions of a CSPm script, each within the budget.
 *
 * @param engine is asked alone about deadlocks.
 * @throws APP_SCRIPT_INVALID with line, column, what was expected and what was found.
 */
export function checkScriptText(file: string, text: string, budget: Budget, engine?: EngineName): ScriptReport {
  const result = checkScript(text, budget, engine === undefined ? {} : { engine });
  if (result.ok) return { verdict: result.verdict, answers: result.answers };
  throw scriptInvalid({ detail: `${file}: ${faultText(result.fault)}.`, facts: { file } });
}

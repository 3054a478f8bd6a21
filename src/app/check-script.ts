import { extname } from 'node:path';
import { defineError } from '#base/errors.ts';
import { type Budget, type EngineName, usualBudget } from '#contract/check/engine.ts';
import { faultText } from '#contract/term.ts';
import type { ScriptAnswer } from '#importers/cspm/answer.ts';
import { checkScript } from '#importers/cspm/check-script.ts';
import type { Verdict } from '#model/finding.ts';

const scriptInvalid = defineError('APP_SCRIPT_INVALID', 'input', 'The file is not a CSPm script that can be read.');

/** What a script says of itself: an answer an assertion; the verdict is the worst of them, and unknown when there are none. */
export interface ScriptReport {
  readonly verdict: Verdict;
  readonly answers: readonly ScriptAnswer[];
}

export interface ScriptCheckOptions {
  readonly maxStates?: number;
  /** Of each assertion; ten when left out. */
  readonly seconds?: number;
  readonly engine?: EngineName;
  readonly now: () => number;
}

/** True for the name of a CSPm script. */
export function isScript(file: string): boolean {
  return ['.csp', '.cspm'].includes(extname(file).toLowerCase());
}

/**
 * Answers the assertions of a CSPm script.
 *
 * @throws APP_SCRIPT_INVALID with line, column, what was expected and what was found.
 */
export function checkScriptText(
  file: string,
  text: string,
  { maxStates, seconds, engine, now }: ScriptCheckOptions,
): ScriptReport {
  const budget: Budget = {
    ...usualBudget,
    ...(maxStates !== undefined && { maxStates }),
    ...(seconds !== undefined && { maxMs: seconds * 1_000 }),
    now,
  };
  const result = checkScript(text, budget, engine === undefined ? {} : { engine });
  if (result.ok) return { verdict: result.verdict, answers: result.answers };
  throw scriptInvalid({ detail: `${file}: ${faultText(result.fault)}.`, facts: { file } });
}

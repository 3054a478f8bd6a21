import { designTextInvalid } from '#app/app-errors.ts';
import { getDesign } from '#app/designs/get-design.ts';
import { readStored, storedKey } from '#app/designs/stored-parts.ts';
import { nestingFindings } from '#app/designs/whole-design.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { CheckTerms } from '#model/checks/check-job.ts';
import type { Validation } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { bodyFault } from '#model/design-text.ts';
import type { Expansion } from '#model/expand.ts';
import { checkTerms } from './check-terms.ts';
import { isUsual, keepValidation } from './keep-validation.ts';

/**
 * Checks a stored design: what can go wrong in it, with the way there. The answer is kept (V120).
 *
 * @param terms what is assumed; only what was found under the usual ones is kept.
 * @throws APP_DESIGN_UNKNOWN, APP_PROGRESS_UNKNOWN.
 */
export async function validateDesign(work: Work, caller: Caller, id: string, terms: CheckTerms = {}): Promise<Validation> {
  const design = await getDesign(work, caller, id);
  const { expansion } = await readStored(work, design, storedKey(id, design.rev));
  const validation = { designId: id, rev: design.rev, ...(await checked(work, expansion, terms)) };
  if (isUsual(terms)) await keepValidation(work, expansion, validation);
  return validation;
}

/**
 * Checks a design that is not stored.
 *
 * @throws APP_DESIGN_TEXT_INVALID when it is none: a reference that leads nowhere, a setting that does not fit.
 */
export async function validateBody(work: Work, _caller: Caller, body: DesignBody): Promise<Validation> {
  const fault = bodyFault(body, work.catalog);
  if (fault !== undefined)
    throw designTextInvalid({ detail: `This is not a valid design: ${fault.message}.`, pointer: fault.pointer });
  const { expansion } = await readStored(work, body);
  return await checked(work, expansion, {});
}

/** A design that cannot be expanded is told why; nothing else is known of it then. */
async function checked(work: Work, { flat, faults }: Expansion, terms: CheckTerms): Promise<Validation> {
  const findings = nestingFindings(faults);
  if (findings.length > 0) return { verdict: 'refuted', findings };
  checkTerms(flat, terms);
  return await work.validate(flat, terms);
}

import { checkUnknown } from '#app/app-errors.ts';
import { getDesign } from '#app/designs/get-design.ts';
import { readStored, storedKey } from '#app/designs/stored-parts.ts';
import { nestingFindings } from '#app/designs/whole-design.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { CheckJob, CheckOrder } from '#model/checks/check-job.ts';
import type { Validation } from '#model/checks/finding.ts';
import { checkTerms } from './check-terms.ts';
import { asksAll, keepValidation } from './keep-validation.ts';

/**
 * V110  Begins a long check of a stored design as it is now. An answer to all that `validate` asks is kept (V121).
 *
 * @throws APP_DESIGN_UNKNOWN; APP_PROGRESS_UNKNOWN; HOST_CHECKS_FULL when twenty wait already.
 */
export async function beginCheck(work: Work, caller: Caller, designId: string, order: CheckOrder): Promise<CheckJob> {
  const design = await getDesign(work, caller, designId);
  const { expansion } = await readStored(work, design, storedKey(designId, design.rev));
  const faults = nestingFindings(expansion.faults);
  if (faults.length === 0) checkTerms(expansion.flat, order);
  const keep = (validation: Validation): Promise<void> => keepValidation(work, expansion, validation);
  const about = { designId, rev: design.rev, body: expansion.flat, faults };
  return work.checks.begin(about, order, asksAll(order) ? keep : undefined);
}

/** How a long check is, and what it found. Throws APP_CHECK_UNKNOWN. */
export function getCheck(work: Work, _caller: Caller, id: string): CheckJob {
  return known(id, work.checks.get(id));
}

/** The long checks of a design that are remembered, newest first. Throws APP_DESIGN_UNKNOWN. */
export async function listChecks(work: Work, caller: Caller, designId: string): Promise<readonly CheckJob[]> {
  await getDesign(work, caller, designId);
  return work.checks.list(designId);
}

/** Ends a long check; what has ended stays as it is. Throws APP_CHECK_UNKNOWN. */
export async function cancelCheck(work: Work, _caller: Caller, id: string): Promise<CheckJob> {
  return known(id, await work.checks.cancel(id));
}

function known(id: string, job: CheckJob | undefined): CheckJob {
  if (job === undefined) throw checkUnknown({ detail: `There is no long check ${id}, or not any more.`, facts: { id } });
  return job;
}

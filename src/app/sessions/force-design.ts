import { getDesign } from '#app/designs/get-design.ts';
import { readStored, storedKey } from '#app/designs/stored-parts.ts';
import { nestingFindings, refuseNotReady } from '#app/designs/whole-design.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Trace } from '#model/checks/finding.ts';
import type { ForcedReport } from '#model/sessions/forced.ts';

/**
 * Runs the components of a design, as it is now, along a trace of the checker; nothing outside is touched (S16).
 *
 * @throws APP_DESIGN_UNKNOWN; APP_DESIGN_NOT_READY with the findings that forbid it; the host's errors, such as HOST_TRACE_OTHER_DESIGN.
 */
export async function forceDesign(work: Work, caller: Caller, designId: string, trace: Trace): Promise<ForcedReport> {
  const design = await getDesign(work, caller, designId);
  const { expansion } = await readStored(work, design, storedKey(designId, design.rev));
  refuseNotReady(nestingFindings(expansion.faults));
  refuseNotReady(work.lint(expansion.flat).filter(({ severity }) => severity === 'error'));
  return await work.force(expansion.flat, trace);
}

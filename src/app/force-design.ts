import type { Finding, Trace } from '#model/finding.ts';
import type { ForcedReport } from '#model/forced.ts';
import { designNotReady } from './app-errors.ts';
import { getDesign } from './get-design.ts';
import type { Caller, Work } from './parts.ts';

/**
 * Runs the components of a design, as it is now, along a trace of the checker; nothing outside is touched (S16).
 *
 * @throws APP_DESIGN_UNKNOWN; APP_DESIGN_NOT_READY with the findings that forbid it; the host's errors, such as HOST_TRACE_OTHER_DESIGN.
 */
export async function forceDesign(work: Work, caller: Caller, designId: string, trace: Trace): Promise<ForcedReport> {
  const design = await getDesign(work, caller, designId);
  refuseUnready(work.lint(design));
  return await work.force(design, trace);
}

/** Throws APP_DESIGN_NOT_READY when something in the drawing forbids a run. */
export function refuseUnready(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  throw designNotReady({ detail: `The design cannot run as it is drawn: ${first.message}`, facts: { findings: errors } });
}

import { specificationInvalid } from '#app/app-errors.ts';
import { getDesign } from '#app/designs/get-design.ts';
import { readStored, storedKey } from '#app/designs/stored-parts.ts';
import { nestingFindings, refuseNotReady } from '#app/designs/whole-design.ts';
import type { Caller, Work } from '#app/parts.ts';
import { type RefineOptions, type SpecFault, type Specification, specFaultText } from '#contract/check/refine/design.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';

/** What a stored design is held against: a contract text over its connections, or another stored design. */
export type AskedSpecification = { readonly contract: string } | { readonly designId: string };

/**
 * V53  Whether a stored design, as it is now, does what a specification allows.
 *
 * @throws APP_DESIGN_UNKNOWN; APP_DESIGN_NOT_READY when a part of one of the designs is missing; APP_SPECIFICATION_INVALID with pointer, and with line and
 *   column when the text is at fault.
 */
export async function refineDesign(
  work: Work,
  caller: Caller,
  designId: string,
  spec: AskedSpecification,
  options: RefineOptions = {},
): Promise<Finding> {
  const body = await flatStored(work, caller, designId);
  const against: Specification = 'contract' in spec ? spec : { design: await flatStored(work, caller, spec.designId) };
  const answer = await work.refine(body, against, options);
  if ('fault' in answer) throw specificationFault(answer.fault);
  return answer;
}

/** A stored design with all its parts, flat. Throws APP_DESIGN_UNKNOWN, APP_DESIGN_NOT_READY. */
export async function flatStored(work: Work, caller: Caller, designId: string): Promise<DesignBody> {
  const design = await getDesign(work, caller, designId);
  const { expansion } = await readStored(work, design, storedKey(designId, design.rev));
  refuseNotReady(nestingFindings(expansion.faults));
  return expansion.flat;
}

/** The error that says what is wrong with a specification. */
export function specificationFault(fault: SpecFault, file = ''): Error {
  const { pointer, place } = fault;
  const facts = place === undefined ? {} : { line: place.line, column: place.column };
  return specificationInvalid({ detail: `${file === '' ? '' : `${file}: `}${specFaultText(fault)}.`, pointer, facts });
}

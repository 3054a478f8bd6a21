import { determinismInvalid } from '#app/app-errors.ts';
import { expanded } from '#app/designs/whole-design.ts';
import type { AppParts, Caller, Work } from '#app/parts.ts';
import type { DeterminismOptions } from '#contract/check/refine/determinism.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import type { WholeDesign } from '#model/expand.ts';
import { flatStored } from './refine-design.ts';

/**
 * V125  Whether a stored design, as it is now, is deterministic.
 *
 * @throws APP_DESIGN_UNKNOWN; APP_DESIGN_NOT_READY when a part is missing; APP_DETERMINISM_INVALID with the pointer `/over/<number>`.
 */
export async function askDeterminism(
  work: Work,
  caller: Caller,
  designId: string,
  options: DeterminismOptions = {},
): Promise<Finding> {
  return await answered(work, await flatStored(work, caller, designId), options);
}

/** V125  The same of the design of a file. Throws APP_DESIGN_NOT_READY, APP_DETERMINISM_INVALID. */
export async function askDeterminismOfFile(
  parts: Pick<AppParts, 'catalog' | 'determinism'>,
  whole: WholeDesign,
  options: DeterminismOptions,
): Promise<Finding> {
  return await answered(parts, expanded(whole, parts.catalog).flat, options);
}

async function answered(
  { determinism }: Pick<AppParts, 'determinism'>,
  body: DesignBody,
  options: DeterminismOptions,
): Promise<Finding> {
  const answer = await determinism(body, options);
  if (!('fault' in answer)) return answer;
  const { message, pointer } = answer.fault;
  throw determinismInvalid({ detail: `${message}.`, pointer });
}

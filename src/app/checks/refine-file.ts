import { expanded } from '#app/designs/whole-design.ts';
import { readText } from '#app/files/design-file.ts';
import { readWithParts } from '#app/files/file-parts.ts';
import type { AppParts } from '#app/parts.ts';
import type { RefineOptions, Specification } from '#contract/check/refine/design.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { WholeDesign } from '#model/expand.ts';
import { specificationFault } from './refine-design.ts';

/**
 * V53  Whether the design of a file does what a specification allows. The specification is the text of a file: a design when it is JSON, else a contract.
 *
 * @throws what `readDesign` throws; APP_DESIGN_NOT_READY; APP_SPECIFICATION_INVALID.
 */
export async function refineFile(
  { catalog, refine }: Pick<AppParts, 'catalog' | 'refine'>,
  whole: WholeDesign,
  against: string,
  options: RefineOptions,
): Promise<Finding> {
  const text = await readText(against);
  const spec: Specification = text.trimStart().startsWith('{')
    ? { design: expanded(await readWithParts(against, catalog), catalog).flat }
    : { contract: text };
  const answer = await refine(expanded(whole, catalog).flat, spec, options);
  if ('fault' in answer) throw specificationFault(answer.fault, answer.fault.pointer.startsWith('/spec') ? against : '');
  return answer;
}

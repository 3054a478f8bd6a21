import { type Prepared, prepareCheck, toValidation } from '#contract/check/check.ts';
import { lint } from '#contract/check/lint.ts';
import { prepareRefinement, type RefineOptions, type SpecFault, type Specification } from '#contract/check/refine/design.ts';
import { type DeterminismOptions, prepareDeterminism } from '#contract/check/refine/determinism.ts';
import { wire } from '#contract/wiring.ts';
import type { Catalog } from '#host/catalog.ts';
import type { CheckTerms } from '#model/checks/check-job.ts';
import type { Finding, Validation } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import type { SearchThread } from './search-thread.ts';

/** The most states and milliseconds one check may take. */
const usual = { maxStates: 1_000_000, maxMs: 10_000 };

/** Lints and composes here, which is quick, and searches in the thread. */
export async function validateDesign(
  body: DesignBody,
  catalog: Catalog,
  thread: SearchThread,
  terms: CheckTerms = {},
  maxStates: number = usual.maxStates,
): Promise<Validation> {
  const prepared = prepareDesign(body, catalog, terms);
  return toValidation(prepared, await thread.search(prepared, { ...usual, maxStates }));
}

/** V53  Holds a design against a specification, the search in the thread; a fault when the question makes no sense. */
export async function refineDesign(
  body: DesignBody,
  catalog: Catalog,
  thread: SearchThread,
  spec: Specification,
  options: RefineOptions = {},
): Promise<Finding | { readonly fault: SpecFault }> {
  const prepared = prepareRefinement(body, catalog.component, spec, options);
  if (!prepared.ok) return { fault: prepared.fault };
  const [finding] = await thread.search({ refinement: prepared.refinement }, { ...usual, maxStates: 10 * usual.maxStates });
  return finding as Finding;
}

/** V125  Whether a design is deterministic, the search in the thread; a fault when the question makes no sense. */
export async function askDeterminism(
  body: DesignBody,
  catalog: Catalog,
  thread: SearchThread,
  options: DeterminismOptions = {},
): Promise<Finding | { readonly fault: SpecFault }> {
  const prepared = prepareDeterminism(body, catalog.component, options);
  if (!prepared.ok) return { fault: prepared.fault };
  const { determinism } = prepared;
  const [finding] = await thread.search({ determinism }, { ...usual, maxStates: 10 * usual.maxStates });
  return finding as Finding;
}

/** A design made ready for a search elsewhere. */
export function prepareDesign(body: DesignBody, catalog: Catalog, { environment, progress }: CheckTerms = {}): Prepared {
  return prepareCheck(body, catalog.component, environment, progress);
}

/** What can be said at once, from the drawing alone. */
export function lintDesign(body: DesignBody, catalog: Catalog): readonly Finding[] {
  return lint(wire(body, catalog.component), Object.values(body.connections));
}

import { type Prepared, prepareCheck, toValidation } from '#contract/check/check.ts';
import { lint } from '#contract/check/lint.ts';
import { wire } from '#contract/wiring.ts';
import type { DesignBody } from '#model/design.ts';
import type { Finding, Validation } from '#model/finding.ts';
import type { Catalog } from './catalog.ts';
import type { SearchThread } from './search-thread.ts';

/** The most states and milliseconds one check may take. */
const usual = { maxStates: 1_000_000, maxMs: 10_000 };

/** Lints and composes here, which is quick, and searches in the thread. */
export async function validateDesign(
  body: DesignBody,
  catalog: Catalog,
  thread: SearchThread,
  maxStates: number = usual.maxStates,
): Promise<Validation> {
  const prepared = prepareDesign(body, catalog);
  return toValidation(prepared, await thread.search(prepared, { ...usual, maxStates }));
}

/** A design made ready for a search elsewhere. */
export function prepareDesign(body: DesignBody, catalog: Catalog): Prepared {
  return prepareCheck(body, catalog.component);
}

/** What can be said at once, from the drawing alone. */
export function lintDesign(body: DesignBody, catalog: Catalog): readonly Finding[] {
  return lint(wire(body, catalog.component), Object.values(body.connections));
}

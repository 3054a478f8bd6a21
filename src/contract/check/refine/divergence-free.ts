import { type Budget, usualBudget } from '#contract/check/engine.ts';
import { type Lts, tau } from '#contract/lts.ts';
import type { Labelled, Refinement } from './refinement.ts';
import { numbered, refines } from './refines.ts';

/** V50  Whether a system never goes on by itself for ever: it refines, in FD, what may do and refuse anything but that. */
export function divergenceFree(impl: Labelled, budget: Budget = usualBudget): Refinement {
  const { names } = numbered(impl);
  // May do anything, stop, or end; only not for ever decide.
  const anything: Lts = {
    labels: names,
    moves: [[...names.map((_, label) => ({ label, to: 0 })), { label: tau, to: 1 }, { label: tau, to: 2 }], [], []],
    final: [false, false, true],
  };
  return refines(anything, impl, { model: 'FD' }, budget);
}

import { type Budget, usualBudget } from '#contract/check/engine.ts';
import { explicit } from './explicit.ts';
import { Normal } from './normal.ts';
import { Product } from './product.ts';
import type { Labelled, Model, Refinement } from './refinement.ts';
import { numbered } from './refines.ts';

/**
 * V52  Whether a system never can both do an event and refuse it after the same trace. In FD a system that can go on by itself for ever is not
 *      deterministic either. The system is compared with its own normal form: after each trace every stable state offers all that may follow.
 *
 * @returns refuted with `refusal`: `demands` has one set, all that may follow the trace; what of it is not in `offers` can be both done and refused.
 */
export function deterministic(
  impl: Labelled,
  { model }: { readonly model: Exclude<Model, 'T'> },
  budget: Budget = usualBudget,
): Refinement {
  const whole = explicit(impl, budget);
  if (!whole.ok) return { verdict: 'unknown', why: whole.why, states: whole.states, transitions: 0 };
  const { names, visible } = numbered(impl);
  const normal = new Normal(whole.lts, [...names.keys()], names.length);
  return new Product({ system: impl.system, visible, names, normal, model, exactly: true }, budget).run();
}

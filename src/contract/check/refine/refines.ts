import { type Budget, usualBudget } from '#contract/check/engine.ts';
import type { Lts } from '#contract/lts.ts';
import { Normal } from './normal.ts';
import { Product } from './product.ts';
import type { Labelled, Model, Refinement } from './refinement.ts';
import { provedByWatching } from './watching.ts';

/**
 * V50  Whether an implementation does nothing that its specification does not allow (Roscoe 1994): `spec ⊑ impl` in the model. Breadth-first over
 *      pairs of a node of the specification's normal form and a state of the implementation.
 *
 * @returns unknown when the budget is used up by pairs or by the normal form, or when a part stands in a state that says less than the truth.
 */
export function refines(
  spec: Lts,
  impl: Labelled,
  { model }: { readonly model: Model },
  budget: Budget = usualBudget,
): Refinement {
  const { names, visible } = numbered(impl, spec.labels);
  const numbers = new Map(names.map((name, number) => [name, number]));
  const normal = new Normal(
    spec,
    spec.labels.map((label) => numbers.get(label) ?? 0),
    names.length,
  );
  const sides = { system: impl.system, visible, names, normal, model, exactly: false };
  return provedByWatching(sides, budget) ?? new Product(sides, budget).run();
}

/** The visible labels of both sides, and for each event the number of its label; -1 for a hidden one. */
export function numbered(
  { labels, hidden }: Pick<Labelled, 'labels' | 'hidden'>,
  more: readonly string[] = [],
): { readonly names: readonly string[]; readonly visible: Int32Array } {
  const isHidden = (event: number): boolean => ('has' in hidden ? hidden.has(event) : hidden[event] === 1);
  const numbers = new Map<string, number>();
  const numberOf = (label: string): number => {
    const number = numbers.get(label) ?? numbers.size;
    numbers.set(label, number);
    return number;
  };
  for (const label of more) numberOf(label);
  const visible = Int32Array.from(labels, (label, event) => (isHidden(event) ? -1 : numberOf(label)));
  return { names: [...numbers.keys()], visible };
}

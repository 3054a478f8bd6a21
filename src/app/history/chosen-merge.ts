import { choiceIdle } from '#app/app-errors.ts';
import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { type Choices, type Merged, merge } from '#model/merging/merge.ts';

/**
 * A merge with sides chosen for its conflicts (E23). `held` is true when something is left that a person has to settle.
 *
 * @throws APP_CHOICE_IDLE for a choice where there is no conflict: it may be of a design that has since changed.
 */
export function mergedWith(
  base: DesignBody,
  ours: DesignBody,
  theirs: DesignBody,
  kinds: Kinds,
  choose: Choices,
): Merged & { readonly held: boolean } {
  const plain = merge(base, ours, theirs, kinds);
  const idle = Object.keys(choose).find((key) => !plain.conflicts.some((conflict) => conflict.key === key));
  if (idle !== undefined)
    throw choiceIdle({ detail: `There is no conflict ${idle} to choose a side of.`, pointer: '/choose', facts: { key: idle } });
  const merged = Object.keys(choose).length === 0 ? plain : merge(base, ours, theirs, kinds, choose);
  return { ...merged, held: merged.conflicts.some(({ minor }) => minor !== true) };
}
